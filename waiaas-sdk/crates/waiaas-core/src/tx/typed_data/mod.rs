//! Typed data (EIP-712): what a signature of it grants, as policies see it.
//!
//! A permit moves nothing by itself, but whoever holds it can make it an approval; an authorisation, a transfer. Both
//! are judged as what they become. They are told by their structure: the primary type and the names and types of all
//! fields must be those that the contracts hash. What is called like one of them and looks otherwise is refused.

mod layout;
mod schema;
mod values;

use super::TxType;
use super::call_head::CallHead;
use super::channel::Channel;
use super::effects::{Effects, Operation};
use crate::address::{Address, EvmAddress};
use crate::chain::{AssetId, Network};
use crate::money::BaseUnits;
use crate::policy::Tier;
use layout::{Amount, Grant, Layout};
use serde_json::{Map, Value};
use values::{Domain, Entry, Members};

/// Why typed data is refused before any policy is asked.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TypedDataError {
    /// A part is missing or malformed.
    #[error("`{path}`: expected {expected}")]
    Malformed {
        /// Which part, with dots.
        path: String,
        /// What belongs there.
        expected: &'static str,
    },
    /// It is for another chain, or does not say for which.
    #[error("`domain.chainId` must be that of `{network}`")]
    WrongChain {
        /// The network of the request.
        network: Network,
    },
    /// It is called like a permit or an authorisation, but is none that is known.
    #[error("`{primary_type}` has other fields than a permit or an authorisation of that name, so it cannot be judged")]
    UnknownLayout {
        /// What it is called.
        primary_type: String,
    },
    /// It grants what belongs to another account, which nobody can judge from here.
    #[error("`{path}` is not the wallet's address")]
    NotTheWallets {
        /// Where the account stands, with dots.
        path: String,
    },
}

/// What `wallet` grants on `network` by signing `typed_data`, the JSON of `eth_signTypedData_v4`.
///
/// - `Permit` (EIP-2612, and DAI's), and the permits of Permit2 (single, batch, signature transfers with and without a
///   witness): an approval each.
/// - `TransferWithAuthorization`, `ReceiveWithAuthorization` (EIP-3009): a transfer of the token.
/// - Anything else with a verifying contract: a call of that contract, at least NOTIFY. Which method it serves is not
///   known, so a contract with an entry in METHOD_WHITELIST takes none.
/// - Anything else without one: a message, at least NOTIFY.
///
/// Amounts that stand for "unlimited" become [`BaseUnits::MAX`]: the largest `uint160` of Permit2, DAI's `allowed`.
///
/// # Errors
/// See [`TypedDataError`].
// DIFFERS: the original signs typed data without asking any policy.
pub fn effects(typed_data: &Value, network: Network, wallet: EvmAddress) -> Result<Effects, TypedDataError> {
    Reader { network, wallet, whole: true }.read(typed_data)
}

/// As [`effects`], of typed data that need not be complete: `types` may be missing, and fields of the message that
/// decide nothing. For questions what would happen; nothing like that can be signed.
///
/// # Errors
/// As [`effects`].
pub fn preview(typed_data: &Value, network: Network, wallet: EvmAddress) -> Result<Effects, TypedDataError> {
    Reader { network, wallet, whole: false }.read(typed_data)
}

struct Reader {
    network: Network,
    wallet: EvmAddress,
    /// Everything that goes into the hash must be there.
    whole: bool,
}

impl Reader {
    fn read(&self, typed_data: &Value) -> Result<Effects, TypedDataError> {
        const KEYS: [&str; 4] = ["types", "primaryType", "domain", "message"];
        let parts = values::object("typedData", typed_data)?;
        if let Some(key) = parts.keys().find(|key| !KEYS.contains(&key.as_str())) {
            return Err(malformed(key, "nothing of that name"));
        }
        let part = |key: &str| parts.get(key).unwrap_or(&Value::Null);
        let primary_type = part("primaryType").as_str().ok_or_else(|| malformed("primaryType", "a text"))?;
        let domain = Domain::read(values::object("domain", part("domain"))?)?;
        let message = values::object("message", part("message"))?;
        let types = match parts.get("types") {
            None if !self.whole => None,
            types => Some(schema::read(types.unwrap_or(&Value::Null), primary_type, &domain)?),
        };
        self.check_chain(&domain)?;
        if !layout::is_known(primary_type) {
            return Ok(self.opaque(&domain));
        }
        let layout = match &types {
            Some(types) => layout::of_types(primary_type, types),
            None => layout::of_message(primary_type, message),
        };
        let unknown = || TypedDataError::UnknownLayout { primary_type: primary_type.to_owned() };
        self.grant(&layout.ok_or_else(unknown)?, &domain, message)
    }

    /// A contract that verifies signatures must be on this chain. What no contract verifies need not name a chain, but
    /// not another one either.
    fn check_chain(&self, domain: &Domain) -> Result<(), TypedDataError> {
        let own = self.network.evm_chain_id().map(|id| BaseUnits::from_u128(id.into()));
        let bound = domain.chain_id.is_some() || domain.contract.is_some();
        let matches = own.is_some() && (!bound || domain.chain_id == own);
        if matches { Ok(()) } else { Err(TypedDataError::WrongChain { network: self.network }) }
    }

    fn opaque(&self, domain: &Domain) -> Effects {
        let Some(contract) = domain.contract else {
            let channel = Channel::Message;
            return Effects { channel, ..self.signed(TxType::ContractCall, Vec::new()) }.at_least(Tier::Notify);
        };
        let call = Operation::ContractCall { contract: Address::Evm(contract), head: CallHead::default() };
        self.signed(TxType::ContractCall, vec![call]).at_least(Tier::Notify)
    }

    fn signed(&self, tx_type: TxType, operations: Vec<Operation>) -> Effects {
        Effects { channel: Channel::Sign, ..Effects::of(self.network, tx_type, operations) }
    }

    fn grant(&self, layout: &Layout, domain: &Domain, message: &Map<String, Value>) -> Result<Effects, TypedDataError> {
        let contract = domain.contract.ok_or_else(|| malformed("domain.verifyingContract", "the token's contract"))?;
        let members = Members::read("message", message, layout.fields, layout.witness, self.whole)?;
        match layout.grant {
            Grant::Approval { owner, amount } => {
                self.check_owner(&members, owner)?;
                let amount = match amount {
                    Amount::Field(name) => members.amount(name)?,
                    Amount::Allowed(name) if members.flag(name)? => BaseUnits::MAX,
                    Amount::Allowed(_) => BaseUnits::ZERO,
                };
                let approval = self.approval(contract, members.address("spender")?, amount)?;
                Ok(self.signed(TxType::Approve, vec![approval]))
            }
            Grant::Permit2 { list, entry: (_, fields) } => {
                let spender = members.address("spender")?;
                let path = format!("message.{list}");
                let entries = values::entries(&path, message.get(list), layout.has_list(list))?;
                let approval = |(path, entry): &Entry<'_>| {
                    let entry = Members::read(path, entry, fields, false, self.whole)?;
                    self.approval(entry.address("token")?, spender, entry.amount("amount")?)
                };
                let approvals: Result<Vec<Operation>, TypedDataError> = entries.iter().map(approval).collect();
                Ok(self.signed(TxType::Approve, approvals?))
            }
            Grant::Transfer => {
                self.check_owner(&members, "from")?;
                let to = Address::Evm(members.address("to")?);
                let transfer =
                    Operation::TokenTransfer { asset: self.token(contract)?, to, amount: members.amount("value")? };
                Ok(self.signed(TxType::TokenTransfer, vec![transfer]))
            }
        }
    }

    fn check_owner(&self, members: &Members<'_>, name: &str) -> Result<(), TypedDataError> {
        match members.optional_address(name) {
            Some(owner) if owner != self.wallet => {
                Err(TypedDataError::NotTheWallets { path: format!("message.{name}") })
            }
            _ => Ok(()),
        }
    }

    fn approval(&self, token: EvmAddress, spender: EvmAddress, amount: BaseUnits) -> Result<Operation, TypedDataError> {
        let spender = Address::Evm(spender);
        Ok(Operation::Approval { asset: self.token(token)?, spender, amount, collection: false })
    }

    fn token(&self, contract: EvmAddress) -> Result<AssetId, TypedDataError> {
        let wrong = TypedDataError::WrongChain { network: self.network };
        AssetId::token(self.network, &Address::Evm(contract)).ok_or(wrong)
    }
}

fn malformed(path: &str, expected: &'static str) -> TypedDataError {
    TypedDataError::Malformed { path: path.to_owned(), expected }
}

#[cfg(test)]
mod tests;
