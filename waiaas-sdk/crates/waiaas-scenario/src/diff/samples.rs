//! The requests that are tried: every type and channel that the rules can concern, with values at their edges.

use super::points::{Points, distinct};
use super::surroundings::PROVIDER;
use crate::world::World;
use serde_json::{Map, Value, json};
use waiaas_core::address::{Address, EvmAddress, SolanaAddress, XrplAddress};
use waiaas_core::chain::{AssetId, ChainKind};
use waiaas_core::money::{BaseUnits, Price, Ratio, Usd};
use waiaas_core::policy::PolicyType;
use waiaas_core::tx::action::{LendingOp, PerpOp};

/// How many values of a list are combined with everything else; all others are combined with one value of everything
/// else.
const CORE: usize = 3;

/// Values to try for each part of a request, the most telling first.
pub(super) struct Samples {
    recipients: Vec<Address>,
    contracts: Vec<Address>,
    spenders: Vec<Address>,
    tokens: Vec<Address>,
    selectors: Vec<String>,
    /// Amounts of the native coin.
    native: Vec<BaseUnits>,
    /// Amounts of each of [`Self::tokens`].
    token_amounts: Vec<Vec<BaseUnits>>,
    allowances: Vec<BaseUnits>,
}

impl Samples {
    /// Values for one wallet on one network, taken from `points`. `None` for a chain of which no address can be made
    /// up here.
    pub(super) fn of(points: &Points, world: &World) -> Option<Self> {
        let listed = [&points.recipients, &points.contracts, &points.spenders, &points.tokens, &points.lending_assets];
        let listed: Vec<Address> = listed.into_iter().flatten().copied().collect();
        let outside = outside(world.subject.network.chain(), &listed)?;
        // What several lists name passes most rules, so it comes first; then the one that no list names.
        let ranked = |own: &[Address], other: &[Address]| {
            let mut both: Vec<Address> = own.iter().filter(|address| other.contains(address)).copied().collect();
            both.truncate(CORE.saturating_sub(1));
            let first = own.iter().take(CORE.saturating_sub(1).saturating_sub(both.len())).copied();
            let mut all: Vec<Address> = both.iter().copied().chain(first).chain([outside]).collect();
            all.extend(own);
            distinct(&mut all);
            all
        };
        let network = world.subject.network;
        let native = amounts(points, world, network.native_asset());
        let tokens = ranked(&points.tokens, &[]);
        let token_amounts = tokens
            .iter()
            .map(|token| AssetId::token(network, token).map(|asset| amounts(points, world, asset)).unwrap_or_default());
        let mut selectors = points.selectors.clone();
        selectors.push(UNKNOWN_SELECTOR.to_owned());
        distinct(&mut selectors);
        Some(Self {
            recipients: ranked(&points.recipients, &[]),
            contracts: ranked(&points.contracts, &points.recipients),
            spenders: ranked(&points.spenders, &points.recipients),
            token_amounts: token_amounts.collect(),
            tokens,
            selectors,
            allowances: allowances(points, &native),
            native,
        })
    }

    /// Addresses whose reputation is varied.
    pub(super) fn parties(&self) -> Vec<Address> {
        let lists = [&self.recipients, &self.contracts, &self.spenders];
        let mut parties: Vec<Address> = lists.into_iter().flat_map(|list| list.iter().take(CORE)).copied().collect();
        distinct(&mut parties);
        parties
    }

    /// One request of each kind that moves little: what contexts are varied with.
    pub(super) fn plain(&self, points: &Points) -> Vec<Value> {
        let few = BaseUnits::from_u128(1);
        let mut all: Vec<Value> = self.recipients.iter().take(CORE).map(|to| transfer(to, few)).collect();
        for (token, to) in self.tokens.iter().take(CORE).zip(self.recipients.iter().cycle()) {
            all.push(token_transfer(token, to, few));
        }
        all.extend(self.contracts.iter().take(CORE).map(|contract| call(contract, self.selectors.first(), None)));
        all.extend(
            self.spenders
                .iter()
                .take(CORE)
                .flat_map(|spender| self.tokens.iter().take(1).map(move |token| approve(token, spender, few))),
        );
        self.elsewhere(points, &mut all);
        all
    }

    /// Every entry and every threshold, each with a few values of everything else.
    pub(super) fn edges(&self, points: &Points) -> Vec<Value> {
        let few = BaseUnits::from_u128(1);
        let mut all = Vec::new();
        all.extend(self.recipients.iter().map(|to| transfer(to, few)));
        for to in self.recipients.iter().take(CORE) {
            all.extend(self.native.iter().map(|amount| transfer(to, *amount)));
            all.extend(self.tokens.iter().map(|token| token_transfer(token, to, few)));
            for (token, amounts) in self.tokens.iter().zip(&self.token_amounts).take(CORE) {
                all.extend(amounts.iter().map(|amount| token_transfer(token, to, *amount)));
            }
            all.extend(self.contracts.iter().map(|collection| {
                let token = json!({ "address": collection.to_string(), "tokenId": "1", "standard": "ERC-721" });
                json!({ "type": "NFT_TRANSFER", "to": to.to_string(), "token": token })
            }));
        }
        for contract in &self.contracts {
            all.extend(self.selectors.iter().map(|selector| call(contract, Some(selector), None)));
            let mut trusted = call(contract, self.selectors.first(), None);
            set(&mut trusted, "action", action(json!({})));
            all.push(trusted);
        }
        for contract in self.contracts.iter().take(CORE) {
            all.extend(self.native.iter().map(|amount| call(contract, self.selectors.first(), Some(*amount))));
        }
        for token in self.tokens.iter().take(CORE) {
            all.extend(self.spenders.iter().map(|spender| approve(token, spender, few)));
            for spender in self.spenders.iter().take(CORE) {
                all.extend(self.allowances.iter().map(|amount| approve(token, spender, *amount)));
            }
        }
        all.push(json!({ "type": "CONTRACT_DEPLOY", "bytecode": "0x6000" }));
        all.push(json!({ "type": "SIGN_MESSAGE", "message": "hello" }));
        for to in self.recipients.iter().take(CORE) {
            for amount in &self.native {
                let whole = transfer(to, *amount);
                all.push(json!({ "type": "BATCH", "instructions": [transfer(to, few), whole] }));
                all.push(json!({ "type": "SIGN", "operations": [whole] }));
            }
            if let (Some(token), Some(spender)) = (self.tokens.first(), self.spenders.first()) {
                all.push(json!({ "type": "BATCH", "instructions": [transfer(to, few), approve(token, spender, few)] }));
            }
        }
        self.elsewhere(points, &mut all);
        all
    }

    /// Everything with everything, in the order of what is least odd.
    pub(super) fn products(&self) -> impl Iterator<Item = Value> + '_ {
        let transfers =
            self.recipients.iter().flat_map(|to| self.native.iter().map(move |amount| transfer(to, *amount)));
        let tokens = self.tokens.iter().zip(&self.token_amounts).flat_map(move |(token, amounts)| {
            let each = move |to| amounts.iter().map(move |amount| token_transfer(token, to, *amount));
            self.recipients.iter().flat_map(each)
        });
        let approvals = self.tokens.iter().flat_map(move |token| {
            let each = move |spender| self.allowances.iter().map(move |amount| approve(token, spender, *amount));
            self.spenders.iter().flat_map(each)
        });
        transfers.chain(tokens).chain(approvals)
    }

    /// Channels and actions that only concern who has rules for them.
    fn elsewhere(&self, points: &Points, all: &mut Vec<Value>) {
        if !points.x402_hosts.is_empty() {
            for host in points.x402_hosts.iter().map(String::as_str).chain([UNKNOWN_HOST]) {
                for (token, amounts) in self.tokens.iter().zip(&self.token_amounts).take(CORE) {
                    let to = self.recipients.first().map(ToString::to_string);
                    all.extend(amounts.iter().map(|amount| {
                        json!({
                            "type": "X402_PAYMENT", "url": format!("https://{host}/"), "payTo": to,
                            "asset": token.to_string(), "amount": amount.to_string(),
                        })
                    }));
                }
            }
        }
        if !points.erc8128_hosts.is_empty() {
            let hosts = points.erc8128_hosts.iter().map(String::as_str).chain([UNKNOWN_HOST]);
            all.extend(hosts.map(|host| json!({ "type": "ERC8128_SIGN", "url": format!("https://{host}/") })));
        }
        let external = |details: Value| json!({ "type": "EXTERNAL_ACTION", "action": action(details) });
        if !points.venues.is_empty() {
            let venues = points.venues.iter().map(String::as_str).chain([UNKNOWN_NAME]);
            all.extend(venues.map(|venue| external(json!({ "venue": venue }))));
        }
        for (category, limit) in &points.categories {
            let worth = limit.map_or_else(|| vec![Usd::from_micros(1)], around);
            let tags = categories_of(category);
            for (tag, usd) in tags.iter().flat_map(|tag| worth.iter().map(move |usd| (tag, usd))) {
                let withdrawal = category == "withdraw";
                all.push(external(
                    json!({ "category": tag, "withdrawal": withdrawal, "notional_usd": usd.to_string() }),
                ));
            }
        }
        let act = |details: Value| {
            let mut request = self.contracts.first().map(|contract| call(contract, None, None)).unwrap_or_default();
            set(&mut request, "action", action(details));
            request
        };
        if points.has(PolicyType::LendingAssetWhitelist) || points.has(PolicyType::LendingLtvLimit) {
            let assets =
                points.lending_assets.iter().copied().chain(self.recipients.get(..1).into_iter().flatten().copied());
            // Collateral is a million dollars, so a ratio is as many millionths of a million dollars of debt.
            let debts: Vec<Usd> = points
                .ltv
                .iter()
                .flat_map(|ratio| around(Usd::from_micros(u128::from(ratio.millionths()).saturating_mul(1_000_000))))
                .chain([Usd::from_micros(1_000_000)])
                .collect();
            for (asset, op) in assets.flat_map(|asset| LendingOp::ALL.iter().map(move |op| (asset, op))) {
                all.extend(debts.iter().map(|usd| {
                    act(json!({ "lending": { "op": op.as_str(), "asset": asset.to_string(), "usd": usd.to_string() } }))
                }));
            }
        }
        self.perps(points, &act, all);
    }

    fn perps(&self, points: &Points, act: &dyn Fn(Value) -> Value, all: &mut Vec<Value>) {
        let kinds = [PolicyType::PerpAllowedMarkets, PolicyType::PerpMaxLeverage, PolicyType::PerpMaxPositionUsd];
        if !kinds.into_iter().any(|policy_type| points.has(policy_type)) {
            return;
        }
        let near = |ratio: &Ratio| {
            let millionths = ratio.millionths();
            [millionths.saturating_sub(1), millionths, millionths.saturating_add(1)].map(Ratio::from_millionths)
        };
        let leverages: Vec<Ratio> = std::iter::once(Ratio::ONE).chain(points.leverage.iter().flat_map(near)).collect();
        let sizes: Vec<Usd> =
            std::iter::once(Usd::from_micros(1)).chain(points.positions.iter().copied().flat_map(around)).collect();
        let markets = points.markets.iter().map(String::as_str).chain([UNKNOWN_NAME]);
        for market in markets {
            for op in PerpOp::ALL {
                for (leverage, size) in leverages.iter().flat_map(|one| sizes.iter().map(move |size| (one, size))) {
                    all.push(act(json!({ "perp": {
                        "op": op.as_str(), "market": market, "leverage": leverage.to_string(),
                        "size_usd": size.to_string(),
                    } })));
                }
            }
        }
    }
}

/// A selector that no known function has.
const UNKNOWN_SELECTOR: &str = "fffffff0";
const UNKNOWN_HOST: &str = "unlisted.invalid";
const UNKNOWN_NAME: &str = "UNLISTED";

/// What is carried by actions that a category of a rule covers (`policy.md` section 5.21).
fn categories_of(category: &str) -> Vec<&str> {
    match category {
        "trade" => vec!["swap", "perp", "prediction"],
        "stake" => vec!["staking"],
        "lend" => vec!["lending"],
        other => vec![other],
    }
}

/// A value and its neighbours.
fn around(usd: Usd) -> Vec<Usd> {
    let step = Usd::from_micros(1);
    usd.checked_sub(step).into_iter().chain([usd, usd.saturating_add(step)]).collect()
}

/// Amounts of an asset: nothing, the least, both sides of every threshold, the most.
fn amounts(points: &Points, world: &World, asset: AssetId) -> Vec<BaseUnits> {
    let decimals = if asset.is_native() {
        asset.network().native_decimals()
    } else {
        world.tokens.get(&asset).map_or(0, |token| token.decimals)
    };
    let mut all = vec![BaseUnits::from_u128(1), BaseUnits::ZERO];
    if let Some(price) = world.prices.get(&asset) {
        for usd in points.usd.iter().chain(&points.cumulative).copied().flat_map(around) {
            let most = worth_at_most(usd, decimals, *price);
            all.extend([most, most.saturating_add(BaseUnits::from_u128(1))]);
        }
    }
    let whole = points.whole_units.iter().filter_map(|text| BaseUnits::from_human_truncated(text, decimals).ok());
    all.extend(points.units.iter().copied().chain(whole).flat_map(neighbours));
    all.push(BaseUnits::MAX);
    distinct(&mut all);
    all
}

/// Allowances: the amounts of transfers, and both sides of "unlimited" (2²⁵⁵ − 1; on Solana 2⁶³ − 1).
fn allowances(points: &Points, native: &[BaseUnits]) -> Vec<BaseUnits> {
    let mut all: Vec<BaseUnits> = points.units.iter().copied().flat_map(neighbours).collect();
    let mut half = [0xff; 32];
    if let Some(first) = half.first_mut() {
        *first = 0x7f;
    }
    let unlimited = [BaseUnits::from_be_bytes(half), BaseUnits::from_u128(i64::MAX.unsigned_abs().into())];
    all.extend(unlimited.into_iter().flat_map(neighbours));
    all.extend(native);
    distinct(&mut all);
    all
}

fn neighbours(amount: BaseUnits) -> impl Iterator<Item = BaseUnits> {
    let one = BaseUnits::from_u128(1);
    [amount.checked_sub(one), Some(amount), amount.checked_add(one)].into_iter().flatten()
}

/// The largest amount that is worth no more than `usd`: worth grows with the amount, so its bits can be found one by
/// one from the highest.
fn worth_at_most(usd: Usd, decimals: u8, price: Price) -> BaseUnits {
    let mut bytes = [0_u8; 32];
    for index in 0..bytes.len() {
        for bit in (0..8).rev() {
            let mut tried = bytes;
            if let Some(byte) = tried.get_mut(index) {
                *byte |= 1 << bit;
            }
            if Usd::value_of(BaseUnits::from_be_bytes(tried), decimals, price) <= usd {
                bytes = tried;
            }
        }
    }
    BaseUnits::from_be_bytes(bytes)
}

/// An address of the chain that is on no list.
fn outside(chain: ChainKind, listed: &[Address]) -> Option<Address> {
    let mut made_up = (1_u8..=u8::MAX).map(|number| match chain {
        ChainKind::Ethereum => Address::Evm(EvmAddress::from_bytes([number; 20])),
        ChainKind::Solana => Address::Solana(SolanaAddress::from_bytes([number; 32])),
        ChainKind::Ripple => Address::Xrpl(XrplAddress::from_bytes([number; 20])),
    });
    made_up.find(|address| !listed.contains(address))
}

fn set(request: &mut Value, key: &str, value: Value) {
    if let Some(members) = request.as_object_mut() {
        members.insert(key.to_owned(), value);
    }
}

fn action(details: Value) -> Value {
    let mut all = Map::new();
    all.insert("provider".to_owned(), Value::from(PROVIDER));
    all.insert("name".to_owned(), Value::from("act"));
    all.insert("trusted".to_owned(), Value::Bool(true));
    if let Value::Object(details) = details {
        all.extend(details);
    }
    Value::Object(all)
}

fn transfer(to: &Address, amount: BaseUnits) -> Value {
    json!({ "type": "TRANSFER", "to": to.to_string(), "amount": amount.to_string() })
}

fn token_transfer(token: &Address, to: &Address, amount: BaseUnits) -> Value {
    let token = json!({ "address": token.to_string() });
    json!({ "type": "TOKEN_TRANSFER", "to": to.to_string(), "token": token, "amount": amount.to_string() })
}

fn approve(token: &Address, spender: &Address, amount: BaseUnits) -> Value {
    let token = json!({ "address": token.to_string() });
    json!({ "type": "APPROVE", "spender": spender.to_string(), "token": token, "amount": amount.to_string() })
}

fn call(contract: &Address, selector: Option<&String>, value: Option<BaseUnits>) -> Value {
    let mut request = json!({ "type": "CONTRACT_CALL", "to": contract.to_string() });
    if let Some(selector) = selector {
        set(&mut request, "calldata", Value::from(format!("0x{selector}")));
    }
    if let Some(value) = value {
        set(&mut request, "value", Value::from(value.to_string()));
    }
    request
}
