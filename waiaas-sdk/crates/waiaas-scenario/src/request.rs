//! From a request to its effects, by the way that the service takes.
//!
//! What the service's own reader of bodies understands goes through it. What it does not read yet (batches, NFTs,
//! deployments, and what other channels bring) is put together here from the same parts.

use crate::node::{Faults, Node};
use crate::world::World;
use crate::{action, bodies, program};
use serde_json::{Map, Value};
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, ChainKind};
use waiaas_core::money::BaseUnits;
use waiaas_core::policy::{DeniedBy, TokenFact};
use waiaas_core::tx::typed_data::{self, TypedDataError};
use waiaas_core::tx::{Action, CallHead, Channel, Effects, Host, Operation, ResolveError, Tx, TxRequest, TxType};
use waiaas_core::wire::transactions::SendBody;
use waiaas_core::wire::{Issue, IssueCode, PathStep};

/// A request that is refused while it is read, before any policy is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// What refuses: the validation, or the policy that would have to be asked about what is missing.
    pub denied_by: DeniedBy,
    /// The reason code: `ACTION_VALIDATION_FAILED`, `TOKEN_DECIMALS_MISMATCH` or `MISSING_INPUT`.
    pub why: &'static str,
    /// What is wrong with the request, with places inside of it.
    pub issues: Vec<Issue>,
}

impl Refused {
    pub(crate) const INVALID: &'static str = "ACTION_VALIDATION_FAILED";

    fn invalid(issues: Vec<Issue>) -> Self {
        Self { denied_by: DeniedBy::Validation, why: Self::INVALID, issues }
    }

    /// A fault at a key, with dots for keys inside of it.
    pub(crate) fn at(key: &str, code: IssueCode, message: impl Into<String>) -> Self {
        let path = key.split('.').map(PathStep::from).collect();
        Self::invalid(vec![Issue { path, code, message: message.into() }])
    }

    fn within(mut self, list: &str, index: usize) -> Self {
        for issue in &mut self.issues {
            let inner = core::mem::take(&mut issue.path);
            issue.path = [PathStep::from(list), PathStep::from(index)].into_iter().chain(inner).collect();
        }
        self
    }
}

/// Keys of every request: of the body, and of the channel that it came by.
const ENVELOPE: [&str; 9] = [
    "type",
    "network",
    "walletId",
    "dryRun",
    "idempotencyKey",
    "channel",
    "action",
    "action_default_tier",
    // What an agent writes here has no effect; a vector says so.
    "actionProvider",
];

const AMOUNT: [&str; 2] = ["amount", "humanAmount"];
const CALL: [&str; 10] = [
    "to",
    "calldata",
    "value",
    "abi",
    "programId",
    "instructionData",
    "accounts",
    "preInstructions",
    "postInstructions",
    "addressLookupTableAddresses",
];

/// The types of requests, and the keys of each beside [`ENVELOPE`].
const TYPES: [(&str, &[&[&str]]); 14] = [
    ("TRANSFER", &[&["to", "memo"], &AMOUNT]),
    ("TOKEN_TRANSFER", &[&["to", "token", "memo"], &AMOUNT]),
    ("CONTRACT_CALL", &[&CALL]),
    ("APPROVE", &[&["spender", "token", "nft"], &AMOUNT]),
    ("NFT_TRANSFER", &[&["to", "token", "amount"]]),
    ("CONTRACT_DEPLOY", &[&["bytecode", "constructorArgs", "value"]]),
    ("BATCH", &[&["instructions"]]),
    ("SIGN", &[&["operations"]]),
    ("USEROP", &[&["calls"]]),
    ("SIGN_MESSAGE", &[&["message"]]),
    ("SIGN_TYPED_DATA", &[&["typedData"]]),
    ("X402_PAYMENT", &[&["url", "asset", "payTo", "amount"]]),
    ("ERC8128_SIGN", &[&["url", "method"]]),
    ("EXTERNAL_ACTION", &[]),
];

/// The parts of a batch, of an operation of a smart account or of a transaction that is only signed.
const LISTS: [(&str, &str); 3] = [("BATCH", "instructions"), ("SIGN", "operations"), ("USEROP", "calls")];

/// What a request does, or why it is refused. `None` after recording what is wrong with the document itself: a
/// misspelt key must not look like a denial.
pub(crate) fn read(node: &Node<'_>, world: &World, faults: &mut Faults) -> Option<Result<Effects, Refused>> {
    let name = type_name(node, faults)?;
    check_keys(node, name, true, faults);
    let channel = node.given("channel").map(|node| {
        node.parsed(faults, "one of send, sign, x402, erc8128, external", |text| {
            ["send", "sign", "x402", "erc8128", "external"].into_iter().find(|known| *known == text)
        })
    });
    let channel = match channel {
        Some(said) => said?,
        None => default_channel(name),
    };
    let action = match node.given("action") {
        Some(action) => Some(action::read(&action, node.given("action_default_tier").as_ref(), world, faults)?),
        None => None,
    };
    Some(effects(node.value, name, world, action.as_ref()).and_then(|mut effects| {
        // Typed data says itself whether it can do anything.
        if name != "SIGN_TYPED_DATA" {
            effects.channel = channel_of(node.value, name, channel)?;
        }
        effects.action = action;
        Ok(effects)
    }))
}

fn type_name(node: &Node<'_>, faults: &mut Faults) -> Option<&'static str> {
    node.object(faults)?;
    // As in the API, a body without a type is a transfer.
    let Some(said) = node.get("type") else { return Some("TRANSFER") };
    let names = TYPES.map(|(name, _)| name);
    said.one_of(faults, &names, |name| name)
}

fn check_keys(node: &Node<'_>, name: &str, whole: bool, faults: &mut Faults) {
    let own = TYPES.iter().find(|(known, _)| *known == name);
    let mut known: Vec<&str> = own.map(|(_, keys)| keys.concat()).unwrap_or_default();
    known.extend(ENVELOPE.iter().filter(|key| whole || **key == "type"));
    node.only(&known, faults);
    if let Some(token) = node.given("token").filter(|token| token.value.is_object()) {
        token.only(&["address", "decimals", "symbol", "assetId", "tokenId", "standard"], faults);
    }
    if let Some(nft) = node.given("nft") {
        nft.only(&["tokenId", "standard"], faults);
    }
    let list = LISTS.iter().find(|(known, _)| *known == name).and_then(|(_, key)| node.get(key));
    for part in list.and_then(|list| list.list(faults)).unwrap_or_default() {
        let of_part = part.value.get("type").and_then(Value::as_str).unwrap_or_else(|| class(part.value));
        // What stands in a batch names its amount of native coin either way.
        let of_part = if of_part == "TRANSFER" && part.get("value").is_some() { "CONTRACT_CALL" } else { of_part };
        check_keys(&part, of_part, false, faults);
    }
}

fn default_channel(name: &str) -> &'static str {
    match name {
        "SIGN" | "USEROP" | "SIGN_MESSAGE" | "SIGN_TYPED_DATA" => "sign",
        "X402_PAYMENT" => "x402",
        "ERC8128_SIGN" => "erc8128",
        "EXTERNAL_ACTION" => "external",
        _ => "send",
    }
}

fn channel_of(request: &Value, name: &str, channel: &str) -> Result<Channel, Refused> {
    let host = || {
        let url = request.get("url").and_then(Value::as_str);
        let advice = "expected an http or https URL with a host name";
        url.and_then(Host::of_url).ok_or_else(|| Refused::at("url", IssueCode::InvalidValue, advice))
    };
    Ok(match (name, channel) {
        ("SIGN_MESSAGE", _) => Channel::Message,
        (_, "sign") => Channel::Sign,
        (_, "x402") => Channel::X402(host()?),
        (_, "erc8128") => Channel::Erc8128(host()?),
        (_, "external") => Channel::External,
        _ => Channel::Send,
    })
}

fn effects(request: &Value, name: &str, world: &World, action: Option<&Action>) -> Result<Effects, Refused> {
    let bare = |operations| Ok(Effects::of(world.subject.network, TxType::ContractCall, operations));
    match name {
        "BATCH" => {
            let parts = parts(request, "instructions", world)?;
            if !(2..=20).contains(&parts.len()) {
                return Err(Refused::at("instructions", IssueCode::InvalidValue, "expected 2 to 20 instructions"));
            }
            batch(parts, "instructions")
        }
        "SIGN" => batch(parts(request, "operations", world)?, "operations"),
        "USEROP" => batch(parts(request, "calls", world)?, "calls"),
        "SIGN_MESSAGE" | "ERC8128_SIGN" | "EXTERNAL_ACTION" => bare(Vec::new()),
        "SIGN_TYPED_DATA" => {
            let typed = request.get("typedData").unwrap_or(&Value::Null);
            typed_data::preview(typed, world.subject.network, world.evm_wallet).map_err(unreadable)
        }
        "X402_PAYMENT" => payment(request, world),
        "NFT_TRANSFER" => {
            let collection = address(request.get("token").and_then(|token| token.get("address")), "token", world)?;
            let to = address(request.get("to"), "to", world)?;
            bare(vec![Operation::NftTransfer { collection, to }])
        }
        "CONTRACT_DEPLOY" => {
            let value = amount_of(request, "value")?.map(|amount| nowhere(world).map(|to| (to, amount))).transpose()?;
            let value = value.map(|(to, amount)| Operation::NativeTransfer { to, amount });
            bare(value.into_iter().chain([Operation::Deployment]).collect())
        }
        _ => sent(request, world, action),
    }
}

fn unreadable(error: TypedDataError) -> Refused {
    let path = match &error {
        TypedDataError::Malformed { path, .. } | TypedDataError::NotTheWallets { path } => {
            Some("typedData").into_iter().chain(path.split('.')).map(PathStep::from).collect()
        }
        TypedDataError::WrongChain { .. } => ["typedData", "domain", "chainId"].map(PathStep::from).to_vec(),
        _ => ["typedData", "message"].map(PathStep::from).to_vec(),
    };
    Refused::invalid(vec![Issue { path, code: IssueCode::InvalidValue, message: error.to_string() }])
}

/// The parts of a request that is made of several.
fn parts(request: &Value, key: &str, world: &World) -> Result<Vec<Effects>, Refused> {
    let parts = request.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let read = |(index, part)| sent(&declared(part), world, None).map_err(|refused| refused.within(key, index));
    parts.iter().enumerate().map(read).collect()
}

fn batch(parts: Vec<Effects>, key: &str) -> Result<Effects, Refused> {
    Effects::batch(parts).ok_or_else(|| Refused::at(key, IssueCode::TooSmall, "expected at least one entry"))
}

/// A payment over x402 is a transfer of its asset.
fn payment(request: &Value, world: &World) -> Result<Effects, Refused> {
    let mut body = Map::new();
    body.insert("type".to_owned(), Value::from("TOKEN_TRANSFER"));
    let mut token = Map::new();
    for (from, to, place) in [("payTo", "to", 0_u8), ("amount", "amount", 0), ("asset", "address", 1)] {
        if let Some(value) = request.get(from) {
            let target = if place == 0 { &mut body } else { &mut token };
            target.insert(to.to_owned(), value.clone());
        }
    }
    body.insert("token".to_owned(), Value::Object(token));
    sent(&Value::Object(body), world, None)
}

/// Which request an instruction stands for; its fields tell (`policy.md` section 10).
fn class(instruction: &Value) -> &'static str {
    let has = |key: &str| instruction.get(key).is_some();
    match () {
        () if has("spender") => "APPROVE",
        () if has("token") => "TOKEN_TRANSFER",
        () if has("calldata") || has("programId") => "CONTRACT_CALL",
        () => "TRANSFER",
    }
}

/// An instruction as a request of its own.
fn declared(instruction: &Value) -> Value {
    let mut request = instruction.as_object().cloned().unwrap_or_default();
    if !request.contains_key("type") {
        request.insert("type".to_owned(), Value::from(class(instruction)));
    }
    if request.get("type").and_then(Value::as_str) == Some("TRANSFER")
        && let Some(value) = request.remove("value")
    {
        request.insert("amount".to_owned(), value);
    }
    Value::Object(request)
}

/// Reads the public body of a request and makes it exact.
fn sent(request: &Value, world: &World, action: Option<&Action>) -> Result<Effects, Refused> {
    let body = without(request, &["network", "walletId", "channel", "action", "action_default_tier", "actionProvider"]);
    let (body, nft) = match body.get("nft") {
        Some(_) => (without(&body, &["nft"]), true),
        None => (body, false),
    };
    let mut effects = match world.subject.chain {
        ChainKind::Ethereum => match bare_call(&body, world) {
            Some(effects) => effects?,
            None => read_by_service(&body, world)?,
        },
        ChainKind::Solana if body.get("type").and_then(Value::as_str) == Some("CONTRACT_CALL") => {
            program::effects(&body, world, action.cloned())?
        }
        ChainKind::Solana | ChainKind::Ripple => bodies::effects(&body, world)?,
    };
    if nft {
        // Amount 0 is an approval of one NFT, anything else of the whole collection (`policy.md` section 5.9).
        for operation in &mut effects.operations {
            if let Operation::Approval { collection, amount, .. } = operation {
                *collection = !amount.is_zero();
            }
        }
    }
    Ok(effects)
}

/// By the service's own reader of bodies.
fn read_by_service(body: &Value, world: &World) -> Result<Effects, Refused> {
    let network = world.subject.network;
    let request = SendBody::parse(body, world.subject.chain);
    let request: TxRequest = request.map_err(|issues| Refused::invalid(issues.as_slice().to_vec()))?.request;
    // A token that nobody knows: the chain would answer what the caller claims. The evaluator is not told, so for
    // it the token has neither decimals nor a price.
    let fact = request.token().map(|token| {
        let known = AssetId::token(network, &token.address).and_then(|asset| world.tokens.get(&asset)).cloned();
        known.unwrap_or_else(|| TokenFact { decimals: token.claimed_decimals.unwrap_or(18), symbol: String::new() })
    });
    let tx = Tx::resolve(request, network, fact.as_ref()).map_err(|error| {
        let issue = Issue::at(error.field(), IssueCode::InvalidValue, error.to_string());
        let why = match error {
            ResolveError::DecimalsMismatch { .. } => "TOKEN_DECIMALS_MISMATCH",
            _ => Refused::INVALID,
        };
        Refused { denied_by: DeniedBy::Validation, why, issues: vec![issue] }
    })?;
    Ok(tx.effects(network))
}

/// A call with less than a selector. The service refuses it; it is judged all the same, because the call behind an
/// action of a provider is often left out of a test.
fn bare_call(request: &Value, world: &World) -> Option<Result<Effects, Refused>> {
    let is_call = request.get("type").and_then(Value::as_str) == Some("CONTRACT_CALL");
    let calldata = request.get("calldata").map(|value| value.as_str().and_then(|text| text.strip_prefix("0x")));
    let short = match calldata {
        None => true,
        Some(digits) => digits.is_some_and(|digits| digits.len() < 8),
    };
    if !is_call || !short || request.get("programId").is_some() {
        return None;
    }
    Some(address(request.get("to"), "to", world).and_then(|contract| {
        let value = amount_of(request, "value")?.filter(|value| !value.is_zero());
        let value = value.map(|amount| Operation::NativeTransfer { to: contract, amount });
        let call = Operation::ContractCall { contract, head: CallHead::default() };
        Ok(Effects::of(world.subject.network, TxType::ContractCall, [call].into_iter().chain(value).collect()))
    }))
}

fn without(request: &Value, keys: &[&str]) -> Value {
    let mut members = request.as_object().cloned().unwrap_or_default();
    members.retain(|key, _| !keys.contains(&key.as_str()));
    Value::Object(members)
}

fn address(value: Option<&Value>, key: &str, world: &World) -> Result<Address, Refused> {
    let text = value.and_then(Value::as_str).unwrap_or_default();
    Address::parse(world.subject.chain, text)
        .map_err(|error| Refused::at(key, IssueCode::InvalidAddress, error.to_string()))
}

fn amount_of(request: &Value, key: &str) -> Result<Option<BaseUnits>, Refused> {
    let Some(value) = request.get(key) else { return Ok(None) };
    let amount = BaseUnits::parse_digits(value.as_str().unwrap_or_default());
    amount.map(Some).map_err(|error| Refused::at(key, IssueCode::InvalidValue, error.to_string()))
}

/// The address that a deployment's value goes to: nobody's yet.
fn nowhere(world: &World) -> Result<Address, Refused> {
    let nobody = Value::from("0x0000000000000000000000000000000000000000");
    address(Some(&nobody), "value", world)
}
