//! JSON text forms of the core's names and ids.

use super::schema::{Schema, text_enum};
use crate::chain::{ChainKind, Environment, Network};
use crate::error::{ErrorCode, ErrorDomain};
use crate::id::{ApprovalId, PolicyId, SessionId, TxId, WalletId};
use crate::policy::{ApprovalReason, DeniedBy, PolicyType, ReasonCode, Tier, Window};
use crate::tx::{TxStatus, TxType};
use crate::wallet::{OwnerState, WalletStatus};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Value, json};

/// Gives enums with `ALL`, `as_str` and `parse` their JSON form: the wire name.
macro_rules! wire_names {
    ($($type:ty),* $(,)?) => {
        $(
            impl serde::Serialize for $type {
                fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                    serializer.serialize_str(self.as_str())
                }
            }

            impl<'de> serde::Deserialize<'de> for $type {
                fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                    Self::parse(&text).ok_or_else(|| serde::de::Error::custom(format_args!("unknown name `{text}`")))
                }
            }

            impl $crate::wire::schema::Schema for $type {
                fn definition() -> serde_json::Value {
                    $crate::wire::schema::text_enum(Self::ALL.iter().map(|value| value.as_str()).collect())
                }
            }
        )*
    };
}
pub(crate) use wire_names;

wire_names!(
    ChainKind,
    Environment,
    ErrorCode,
    ErrorDomain,
    TxStatus,
    TxType,
    Tier,
    OwnerState,
    WalletStatus,
    ApprovalReason,
    Window,
    DeniedBy,
    ReasonCode,
    PolicyType,
);

impl Serialize for Network {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Network {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Self::parse(&String::deserialize(deserializer)?).map_err(D::Error::custom)
    }
}

impl Schema for Network {
    fn definition() -> Value {
        text_enum(Self::ALL.iter().map(|network| network.as_str()).collect())
    }
}

macro_rules! id_texts {
    ($($type:ty),* $(,)?) => {
        $(
            impl<'de> Deserialize<'de> for $type {
                fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                    String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
                }
            }

            impl Schema for $type {
                fn definition() -> Value {
                    json!({ "type": "string", "format": "uuid" })
                }
            }
        )*
    };
}

id_texts!(WalletId, SessionId, TxId, PolicyId, ApprovalId);
