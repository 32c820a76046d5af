//! Reading the body of send and simulate.

use super::{requests, values};
use crate::chain::{AssetId, ChainKind, Network};
use crate::id::WalletId;
use crate::money::BaseUnits;
use crate::tx::{TxRequest, TxType};
use crate::wire::body::{self, Body};
use crate::wire::issue::{IssueCode, Issues};
use crate::wire::schema::{Components, Schema};
use serde_json::Value;

/// Keys that every type has.
const ENVELOPE: [&str; 6] = ["type", "walletId", "wallet_id", "network", "dryRun", "idempotencyKey"];

/// Types of the API that this build does not execute.
const NOT_YET: [&str; 5] = ["BATCH", "NFT_TRANSFER", "CONTRACT_DEPLOY", "SIGN", "X402_PAYMENT"];

/// Keys of the API that are refused, and why.
const REFUSED: [(&str, IssueCode, &str); 12] = [
    // DIFFERS: the original takes these from the caller and lets a request that names an enabled provider
    // pass its contract list.
    (
        "actionProvider",
        IssueCode::UnrecognizedKey,
        "is set by the service, never by the caller: it decides about trust",
    ),
    ("actionName", IssueCode::UnrecognizedKey, "is set by the service, never by the caller: it decides about trust"),
    ("gasCondition", IssueCode::NotSupported, "gas conditions are not supported by this build yet"),
    ("nft", IssueCode::NotSupported, "approvals of NFTs are not supported by this build yet"),
    ("instructions", IssueCode::NotSupported, "batches are not supported by this build yet"),
    ("programId", IssueCode::NotSupported, "belongs to Solana, which this build does not support yet"),
    ("instructionData", IssueCode::NotSupported, "belongs to Solana, which this build does not support yet"),
    ("accounts", IssueCode::NotSupported, "belongs to Solana, which this build does not support yet"),
    ("preInstructions", IssueCode::NotSupported, "belongs to Solana, which this build does not support yet"),
    ("postInstructions", IssueCode::NotSupported, "belongs to Solana, which this build does not support yet"),
    (
        "addressLookupTableAddresses",
        IssueCode::NotSupported,
        "belongs to Solana, which this build does not support yet",
    ),
    ("bytecode", IssueCode::NotSupported, "deployments are not supported by this build yet"),
];

/// The body of `POST /v1/transactions/send` and `/simulate`: one of four shapes, told apart by `type`.
#[derive(Clone, Copy, Debug)]
pub struct SendBody;

/// The body of send or simulate, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParsedSend {
    /// The wallet, when the body names one.
    pub wallet_id: Option<WalletId>,
    /// The network, when the body names one, be it by the token's CAIP-19 id.
    pub network: Option<Network>,
    /// Only simulate.
    pub dry_run: bool,
    /// Idempotency key of the body; the header is read elsewhere.
    pub idempotency_key: Option<String>,
    /// What is asked for.
    pub request: TxRequest,
    /// `amount` had a decimal point and was read as whole units; the answer says so.
    pub amount_read_as_human: bool,
}

impl SendBody {
    /// The wallet that a body names. Needed first, because the rest is read for the wallet's chain.
    ///
    /// # Errors
    /// Faults of the two keys that name a wallet.
    pub fn wallet_id(json: &Value) -> Result<Option<WalletId>, Issues> {
        let mut body = Body::of(json)?;
        let wallet_id = body.either("walletId", "wallet_id", body::parsed);
        body.finish(Some(wallet_id))
    }

    /// Reads a body for a wallet on `chain`. Unknown keys are refused: a misspelt safeguard must not
    /// turn into a transaction without it.
    ///
    /// # Errors
    /// All faults of the body.
    // DIFFERS: the original ignores unknown keys, among them `dryRun`.
    pub fn parse(json: &Value, chain: ChainKind) -> Result<ParsedSend, Issues> {
        let mut body = Body::of(json)?;
        let tx_type = match body.raw("type") {
            None => Some(TxType::Transfer),
            Some(Value::String(name)) if NOT_YET.contains(&name.as_str()) => {
                // The other keys belong to a shape that is not known here; only this fault helps.
                body.refuse("type", IssueCode::UnsupportedType, format!("`{name}` is not supported by this build yet"));
                return body.finish(None);
            }
            Some(_) => body.optional("type", body::one_of(TxType::ALL, TxType::as_str)),
        };
        let wallet_id = body.either("walletId", "wallet_id", body::parsed);
        let network = body.optional("network", body::network);
        let dry_run = body.optional("dryRun", body::boolean).unwrap_or_default();
        let idempotency_key = body.optional("idempotencyKey", body::text(1, 255));
        let shape = tx_type.and_then(|tx_type| Shape::read(tx_type, &mut body, chain));
        let network = shape.as_ref().and_then(|shape| shape.asset).map_or(network, |asset| {
            if network.is_some_and(|network| network != asset.network()) {
                body.refuse("network", IssueCode::Conflict, format!("`token.assetId` is on `{}`", asset.network()));
            }
            Some(asset.network())
        });
        body.finish(shape.map(|shape| ParsedSend {
            wallet_id,
            network,
            dry_run,
            idempotency_key,
            request: shape.request,
            amount_read_as_human: shape.amount_read_as_human,
        }))
    }
}

/// What the type-specific keys say.
struct Shape {
    request: TxRequest,
    asset: Option<AssetId>,
    amount_read_as_human: bool,
}

impl Shape {
    fn read(tx_type: TxType, body: &mut Body<'_>, chain: ChainKind) -> Option<Self> {
        match tx_type {
            TxType::Transfer => {
                refuse_others(body, &["to", "amount", "humanAmount", "memo"]);
                let to = body.required("to", values::address(chain));
                let amount = values::amount(body);
                let memo = body.optional("memo", values::memo);
                let (amount, amount_read_as_human) = amount?;
                Some(Self { request: TxRequest::Transfer { to: to?, amount, memo }, asset: None, amount_read_as_human })
            }
            TxType::TokenTransfer => {
                refuse_others(body, &["to", "token", "amount", "humanAmount", "memo"]);
                let to = body.required("to", values::address(chain));
                let token = values::token(body, chain);
                let amount = values::amount(body);
                // A token transfer on the EVM has no place for a memo; as in the original it is checked and dropped.
                body.optional("memo", values::memo);
                let ((token, asset), (amount, amount_read_as_human)) = token.zip(amount)?;
                Some(Self { request: TxRequest::TokenTransfer { to: to?, token, amount }, asset, amount_read_as_human })
            }
            TxType::ContractCall => {
                refuse_others(body, &["to", "calldata", "value", "abi"]);
                let to = body.required("to", values::address(chain));
                let calldata = body.required("calldata", values::calldata);
                let value = body.optional("value", values::digits).unwrap_or(BaseUnits::ZERO);
                body.optional("abi", body::array);
                let request = TxRequest::ContractCall { to: to?, calldata: calldata?, value };
                Some(Self { request, asset: None, amount_read_as_human: false })
            }
            TxType::Approve => {
                refuse_others(body, &["spender", "token", "amount", "humanAmount"]);
                let spender = body.required("spender", values::address(chain));
                let token = values::token(body, chain);
                let amount = values::amount(body);
                let ((token, asset), (amount, amount_read_as_human)) = token.zip(amount)?;
                let request = TxRequest::Approve { spender: spender?, token, amount };
                Some(Self { request, asset, amount_read_as_human })
            }
        }
    }
}

/// Refuses every key that is neither in the envelope nor one of `own`.
fn refuse_others(body: &mut Body<'_>, own: &[&str]) {
    for (key, code, message) in REFUSED {
        if body.has(key) {
            body.refuse(key, code, message);
        }
    }
    let mut known: Vec<&str> = own.to_vec();
    known.extend(ENVELOPE);
    body.refuse_unknown_except(&known, &REFUSED.map(|(key, _, _)| key));
}

impl Schema for SendBody {
    const NAME: Option<&'static str> = Some("TransactionRequest");

    fn definition() -> Value {
        requests::any_of_them()
    }

    fn register(components: &mut Components) {
        components.entry("TransactionRequest").or_insert_with(Self::definition);
        requests::register_all(components);
    }
}

#[cfg(test)]
mod tests;
