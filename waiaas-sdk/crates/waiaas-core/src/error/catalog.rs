//! Every error code of the API, in one list.
//!
//! To add a code, add one row. Status, domain, retry flag and hint are properties of the code, so the
//! server, the clients and the documentation cannot disagree about them.

use crate::wallet::wire_enum;

wire_enum! {
    /// The part of the service that an error belongs to.
    ErrorDomain {
        /// Who is calling.
        Auth => "AUTH",
        /// Sessions of agents.
        Session => "SESSION",
        /// Transactions.
        Tx => "TX",
        /// Policies.
        Policy => "POLICY",
        /// Owners and their approvals.
        Owner => "OWNER",
        /// The service itself.
        System => "SYSTEM",
        /// Wallets.
        Wallet => "WALLET",
        /// Sweeping a wallet to its owner.
        Withdraw => "WITHDRAW",
        /// Action providers, and general request validation.
        Action => "ACTION",
        /// Operation of the service.
        Admin => "ADMIN",
        /// Payments for HTTP 402 answers.
        X402 => "X402",
        /// Signing applications of owners.
        Signing => "SIGNING",
        /// Chains.
        Chain => "CHAIN",
        /// Signed HTTP requests.
        Erc8128 => "ERC8128",
        /// Non-fungible tokens.
        Nft => "NFT",
        /// User operations of smart accounts.
        Userop => "USEROP",
        /// Stored credentials.
        Credential => "CREDENTIAL",
    }
}

/// What the catalogue says about one code.
struct Row {
    name: &'static str,
    domain: ErrorDomain,
    http_status: u16,
    retryable: bool,
    hint: Option<&'static str>,
}

macro_rules! retryable {
    (retry) => {
        true
    };
    (final) => {
        false
    };
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident => $name:literal, $domain:ident, $status:literal, $retry:tt $(, $hint:literal)?;)*) => {
        /// A machine-readable error code.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ErrorCode { $($(#[$doc])* $variant,)* }

        impl ErrorCode {
            /// All codes, in the order of the list.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            const fn row(self) -> Row {
                match self {
                    $(Self::$variant => {
                        let hint: &[&'static str] = &[$($hint)?];
                        Row {
                            name: $name,
                            domain: ErrorDomain::$domain,
                            http_status: $status,
                            retryable: retryable!($retry),
                            hint: hint.first().copied(),
                        }
                    })*
                }
            }
        }
    };
}

error_codes! {
    /// Session token absent, malformed or not signed by this service.
    InvalidToken => "INVALID_TOKEN", Auth, 401, final,
        "Ask the operator for a session token (POST /v1/sessions) and send it as `Authorization: Bearer wai_sess_...`.";
    /// The exp claim of the session token is in the past.
    TokenExpired => "TOKEN_EXPIRED", Auth, 401, final,
        "Renew the session with PUT /v1/sessions/{id}/renew before it ends, or ask the operator for a new one.";
    /// The session row carries a revocation time.
    SessionRevoked => "SESSION_REVOKED", Auth, 401, final, "This session is over; ask the operator for a new one.";
    /// Owner headers absent, owner address differs from the wallet owner, or the Ed25519/SIWE check fails.
    InvalidSignature => "INVALID_SIGNATURE", Auth, 401, final,
        "Sign the exact message with the owner key and send X-Owner-Signature and X-Owner-Message.";
    /// Owner nonce unknown, used or older than 5 minutes.
    InvalidNonce => "INVALID_NONCE", Auth, 401, final,
        "Fetch a fresh nonce from GET /v1/nonce and use it once, within five minutes.";
    /// X-Master-Password absent, wrong, or no hash configured.
    InvalidMasterPassword => "INVALID_MASTER_PASSWORD", Auth, 401, final,
        "Send the master password in the X-Master-Password header.";
    /// Too many wrong master passwords; try later.
    MasterPasswordLocked => "MASTER_PASSWORD_LOCKED", Auth, 429, final,
        "Wait before the next attempt; every wrong password makes the pause longer.";
    /// The kill switch is engaged, or the Host header is not a permitted name.
    SystemLocked => "SYSTEM_LOCKED", Auth, 503, final,
        "The operator has stopped this service; it must be recovered before it accepts work.";
    /// No such session, or not one that this caller may act on.
    SessionNotFound => "SESSION_NOT_FOUND", Session, 404, final, "Check the session id, or create a new session.";
    /// Session row lifetime is over.
    SessionExpired => "SESSION_EXPIRED", Session, 401, final, "Ask the operator for a new session.";
    /// Wallet already has the maximum number of live sessions.
    SessionLimitExceeded => "SESSION_LIMIT_EXCEEDED", Session, 403, final,
        "Revoke sessions of this wallet that are no longer used.";
    /// A per-session constraint (ip, operation, ...) forbids the request.
    ConstraintViolated => "CONSTRAINT_VIOLATED", Session, 403, final,
        "The session was issued with limits that do not cover this request.";
    /// Renewal asked for an unlimited session.
    RenewalNotRequired => "RENEWAL_NOT_REQUIRED", Session, 400, final,
        "This session never expires; keep using its token.";
    /// `renewalCount` reached a non-zero `maxRenewals`.
    RenewalLimitReached => "RENEWAL_LIMIT_REACHED", Session, 403, final, "Ask the operator for a new session.";
    /// `absoluteExpiresAt` reached.
    SessionAbsoluteLifetimeExceeded => "SESSION_ABSOLUTE_LIFETIME_EXCEEDED", Session, 403, final,
        "Ask the operator for a new session.";
    /// Less than half of the token lifetime has passed.
    RenewalTooEarly => "RENEWAL_TOO_EARLY", Session, 403, retry, "Renew once half of the token lifetime has passed.";
    /// Presented token is not the current one of the session (hash compare-and-swap failed).
    SessionRenewalMismatch => "SESSION_RENEWAL_MISMATCH", Session, 403, final, "Use the newest token of this session.";
    /// Session is not linked to that wallet.
    WalletAccessDenied => "WALLET_ACCESS_DENIED", Session, 403, final, "Use a wallet that this session is linked to.";
    /// Wallet already linked to the session.
    WalletAlreadyLinked => "WALLET_ALREADY_LINKED", Session, 409, final;
    /// Unlinking would leave the session without wallets.
    SessionRequiresWallet => "SESSION_REQUIRES_WALLET", Session, 400, final,
        "Revoke the session instead of unlinking its last wallet.";
    /// `walletId` omitted and the session has zero or several wallets.
    WalletIdRequired => "WALLET_ID_REQUIRED", Session, 400, final, "Name the wallet with `walletId`.";
    /// Control flow inside the pipeline: the transaction is parked. Clients do not see it.
    PipelineHalted => "PIPELINE_HALTED", Tx, 409, final;
    /// Native balance too small for amount (plus fee).
    InsufficientBalance => "INSUFFICIENT_BALANCE", Tx, 400, final,
        "Fund the wallet or lower the amount; the network fee comes on top.";
    /// Address not valid for the chain.
    InvalidAddress => "INVALID_ADDRESS", Tx, 400, final,
        "Check the address for typing mistakes and for the right chain.";
    /// Unknown transaction id.
    TxNotFound => "TX_NOT_FOUND", Tx, 404, final, "Check the id, or list transactions with GET /v1/transactions.";
    /// Transaction passed its validity window.
    TxExpired => "TX_EXPIRED", Tx, 410, final, "Submit the transaction again.";
    /// Transaction is no longer in the state the operation needs (e.g. not QUEUED).
    TxAlreadyProcessed => "TX_ALREADY_PROCESSED", Tx, 409, final, "Read the transaction to see what became of it.";
    /// A node or a chain adapter failed.
    ChainError => "CHAIN_ERROR", Tx, 502, retry, "The network did not answer as expected; try again later.";
    /// Chain simulation reverted.
    SimulationFailed => "SIMULATION_FAILED", Tx, 422, final,
        "The network would reject this transaction; read the message and change the request.";
    /// Chain simulation took too long.
    SimulationTimeout => "SIMULATION_TIMEOUT", Tx, 504, retry, "Try again later.";
    /// Token unknown.
    TokenNotFound => "TOKEN_NOT_FOUND", Tx, 404, final, "Check the token address and the network.";
    /// Token missing from `ALLOWED_TOKENS`.
    TokenNotAllowed => "TOKEN_NOT_ALLOWED", Tx, 403, final,
        "Ask the operator to list the token in an ALLOWED_TOKENS policy.";
    /// Token balance too small.
    InsufficientTokenBalance => "INSUFFICIENT_TOKEN_BALANCE", Tx, 400, final,
        "Fund the wallet with the token or lower the amount.";
    /// No `CONTRACT_WHITELIST` and default deny is on.
    ContractCallDisabled => "CONTRACT_CALL_DISABLED", Tx, 403, final,
        "Ask the operator for a CONTRACT_WHITELIST policy.";
    /// Contract missing from `CONTRACT_WHITELIST`.
    ContractNotWhitelisted => "CONTRACT_NOT_WHITELISTED", Tx, 403, final,
        "Ask the operator to list the contract in CONTRACT_WHITELIST.";
    /// Selector missing from `METHOD_WHITELIST`.
    MethodNotWhitelisted => "METHOD_NOT_WHITELISTED", Tx, 403, final,
        "Ask the operator to list the method in METHOD_WHITELIST.";
    /// No `APPROVED_SPENDERS` and default deny is on.
    ApproveDisabled => "APPROVE_DISABLED", Tx, 403, final, "Ask the operator for an APPROVED_SPENDERS policy.";
    /// Spender missing from `APPROVED_SPENDERS`.
    SpenderNotApproved => "SPENDER_NOT_APPROVED", Tx, 403, final,
        "Ask the operator to list the spender in APPROVED_SPENDERS.";
    /// Approval above `APPROVE_AMOUNT_LIMIT`.
    ApproveAmountExceeded => "APPROVE_AMOUNT_EXCEEDED", Tx, 403, final, "Approve a smaller amount.";
    /// Unlimited approval while blockUnlimited is set.
    UnlimitedApproveBlocked => "UNLIMITED_APPROVE_BLOCKED", Tx, 403, final,
        "Approve the amount that is needed instead of an unlimited one.";
    /// Chain or account type cannot execute batches.
    BatchNotSupported => "BATCH_NOT_SUPPORTED", Tx, 400, final;
    /// More than 20 instructions.
    BatchSizeExceeded => "BATCH_SIZE_EXCEEDED", Tx, 400, final;
    /// At least one batch instruction is denied.
    BatchPolicyViolation => "BATCH_POLICY_VIOLATION", Tx, 403, final;
    /// Network does not belong to the wallet environment.
    EnvironmentNetworkMismatch => "ENVIRONMENT_NETWORK_MISMATCH", Tx, 400, final,
        "Choose a network from GET /v1/wallets/{id}/networks.";
    /// Network omitted and not derivable (EVM, ripple testnet).
    NetworkRequired => "NETWORK_REQUIRED", Tx, 400, final,
        "Name the `network`; GET /v1/wallets/{id}/networks lists the choices.";
    /// Raw unsigned transaction cannot be parsed.
    InvalidTransaction => "INVALID_TRANSACTION", Tx, 400, final;
    /// Wallet key is not among the signers of the raw transaction.
    WalletNotSigner => "WALLET_NOT_SIGNER", Tx, 400, final;
    /// Transaction type not handled here.
    UnsupportedTxType => "UNSUPPORTED_TX_TYPE", Tx, 400, final,
        "Use TRANSFER, TOKEN_TRANSFER, CONTRACT_CALL or APPROVE.";
    /// Chain id inside the raw transaction differs from the network.
    ChainIdMismatch => "CHAIN_ID_MISMATCH", Tx, 400, final,
        "Build the transaction for the network that the request names.";
    /// Function/arguments do not fit the ABI.
    AbiEncodingFailed => "ABI_ENCODING_FAILED", Tx, 400, final,
        "Check that the function name, the ABI and the arguments belong together.";
    /// Unknown policy id.
    PolicyNotFound => "POLICY_NOT_FOUND", Policy, 404, final, "List policies with GET /v1/policies.";
    /// Policy engine refused; message carries the reason.
    PolicyDenied => "POLICY_DENIED", Policy, 403, final,
        "Read the reason in `details`; only the operator can change policies.";
    /// Spending window exhausted.
    SpendingLimitExceeded => "SPENDING_LIMIT_EXCEEDED", Policy, 403, final,
        "Wait until the spending window moves on, or ask the operator for a higher limit.";
    /// `RATE_LIMIT` policy window exhausted.
    RateLimitExceeded => "RATE_LIMIT_EXCEEDED", Policy, 429, retry,
        "Wait for the time given in `details.retryAfterSeconds`.";
    /// Recipient missing from WHITELIST.
    WhitelistDenied => "WHITELIST_DENIED", Policy, 403, final, "Ask the operator to list the recipient in WHITELIST.";
    /// Stored rules do not parse for their type.
    PolicyRulesCorrupt => "POLICY_RULES_CORRUPT", Policy, 500, final,
        "The operator must correct or delete the policy; until then it denies.";
    /// Owner is LOCKED; master auth cannot change or remove it.
    OwnerAlreadyConnected => "OWNER_ALREADY_CONNECTED", Owner, 409, final,
        "A confirmed owner can only be changed with the signature of that owner.";
    /// Wallet has no owner address.
    OwnerNotConnected => "OWNER_NOT_CONNECTED", Owner, 404, final, "Register an owner with PUT /v1/wallets/{id}/owner.";
    /// Owner unknown.
    OwnerNotFound => "OWNER_NOT_FOUND", Owner, 404, final;
    /// Approval window over.
    ApprovalTimeout => "APPROVAL_TIMEOUT", Owner, 410, final,
        "The owner did not decide in time; submit the transaction again.";
    /// No open approval for the transaction.
    ApprovalNotFound => "APPROVAL_NOT_FOUND", Owner, 404, final,
        "Read the transaction to see whether it still waits for an approval.";
    /// Operation needs an owner address first (WalletConnect pairing).
    OwnerNotSet => "OWNER_NOT_SET", Owner, 400, final, "Register an owner with PUT /v1/wallets/{id}/owner.";
    /// Connected wallet is not the registered owner.
    OwnerAddressMismatch => "OWNER_ADDRESS_MISMATCH", Owner, 403, final;
    /// Kill switch already engaged.
    KillSwitchActive => "KILL_SWITCH_ACTIVE", System, 409, final;
    /// Nothing to recover from.
    KillSwitchNotActive => "KILL_SWITCH_NOT_ACTIVE", System, 409, final,
        "The service is running normally; there is nothing to recover.";
    /// Concurrent kill-switch transition.
    KillSwitchAlreadyActive => "KILL_SWITCH_ALREADY_ACTIVE", System, 409, final;
    /// State machine refuses the move (kill switch or wallet suspend/resume).
    InvalidStateTransition => "INVALID_STATE_TRANSITION", System, 409, final;
    /// Key store cannot be opened right now.
    KeystoreLocked => "KEYSTORE_LOCKED", System, 503, retry, "The operator must unlock the key store; then try again.";
    /// Unknown chain type.
    ChainNotSupported => "CHAIN_NOT_SUPPORTED", System, 400, final, "Use a chain that this build supports.";
    /// Daemon is stopping.
    ShuttingDown => "SHUTTING_DOWN", System, 503, final, "Try again after the restart.";
    /// A required subsystem (chain adapter, JWT, settings, queue) is not initialised.
    AdapterNotAvailable => "ADAPTER_NOT_AVAILABLE", System, 503, retry,
        "A needed part of the service is not ready; try again later.";
    /// Unknown skill name or file missing.
    SkillNotFound => "SKILL_NOT_FOUND", System, 404, final;
    /// Database schema newer or older than the binary supports.
    SchemaIncompatible => "SCHEMA_INCOMPATIBLE", System, 503, final;
    /// The HTTP rate limiter; the Retry-After header says when to come back.
    RateLimited => "RATE_LIMITED", System, 429, retry, "Wait for the seconds given in the Retry-After header.";
    /// An unexpected failure; the cause is in the log only.
    InternalError => "INTERNAL_ERROR", System, 500, final, "Give the operator the requestId; the cause is in the log.";
    /// The body is not valid JSON, or a simulation or signing request is invalid.
    ValidationFailed => "VALIDATION_FAILED", System, 400, final, "Correct the fields listed in `details.issues`.";
    /// No such wallet.
    WalletNotFound => "WALLET_NOT_FOUND", Wallet, 404, final, "Check the id; GET /v1/wallets lists wallets.";
    /// Wallet is SUSPENDED.
    WalletSuspended => "WALLET_SUSPENDED", Wallet, 409, final, "The operator must resume the wallet.";
    /// Wallet is TERMINATED.
    WalletTerminated => "WALLET_TERMINATED", Wallet, 410, final, "The wallet is gone for good; use another one.";
    /// Purge needs a TERMINATED wallet.
    WalletNotTerminated => "WALLET_NOT_TERMINATED", Wallet, 409, final, "Terminate the wallet before it is purged.";
    /// A WalletConnect session already exists.
    WcSessionExists => "WC_SESSION_EXISTS", Wallet, 409, final;
    /// No WalletConnect session.
    WcSessionNotFound => "WC_SESSION_NOT_FOUND", Wallet, 404, final;
    /// WalletConnect project id not configured.
    WcNotConfigured => "WC_NOT_CONFIGURED", System, 503, final;
    /// WalletConnect peer failed to sign.
    WcSigningFailed => "WC_SIGNING_FAILED", System, 502, retry;
    /// Withdraw needs an owner.
    NoOwner => "NO_OWNER", Withdraw, 404, final;
    /// Withdraw needs owner state LOCKED.
    WithdrawLockedOnly => "WITHDRAW_LOCKED_ONLY", Withdraw, 403, final;
    /// Every asset of the sweep failed.
    SweepTotalFailure => "SWEEP_TOTAL_FAILURE", Withdraw, 500, retry;
    /// Balance cannot cover the network fee.
    InsufficientForFee => "INSUFFICIENT_FOR_FEE", Tx, 400, final,
        "Fund the wallet with the native coin of the network.";
    /// Unknown provider/action, missing off-chain action, or no stored API key on delete.
    ActionNotFound => "ACTION_NOT_FOUND", Action, 404, final;
    /// Provider needs an API key that is not configured.
    ApiKeyRequired => "API_KEY_REQUIRED", Action, 403, final;
    /// A request is invalid; the general validation code despite its name.
    ActionValidationFailed => "ACTION_VALIDATION_FAILED", Action, 400, final,
        "Correct the fields listed in `details.issues`.";
    /// Provider failed to turn the input into transactions.
    ActionResolveFailed => "ACTION_RESOLVE_FAILED", Action, 502, retry;
    /// Provider returned an invalid transaction request.
    ActionReturnInvalid => "ACTION_RETURN_INVALID", Action, 500, final;
    /// Provider plugin could not be loaded.
    ActionPluginLoadFailed => "ACTION_PLUGIN_LOAD_FAILED", Action, 500, final;
    /// Provider or action name registered twice.
    ActionNameConflict => "ACTION_NAME_CONFLICT", Action, 409, final;
    /// Wallet chain not supported by the provider.
    ActionChainMismatch => "ACTION_CHAIN_MISMATCH", Action, 400, final;
    /// JWT secret rotated less than 300 s ago.
    RotationTooRecent => "ROTATION_TOO_RECENT", Admin, 429, final, "Wait five minutes between two rotations.";
    /// Statistics service absent.
    StatsNotConfigured => "STATS_NOT_CONFIGURED", Admin, 503, final;
    /// x402 switched off in the configuration.
    X402Disabled => "X402_DISABLED", X402, 403, final;
    /// Host not allowed by `X402_ALLOWED_DOMAINS` (or default deny).
    X402DomainNotAllowed => "X402_DOMAIN_NOT_ALLOWED", X402, 403, final,
        "Ask the operator to list the host in X402_ALLOWED_DOMAINS.";
    /// URL is not https/443 or resolves to a private address, or a redirect does.
    X402SsrfBlocked => "X402_SSRF_BLOCKED", X402, 403, final;
    /// No payable requirement among the offers.
    X402UnsupportedScheme => "X402_UNSUPPORTED_SCHEME", X402, 400, final;
    /// Server answered 402 again after payment.
    X402PaymentRejected => "X402_PAYMENT_REJECTED", X402, 402, final;
    /// DELAY tier longer than the x402 request timeout.
    X402DelayTimeout => "X402_DELAY_TIMEOUT", X402, 408, retry,
        "Try again later, or ask the operator for a shorter delay.";
    /// APPROVAL tier; x402 cannot wait for it.
    X402ApprovalRequired => "X402_APPROVAL_REQUIRED", X402, 403, final;
    /// Server error after payment, or an unexpected failure while paying.
    X402ServerError => "X402_SERVER_ERROR", X402, 502, retry;
    /// Wallet app not in the signing registry.
    WalletNotRegistered => "WALLET_NOT_REGISTERED", Signing, 404, final;
    /// `signing_sdk.enabled` is false.
    SigningSdkDisabled => "SIGNING_SDK_DISABLED", Signing, 403, final;
    /// Unknown sign request.
    SignRequestNotFound => "SIGN_REQUEST_NOT_FOUND", Signing, 404, final;
    /// Sign request timed out.
    SignRequestExpired => "SIGN_REQUEST_EXPIRED", Signing, 408, final;
    /// Signer is not the wallet owner.
    SignerAddressMismatch => "SIGNER_ADDRESS_MISMATCH", Signing, 403, final;
    /// Sign response malformed.
    InvalidSignResponse => "INVALID_SIGN_RESPONSE", Signing, 400, final;
    /// Sign request already answered.
    SignRequestAlreadyProcessed => "SIGN_REQUEST_ALREADY_PROCESSED", Signing, 409, final;
    /// Signing toggled off for the wallet app.
    SigningDisabled => "SIGNING_DISABLED", Signing, 403, final;
    /// Wallet app name taken.
    WalletAppDuplicate => "WALLET_APP_DUPLICATE", Admin, 409, final;
    /// Unknown wallet app id.
    WalletAppNotFound => "WALLET_APP_NOT_FOUND", Admin, 404, final;
    /// Magic bytes of a backup file are wrong.
    InvalidBackupFormat => "INVALID_BACKUP_FORMAT", Admin, 400, final;
    /// Backup format version unknown.
    UnsupportedBackupVersion => "UNSUPPORTED_BACKUP_VERSION", Admin, 400, final;
    /// Backup authentication tag or structure invalid.
    BackupCorrupted => "BACKUP_CORRUPTED", Admin, 400, final;
    /// Backup file missing.
    BackupNotFound => "BACKUP_NOT_FOUND", Admin, 404, final;
    /// Unknown webhook id.
    WebhookNotFound => "WEBHOOK_NOT_FOUND", Admin, 404, final;
    /// Unknown AutoStop rule, or service off.
    RuleNotFound => "RULE_NOT_FOUND", Admin, 404, final;
    /// Paymaster refused the UserOperation.
    PaymasterRejected => "PAYMASTER_REJECTED", Tx, 502, final;
    /// No confirmation in time.
    TransactionTimeout => "TRANSACTION_TIMEOUT", Tx, 504, retry;
    /// Mined but reverted.
    TransactionReverted => "TRANSACTION_REVERTED", Tx, 422, final;
    /// Operation not available on this chain type.
    UnsupportedChain => "UNSUPPORTED_CHAIN", Chain, 400, final;
    /// `erc8128.enabled` is false.
    Erc8128Disabled => "ERC8128_DISABLED", Erc8128, 403, final;
    /// Host not allowed by `ERC8128_ALLOWED_DOMAINS`.
    Erc8128DomainNotAllowed => "ERC8128_DOMAIN_NOT_ALLOWED", Erc8128, 403, final;
    /// Per-host signing quota used up.
    Erc8128RateLimited => "ERC8128_RATE_LIMITED", Erc8128, 429, retry;
    /// NFT unknown to the indexer.
    NftNotFound => "NFT_NOT_FOUND", Nft, 404, final;
    /// No NFT indexer key.
    IndexerNotConfigured => "INDEXER_NOT_CONFIGURED", Nft, 400, final;
    /// Standard not handled on the chain.
    UnsupportedNftStandard => "UNSUPPORTED_NFT_STANDARD", Nft, 400, final;
    /// NFT indexer failed.
    IndexerApiError => "INDEXER_API_ERROR", Nft, 502, retry;
    /// NFT metadata unavailable.
    NftMetadataFetchFailed => "NFT_METADATA_FETCH_FAILED", Nft, 502, retry;
    /// NFT identifier malformed.
    InvalidTokenIdentifier => "INVALID_TOKEN_IDENTIFIER", Nft, 400, final;
    /// Smart account made by the retired Solady factory.
    DeprecatedSmartAccount => "DEPRECATED_SMART_ACCOUNT", Wallet, 410, final;
    /// UserOp build older than 600 s.
    ExpiredBuild => "EXPIRED_BUILD", Userop, 400, final;
    /// Unknown build id or other wallet.
    BuildNotFound => "BUILD_NOT_FOUND", Userop, 404, final;
    /// Build already signed.
    BuildAlreadyUsed => "BUILD_ALREADY_USED", Userop, 409, final;
    /// `callData` differs from the build.
    CalldataMismatch => "CALLDATA_MISMATCH", Userop, 400, final;
    /// sender is not the wallet account.
    SenderMismatch => "SENDER_MISMATCH", Userop, 400, final;
    /// Unknown credential.
    CredentialNotFound => "CREDENTIAL_NOT_FOUND", Credential, 404, final;
    /// Credential past `expiresAt`.
    CredentialExpired => "CREDENTIAL_EXPIRED", Credential, 400, final;
    /// Signing scheme not one of the seven.
    SigningSchemeUnsupported => "SIGNING_SCHEME_UNSUPPORTED", Action, 400, final;
    /// No signer for the scheme.
    CapabilityNotFound => "CAPABILITY_NOT_FOUND", Action, 400, final;
    /// Venue missing from `VENUE_WHITELIST`.
    VenueNotAllowed => "VENUE_NOT_ALLOWED", Policy, 403, final;
    /// Off-chain action failed or pipeline not wired.
    ExternalActionFailed => "EXTERNAL_ACTION_FAILED", Action, 500, retry;
    /// The backup service is not set up.
    NotConfigured => "NOT_CONFIGURED", Admin, 501, final;
    /// No such route.
    NotFound => "NOT_FOUND", System, 404, final, "See GET /doc for the routes of this service.";
    /// The route exists, the method does not.
    MethodNotAllowed => "METHOD_NOT_ALLOWED", System, 405, final, "See GET /doc for the methods of this route.";
    /// The body is above the limit.
    PayloadTooLarge => "PAYLOAD_TOO_LARGE", System, 413, final, "Send a smaller body.";
    /// There is a body, but it is not `application/json`.
    UnsupportedMediaType => "UNSUPPORTED_MEDIA_TYPE", System, 415, final,
        "Send JSON with `Content-Type: application/json`.";
    /// Idempotency-Key reused with a different body.
    IdempotencyConflict => "IDEMPOTENCY_CONFLICT", Tx, 409, final,
        "Use a new key for a new request; repeat the same body to get the first answer.";
    /// Reserved for future scoped sessions/tokens.
    InsufficientScope => "INSUFFICIENT_SCOPE", Auth, 403, final;
}

impl ErrorCode {
    /// The wire name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.row().name
    }

    /// Reads a wire name; case matters.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|code| code.as_str() == text)
    }

    /// The part of the service that it belongs to.
    #[must_use]
    pub const fn domain(self) -> ErrorDomain {
        self.row().domain
    }

    /// The HTTP status that carries it.
    #[must_use]
    pub const fn http_status(self) -> u16 {
        self.row().http_status
    }

    /// Whether the same request may succeed later without being changed.
    #[must_use]
    pub const fn is_retryable(self) -> bool {
        self.row().retryable
    }

    /// What the caller can do about it.
    #[must_use]
    pub const fn hint(self) -> Option<&'static str> {
        self.row().hint
    }
}

impl core::fmt::Display for ErrorCode {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_is_the_contract() {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/compat/errors.json"));
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        let actual: serde_json::Value = ErrorCode::ALL
            .iter()
            .map(|code| {
                serde_json::json!({
                    "code": code.as_str(),
                    "domain": code.domain().as_str(),
                    "httpStatus": code.http_status(),
                    "retryable": code.is_retryable(),
                })
            })
            .collect();
        assert_eq!(actual, expected);
        assert_eq!(ErrorCode::ALL.len(), 154);
    }

    #[test]
    fn names_are_read_back_exactly() {
        for code in ErrorCode::ALL {
            assert_eq!(ErrorCode::parse(code.as_str()), Some(*code));
        }
        assert_eq!(ErrorCode::parse("policy_denied"), None);
    }
}
