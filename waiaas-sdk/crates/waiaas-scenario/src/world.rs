//! The context of a request: everything around it, read once, as the evaluator takes it.

use crate::civil::parse_instant;
use crate::history::{self, Entry};
use crate::node::{Faults, Node};
use crate::prepared::Prepared;
use crate::rows::{DEFAULT_WALLET_ID, wallet_id};
use crate::settings::Settings;
use crate::{DEFAULT_NOW, Zones};
use std::collections::BTreeMap;
use waiaas_core::address::{Address, EvmAddress, SolanaAddress};
use waiaas_core::chain::{AssetId, ChainKind, Environment, Network};
use waiaas_core::money::{Price, Ratio, Usd};
use waiaas_core::policy::{ActionFacts, Decision, Phase, PolicyBook, Positions, PriceFact, Subject, TokenFact};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::solana::{TokenAccount, TokenAccounts};
use waiaas_core::tx::{Channel, Effects, Operation};
use waiaas_core::wallet::OwnerState;

const KEYS: [&str; 12] = [
    "wallet",
    "token_accounts",
    "network",
    "now",
    "price_status",
    "prices",
    "tokens",
    "history",
    "positions",
    "reputation",
    "reputation_status",
    "settings",
];

/// The parts of a context that are merged key by key; all others replace what they are laid over.
const MERGED: [&str; 3] = ["settings", "prices", "tokens"];

/// Everything around a request.
#[derive(Clone, Debug)]
pub(crate) struct World {
    /// Whose request it is.
    pub(crate) subject: Subject,
    /// When.
    pub(crate) now: UnixMillis,
    /// The operator's settings.
    pub(crate) settings: Settings,
    /// What is known about tokens.
    pub(crate) tokens: BTreeMap<AssetId, TokenFact>,
    /// Prices that are known.
    pub(crate) prices: BTreeMap<AssetId, Price>,
    /// The oracle answers: what is not in `prices` is not listed, rather than unavailable.
    oracle_works: bool,
    history: Vec<Entry>,
    positions: Option<Positions>,
    reputation: BTreeMap<Address, Ratio>,
    registry_works: bool,
    /// The wallet's own address on the EVM; made up when the context gives none.
    pub(crate) evm_wallet: EvmAddress,
    /// The wallet's own address on Solana; made up when the context gives none.
    pub(crate) solana_wallet: SolanaAddress,
    /// Solana's accounts that hold tokens.
    pub(crate) token_accounts: TokenAccounts,
}

impl World {
    /// Reads contexts that are laid over each other, the last one on top. What none of them says has the value that
    /// the crate's documentation names. `network` is the one that the request itself names.
    pub(crate) fn read(layers: &[Node<'_>], network: Option<&Node<'_>>, faults: &mut Faults) -> Option<Self> {
        for layer in layers {
            layer.only(&KEYS, faults);
        }
        let top = |key: &str| layers.iter().rev().find_map(|layer| layer.get(key));
        let given = |key: &str| top(key).filter(|node| !node.is_null());
        let network = network.cloned().or_else(|| given("network"));
        let subject = subject(given("wallet").as_ref(), network.as_ref(), faults)?;
        let now = match given("now") {
            Some(node) => node.parsed(faults, "an instant such as `2026-03-04T12:00:00Z`", parse_instant),
            None => parse_instant(DEFAULT_NOW),
        };
        let [settings, prices, tokens] = MERGED.map(|key| merged(layers, key, faults));
        let settings = Settings::read(&settings, faults);
        let (mut evm_wallet, mut solana_wallet) =
            (EvmAddress::from_bytes([0x99; 20]), SolanaAddress::from_bytes([0x99; 32]));
        if let Some(node) = given("wallet").and_then(|wallet| wallet.given("address")) {
            let expected = format!("an address of {}", subject.chain);
            match node.parsed(faults, &expected, |text| Address::parse_any_case(subject.chain, text).ok()) {
                Some(Address::Evm(address)) => evm_wallet = address,
                Some(Address::Solana(address)) => solana_wallet = address,
                _ => {}
            }
        }
        Some(Self {
            evm_wallet,
            solana_wallet,
            token_accounts: given("token_accounts").map(|node| token_accounts(&node, faults)).unwrap_or_default(),
            subject,
            now: now?,
            settings,
            tokens: by_asset(&tokens, faults, token),
            prices: by_asset(&prices, faults, |node, faults| {
                let priced = !node.is_null();
                priced.then(|| node.decimal(faults, "US dollars per whole unit", Price::parse)).flatten()
            }),
            oracle_works: status(given("price_status").as_ref(), &["ok", "down", "stale"], faults) == "ok",
            history: given("history").map(|node| history::read(&node, subject.wallet, faults)).unwrap_or_default(),
            positions: given("positions").and_then(|node| positions(&node, faults)),
            reputation: given("reputation").map(|node| scores(&node, subject.chain, faults)).unwrap_or_default(),
            registry_works: status(given("reputation_status").as_ref(), &["ok", "down"], faults) == "ok",
        })
    }

    /// Decides about effects in this world.
    pub(crate) fn judge(&self, book: &PolicyBook, effects: &Effects, zones: Zones<'_>) -> Decision {
        self.prepare(book, effects.clone(), zones).decide(book)
    }

    /// Effects with everything that `book` needs to know about this world.
    pub(crate) fn prepare(&self, book: &PolicyBook, effects: Effects, zones: Zones<'_>) -> Prepared {
        let query = book.query(&self.subject, &effects, &self.settings.policy);
        let token = |asset: AssetId| Some((asset, self.tokens.get(&asset)?.clone()));
        Prepared {
            subject: self.subject,
            now: self.now,
            prices: self.price_facts(&effects),
            tokens: by_insertion(moved(&effects).filter_map(token)),
            zone_offsets: offsets(&book.time_zones(&self.subject, &effects), self.now, zones),
            ledger: history::ledger(&self.history, &query, self.now, self.settings.signed_ttl_seconds),
            actions: self.actions(&effects),
            settings: self.settings.policy.clone(),
            phase: Phase::Admission,
            effects,
        }
    }

    /// Prices for what the effects move: a working oracle that has no price does not list the asset.
    fn price_facts(&self, effects: &Effects) -> BTreeMap<AssetId, PriceFact> {
        let fact = |asset: AssetId| {
            let absent = if self.oracle_works { PriceFact::NotListed } else { PriceFact::Unavailable };
            let known = self.prices.get(&asset).filter(|_| self.oracle_works);
            known.map_or(absent, |price| PriceFact::Known(*price))
        };
        by_insertion(moved(effects).map(|asset| (asset, fact(asset))))
    }

    fn actions(&self, effects: &Effects) -> ActionFacts {
        let reputation = if self.registry_works { self.reputation.clone() } else { BTreeMap::new() };
        ActionFacts {
            positions: self.positions,
            reputation: Some(reputation),
            categories: Some(history::categories(&self.history, self.now)),
            erc8128_recent: match &effects.channel {
                Channel::Erc8128(host) => Some(history::signatures(&self.history, host, self.now)),
                _ => None,
            },
        }
    }
}

/// The offsets of those zones that exist.
pub(crate) fn offsets(names: &[&str], at: UnixMillis, zones: Zones<'_>) -> BTreeMap<String, i32> {
    names.iter().filter_map(|zone| Some(((*zone).to_owned(), zones(zone, at)?))).collect()
}

/// A map of a few entries. Collecting would sort them first, with much code that browsers would download.
fn by_insertion<V>(entries: impl Iterator<Item = (AssetId, V)>) -> BTreeMap<AssetId, V> {
    let mut all = BTreeMap::new();
    all.extend(entries);
    all
}

/// Assets whose prices matter.
fn moved(effects: &Effects) -> impl Iterator<Item = AssetId> {
    let assets = effects.operations.iter().filter_map(|operation| match operation {
        Operation::NativeTransfer { .. } => Some(effects.network.native_asset()),
        Operation::TokenTransfer { asset, .. } | Operation::Approval { asset, .. } => Some(*asset),
        Operation::ContractCall { .. } | Operation::NftTransfer { .. } | Operation::Deployment => None,
    });
    assets.chain(effects.action.iter().flat_map(|action| &action.outflows).map(|(asset, _)| *asset))
}

/// Every part of the wallet may be left out: chain and environment then follow from the network, and the network
/// from the chain and the environment.
fn subject(wallet: Option<&Node<'_>>, network: Option<&Node<'_>>, faults: &mut Faults) -> Option<Subject> {
    if let Some(wallet) = wallet {
        wallet.only(&["id", "chain", "environment", "owner_state", "address"], faults);
    }
    let part = |key: &str| wallet.and_then(|wallet| wallet.given(key));
    let named = match network {
        Some(node) => Some(node.parsed(faults, "a network", |text| Network::parse(text).ok())?),
        None => None,
    };
    let chain = match part("chain") {
        Some(node) => node.one_of(faults, &ChainKind::ALL, ChainKind::as_str)?,
        None => named.map_or(ChainKind::Ethereum, Network::chain),
    };
    let environment = match part("environment") {
        Some(node) => node.one_of(faults, &Environment::ALL, Environment::as_str)?,
        None => named.map_or(Environment::Mainnet, Network::environment),
    };
    if let (Some(node), Some(named)) = (network, named)
        && (named.chain(), named.environment()) != (chain, environment)
    {
        return node.invalid(faults, format!("`{named}` is no network of a wallet on {chain}, {environment}"));
    }
    let network =
        named.or_else(|| Network::single(chain, environment)).or_else(|| Network::of(chain, environment).next());
    let owner = match part("owner_state") {
        Some(node) => node.one_of(faults, OwnerState::ALL, OwnerState::as_str)?,
        None => OwnerState::Locked,
    };
    let wallet = match part("id") {
        Some(node) => wallet_id(&node, faults)?,
        None => DEFAULT_WALLET_ID,
    };
    Some(Subject { wallet, chain, environment, owner, network: network? })
}

/// The members of all layers, the last one on top.
fn merged<'v>(layers: &[Node<'v>], key: &str, faults: &mut Faults) -> BTreeMap<&'v str, Node<'v>> {
    let mut all = BTreeMap::new();
    for node in layers.iter().filter_map(|layer| layer.given(key)) {
        if node.object(faults).is_some() {
            all.extend(node.members());
        }
    }
    all
}

/// Entries by asset. Assets of chains and kinds that this build does not know cannot matter; what is no CAIP-19 id
/// at all is a fault.
fn by_asset<T>(
    entries: &BTreeMap<&str, Node<'_>>,
    faults: &mut Faults,
    read: impl Fn(&Node<'_>, &mut Faults) -> Option<T>,
) -> BTreeMap<AssetId, T> {
    let mut all = BTreeMap::new();
    for (name, node) in entries {
        match AssetId::parse(name) {
            Ok(asset) => all.extend(read(node, faults).map(|value| (asset, value))),
            Err(_) if AssetId::has_caip19_syntax(name) => {}
            Err(error) => drop(node.invalid::<()>(faults, error.to_string())),
        }
    }
    all
}

fn token(node: &Node<'_>, faults: &mut Faults) -> Option<TokenFact> {
    node.only(&["decimals", "symbol"], faults);
    let decimals = node.required("decimals", faults)?;
    let symbol = node.given("symbol").and_then(|symbol| symbol.text(faults)).unwrap_or_default();
    let number = u8::try_from(decimals.integer(faults)?).ok();
    let number = number.or_else(|| decimals.invalid(faults, "expected a whole number from 0 to 255"));
    Some(TokenFact { decimals: number?, symbol: symbol.to_owned() })
}

/// `{ mint, owner }` by the address of the account.
fn token_accounts(node: &Node<'_>, faults: &mut Faults) -> TokenAccounts {
    let mut all = TokenAccounts::new();
    if node.object(faults).is_none() {
        return all;
    }
    let expected = "a Solana address";
    for (name, entry) in node.members() {
        entry.only(&["mint", "owner"], faults);
        let mut part = |key: &str| {
            let node = entry.required(key, faults)?;
            node.parsed(faults, expected, |text| SolanaAddress::parse(text).ok())
        };
        let account = part("mint").zip(part("owner")).map(|(mint, owner)| TokenAccount { mint, owner });
        match SolanaAddress::parse(name) {
            Ok(address) => all.extend(account.map(|account| (address, account))),
            Err(error) => drop(entry.invalid::<()>(faults, error.to_string())),
        }
    }
    all
}

fn positions(node: &Node<'_>, faults: &mut Faults) -> Option<Positions> {
    let mut sums = Positions { collateral: Usd::ZERO, debt: Usd::ZERO };
    for entry in node.list(faults)? {
        entry.only(&["kind", "usd"], faults);
        let usd = entry.required("usd", faults).and_then(|node| node.decimal(faults, "US dollars", Usd::parse));
        let kind = entry.required("kind", faults).and_then(|node| node.text(faults).map(|text| (node, text)));
        let (Some(usd), Some((kind_node, kind))) = (usd, kind) else { continue };
        match kind {
            "SUPPLY" => sums.collateral = sums.collateral.saturating_add(usd),
            "BORROW" => sums.debt = sums.debt.saturating_add(usd),
            _ => drop(kind_node.invalid::<()>(faults, "expected one of SUPPLY, BORROW")),
        }
    }
    Some(sums)
}

/// Scores by address; one that is `null` is a registered agent without a rating.
fn scores(node: &Node<'_>, chain: ChainKind, faults: &mut Faults) -> BTreeMap<Address, Ratio> {
    let mut all = BTreeMap::new();
    if node.object(faults).is_none() {
        return all;
    }
    for (name, entry) in node.members() {
        let address = match Address::parse_any_case(chain, name) {
            Ok(address) => Some(address),
            Err(error) => entry.invalid(faults, error.to_string()),
        };
        if !entry.is_null() {
            all.extend(address.zip(entry.decimal(faults, "a score from 0 to 100", Ratio::parse)));
        }
    }
    all
}

/// One of a few words; the first of them when nothing is said.
fn status<'w>(node: Option<&Node<'_>>, words: &[&'w str], faults: &mut Faults) -> &'w str {
    let expected = format!("one of {}", words.join(", "));
    let said =
        node.and_then(|node| node.parsed(faults, &expected, |text| words.iter().copied().find(|word| *word == text)));
    said.or_else(|| words.first().copied()).unwrap_or_default()
}
