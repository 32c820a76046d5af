//! Wallets: create, list, read, rename, suspend, resume, terminate.

use super::body::{self, Body};
use super::issue::{IssueCode, Issues};
use super::number::UnixSecs;
use super::owners::{ApprovalMethod, WalletPreset};
use super::schema::wire_struct;
use super::text::wire_names;
use crate::chain::{ChainKind, Environment, Network};
use crate::id::{SessionId, WalletId};
use crate::wallet::{OwnerState, WalletStatus, wire_enum};
use serde_json::Value;

/// Longest name of a wallet, in characters.
const NAME_MAX: usize = 100;

wire_enum! {
    /// What kind of account a wallet is.
    AccountType {
        /// The key's own account.
        Eoa => "eoa",
        /// A contract account.
        Smart => "smart",
    }
}
wire_names!(AccountType);

wire_struct! {
    /// The account-abstraction provider of a smart wallet.
    read ProviderStatus {
        /// Its name.
        name: String,
        /// Networks that it serves.
        supported_chains: Vec<String>,
        /// Whether it pays for gas.
        paymaster_enabled: bool,
    }
}

wire_struct! {
    /// A wallet, as lists and changes show it.
    read WalletCrudResponse {
        /// The wallet.
        id: WalletId,
        /// Its name.
        name: String,
        /// Its chain; `ethereum` is every EVM network.
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
        /// How far the owner is established.
        owner_state: OwnerState,
        /// Whether incoming transactions are watched.
        monitor_incoming: bool,
        /// `eoa`.
        account_type: AccountType,
        /// Key behind a smart account; null otherwise.
        signer_key: Option<String>,
        /// Whether the account exists on the chain; always true for `eoa`.
        deployed: bool,
        /// Provider of a smart account; null otherwise.
        provider: Option<ProviderStatus>,
        /// When it was created, in unix seconds.
        created_at: UnixSecs,
        /// Factory of a smart account; null otherwise.
        factory_address: Option<String>,
    }
}

wire_struct! {
    /// All wallets that the caller may see.
    read WalletListResponse {
        /// Terminated wallets are included.
        items: Vec<WalletCrudResponse>,
    }
}

wire_struct! {
    /// A new wallet.
    read WalletCreateResponse {
        /// The wallet.
        id: WalletId,
        /// Its name.
        name: String,
        /// Its chain; `ethereum` is every EVM network.
        chain: ChainKind,
        /// The only or the first network of chain and environment.
        network: String,
        /// Whether real money is at stake.
        environment: Environment,
        /// Its address.
        public_key: String,
        /// ACTIVE.
        status: WalletStatus,
        /// Null.
        owner_address: Option<String>,
        /// NONE.
        owner_state: OwnerState,
        /// False.
        monitor_incoming: bool,
        /// `eoa`.
        account_type: AccountType,
        /// Null for `eoa`.
        signer_key: Option<String>,
        /// True for `eoa`.
        deployed: bool,
        /// Null for `eoa`.
        provider: Option<ProviderStatus>,
        /// When it was created, in unix seconds.
        created_at: UnixSecs,
        /// Its first session; null when none was asked for.
        session: Option<CreatedSession>,
    }
}

wire_struct! {
    /// The session that came with a new wallet. The token is shown this once.
    read CreatedSession {
        /// The session.
        id: SessionId,
        /// The token, which starts with `wai_sess_`.
        token: String,
        /// Its end in unix seconds; 0 is never.
        expires_at: UnixSecs,
    }
}

wire_struct! {
    /// A wallet in full.
    read WalletDetailResponse {
        /// The wallet.
        id: WalletId,
        /// Its name.
        name: String,
        /// Its chain; `ethereum` is every EVM network.
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
        /// Whether the owner has signed once; null without owner.
        owner_verified: Option<bool>,
        /// How far the owner is established.
        owner_state: OwnerState,
        /// How the owner is asked; null is any way.
        approval_method: Option<ApprovalMethod>,
        /// Preset of the owner's signing device.
        wallet_type: Option<WalletPreset>,
        /// `eoa`.
        account_type: AccountType,
        /// Key behind a smart account; null otherwise.
        signer_key: Option<String>,
        /// Whether the account exists on the chain; always true for `eoa`.
        deployed: bool,
        /// Factory of a smart account; null otherwise.
        factory_address: Option<String>,
        /// Networks of that factory; null otherwise.
        factory_supported_networks: Option<Vec<String>>,
        /// Whether that factory was seen on the network; null otherwise.
        factory_verified_on_network: Option<bool>,
        /// Provider of a smart account; null otherwise.
        provider: Option<ProviderStatus>,
        /// When it was suspended, in unix seconds.
        suspended_at: Option<UnixSecs>,
        /// Why.
        suspension_reason: Option<String>,
        /// When it was created, in unix seconds.
        created_at: UnixSecs,
        /// When it was last changed, in unix seconds.
        updated_at: Option<UnixSecs>,
    }
}

wire_struct! {
    /// Networks that a wallet can use.
    read WalletNetworksResponse {
        /// The wallet.
        id: WalletId,
        /// Its chain.
        chain: ChainKind,
        /// Its environment.
        environment: Environment,
        /// The networks.
        available_networks: Vec<AvailableNetwork>,
        /// The same list under the name that the MCP client reads.
        networks: Vec<AvailableNetwork>,
    }
}

wire_struct! {
    /// One network of a wallet.
    read AvailableNetwork {
        /// Its canonical name.
        network: Network,
    }
}

wire_struct! {
    /// A wallet was suspended.
    read WalletSuspendResponse {
        /// The wallet.
        id: WalletId,
        /// SUSPENDED.
        status: WalletStatus,
        /// When, in unix seconds.
        suspended_at: UnixSecs,
        /// Why.
        suspension_reason: String,
    }
}

wire_struct! {
    /// A wallet was resumed.
    read WalletResumeResponse {
        /// The wallet.
        id: WalletId,
        /// ACTIVE.
        status: WalletStatus,
    }
}

wire_struct! {
    /// A wallet was terminated.
    read WalletDeleteResponse {
        /// The wallet.
        id: WalletId,
        /// TERMINATED.
        status: WalletStatus,
    }
}

wire_struct! {
    /// Body that creates a wallet.
    CreateWalletRequest {
        /// 1 to 100 characters.
        name: String,
        /// `ethereum` is every EVM network; `evm` is accepted too.
        chain: ChainKind = ChainKind::Solana,
        /// Whether real money is at stake.
        environment: Environment = Environment::Testnet,
        /// Whether a session without end is created along with the wallet.
        create_session: bool = true,
        /// `eoa`; this build has no smart accounts.
        account_type: AccountType = AccountType::Eoa,
    }
}

impl CreateWalletRequest {
    /// Reads the body. Keys that the route does not know are ignored.
    ///
    /// # Errors
    /// All faults of the body.
    pub fn parse(json: &Value) -> Result<Self, Issues> {
        let mut body = Body::of(json)?;
        let name = body.required("name", wallet_name);
        let chain = body.optional("chain", body::chain).unwrap_or(ChainKind::Solana);
        let environment = body.optional("environment", body::environment).unwrap_or(Environment::Testnet);
        let create_session = body.optional("createSession", body::boolean).unwrap_or(true);
        let account_type = body
            .optional("accountType", body::one_of(AccountType::ALL, AccountType::as_str))
            .unwrap_or(AccountType::Eoa);
        if account_type == AccountType::Smart {
            body.refuse(
                "accountType",
                IssueCode::NotSupported,
                "smart accounts are not supported by this build; use `eoa`",
            );
        }
        body.finish(name.map(|name| Self { name, chain, environment, create_session, account_type }))
    }
}

wire_struct! {
    /// Body that renames a wallet.
    UpdateWalletRequest {
        /// 1 to 100 characters.
        name: String,
    }
}

impl UpdateWalletRequest {
    /// Reads the body. Keys that the route does not know are ignored.
    ///
    /// # Errors
    /// All faults of the body.
    pub fn parse(json: &Value) -> Result<Self, Issues> {
        let mut body = Body::of(json)?;
        let name = body.required("name", wallet_name);
        body.finish(name.map(|name| Self { name }))
    }
}

wire_struct! {
    /// Body that suspends a wallet; may be empty.
    WalletSuspendRequest {
        /// Why, at most 200 characters.
        reason: String = "MANUAL",
    }
}

impl WalletSuspendRequest {
    /// Reads the body; a missing body is `{}`.
    ///
    /// # Errors
    /// All faults of the body.
    pub fn parse(json: &Value) -> Result<Self, Issues> {
        let mut body = Body::of(json)?;
        let reason = body.nullable("reason", body::text(0, 200)).unwrap_or_else(|| "MANUAL".to_owned());
        body.finish(Some(Self { reason }))
    }
}

fn wallet_name(value: &Value) -> Result<String, body::Refusal> {
    let name = body::text(1, NAME_MAX)(value)?;
    if name.chars().any(char::is_control) {
        return Err((IssueCode::InvalidValue, "must not contain control characters".to_owned()));
    }
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn defaults_are_those_of_the_api() {
        let request = CreateWalletRequest::parse(&json!({ "name": "bot", "unknown": 1 })).unwrap();
        assert_eq!(
            serde_json::to_value(request).unwrap(),
            json!({
                "name": "bot",
                "chain": "solana",
                "environment": "testnet",
                "createSession": true,
                "accountType": "eoa",
            })
        );
        let request = CreateWalletRequest::parse(&json!({ "name": "bot", "chain": "evm" })).unwrap();
        assert_eq!(request.chain, ChainKind::Ethereum);
        assert_eq!(WalletSuspendRequest::parse(&json!({})).unwrap().reason, "MANUAL");
    }

    #[test]
    fn every_fault_is_reported() {
        let check = |json: Value, expect: &[&str]| {
            let issues = CreateWalletRequest::parse(&json).unwrap_err();
            let paths: Vec<String> = issues.as_slice().iter().map(super::super::Issue::path_string).collect();
            assert_eq!(paths, expect, "{json}");
        };
        check(json!([]), &[""]);
        check(json!({}), &["name"]);
        check(json!({ "name": "" }), &["name"]);
        check(json!({ "name": "a\nb" }), &["name"]);
        check(json!({ "name": "x".repeat(101) }), &["name"]);
        check(json!({ "name": 5, "chain": "bitcoin", "environment": null }), &["name", "chain", "environment"]);
        check(json!({ "name": "a", "createSession": "false" }), &["createSession"]);
        check(json!({ "name": "a", "accountType": "smart" }), &["accountType"]);
    }
}
