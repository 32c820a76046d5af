//! Bodies of requests on chains that the service's reader does not read yet: the same shapes, with the addresses and
//! tokens of the wallet's chain.

use crate::request::Refused;
use crate::world::World;
use serde_json::Value;
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, AssetKind};
use waiaas_core::money::BaseUnits;
use waiaas_core::policy::DeniedBy;
use waiaas_core::tx::{Effects, Operation, TxType};
use waiaas_core::wire::IssueCode;

/// What a TRANSFER, TOKEN_TRANSFER or APPROVE does.
pub(crate) fn effects(request: &Value, world: &World) -> Result<Effects, Refused> {
    let network = world.subject.network;
    let (tx_type, operation) = match request.get("type").and_then(Value::as_str).unwrap_or("TRANSFER") {
        "TOKEN_TRANSFER" => {
            let (asset, decimals) = token(request, world)?;
            let (to, amount) = (address(request, "to", world)?, amount(request, decimals)?);
            (TxType::TokenTransfer, Operation::TokenTransfer { asset, to, amount })
        }
        "APPROVE" => {
            let (asset, decimals) = token(request, world)?;
            let (spender, amount) = (address(request, "spender", world)?, amount(request, decimals)?);
            (TxType::Approve, Operation::Approval { asset, spender, amount, collection: false })
        }
        "TRANSFER" => {
            let amount = amount(request, network.native_decimals())?;
            (TxType::Transfer, Operation::NativeTransfer { to: address(request, "to", world)?, amount })
        }
        _ => return Err(Refused::at("type", IssueCode::NotSupported, "is not possible on the wallet's chain")),
    };
    Ok(Effects::of(network, tx_type, vec![operation]))
}

fn address(request: &Value, key: &str, world: &World) -> Result<Address, Refused> {
    let text = request.get(key).and_then(Value::as_str).unwrap_or_default();
    Address::parse(world.subject.chain, text)
        .map_err(|error| Refused::at(key, IssueCode::InvalidAddress, error.to_string()))
}

/// The token, and its decimals. Of a token that nobody knows, the chain would answer what the caller claims.
fn token(request: &Value, world: &World) -> Result<(AssetId, u8), Refused> {
    let part = |key: &str| request.get("token").and_then(|token| token.get(key));
    let network = world.subject.network;
    let named = part("address").and_then(Value::as_str);
    let by_address = named.and_then(|text| AssetId::new(network, AssetKind::parse_token(network.chain(), text).ok()?));
    let by_id = part("assetId").and_then(|id| AssetId::parse(id.as_str()?).ok()).filter(|id| id.network() == network);
    let asset = match (by_address, by_id) {
        (Some(one), Some(other)) if one != other => None,
        (Some(asset), _) => Some(asset),
        // An address that cannot be read is a slip, whatever stands beside it.
        (None, by_id) => by_id.filter(|asset| named.is_none() && !asset.is_native()),
    };
    let expected = "expected a token of the wallet's network, by `address` or `assetId`";
    let asset = asset.ok_or_else(|| Refused::at("token.address", IssueCode::InvalidValue, expected))?;
    let claimed = part("decimals").and_then(Value::as_u64).and_then(|decimals| u8::try_from(decimals).ok());
    match (world.tokens.get(&asset), claimed) {
        (Some(known), Some(claimed)) if known.decimals != claimed => {
            let message = format!("is {claimed}, but the token has {}", known.decimals);
            let refused = Refused::at("token.decimals", IssueCode::InvalidValue, message);
            Err(Refused { why: "TOKEN_DECIMALS_MISMATCH", denied_by: DeniedBy::Validation, ..refused })
        }
        (Some(known), _) => Ok((asset, known.decimals)),
        (None, claimed) => Ok((asset, claimed.unwrap_or(0))),
    }
}

/// Digits are smallest units, a decimal point or `humanAmount` means whole units (`policy.md` section 9).
fn amount(request: &Value, decimals: u8) -> Result<BaseUnits, Refused> {
    let text = |key: &str| request.get(key).map(|value| value.as_str().unwrap_or_default());
    let (key, read) = match (text("amount"), text("humanAmount")) {
        (Some(text), None) if text.contains('.') => ("amount", BaseUnits::from_human(text, decimals)),
        (Some(text), None) => ("amount", BaseUnits::parse_digits(text)),
        (None, Some(text)) => ("humanAmount", BaseUnits::from_human(text, decimals)),
        _ => return Err(Refused::at("amount", IssueCode::Conflict, "give exactly one of `amount` and `humanAmount`")),
    };
    read.map_err(|error| Refused::at(key, IssueCode::InvalidValue, error.to_string()))
}
