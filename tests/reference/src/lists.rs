//! Lists of addresses, tokens, contracts, methods and spenders: sections 5.2 and 5.5 to 5.9.
//!
//! Each function judges some of the operations of a request by the rows of one type. The first refusal counts.

use crate::evaluate::{Request, refuse};
use crate::read::{Corrupt, Read, Rules, digits, entry, flag, list, rules, text};
use crate::rows::in_force;
use crate::verdict::Refusal;
use ruint::aliases::U512;
use serde_json::Value;
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, ChainKind};
use waiaas_core::policy::{DeniedBy, PolicyType, ReasonCode};
use waiaas_core::tx::{Channel, Operation};

/// WHITELIST (5.2): every recipient, spender and contract must be listed; a deployment has none and is refused. An
/// action outside of any chain goes to `external:<venue>`.
pub(crate) fn whitelist(request: &Request<'_>, operations: &[Operation]) -> Result<(), Refusal> {
    for row in in_force(&request.scope, PolicyType::Whitelist).all() {
        request.obeys(row, DeniedBy::Whitelist, |rules| {
            let mut listed = Vec::new();
            for value in list(rules, "allowed_addresses", 1)? {
                listed.push(text(Some(value))?.to_owned());
            }
            let is_listed = |address: &Address| listed.iter().any(|entry| same_address(entry, address));
            if request.effects.channel == Channel::External {
                let venue = request.effects.action.as_ref().and_then(|action| action.venue.as_deref()).unwrap_or("");
                let target = format!("external:{venue}");
                return Ok(if listed.contains(&target) { None } else { Some(ReasonCode::WhitelistDenied) });
            }
            let all_listed = operations.iter().all(|operation| match operation {
                Operation::NativeTransfer { to, .. }
                | Operation::TokenTransfer { to, .. }
                | Operation::NftTransfer { to, .. } => is_listed(to),
                Operation::Approval { spender, .. } => is_listed(spender),
                Operation::ContractCall { contract, .. } => is_listed(contract),
                Operation::Deployment => false,
            });
            Ok(if all_listed { None } else { Some(ReasonCode::WhitelistDenied) })
        })?;
    }
    Ok(())
}

/// ALLOWED_TOKENS (5.5): every token must be listed, and without a row there is none; native coins only where a row
/// says `restrict_native`. The absence of a row does not refuse a payment over x402.
pub(crate) fn allowed_tokens(request: &Request<'_>, operations: &[Operation]) -> Result<(), Refusal> {
    let force = in_force(&request.scope, PolicyType::AllowedTokens);
    let moves_tokens = operations.iter().any(|operation| matches!(operation, Operation::TokenTransfer { .. }));
    let is_payment = matches!(request.effects.channel, Channel::X402(_));
    let needed = request.facts.settings.default_deny_tokens && !is_payment && !request.passes_without_rows();
    if moves_tokens && force.base.is_none() && needed {
        return refuse(DeniedBy::AllowedTokens, ReasonCode::TokenTransferDisabled);
    }
    for row in force.all() {
        // What does not speak of native coins is not read for them (section 3, "Corrupt rows").
        if !moves_tokens && rules(&row.rules).and_then(|rules| token_entries(request, &rules, None)).is_err() {
            continue;
        }
        request.obeys(row, DeniedBy::AllowedTokens, |rules| {
            let restrict_native = flag(rules, "restrict_native", false)?;
            for operation in operations {
                let listed = match operation {
                    Operation::TokenTransfer { asset, .. } => token_entries(request, rules, Some(*asset))?,
                    Operation::NativeTransfer { .. } if restrict_native => {
                        token_entries(request, rules, Some(request.effects.network.native_asset()))?
                    }
                    _ => true,
                };
                if !listed {
                    return Ok(Some(ReasonCode::TokenNotAllowed));
                }
            }
            Ok(None)
        })?;
    }
    Ok(())
}

/// Whether some entry means the asset.
fn token_entries(request: &Request<'_>, rules: &Rules, asset: Option<AssetId>) -> Read<bool> {
    flag(rules, "restrict_native", false)?;
    let mut listed = false;
    for value in list(rules, "tokens", 0)? {
        let asked = asset.unwrap_or(request.effects.network.native_asset());
        listed |= token_entry(value, asked, request.subject.chain)?;
    }
    Ok(listed)
}

/// Whether the entry means the asset: by its CAIP-19 id where it has one, else by chain and address.
fn token_entry(value: &Value, asset: AssetId, chain: ChainKind) -> Read<bool> {
    let (members, address) = entry(value, "address")?;
    let short = |symbol: &Value| symbol.as_str().is_some_and(|text| (1..=10).contains(&text.chars().count()));
    if !members.get("symbol").is_none_or(short) {
        return Err(Corrupt);
    }
    let on_chain = same_chain(members.get("chain"), chain)?;
    match members.get("assetId") {
        Some(id) => {
            let id = text(Some(id))?;
            if is_caip19(id) { Ok(same_caip19(id, asset)) } else { Err(Corrupt) }
        }
        None => Ok(on_chain && names_asset(address, asset, chain)),
    }
}

/// Whether `chain` is absent or the chain of the request.
fn same_chain(chain: Option<&Value>, of_request: ChainKind) -> Read<bool> {
    let Some(chain) = chain else { return Ok(true) };
    let chain = text(Some(chain))?;
    if ["solana", "ethereum", "ripple"].contains(&chain) { Ok(chain == of_request.as_str()) } else { Err(Corrupt) }
}

/// CONTRACT_WHITELIST (5.6): every contract that is called and every collection that an NFT comes from must be
/// listed, and without a row there is none. An action of one of our own providers needs no entry.
pub(crate) fn contract_whitelist(request: &Request<'_>, operations: &[Operation]) -> Result<(), Refusal> {
    if request.effects.action.as_ref().is_some_and(|action| action.trusted) {
        return Ok(());
    }
    let contracts: Vec<&Address> = operations
        .iter()
        .filter_map(|operation| match operation {
            Operation::ContractCall { contract, .. } => Some(contract),
            Operation::NftTransfer { collection, .. } => Some(collection),
            _ => None,
        })
        .collect();
    if contracts.is_empty() {
        return Ok(());
    }
    let force = in_force(&request.scope, PolicyType::ContractWhitelist);
    let needed = request.facts.settings.default_deny_contracts && !request.passes_without_rows();
    if force.base.is_none() && needed {
        return refuse(DeniedBy::ContractWhitelist, ReasonCode::ContractCallDisabled);
    }
    for row in force.all() {
        request.obeys(row, DeniedBy::ContractWhitelist, |rules| {
            let mut listed = Vec::new();
            for value in list(rules, "contracts", 0)? {
                let (members, address) = entry(value, "address")?;
                if same_chain(members.get("chain"), request.subject.chain)? {
                    listed.push(address);
                }
            }
            let is_listed = |contract: &&Address| listed.iter().any(|address| same_address(address, contract));
            Ok(if contracts.iter().all(is_listed) { None } else { Some(ReasonCode::ContractNotWhitelisted) })
        })?;
    }
    Ok(())
}

/// METHOD_WHITELIST (5.7): a contract with entries may be called by their selectors only. A contract without entry
/// is not restricted.
pub(crate) fn method_whitelist(request: &Request<'_>, operations: &[Operation]) -> Result<(), Refusal> {
    let force = in_force(&request.scope, PolicyType::MethodWhitelist);
    for row in force.all() {
        for operation in operations {
            let Operation::ContractCall { contract, head } = operation else { continue };
            request.obeys(row, DeniedBy::MethodWhitelist, |rules| {
                let (mut restricted, mut listed) = (false, false);
                let selector = head.as_bytes().get(..4).map(hex);
                for value in list(rules, "methods", 0)? {
                    let (members, address) = entry(value, "contractAddress")?;
                    let here = same_address(address, contract);
                    restricted |= here;
                    for method in list(members, "selectors", 0)? {
                        let method = text(Some(method))?.to_ascii_lowercase();
                        listed |= here && Some(method) == selector;
                    }
                }
                Ok(if restricted && !listed { Some(ReasonCode::MethodNotWhitelisted) } else { None })
            })?;
        }
    }
    Ok(())
}

/// APPROVED_SPENDERS (5.8): every spender must be listed, and without a row there is none; the most permissive of
/// the spender's maxima must not be exceeded.
pub(crate) fn approved_spenders(request: &Request<'_>, operations: &[Operation]) -> Result<(), Refusal> {
    let force = in_force(&request.scope, PolicyType::ApprovedSpenders);
    let approves = operations.iter().any(|operation| matches!(operation, Operation::Approval { .. }));
    let needed = request.facts.settings.default_deny_spenders && !request.passes_without_rows();
    if approves && force.base.is_none() && needed {
        return refuse(DeniedBy::ApprovedSpenders, ReasonCode::ApproveDisabled);
    }
    for row in force.all() {
        for operation in operations {
            let Operation::Approval { spender, .. } = operation else { continue };
            request.obeys(row, DeniedBy::ApprovedSpenders, |rules| {
                let (mut listed, mut within) = (false, false);
                for value in list(rules, "spenders", 0)? {
                    let (members, address) = entry(value, "address")?;
                    let most = members.get("maxAmount").map(digits).transpose()?;
                    if same_address(address, spender) {
                        listed = true;
                        within |= most.is_none_or(|most| allowance(operation) <= most);
                    }
                }
                Ok(match (listed, within) {
                    (false, _) => Some(ReasonCode::SpenderNotApproved),
                    (true, false) => Some(ReasonCode::ApproveAmountExceeded),
                    (true, true) => None,
                })
            })?;
        }
    }
    Ok(())
}

/// APPROVE_AMOUNT_LIMIT (5.9): unlimited allowances are refused unless the row lets them pass, others by its
/// maximum. Without a row only the unlimited ones are refused.
pub(crate) fn approve_amount_limit(request: &Request<'_>, operations: &[Operation]) -> Result<(), Refusal> {
    let force = in_force(&request.scope, PolicyType::ApproveAmountLimit);
    // floor((2^256 − 1) / 2)
    let unlimited = (U512::from(1) << 255) - U512::from(1);
    let approvals: Vec<U512> =
        operations.iter().filter(|operation| matches!(operation, Operation::Approval { .. })).map(allowance).collect();
    let any_unlimited = approvals.iter().any(|amount| *amount >= unlimited);
    if force.base.is_none() && any_unlimited && !request.passes_without_rows() {
        return refuse(DeniedBy::ApproveAmountLimit, ReasonCode::UnlimitedApproveBlocked);
    }
    for row in force.all() {
        for amount in approvals.iter().copied() {
            request.obeys(row, DeniedBy::ApproveAmountLimit, |rules| {
                let most = rules.get("maxAmount").map(digits).transpose()?;
                let block = flag(rules, "blockUnlimited", true)?;
                Ok(if block && amount >= unlimited {
                    Some(ReasonCode::UnlimitedApproveBlocked)
                } else if most.is_some_and(|most| amount > most) {
                    Some(ReasonCode::ApproveAmountExceeded)
                } else {
                    None
                })
            })?;
        }
    }
    Ok(())
}

/// The amount of an approval; one for a whole collection counts as unlimited.
fn allowance(operation: &Operation) -> U512 {
    match operation {
        Operation::Approval { collection: true, .. } => (U512::from(1) << 256) - U512::from(1),
        Operation::Approval { amount, .. } => U512::from(amount.get()),
        _ => U512::ZERO,
    }
}

/// Whether the text is the address: without regard to case on the EVM, else byte by byte.
pub(crate) fn same_address(text: &str, address: &Address) -> bool {
    match address {
        Address::Evm(evm) => text.starts_with("0x") && text.to_ascii_lowercase() == hex(evm.as_bytes()),
        other => text == other.to_string(),
    }
}

/// `0x` and lower-case digits.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digits = bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(|digit| char::from(DIGITS[digit as usize]));
    "0x".chars().chain(digits).collect()
}

/// Whether the text names the asset of the request: an address, or one of the spellings of the native coin.
pub(crate) fn names_asset(text: &str, asset: AssetId, chain: ChainKind) -> bool {
    match asset.token_address() {
        Some(address) => same_address(text, &address),
        None => text == "native" || text == format!("native:{chain}") || same_caip19(text, asset),
    }
}

/// Equality of CAIP-19 ids (section 5): the reference without regard to case under `eip155`, else byte by byte.
pub(crate) fn same_caip19(text: &str, asset: AssetId) -> bool {
    let normal = |text: &str| match text.rsplit_once(':') {
        Some((head, reference)) if text.starts_with("eip155:") => format!("{head}:{}", reference.to_lowercase()),
        _ => text.to_owned(),
    };
    normal(text) == normal(&asset.to_string())
}

/// `^[-a-z0-9]{3,8}:[-_a-zA-Z0-9]{1,32}/[-a-z0-9]{3,8}:[-.%a-zA-Z0-9]{1,128}$`
pub(crate) fn is_caip19(text: &str) -> bool {
    let Some((chain, asset)) = text.split_once('/') else { return false };
    let (Some(chain), Some(asset)) = (chain.split_once(':'), asset.split_once(':')) else { return false };
    let lower = |byte: u8| byte == b'-' || byte.is_ascii_digit() || byte.is_ascii_lowercase();
    let part = |text: &str, most: usize, least: usize, extra: &[u8]| {
        let any = |byte: u8| byte == b'-' || byte.is_ascii_alphanumeric() || extra.contains(&byte);
        (least..=most).contains(&text.len()) && text.bytes().all(any)
    };
    let namespace = |text: &str| (3..=8).contains(&text.len()) && text.bytes().all(lower);
    namespace(chain.0) && part(chain.1, 32, 1, b"_") && namespace(asset.0) && part(asset.1, 128, 1, b".%")
}
