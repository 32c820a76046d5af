//! Reading the values of money-moving bodies: addresses, amounts, tokens, calldata.

use crate::address::{Address, EvmAddress};
use crate::chain::{AssetId, ChainKind};
use crate::money::{AmountError, BaseUnits, Decimal};
use crate::tx::{Amount, MemoError, TokenRef, check_memo};
use crate::wire::body::{self, Body, Refusal};
use crate::wire::issue::IssueCode;
use serde_json::Value;

/// Longest text of an amount: 2²⁵⁶ has 78 digits, and no token has more decimals than that.
const AMOUNT_MAX: usize = 160;

/// An address of the wallet's chain, but not the zero address: what is sent there is lost.
pub(super) fn address(chain: ChainKind) -> impl Fn(&Value) -> Result<Address, Refusal> {
    move |value| {
        let text = body::string(value)?;
        if chain != ChainKind::Ethereum {
            // The values and the policies know the other chains; what builds and sends transactions does not.
            return Err((
                IssueCode::NotSupported,
                format!("addresses of chain `{chain}` are not supported by this build"),
            ));
        }
        let address = Address::parse(chain, text).map_err(|error| (IssueCode::InvalidAddress, error.to_string()))?;
        if address == Address::Evm(EvmAddress::ZERO) {
            return Err((IssueCode::InvalidAddress, "must not be the zero address".to_owned()));
        }
        Ok(address)
    }
}

/// The amount of a body, and whether `amount` was read as whole units.
pub(super) fn amount(body: &mut Body<'_>) -> Option<(Amount, bool)> {
    match (body.has("amount"), body.has("humanAmount")) {
        (true, true) => {
            body.refuse("humanAmount", IssueCode::Conflict, "excludes `amount`; give one of them");
            None
        }
        (false, false) => {
            body.refuse("amount", IssueCode::Required, "give `amount` (smallest units) or `humanAmount` (whole units)");
            None
        }
        (true, false) => body.optional("amount", digits_or_decimal),
        (false, true) => Some((body.optional("humanAmount", human)?, false)),
    }
}

fn digits_or_decimal(value: &Value) -> Result<(Amount, bool), Refusal> {
    if amount_text(value)?.contains('.') {
        // DIFFERS: the original refuses a decimal point here, although its own documentation shows one.
        // Digits alone always stay smallest units.
        return Ok((human(value)?, true));
    }
    Ok((Amount::Base(digits(value)?), false))
}

/// A decimal in whole units; it is scaled once the decimals of the asset are known.
fn human(value: &Value) -> Result<Amount, Refusal> {
    let text = amount_text(value)?;
    match Decimal::parse(text) {
        Ok(_) => Ok(Amount::Human(text.to_owned())),
        Err(error) => Err((IssueCode::InvalidValue, error.to_string())),
    }
}

/// Smallest units.
pub(super) fn digits(value: &Value) -> Result<BaseUnits, Refusal> {
    BaseUnits::parse_digits(amount_text(value)?).map_err(|error| match error {
        AmountError::TooLarge => (IssueCode::TooBig, error.to_string()),
        other => (IssueCode::InvalidValue, other.to_string()),
    })
}

fn amount_text(value: &Value) -> Result<&str, Refusal> {
    match value {
        Value::String(text) if text.len() <= AMOUNT_MAX => Ok(text),
        Value::String(_) => Err((IssueCode::TooBig, "is too long for an amount".to_owned())),
        Value::Number(_) => {
            Err((IssueCode::InvalidType, "must be a string: JSON numbers lose digits of large amounts".to_owned()))
        }
        other => body::string(other),
    }
}

/// A memo that can be sent.
pub(super) fn memo(value: &Value) -> Result<String, Refusal> {
    let text = body::string(value)?;
    match check_memo(text) {
        Ok(()) => Ok(text.to_owned()),
        Err(error @ MemoError::TooLong) => Err((IssueCode::TooBig, error.to_string())),
        Err(error @ MemoError::Control) => Err((IssueCode::InvalidValue, error.to_string())),
    }
}

/// Calldata with at least a selector.
pub(super) fn calldata(value: &Value) -> Result<Vec<u8>, Refusal> {
    let expected = || (IssueCode::InvalidValue, "must be `0x` and an even number of hexadecimal digits".to_owned());
    let digits = body::string(value)?.strip_prefix("0x").ok_or_else(expected)?;
    let bytes = hex::decode(digits).map_err(|_| expected())?;
    if bytes.len() < 4 {
        return Err((IssueCode::TooSmall, "must have at least four bytes, the selector of the method".to_owned()));
    }
    Ok(bytes)
}

/// The token of a body, and its CAIP-19 id when that was given.
pub(super) fn token(body: &mut Body<'_>, chain: ChainKind) -> Option<(TokenRef, Option<AssetId>)> {
    body.object("token", |token| {
        token.refuse_unknown(&["address", "decimals", "symbol", "assetId"]);
        let asset = token.optional("assetId", asset(chain));
        // The reference of a CAIP-19 id is compared without letter case, and so is an address beside it.
        let named = token.optional("address", address(chain));
        // DIFFERS: the original demands decimals and symbol of the caller, and believes them. Here the
        // chain is asked, so both may be left out; decimals that are given must be right.
        let claimed_decimals =
            token.optional("decimals", body::integer(0, 18)).and_then(|places| u8::try_from(places).ok());
        token.optional("symbol", body::text(1, 10));
        if !token.has("address") && !token.has("assetId") {
            token.refuse("address", IssueCode::Required, "give the token's `address` or its `assetId`");
        }
        let referenced = asset.and_then(|asset| asset.token_address());
        if let (Some(named), Some(referenced)) = (named, referenced)
            && named != referenced
        {
            token.refuse("address", IssueCode::Conflict, "is not the token of `assetId`");
        }
        let address = named.or(referenced)?;
        Some((TokenRef { address, claimed_decimals }, asset))
    })
}

fn asset(chain: ChainKind) -> impl Fn(&Value) -> Result<AssetId, Refusal> {
    move |value| {
        let text = body::string(value)?;
        let native = text.split_once('/').is_some_and(|(_, asset)| asset.starts_with("slip44:"));
        if native {
            return Err((IssueCode::InvalidValue, "is a native coin; use type TRANSFER for it".to_owned()));
        }
        let asset = AssetId::parse(text).map_err(|error| (IssueCode::InvalidValue, error.to_string()))?;
        if chain != ChainKind::Ethereum {
            return Err((
                IssueCode::NotSupported,
                format!("tokens of chain `{chain}` are not supported by this build"),
            ));
        }
        if asset.network().chain() == chain {
            Ok(asset)
        } else {
            Err((IssueCode::Conflict, format!("is not an asset of chain `{chain}`, which the wallet is on")))
        }
    }
}
