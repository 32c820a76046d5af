//! Items of `--tokens`, `--contracts`, `--spenders` and `--addresses`.

use super::super::failure::Failure;
use super::rules::Rules;
use serde_json::{Value, json};
use waiaas_sdk::core::address::EvmAddress;
use waiaas_sdk::core::chain::{AssetId, ChainKind, Environment, Network};
use waiaas_sdk::engine::tokens::known_tokens;

/// Where symbols are looked up, and what addresses belong to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scope {
    /// The only network of the policy.
    pub(super) network: Option<Network>,
    /// Which networks otherwise.
    pub(super) environment: Environment,
    /// Chain of addresses, when typed.
    pub(super) chain: Option<ChainKind>,
}

/// Rules of an ALLOWED_TOKENS policy.
///
/// # Errors
/// An item that is no symbol, address or asset id. An unknown symbol is never left out silently: the
/// policy would deny what the operator believes it allows.
pub(super) fn tokens(items: &[String], scope: Scope) -> Result<Rules, Failure> {
    let (mut entries, mut expanded) = (Vec::new(), Vec::new());
    for item in items {
        let item = item.trim();
        let entry = if AssetId::has_caip19_syntax(item) {
            asset_id(item)?
        } else if let Some(address) = as_address(item, scope.chain)? {
            json!({ "address": address.text, "chain": address.chain.as_str() })
        } else {
            let (symbol, network) = match item.split_once('@') {
                Some((symbol, name)) => (symbol, Some(network(name)?)),
                None => (item, scope.network),
            };
            let found = symbol_entries(symbol, network, scope.environment);
            if found.is_empty() {
                return Err(unknown_symbol(symbol, network, scope.environment));
            }
            for (entry, row) in found {
                entries.push(entry);
                expanded.push(row);
            }
            continue;
        };
        entries.push(entry);
    }
    // Typed places are what the person meant; only a search through several networks needs a second look.
    let searched = items.iter().any(|item| !item.contains('@') && !item.contains('/')) && !expanded.is_empty();
    Ok(Rules { json: json!({ "tokens": entries }), expanded: if searched { expanded } else { Vec::new() } })
}

/// Entries `{address, chain, name?}` of items `address` or `name=address`.
///
/// # Errors
/// An item whose address has the form of no chain.
pub(super) fn named(items: &[String], chain: Option<ChainKind>) -> Result<Vec<Value>, Failure> {
    let entry = |item: &String| {
        let (name, text) = match item.trim().split_once('=') {
            Some((name, text)) => (Some(name.trim()), text.trim()),
            None => (None, item.trim()),
        };
        let address = as_address(text, chain)?.ok_or_else(|| not_an_address(text))?;
        let mut entry = json!({ "address": address.text, "chain": address.chain.as_str() });
        if let (Some(name), Some(fields)) = (name, entry.as_object_mut()) {
            fields.insert("name".to_owned(), json!(name));
        }
        Ok(entry)
    };
    items.iter().map(entry).collect()
}

/// Addresses as they stand.
///
/// # Errors
/// An item that has the form of no chain's address.
pub(super) fn bare(items: &[String], chain: Option<ChainKind>) -> Result<Vec<String>, Failure> {
    let address = |item: &String| match as_address(item.trim(), chain)? {
        Some(address) => Ok(address.text),
        None => Err(not_an_address(item)),
    };
    items.iter().map(address).collect()
}

/// An address and the chain that its form belongs to.
struct TypedAddress {
    text: String,
    chain: ChainKind,
}

/// `None` when the text has the form of no address of `chain` (of any chain, without one).
///
/// An EVM address must parse: a mistyped one would be stored and match nothing. The other forms are
/// only recognised here (base58 of 32 bytes has 32 to 44 characters, an XRPL address begins with `r` and
/// has 25 to 35); whether this build serves their chain is for the service to say.
fn as_address(text: &str, chain: Option<ChainKind>) -> Result<Option<TypedAddress>, Failure> {
    let base58 = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_alphanumeric() && !matches!(byte, b'0' | b'O' | b'I' | b'l'))
    };
    let form = if text.starts_with("0x") || text.starts_with("0X") {
        EvmAddress::parse(text).map_err(|error| Failure::usage(format!("`{text}`: {error}")))?;
        ChainKind::Ethereum
    } else if text.starts_with('r') && (25..=35).contains(&text.len()) && base58(text) {
        ChainKind::Ripple
    } else if (32..=44).contains(&text.len()) && base58(text) {
        ChainKind::Solana
    } else {
        return Ok(None);
    };
    // A base58 text can be both; an EVM address cannot be anything else.
    let fits = chain.is_none_or(|chain| chain == form || (form == ChainKind::Ripple && chain == ChainKind::Solana));
    match fits {
        true => Ok(Some(TypedAddress { text: text.to_owned(), chain: chain.unwrap_or(form) })),
        false => Err(Failure::usage(format!("`{text}` is not an address of the chain given with --chain"))),
    }
}

fn not_an_address(text: &str) -> Failure {
    Failure::usage(format!("`{text}` is not an address")).hint("EVM addresses are `0x` and 40 hexadecimal digits")
}

fn asset_id(text: &str) -> Result<Value, Failure> {
    let asset = AssetId::parse(text).map_err(|_| {
        Failure::usage(format!("`{text}` is not an asset that this build knows")).hint("for example eip155:1/erc20:0x…")
    })?;
    Ok(entry_of(&asset, None))
}

fn entry_of(asset: &AssetId, symbol: Option<&str>) -> Value {
    let chain = asset.network().chain();
    let address = asset.kind().token_text().unwrap_or_else(|| format!("native:{chain}"));
    let mut entry = json!({ "address": address, "chain": chain.as_str(), "assetId": asset.to_string() });
    if let (Some(symbol), Some(fields)) = (symbol, entry.as_object_mut()) {
        fields.insert("symbol".to_owned(), json!(symbol));
    }
    entry
}

fn network(name: &str) -> Result<Network, Failure> {
    Network::parse(name).map_err(|error| Failure::usage(format!("`{name}`: {error}")))
}

/// Entries and rows (symbol, where, address) of everything that `symbol` stands for.
fn symbol_entries(symbol: &str, network: Option<Network>, environment: Environment) -> Vec<(Value, Vec<String>)> {
    let row = |symbol: &str, place: &str, address: &str| vec![symbol.to_owned(), place.to_owned(), address.to_owned()];
    let tokens = places(network, environment).flat_map(known_tokens).filter(|token| same(token.symbol, symbol));
    let mut found: Vec<(Value, Vec<String>)> = tokens
        .map(|token| {
            let entry = entry_of(&token.asset, Some(token.symbol));
            let address = entry.get("address").and_then(Value::as_str).unwrap_or_default().to_owned();
            (entry, row(token.symbol, token.asset.network().as_str(), &address))
        })
        .collect();
    let native = places(network, environment).find(|place| same(place.native_symbol(), symbol));
    match (native, network) {
        (Some(place), Some(_)) => {
            let asset = place.native_asset();
            found.push((entry_of(&asset, Some(place.native_symbol())), row(symbol, place.as_str(), "native coin")));
        }
        (Some(place), None) => {
            let (chain, symbol) = (place.chain(), place.native_symbol());
            let address = format!("native:{chain}");
            let place = format!("{chain} (every network)");
            let row = row(symbol, &place, &address);
            found.push((json!({ "address": address, "symbol": symbol, "chain": chain.as_str() }), row));
        }
        (None, _) => {}
    }
    found
}

fn places(network: Option<Network>, environment: Environment) -> impl Iterator<Item = Network> {
    let meant = move |place: &Network| match network {
        Some(network) => *place == network,
        None => place.environment() == environment,
    };
    Network::ALL.iter().copied().filter(meant)
}

fn same(left: &str, right: &str) -> bool {
    left.eq_ignore_ascii_case(right)
}

fn unknown_symbol(symbol: &str, network: Option<Network>, environment: Environment) -> Failure {
    let place = network.map_or_else(|| format!("any {environment} network"), |network| network.as_str().to_owned());
    let mut known: Vec<&str> = places(network, environment)
        .flat_map(|place| known_tokens(place).map(|token| token.symbol).chain([place.native_symbol()]))
        .collect();
    known.sort_unstable();
    known.dedup();
    Failure::usage(format!("`{symbol}` is not a known token of {place}"))
        .hint(format!("pass its address or CAIP-19 id, or one of: {}", known.join(", ")))
}
