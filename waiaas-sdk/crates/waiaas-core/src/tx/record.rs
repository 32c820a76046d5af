//! The stored form of a transaction: versioned, exact, and read back only when every byte is understood.

use super::kind::{approve, contract_call, token_transfer, transfer};
use super::{Tx, TxType};
use crate::address::Address;
use crate::chain::{AssetId, Network};
use crate::id::WalletId;
use crate::money::BaseUnits;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// Version of the stored form. A change of meaning needs a new number and a reader for the old one.
const VERSION: u64 = 1;

/// Why a stored transaction could not be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// Not an object.
    #[error("a stored transaction is not an object")]
    NotAnObject,
    /// Written by another version of the service.
    #[error("a stored transaction has an unknown version")]
    Version,
    /// Not a type of this build.
    #[error("a stored transaction has an unknown type")]
    Type,
    /// A field is missing or malformed.
    #[error("field `{0}` of a stored transaction cannot be read")]
    Field(&'static str),
    /// A field that this version does not write.
    #[error("a stored transaction has a field too many: `{0}`")]
    Unknown(String),
    /// The token belongs to another network.
    #[error("a stored transaction names a token of another network")]
    WrongNetwork,
}

impl Tx {
    /// The stored form. The network is not part of it: it has a column of its own.
    #[must_use]
    pub fn to_record(&self) -> Value {
        self.write().into_value()
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// See [`RecordError`].
    pub fn from_record(network: Network, record: &Value) -> Result<Self, RecordError> {
        let object = record.as_object().ok_or(RecordError::NotAnObject)?;
        let mut fields = Fields { network, object, read: vec!["v", "type"] };
        if object.get("v").and_then(Value::as_u64) != Some(VERSION) {
            return Err(RecordError::Version);
        }
        let tx_type = object.get("type").and_then(Value::as_str).and_then(TxType::parse);
        let tx = match tx_type.ok_or(RecordError::Type)? {
            TxType::Transfer => transfer::read(&mut fields)?,
            TxType::TokenTransfer => token_transfer::read(&mut fields)?,
            TxType::ContractCall => contract_call::read(&mut fields)?,
            TxType::Approve => approve::read(&mut fields)?,
        };
        fields.finish()?;
        Ok(tx)
    }

    /// The one text for what this transaction says, without its network and its wallet: JSON without
    /// spaces, keys in ascending order.
    #[must_use]
    pub fn canonical_text(&self) -> String {
        self.to_record().to_string()
    }

    /// The one text for this transaction of `wallet` on `network`: what an owner's approval is bound to.
    /// Same form as [`Tx::canonical_text`]; hash it to get a digest.
    #[must_use]
    pub fn binding_text(&self, network: Network, wallet: &WalletId) -> String {
        let mut record = self.write();
        record.text("network", network.caip2());
        record.text("wallet", wallet);
        record.into_value().to_string()
    }

    fn write(&self) -> RecordWriter {
        let mut record = RecordWriter { members: BTreeMap::new() };
        record.members.insert("v", Value::from(VERSION));
        record.text("type", self.tx_type().as_str());
        match self {
            Self::Transfer { to, amount, memo } => transfer::write(&mut record, to, amount, memo.as_deref()),
            Self::TokenTransfer { to, asset, amount } => token_transfer::write(&mut record, to, asset, amount),
            Self::ContractCall { to, calldata, value } => contract_call::write(&mut record, to, calldata, value),
            Self::Approve { spender, asset, amount } => approve::write(&mut record, spender, asset, amount),
        }
        record
    }
}

/// Collects the members of a record, sorted by key whatever the order of writing.
pub(super) struct RecordWriter {
    members: BTreeMap<&'static str, Value>,
}

impl RecordWriter {
    pub(super) fn text<T: core::fmt::Display + ?Sized>(&mut self, key: &'static str, value: &T) {
        self.members.insert(key, Value::String(value.to_string()));
    }

    /// Inserts in ascending order, so the text is the same whether the JSON library sorts or keeps order.
    fn into_value(self) -> Value {
        Value::Object(self.members.into_iter().map(|(key, value)| (key.to_owned(), value)).collect())
    }
}

/// The members of a record while they are read.
pub(super) struct Fields<'r> {
    network: Network,
    object: &'r Map<String, Value>,
    read: Vec<&'static str>,
}

impl<'r> Fields<'r> {
    pub(super) fn optional_text(&mut self, key: &'static str) -> Result<Option<&'r str>, RecordError> {
        self.read.push(key);
        match self.object.get(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(RecordError::Field(key)),
        }
    }

    fn text(&mut self, key: &'static str) -> Result<&'r str, RecordError> {
        self.optional_text(key)?.ok_or(RecordError::Field(key))
    }

    pub(super) fn address(&mut self, key: &'static str) -> Result<Address, RecordError> {
        let text = self.text(key)?;
        Address::parse(self.network.chain(), text).map_err(|_| RecordError::Field(key))
    }

    pub(super) fn amount(&mut self, key: &'static str) -> Result<BaseUnits, RecordError> {
        BaseUnits::parse_digits(self.text(key)?).map_err(|_| RecordError::Field(key))
    }

    pub(super) fn token(&mut self, key: &'static str) -> Result<AssetId, RecordError> {
        let asset = AssetId::parse(self.text(key)?).map_err(|_| RecordError::Field(key))?;
        if asset.network() != self.network {
            return Err(RecordError::WrongNetwork);
        }
        if asset.is_native() { Err(RecordError::Field(key)) } else { Ok(asset) }
    }

    pub(super) fn bytes(&mut self, key: &'static str) -> Result<Vec<u8>, RecordError> {
        let digits = self.text(key)?.strip_prefix("0x").ok_or(RecordError::Field(key))?;
        hex::decode(digits).map_err(|_| RecordError::Field(key))
    }

    fn finish(self) -> Result<(), RecordError> {
        let unknown = self.object.keys().find(|key| !self.read.contains(&key.as_str()));
        unknown.map_or(Ok(()), |key| Err(RecordError::Unknown(key.clone())))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::address::EvmAddress;
    use proptest::prelude::*;
    use serde_json::json;

    const NETWORK: Network = Network::BaseSepolia;

    fn any_tx() -> impl Strategy<Value = Tx> {
        let address = any::<[u8; 20]>().prop_map(|bytes| Address::Evm(EvmAddress::from_bytes(bytes)));
        let amount = any::<[u8; 32]>().prop_map(BaseUnits::from_be_bytes);
        let memo = proptest::option::of(".{0,40}");
        let calldata = proptest::collection::vec(any::<u8>(), 0..80);
        (0..4_u8, address.clone(), address, amount, memo, calldata).prop_map(
            |(kind, to, contract, amount, memo, calldata)| {
                let asset = AssetId::token(NETWORK, &contract).unwrap();
                match kind {
                    0 => Tx::Transfer { to, amount, memo },
                    1 => Tx::TokenTransfer { to, asset, amount },
                    2 => Tx::ContractCall { to, calldata, value: amount },
                    _ => Tx::Approve { spender: to, asset, amount },
                }
            },
        )
    }

    proptest! {
        #[test]
        fn records_round_trip_through_text(tx in any_tx()) {
            let text = tx.to_record().to_string();
            let record: Value = serde_json::from_str(&text).unwrap();
            prop_assert_eq!(Tx::from_record(NETWORK, &record), Ok(tx));
        }

        #[test]
        fn different_transactions_have_different_texts(one in any_tx(), other in any_tx()) {
            let wallet = WalletId::from_bytes([7; 16]);
            let same = one.binding_text(NETWORK, &wallet) == other.binding_text(NETWORK, &wallet);
            prop_assert_eq!(same, one == other);
            prop_assert_eq!(one.canonical_text() == other.canonical_text(), one == other);
        }
    }

    fn transfer() -> Value {
        json!({ "v": 1, "type": "TRANSFER", "to": "0x52908400098527886E0F7030069857D2E4169EE7", "amount": "5" })
    }

    #[test]
    fn the_stored_form_is_fixed() {
        let tx = Tx::from_record(NETWORK, &transfer()).unwrap();
        assert_eq!(tx.to_record(), transfer());
        assert_eq!(
            tx.binding_text(NETWORK, &WalletId::from_bytes([7; 16])),
            concat!(
                r#"{"amount":"5","network":"eip155:84532","to":"0x52908400098527886E0F7030069857D2E4169EE7","#,
                r#""type":"TRANSFER","v":1,"wallet":"07070707-0707-0707-0707-070707070707"}"#
            )
        );
    }

    #[test]
    fn what_is_not_understood_is_not_read() {
        let check = |key: &str, value: Value, expect: RecordError| {
            let mut record = transfer();
            record[key] = value;
            assert_eq!(Tx::from_record(NETWORK, &record), Err(expect));
        };
        check("v", json!(2), RecordError::Version);
        check("type", json!("BATCH"), RecordError::Type);
        check("amount", json!(5), RecordError::Field("amount"));
        check("amount", json!("-5"), RecordError::Field("amount"));
        check("to", json!("0x52908400098527886e0F7030069857D2E4169EE7"), RecordError::Field("to"));
        check("gas", json!("1"), RecordError::Unknown("gas".to_owned()));
        assert_eq!(Tx::from_record(NETWORK, &json!("x")), Err(RecordError::NotAnObject));
        let foreign = json!({
            "v": 1, "type": "APPROVE", "spender": "0x52908400098527886E0F7030069857D2E4169EE7", "amount": "1",
            "asset": "eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
        });
        assert_eq!(Tx::from_record(NETWORK, &foreign), Err(RecordError::WrongNetwork));
    }
}
