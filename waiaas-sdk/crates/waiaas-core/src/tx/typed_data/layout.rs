//! The permits and authorisations that are known, as their contracts hash them.
//!
//! Sources: EIP-2612; EIP-3009; the DAI contract's `PERMIT_TYPEHASH`; `PermitHash` of Permit2. A test recomputes the
//! hashes that those documents state.

use super::schema::Types;
use serde_json::{Map, Value};

/// Name and type of a field.
pub(super) type Field = (&'static str, &'static str);

/// One struct that is known.
pub(super) struct Layout {
    /// Its name.
    pub(super) primary_type: &'static str,
    /// Its fields, in order.
    pub(super) fields: &'static [Field],
    /// One more field follows, which other contracts give a meaning.
    pub(super) witness: bool,
    /// What it grants.
    pub(super) grant: Grant,
}

impl Layout {
    /// Whether the field of that name holds a list.
    pub(super) fn has_list(&self, name: &str) -> bool {
        self.fields.iter().any(|(field, kind)| *field == name && kind.ends_with("[]"))
    }
}

/// What a struct grants.
#[derive(Clone, Copy)]
pub(super) enum Grant {
    /// An approval of the verifying contract's own token to `spender`.
    Approval {
        /// The field with the account whose tokens they are.
        owner: &'static str,
        /// How much.
        amount: Amount,
    },
    /// Approvals of tokens to `spender`, one struct with `token` and `amount` each.
    Permit2 {
        /// The field with the structs, or with the only one.
        list: &'static str,
        /// Such a struct: its name and its fields.
        entry: (&'static str, &'static [Field]),
    },
    /// A transfer of `value` of the verifying contract's own token from `from` to `to`.
    Transfer,
}

/// Where the amount of an approval stands.
#[derive(Clone, Copy)]
pub(super) enum Amount {
    /// In this field.
    Field(&'static str),
    /// Everything when this field is true, else nothing.
    Allowed(&'static str),
}

/// The structs within others.
const DETAILS: (&str, &[Field]) =
    ("PermitDetails", &[("token", "address"), ("amount", "uint160"), ("expiration", "uint48"), ("nonce", "uint48")]);
const PERMISSIONS: (&str, &[Field]) = ("TokenPermissions", &[("token", "address"), ("amount", "uint256")]);

const AUTHORIZATION: &[Field] = &[
    ("from", "address"),
    ("to", "address"),
    ("value", "uint256"),
    ("validAfter", "uint256"),
    ("validBefore", "uint256"),
    ("nonce", "bytes32"),
];

const TRANSFERS: &[Field] =
    &[("permitted", "TokenPermissions"), ("spender", "address"), ("nonce", "uint256"), ("deadline", "uint256")];
const BATCH_TRANSFERS: &[Field] =
    &[("permitted", "TokenPermissions[]"), ("spender", "address"), ("nonce", "uint256"), ("deadline", "uint256")];

const LAYOUTS: [Layout; 10] = [
    Layout {
        primary_type: "Permit",
        fields: &[
            ("owner", "address"),
            ("spender", "address"),
            ("value", "uint256"),
            ("nonce", "uint256"),
            ("deadline", "uint256"),
        ],
        witness: false,
        grant: Grant::Approval { owner: "owner", amount: Amount::Field("value") },
    },
    Layout {
        primary_type: "Permit",
        fields: &[
            ("holder", "address"),
            ("spender", "address"),
            ("nonce", "uint256"),
            ("expiry", "uint256"),
            ("allowed", "bool"),
        ],
        witness: false,
        grant: Grant::Approval { owner: "holder", amount: Amount::Allowed("allowed") },
    },
    Layout {
        primary_type: "PermitSingle",
        fields: &[("details", "PermitDetails"), ("spender", "address"), ("sigDeadline", "uint256")],
        witness: false,
        grant: Grant::Permit2 { list: "details", entry: DETAILS },
    },
    Layout {
        primary_type: "PermitBatch",
        fields: &[("details", "PermitDetails[]"), ("spender", "address"), ("sigDeadline", "uint256")],
        witness: false,
        grant: Grant::Permit2 { list: "details", entry: DETAILS },
    },
    signature_transfer("PermitTransferFrom", TRANSFERS, false),
    signature_transfer("PermitBatchTransferFrom", BATCH_TRANSFERS, false),
    signature_transfer("PermitWitnessTransferFrom", TRANSFERS, true),
    signature_transfer("PermitBatchWitnessTransferFrom", BATCH_TRANSFERS, true),
    authorization("TransferWithAuthorization"),
    authorization("ReceiveWithAuthorization"),
];

const fn signature_transfer(primary_type: &'static str, fields: &'static [Field], witness: bool) -> Layout {
    Layout { primary_type, fields, witness, grant: Grant::Permit2 { list: "permitted", entry: PERMISSIONS } }
}

const fn authorization(primary_type: &'static str) -> Layout {
    Layout { primary_type, fields: AUTHORIZATION, witness: false, grant: Grant::Transfer }
}

/// Whether a struct of this name must have a known layout.
pub(super) fn is_known(primary_type: &str) -> bool {
    let families = ["PermitWitness", "PermitBatchWitness"];
    families.iter().any(|family| primary_type.starts_with(family))
        || LAYOUTS.iter().any(|layout| layout.primary_type == primary_type)
}

/// The layout that is declared, field by field.
pub(super) fn of_types(primary_type: &str, types: &Types<'_>) -> Option<Layout> {
    let is = |declared: &[(&str, &str)], fields: &[Field]| declared == fields;
    let declared = types.get(primary_type)?;
    named(primary_type).find(|layout| {
        let (own, others) = declared.split_at_checked(layout.fields.len()).unwrap_or_default();
        let inner = match layout.grant {
            Grant::Permit2 { entry: (name, fields), .. } => types.get(name).is_some_and(|found| is(found, fields)),
            Grant::Approval { .. } | Grant::Transfer => true,
        };
        is(own, layout.fields) && others.len() == usize::from(layout.witness) && inner
    })
}

/// The layout that a message without declared types can only mean: all its fields, among them those that tell it apart.
pub(super) fn of_message(primary_type: &str, message: &Map<String, Value>) -> Option<Layout> {
    named(primary_type).find(|layout| {
        let unknown = message.keys().filter(|key| !layout.fields.iter().any(|(name, _)| name == key)).count();
        let amount = match layout.grant {
            Grant::Approval { amount: Amount::Field(name) | Amount::Allowed(name), .. } => name,
            Grant::Permit2 { list, .. } => list,
            Grant::Transfer => "value",
        };
        unknown <= usize::from(layout.witness) && message.contains_key(amount)
    })
}

fn named(primary_type: &str) -> impl Iterator<Item = Layout> {
    LAYOUTS.into_iter().filter(move |layout| layout.primary_type == primary_type)
}

#[cfg(test)]
mod tests {
    use super::*;
    use sha3::{Digest, Keccak256};

    /// `encodeType` of EIP-712.
    fn encoded(layout: &Layout) -> String {
        let members = |name: &str, fields: &[Field]| {
            let members: Vec<String> = fields.iter().map(|(name, kind)| format!("{kind} {name}")).collect();
            format!("{name}({})", members.join(","))
        };
        let inner = match layout.grant {
            Grant::Permit2 { entry: (name, fields), .. } => members(name, fields),
            Grant::Approval { .. } | Grant::Transfer => String::new(),
        };
        members(layout.primary_type, layout.fields) + &inner
    }

    #[test]
    fn layouts_hash_as_their_contracts_say() {
        // PERMIT_TYPEHASH of EIP-2612 and of DAI, and the two of EIP-3009, as those documents print them.
        let stated = [
            "6e71edae12b1b97f4d1f60370fef10105fa2faae0126114a169c64845d6126c9",
            "ea2aa0a1be11a07ed86d755c93467f4f82362b452371d1ba94d1715123511acb",
            "7c7c6cdb67a18743f49ec6fa9b35f50d52ed05cbed4cc592e13b44501c1a2267",
            "d099cc98ef71107a616c4f0f941f04c322d8e254fe26b3c6668db87aae413de8",
        ];
        let hashes: Vec<String> =
            LAYOUTS.iter().map(|layout| hex::encode(Keccak256::digest(encoded(layout)))).collect();
        for expect in stated {
            assert!(hashes.iter().any(|hash| hash == expect), "{expect}: {hashes:#?}");
        }
    }

    #[test]
    fn permit2_types_are_those_of_its_source() {
        for (primary_type, expect) in [
            (
                "PermitSingle",
                "PermitSingle(PermitDetails details,address spender,uint256 sigDeadline)PermitDetails(address token,uint160 amount,uint48 expiration,uint48 nonce)",
            ),
            (
                "PermitBatch",
                "PermitBatch(PermitDetails[] details,address spender,uint256 sigDeadline)PermitDetails(address token,uint160 amount,uint48 expiration,uint48 nonce)",
            ),
            (
                "PermitTransferFrom",
                "PermitTransferFrom(TokenPermissions permitted,address spender,uint256 nonce,uint256 deadline)TokenPermissions(address token,uint256 amount)",
            ),
            (
                "PermitBatchTransferFrom",
                "PermitBatchTransferFrom(TokenPermissions[] permitted,address spender,uint256 nonce,uint256 deadline)TokenPermissions(address token,uint256 amount)",
            ),
        ] {
            assert_eq!(named(primary_type).map(|layout| encoded(&layout)).collect::<Vec<_>>(), [expect]);
        }
    }
}
