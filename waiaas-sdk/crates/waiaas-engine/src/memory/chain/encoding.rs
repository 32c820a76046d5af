//! How this chain writes transactions down: JSON with amounts as digit strings.

use crate::ports::chain::{ChainError, SignedTx};
use crate::ports::keystore::Signature;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use waiaas_core::address::Address;
use waiaas_core::chain::{ChainKind, Network};
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::Tx;

/// A transaction without its signature; a draft as long as it has no sequence number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Body {
    pub(super) network: Network,
    pub(super) from: Address,
    pub(super) action: Action,
    pub(super) sequence: Option<u64>,
}

/// What a transaction does on this chain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Action {
    Native { to: Address, amount: BaseUnits },
    Token { token: Address, to: Address, amount: BaseUnits },
    Approve { token: Address, spender: Address, amount: BaseUnits },
    Call { contract: Address, calldata: Vec<u8>, value: BaseUnits },
}

impl Action {
    pub(super) fn of(tx: &Tx, network: Network) -> Result<Self, ChainError> {
        let token_of = |asset: &waiaas_core::chain::AssetId| {
            asset
                .token_address()
                .filter(|_| asset.network() == network)
                .ok_or_else(|| ChainError::Refused(format!("`{asset}` is not a token of `{}`", network.as_str())))
        };
        Ok(match tx {
            Tx::Transfer { to, amount, .. } => Self::Native { to: *to, amount: *amount },
            Tx::TokenTransfer { to, asset, amount } => {
                Self::Token { token: token_of(asset)?, to: *to, amount: *amount }
            }
            Tx::Approve { spender, asset, amount } => {
                Self::Approve { token: token_of(asset)?, spender: *spender, amount: *amount }
            }
            Tx::ContractCall { to, calldata, value } => {
                Self::Call { contract: *to, calldata: calldata.clone(), value: *value }
            }
        })
    }

    /// Native coin that leaves the account besides the fee.
    pub(super) const fn value(&self) -> BaseUnits {
        match self {
            Self::Native { amount, .. } => *amount,
            Self::Call { value, .. } => *value,
            Self::Token { .. } | Self::Approve { .. } => BaseUnits::ZERO,
        }
    }

    fn to_json(&self) -> Value {
        let text = |amount: &BaseUnits| amount.to_string();
        match self {
            Self::Native { to, amount } => json!({"do": "native", "to": to.to_string(), "amount": text(amount)}),
            Self::Token { token, to, amount } => {
                json!({"do": "token", "token": token.to_string(), "to": to.to_string(), "amount": text(amount)})
            }
            Self::Approve { token, spender, amount } => {
                json!({"do": "approve", "token": token.to_string(), "to": spender.to_string(), "amount": text(amount)})
            }
            Self::Call { contract, calldata, value } => json!({
                "do": "call", "to": contract.to_string(), "calldata": hex::encode(calldata), "amount": text(value),
            }),
        }
    }

    fn from_json(json: &Value) -> Option<Self> {
        let to = address(json.get("to")?)?;
        let amount = BaseUnits::parse_digits(json.get("amount")?.as_str()?).ok()?;
        match json.get("do")?.as_str()? {
            "native" => Some(Self::Native { to, amount }),
            "token" => Some(Self::Token { token: address(json.get("token")?)?, to, amount }),
            "approve" => Some(Self::Approve { token: address(json.get("token")?)?, spender: to, amount }),
            "call" => {
                let calldata = hex::decode(json.get("calldata")?.as_str()?).ok()?;
                Some(Self::Call { contract: to, calldata, value: amount })
            }
            _ => None,
        }
    }
}

impl Body {
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        json!({
            "network": self.network.as_str(),
            "from": self.from.to_string(),
            "action": self.action.to_json(),
            "sequence": self.sequence,
        })
        .to_string()
        .into_bytes()
    }

    /// Reads exactly what [`Body::to_bytes`] writes.
    pub(super) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let json: Value = serde_json::from_slice(bytes).ok()?;
        let sequence = json.get("sequence")?;
        let body = Self {
            network: Network::parse(json.get("network")?.as_str()?).ok()?,
            from: address(json.get("from")?)?,
            action: Action::from_json(json.get("action")?)?,
            sequence: if sequence.is_null() { None } else { Some(sequence.as_u64()?) },
        };
        (body.to_bytes() == bytes).then_some(body)
    }
}

/// A payload and its signature.
#[derive(Clone, Debug)]
pub(super) struct Envelope {
    pub(super) payload: Vec<u8>,
    pub(super) signature: Signature,
}

impl Envelope {
    pub(super) fn new(payload: &[u8], signature: &Signature) -> Self {
        Self { payload: payload.to_vec(), signature: *signature }
    }

    pub(super) fn into_signed(self) -> SignedTx {
        let (scheme, bytes, odd) = match self.signature {
            Signature::Secp256k1 { rs, y_odd } => ("secp256k1", rs, y_odd),
            Signature::Ed25519(bytes) => ("ed25519", bytes, false),
        };
        let raw = json!({
            "payload": hex::encode(&self.payload), "scheme": scheme, "signature": hex::encode(bytes), "odd": odd,
        })
        .to_string()
        .into_bytes();
        let hash = hash_of(&raw);
        SignedTx { raw, hash }
    }

    pub(super) fn from_bytes(raw: &[u8]) -> Option<Self> {
        let json: Value = serde_json::from_slice(raw).ok()?;
        let payload = hex::decode(json.get("payload")?.as_str()?).ok()?;
        let mut bytes = [0_u8; 64];
        hex::decode_to_slice(json.get("signature")?.as_str()?, &mut bytes).ok()?;
        let signature = match json.get("scheme")?.as_str()? {
            "secp256k1" => Signature::Secp256k1 { rs: bytes, y_odd: json.get("odd")?.as_bool()? },
            "ed25519" => Signature::Ed25519(bytes),
            _ => return None,
        };
        Some(Self { payload, signature })
    }
}

/// The name of a signed transaction: `0x` and the SHA-256 of its bytes.
pub(super) fn hash_of(raw: &[u8]) -> String {
    format!("0x{}", hex::encode(Sha256::digest(raw)))
}

fn address(json: &Value) -> Option<Address> {
    Address::parse(ChainKind::Ethereum, json.as_str()?).ok()
}
