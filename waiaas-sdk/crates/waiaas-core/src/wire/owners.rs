//! Owners of wallets. The body that registers one is in snake case.

use super::body::{self, Body};
use super::issue::Issues;
use super::number::UnixSecs;
use super::schema::wire_struct;
use super::text::wire_names;
use crate::chain::{ChainKind, Environment};
use crate::id::WalletId;
use crate::wallet::{OwnerState, WalletStatus, wire_enum};
use serde_json::Value;

wire_enum! {
    /// How an owner is asked for an approval.
    ApprovalMethod {
        /// Push to a signing application.
        SdkPush => "sdk_push",
        /// Signing application, reached through Telegram.
        SdkTelegram => "sdk_telegram",
        /// WalletConnect.
        Walletconnect => "walletconnect",
        /// Telegram bot.
        TelegramBot => "telegram_bot",
        /// The owner's own call of this API.
        Rest => "rest",
    }
}

wire_enum! {
    /// A signing device with known settings.
    WalletPreset {
        /// D'CENT hardware wallet.
        Dcent => "dcent",
    }
}
wire_names!(ApprovalMethod, WalletPreset);

wire_struct! {
    /// A wallet after its owner was registered.
    read WalletOwnerResponse {
        /// The wallet.
        id: WalletId,
        /// Its name.
        name: String,
        /// Its chain.
        chain: ChainKind,
        /// The only network of chain and environment, or the name of the chain when there are several.
        network: String,
        /// Whether real money is at stake.
        environment: Environment,
        /// Its address.
        public_key: String,
        /// Its life.
        status: WalletStatus,
        /// Address of its owner.
        owner_address: Option<String>,
        /// Whether the owner has signed once.
        owner_verified: Option<bool>,
        /// How the owner is asked; null is any way.
        approval_method: Option<ApprovalMethod>,
        /// Preset of the owner's signing device.
        wallet_type: Option<WalletPreset>,
        /// What the operator should know about the registration.
        warning: Option<String>,
        /// When it was last changed, in unix seconds.
        updated_at: Option<UnixSecs>,
    }
}

wire_struct! {
    /// The owner has proven control of the key.
    read OwnerVerifyResponse {
        /// LOCKED.
        owner_state: OwnerState,
        /// Address of the owner.
        owner_address: Option<String>,
        /// True.
        owner_verified: bool,
    }
}

wire_struct! {
    /// Body that registers an owner.
    SetOwnerRequest {
        /// The address; on the EVM with its EIP-55 checksum.
        owner_address as "owner_address": String,
        /// How the owner is asked; null clears it, absence keeps it.
        [optional] approval_method as "approval_method": Option<ApprovalMethod>,
        /// Preset of the owner's signing device; overrides `approval_method`.
        [optional] wallet_type as "wallet_type": Option<WalletPreset>,
    }
}

/// The body that registers an owner, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetOwner {
    /// The address as it was written; its chain is the wallet's, so it is parsed there.
    pub owner_address: String,
    /// What happens to the way in which the owner is asked.
    pub approval_method: Change<ApprovalMethod>,
    /// Preset of the owner's signing device.
    pub wallet_type: Option<WalletPreset>,
}

/// What a partial update does to one field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change<T> {
    /// The key was absent.
    Keep,
    /// The key was null.
    Clear,
    /// The key had a value.
    Set(T),
}

impl SetOwnerRequest {
    /// Reads the body. Keys that the route does not know are ignored.
    ///
    /// # Errors
    /// All faults of the body.
    pub fn parse(json: &Value) -> Result<SetOwner, Issues> {
        let mut body = Body::of(json)?;
        let owner_address = body.required("owner_address", body::text(1, 128));
        let cleared = body.raw("approval_method").is_some_and(Value::is_null);
        let method = body.nullable("approval_method", body::one_of(ApprovalMethod::ALL, ApprovalMethod::as_str));
        let approval_method = match method {
            Some(method) => Change::Set(method),
            None if cleared => Change::Clear,
            None => Change::Keep,
        };
        let wallet_type = body.optional("wallet_type", body::one_of(WalletPreset::ALL, WalletPreset::as_str));
        body.finish(owner_address.map(|owner_address| SetOwner { owner_address, approval_method, wallet_type }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn absent_null_and_set_differ() {
        let check = |json: Value, expect: Change<ApprovalMethod>| {
            assert_eq!(SetOwnerRequest::parse(&json).unwrap().approval_method, expect, "{json}");
        };
        check(json!({ "owner_address": "0x1" }), Change::Keep);
        check(json!({ "owner_address": "0x1", "approval_method": null }), Change::Clear);
        check(json!({ "owner_address": "0x1", "approval_method": "rest" }), Change::Set(ApprovalMethod::Rest));
    }

    #[test]
    fn refuses_camel_case_and_unknown_methods() {
        assert!(SetOwnerRequest::parse(&json!({ "ownerAddress": "0x1" })).is_err());
        assert!(SetOwnerRequest::parse(&json!({ "owner_address": "0x1", "approval_method": "fax" })).is_err());
        assert!(SetOwnerRequest::parse(&json!({ "owner_address": "0x1", "wallet_type": "ledger" })).is_err());
    }
}
