//! The values of typed data: exact, and only in the forms that every signer reads alike.

use super::layout::Field;
use super::{TypedDataError, malformed};
use crate::address::EvmAddress;
use crate::money::BaseUnits;
use serde_json::{Map, Value};

/// The members of an object.
pub(super) fn object<'a>(path: &str, value: &'a Value) -> Result<&'a Map<String, Value>, TypedDataError> {
    value.as_object().ok_or_else(|| malformed(path, "an object"))
}

/// A struct within the message, and where it stands.
pub(super) type Entry<'a> = (String, &'a Map<String, Value>);

/// The structs of a list, at least one, or the only struct where there is no list; each with its path.
pub(super) fn entries<'a>(path: &str, value: Option<&'a Value>, list: bool) -> Result<Vec<Entry<'a>>, TypedDataError> {
    match value {
        Some(Value::Array(entries)) if list && !entries.is_empty() => {
            let entry = |(index, entry): (usize, &'a Value)| {
                let path = format!("{path}.{index}");
                object(&path, entry).map(|members| (path.clone(), members))
            };
            entries.iter().enumerate().map(entry).collect()
        }
        Some(Value::Object(members)) if !list => Ok(vec![(path.to_owned(), members)]),
        _ if list => Err(malformed(path, "a list of at least one permission")),
        _ => Err(malformed(path, "a permission")),
    }
}

/// What a signature is bound to.
pub(super) struct Domain {
    /// EIP-155 chain id.
    pub(super) chain_id: Option<BaseUnits>,
    /// Who verifies it.
    pub(super) contract: Option<EvmAddress>,
    /// The fields that are there, in the order of EIP-712.
    pub(super) fields: Vec<Field>,
}

/// The fields that a domain can have (EIP-712, "Definition of domainSeparator").
const DOMAIN: [Field; 5] = [
    ("name", "string"),
    ("version", "string"),
    ("chainId", "uint256"),
    ("verifyingContract", "address"),
    ("salt", "bytes32"),
];

impl Domain {
    pub(super) fn read(domain: &Map<String, Value>) -> Result<Self, TypedDataError> {
        let members = Members::read("domain", domain, &DOMAIN, false, false)?;
        Ok(Self {
            chain_id: members.amount("chainId").ok(),
            contract: members.optional_address("verifyingContract"),
            fields: DOMAIN.into_iter().filter(|(name, _)| domain.contains_key(*name)).collect(),
        })
    }
}

/// The values of one struct. Structs within it are left to the caller.
pub(super) struct Members<'a> {
    path: &'a str,
    read: Vec<(&'static str, Atom)>,
}

#[derive(Clone, Copy)]
enum Atom {
    Address(EvmAddress),
    Amount(BaseUnits),
    Flag(bool),
    Other,
}

impl<'a> Members<'a> {
    /// Reads the members by their types. There must be no others, save one when a `witness` may be there, and all of
    /// them when the struct has to be `whole`.
    pub(super) fn read(
        path: &'a str,
        members: &Map<String, Value>,
        fields: &[Field],
        witness: bool,
        whole: bool,
    ) -> Result<Self, TypedDataError> {
        let mut others = members.keys().filter(|key| !fields.iter().any(|(name, _)| name == key));
        if witness {
            others.next();
        }
        if let Some(key) = others.next() {
            return Err(malformed(&format!("{path}.{key}"), "nothing of that name"));
        }
        let mut read = Vec::with_capacity(fields.len());
        for (name, kind) in fields {
            match members.get(*name) {
                Some(value) => {
                    let fault = |expected| malformed(&format!("{path}.{name}"), expected);
                    read.push((*name, Atom::read(kind, value).map_err(fault)?));
                }
                None if whole => return Err(malformed(&format!("{path}.{name}"), "a value")),
                None => {}
            }
        }
        Ok(Self { path, read })
    }

    pub(super) fn optional_address(&self, name: &str) -> Option<EvmAddress> {
        match self.get(name)? {
            Atom::Address(address) => Some(address),
            _ => None,
        }
    }

    pub(super) fn address(&self, name: &str) -> Result<EvmAddress, TypedDataError> {
        self.optional_address(name).ok_or_else(|| self.missing(name))
    }

    pub(super) fn amount(&self, name: &str) -> Result<BaseUnits, TypedDataError> {
        match self.get(name) {
            Some(Atom::Amount(amount)) => Ok(amount),
            _ => Err(self.missing(name)),
        }
    }

    pub(super) fn flag(&self, name: &str) -> Result<bool, TypedDataError> {
        match self.get(name) {
            Some(Atom::Flag(flag)) => Ok(flag),
            _ => Err(self.missing(name)),
        }
    }

    fn get(&self, name: &str) -> Option<Atom> {
        self.read.iter().find(|(known, _)| *known == name).map(|(_, atom)| *atom)
    }

    fn missing(&self, name: &str) -> TypedDataError {
        malformed(&format!("{}.{name}", self.path), "a value")
    }
}

impl Atom {
    /// The error is what was expected.
    fn read(kind: &str, value: &Value) -> Result<Self, &'static str> {
        match kind {
            "address" => {
                let address = value.as_str().and_then(|text| EvmAddress::parse(text).ok());
                address.map(Self::Address).ok_or("an EVM address")
            }
            "bool" => value.as_bool().map(Self::Flag).ok_or("`true` or `false`"),
            "string" => value.as_str().map(|_| Self::Other).ok_or("a text"),
            "bytes32" => {
                let digits = value.as_str().and_then(|text| text.strip_prefix("0x"));
                let bytes = digits.and_then(|digits| hex::decode(digits).ok());
                bytes.filter(|bytes| bytes.len() == 32).map(|_| Self::Other).ok_or("`0x` and 64 hexadecimal digits")
            }
            "uint48" => uint(value, 48).map(Self::Amount).ok_or("a number of at most 48 bits"),
            "uint160" => {
                // What Permit2 never counts down.
                let most = largest(160);
                let known = |amount| if amount == most { BaseUnits::MAX } else { amount };
                uint(value, 160).map(known).map(Self::Amount).ok_or("a number of at most 160 bits")
            }
            "uint256" => uint(value, 256).map(Self::Amount).ok_or("a number of at most 256 bits"),
            _ => Ok(Self::Other),
        }
    }
}

/// Decimal digits, `0x` and hexadecimal digits, or a whole JSON number that no parser rounds.
fn uint(value: &Value, bits: u16) -> Option<BaseUnits> {
    let amount = match value {
        Value::Number(number) => BaseUnits::from_u128(number.as_u64()?.into()),
        Value::String(text) => match text.strip_prefix("0x") {
            Some(digits) => {
                let mut bytes = [0; 32];
                let padded = (1..=64).contains(&digits.len()).then(|| format!("{digits:0>64}"))?;
                hex::decode_to_slice(padded, &mut bytes).ok()?;
                BaseUnits::from_be_bytes(bytes)
            }
            None => BaseUnits::parse_digits(text).ok()?,
        },
        _ => return None,
    };
    (amount <= largest(bits)).then_some(amount)
}

/// The largest number of so many bits, a multiple of eight.
fn largest(bits: u16) -> BaseUnits {
    let zeros = 32_usize.saturating_sub(usize::from(bits) / 8);
    let mut bytes = [0xff; 32];
    for byte in bytes.iter_mut().take(zeros) {
        *byte = 0;
    }
    BaseUnits::from_be_bytes(bytes)
}
