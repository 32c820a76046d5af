"""Typed models of the API. Made from its OpenAPI document by `tools/generate.py`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, ClassVar, Literal, Union

from . import _shape
from ._shape import Member, Model

__all__ = [
    "AccountType",
    "AdminStatusResponse",
    "ApprovalMethod",
    "ApprovalReason",
    "ApproveRequest",
    "AvailableNetwork",
    "BalanceChange",
    "Chain",
    "ConsideredRule",
    "ConsultedLedger",
    "ConsultedPrice",
    "ConsultedToken",
    "ContractCallRequest",
    "CreatePolicyRequest",
    "CreateSessionRequest",
    "CreateWalletRequest",
    "CreatedSession",
    "DeniedBy",
    "DryRunSimulationResult",
    "Environment",
    "ErrorCode",
    "ErrorDomain",
    "ErrorObject",
    "ErrorResponse",
    "HealthResponse",
    "HeldAmount",
    "IssueCode",
    "KillSwitchActivateResponse",
    "KillSwitchEscalateResponse",
    "KillSwitchRecoverRequest",
    "KillSwitchResponse",
    "KillSwitchState",
    "MissingListEntry",
    "MovedAmount",
    "Network",
    "NetworkAssets",
    "NetworkBalance",
    "NetworkError",
    "NonceResponse",
    "OwnerState",
    "OwnerVerifyResponse",
    "PaginatedPolicyList",
    "PaginatedSessionList",
    "PassingAmount",
    "PassingLeverage",
    "PassingTime",
    "PassingUsd",
    "PassingUsdOf",
    "PassingWithOwner",
    "PolicyDeleteResponse",
    "PolicyExplainRequest",
    "PolicyExplanation",
    "PolicyReplay",
    "PolicyReplayRequest",
    "PolicyResponse",
    "PolicyType",
    "PolicyVerdict",
    "ProviderStatus",
    "ReasonCode",
    "RecentTransaction",
    "RecoverResponse",
    "ReplayedList",
    "ReplayedTransaction",
    "RequestCount",
    "SessionCreateResponse",
    "SessionListItem",
    "SessionRenewResponse",
    "SessionRevokeByWalletResponse",
    "SessionRevokeResponse",
    "SessionRotateResponse",
    "SessionSource",
    "SessionStatus",
    "SessionStatusResponse",
    "SetOwnerRequest",
    "ShutdownResponse",
    "SimulatedChain",
    "SimulatedCumulativeWarning",
    "SimulatedFee",
    "SimulatedPolicy",
    "SimulationMeta",
    "SimulationWarning",
    "Tier",
    "TokenReference",
    "TokenTransferRequest",
    "TransactionRequest",
    "TransferRequest",
    "TxApproveResponse",
    "TxCancelResponse",
    "TxDetailResponse",
    "TxListResponse",
    "TxPendingListResponse",
    "TxRejectResponse",
    "TxSendResponse",
    "TxStatus",
    "TxType",
    "UpdatePolicyRequest",
    "UpdateWalletRequest",
    "ValidationDetails",
    "ValidationIssue",
    "WalletAddressResponse",
    "WalletAsset",
    "WalletAssetsAllResponse",
    "WalletAssetsResponse",
    "WalletBalanceAllResponse",
    "WalletBalanceResponse",
    "WalletCreateResponse",
    "WalletCrudResponse",
    "WalletDeleteResponse",
    "WalletDetailResponse",
    "WalletListResponse",
    "WalletName",
    "WalletNetworksResponse",
    "WalletOwnerResponse",
    "WalletResumeResponse",
    "WalletStatus",
    "WalletSuspendRequest",
    "WalletSuspendResponse",
    "WalletType",
    "WarningCode",
    "WarningSeverity",
    "Window",
    "WouldPass",
]

# A newer server may answer values that are not in these lists.
AccountType = Literal[
    "eoa",
    "smart",
]
ApprovalMethod = Literal[
    "sdk_push",
    "sdk_telegram",
    "walletconnect",
    "telegram_bot",
    "rest",
]
ApprovalReason = Literal[
    "per_tx",
    "cumulative_daily",
    "cumulative_monthly",
]
Chain = Literal[
    "solana",
    "ethereum",
    "ripple",
]
DeniedBy = Literal[
    "VALIDATION",
    "SPENDING_LIMIT",
    "WHITELIST",
    "TIME_RESTRICTION",
    "RATE_LIMIT",
    "ALLOWED_TOKENS",
    "CONTRACT_WHITELIST",
    "METHOD_WHITELIST",
    "APPROVED_SPENDERS",
    "APPROVE_AMOUNT_LIMIT",
    "APPROVE_TIER_OVERRIDE",
    "ALLOWED_NETWORKS",
    "CHANNEL",
    "X402_ALLOWED_DOMAINS",
    "ERC8128_ALLOWED_DOMAINS",
    "LENDING_ASSET_WHITELIST",
    "LENDING_LTV_LIMIT",
    "PERP_ALLOWED_MARKETS",
    "PERP_MAX_LEVERAGE",
    "PERP_MAX_POSITION_USD",
    "VENUE_WHITELIST",
    "REPUTATION_THRESHOLD",
    "ACTION_CATEGORY_LIMIT",
]
Environment = Literal[
    "testnet",
    "mainnet",
]
ErrorCode = Literal[
    "INVALID_TOKEN",
    "TOKEN_EXPIRED",
    "SESSION_REVOKED",
    "INVALID_SIGNATURE",
    "INVALID_NONCE",
    "INVALID_MASTER_PASSWORD",
    "MASTER_PASSWORD_LOCKED",
    "SYSTEM_LOCKED",
    "SESSION_NOT_FOUND",
    "SESSION_EXPIRED",
    "SESSION_LIMIT_EXCEEDED",
    "CONSTRAINT_VIOLATED",
    "RENEWAL_NOT_REQUIRED",
    "RENEWAL_LIMIT_REACHED",
    "SESSION_ABSOLUTE_LIFETIME_EXCEEDED",
    "RENEWAL_TOO_EARLY",
    "SESSION_RENEWAL_MISMATCH",
    "WALLET_ACCESS_DENIED",
    "WALLET_ALREADY_LINKED",
    "SESSION_REQUIRES_WALLET",
    "WALLET_ID_REQUIRED",
    "PIPELINE_HALTED",
    "INSUFFICIENT_BALANCE",
    "INVALID_ADDRESS",
    "TX_NOT_FOUND",
    "TX_EXPIRED",
    "TX_ALREADY_PROCESSED",
    "CHAIN_ERROR",
    "SIMULATION_FAILED",
    "SIMULATION_TIMEOUT",
    "TOKEN_NOT_FOUND",
    "TOKEN_NOT_ALLOWED",
    "INSUFFICIENT_TOKEN_BALANCE",
    "CONTRACT_CALL_DISABLED",
    "CONTRACT_NOT_WHITELISTED",
    "METHOD_NOT_WHITELISTED",
    "APPROVE_DISABLED",
    "SPENDER_NOT_APPROVED",
    "APPROVE_AMOUNT_EXCEEDED",
    "UNLIMITED_APPROVE_BLOCKED",
    "BATCH_NOT_SUPPORTED",
    "BATCH_SIZE_EXCEEDED",
    "BATCH_POLICY_VIOLATION",
    "ENVIRONMENT_NETWORK_MISMATCH",
    "NETWORK_REQUIRED",
    "INVALID_TRANSACTION",
    "WALLET_NOT_SIGNER",
    "UNSUPPORTED_TX_TYPE",
    "CHAIN_ID_MISMATCH",
    "ABI_ENCODING_FAILED",
    "POLICY_NOT_FOUND",
    "POLICY_DENIED",
    "SPENDING_LIMIT_EXCEEDED",
    "RATE_LIMIT_EXCEEDED",
    "WHITELIST_DENIED",
    "POLICY_RULES_CORRUPT",
    "OWNER_ALREADY_CONNECTED",
    "OWNER_NOT_CONNECTED",
    "OWNER_NOT_FOUND",
    "APPROVAL_TIMEOUT",
    "APPROVAL_NOT_FOUND",
    "OWNER_NOT_SET",
    "OWNER_ADDRESS_MISMATCH",
    "KILL_SWITCH_ACTIVE",
    "KILL_SWITCH_NOT_ACTIVE",
    "KILL_SWITCH_ALREADY_ACTIVE",
    "INVALID_STATE_TRANSITION",
    "KEYSTORE_LOCKED",
    "CHAIN_NOT_SUPPORTED",
    "SHUTTING_DOWN",
    "ADAPTER_NOT_AVAILABLE",
    "SKILL_NOT_FOUND",
    "SCHEMA_INCOMPATIBLE",
    "RATE_LIMITED",
    "INTERNAL_ERROR",
    "VALIDATION_FAILED",
    "WALLET_NOT_FOUND",
    "WALLET_SUSPENDED",
    "WALLET_TERMINATED",
    "WALLET_NOT_TERMINATED",
    "WC_SESSION_EXISTS",
    "WC_SESSION_NOT_FOUND",
    "WC_NOT_CONFIGURED",
    "WC_SIGNING_FAILED",
    "NO_OWNER",
    "WITHDRAW_LOCKED_ONLY",
    "SWEEP_TOTAL_FAILURE",
    "INSUFFICIENT_FOR_FEE",
    "ACTION_NOT_FOUND",
    "API_KEY_REQUIRED",
    "ACTION_VALIDATION_FAILED",
    "ACTION_RESOLVE_FAILED",
    "ACTION_RETURN_INVALID",
    "ACTION_PLUGIN_LOAD_FAILED",
    "ACTION_NAME_CONFLICT",
    "ACTION_CHAIN_MISMATCH",
    "ROTATION_TOO_RECENT",
    "STATS_NOT_CONFIGURED",
    "X402_DISABLED",
    "X402_DOMAIN_NOT_ALLOWED",
    "X402_SSRF_BLOCKED",
    "X402_UNSUPPORTED_SCHEME",
    "X402_PAYMENT_REJECTED",
    "X402_DELAY_TIMEOUT",
    "X402_APPROVAL_REQUIRED",
    "X402_SERVER_ERROR",
    "WALLET_NOT_REGISTERED",
    "SIGNING_SDK_DISABLED",
    "SIGN_REQUEST_NOT_FOUND",
    "SIGN_REQUEST_EXPIRED",
    "SIGNER_ADDRESS_MISMATCH",
    "INVALID_SIGN_RESPONSE",
    "SIGN_REQUEST_ALREADY_PROCESSED",
    "SIGNING_DISABLED",
    "WALLET_APP_DUPLICATE",
    "WALLET_APP_NOT_FOUND",
    "INVALID_BACKUP_FORMAT",
    "UNSUPPORTED_BACKUP_VERSION",
    "BACKUP_CORRUPTED",
    "BACKUP_NOT_FOUND",
    "WEBHOOK_NOT_FOUND",
    "RULE_NOT_FOUND",
    "PAYMASTER_REJECTED",
    "TRANSACTION_TIMEOUT",
    "TRANSACTION_REVERTED",
    "UNSUPPORTED_CHAIN",
    "ERC8128_DISABLED",
    "ERC8128_DOMAIN_NOT_ALLOWED",
    "ERC8128_RATE_LIMITED",
    "NFT_NOT_FOUND",
    "INDEXER_NOT_CONFIGURED",
    "UNSUPPORTED_NFT_STANDARD",
    "INDEXER_API_ERROR",
    "NFT_METADATA_FETCH_FAILED",
    "INVALID_TOKEN_IDENTIFIER",
    "DEPRECATED_SMART_ACCOUNT",
    "EXPIRED_BUILD",
    "BUILD_NOT_FOUND",
    "BUILD_ALREADY_USED",
    "CALLDATA_MISMATCH",
    "SENDER_MISMATCH",
    "CREDENTIAL_NOT_FOUND",
    "CREDENTIAL_EXPIRED",
    "SIGNING_SCHEME_UNSUPPORTED",
    "CAPABILITY_NOT_FOUND",
    "VENUE_NOT_ALLOWED",
    "EXTERNAL_ACTION_FAILED",
    "NOT_CONFIGURED",
    "NOT_FOUND",
    "METHOD_NOT_ALLOWED",
    "PAYLOAD_TOO_LARGE",
    "UNSUPPORTED_MEDIA_TYPE",
    "IDEMPOTENCY_CONFLICT",
    "INSUFFICIENT_SCOPE",
]
ErrorDomain = Literal[
    "AUTH",
    "SESSION",
    "TX",
    "POLICY",
    "OWNER",
    "SYSTEM",
    "WALLET",
    "WITHDRAW",
    "ACTION",
    "ADMIN",
    "X402",
    "SIGNING",
    "CHAIN",
    "ERC8128",
    "NFT",
    "USEROP",
    "CREDENTIAL",
]
IssueCode = Literal[
    "required",
    "invalid_type",
    "too_small",
    "too_big",
    "invalid_value",
    "invalid_address",
    "unrecognized_key",
    "conflict",
    "not_supported",
    "unsupported_type",
]
KillSwitchState = Literal[
    "ACTIVE",
    "SUSPENDED",
    "LOCKED",
]
Network = Literal[
    "solana-mainnet",
    "solana-devnet",
    "solana-testnet",
    "ethereum-mainnet",
    "ethereum-sepolia",
    "polygon-mainnet",
    "polygon-amoy",
    "arbitrum-mainnet",
    "arbitrum-sepolia",
    "optimism-mainnet",
    "optimism-sepolia",
    "base-mainnet",
    "base-sepolia",
    "hyperevm-mainnet",
    "hyperevm-testnet",
    "xrpl-mainnet",
    "xrpl-testnet",
    "xrpl-devnet",
]
OwnerState = Literal[
    "NONE",
    "GRACE",
    "LOCKED",
]
PassingUsdOf = Literal[
    "loan",
    "position",
    "action",
]
PolicyType = Literal[
    "SPENDING_LIMIT",
    "WHITELIST",
    "TIME_RESTRICTION",
    "RATE_LIMIT",
    "ALLOWED_TOKENS",
    "CONTRACT_WHITELIST",
    "METHOD_WHITELIST",
    "APPROVED_SPENDERS",
    "APPROVE_AMOUNT_LIMIT",
    "APPROVE_TIER_OVERRIDE",
    "ALLOWED_NETWORKS",
    "X402_ALLOWED_DOMAINS",
    "LENDING_LTV_LIMIT",
    "LENDING_ASSET_WHITELIST",
    "PERP_MAX_LEVERAGE",
    "PERP_MAX_POSITION_USD",
    "PERP_ALLOWED_MARKETS",
    "REPUTATION_THRESHOLD",
    "ERC8128_ALLOWED_DOMAINS",
    "VENUE_WHITELIST",
    "ACTION_CATEGORY_LIMIT",
]
ReasonCode = Literal[
    "POLICY_RULES_CORRUPT",
    "TRANSFER_DISABLED",
    "SPENDING_LIMIT_EXCEEDED",
    "PRICE_UNAVAILABLE",
    "WHITELIST_DENIED",
    "TIME_RESTRICTED",
    "RATE_LIMIT_EXCEEDED",
    "TOKEN_TRANSFER_DISABLED",
    "TOKEN_NOT_ALLOWED",
    "CONTRACT_CALL_DISABLED",
    "CONTRACT_NOT_WHITELISTED",
    "METHOD_NOT_WHITELISTED",
    "APPROVE_DISABLED",
    "SPENDER_NOT_APPROVED",
    "APPROVE_AMOUNT_EXCEEDED",
    "UNLIMITED_APPROVE_BLOCKED",
    "NETWORK_NOT_ALLOWED",
    "X402_DISABLED",
    "X402_DOMAIN_NOT_ALLOWED",
    "X402_APPROVAL_REQUIRED",
    "X402_DELAY_TIMEOUT",
    "ERC8128_DISABLED",
    "ERC8128_DOMAIN_NOT_ALLOWED",
    "ERC8128_RATE_LIMITED",
    "LENDING_DISABLED",
    "LENDING_ASSET_NOT_ALLOWED",
    "LTV_EXCEEDED",
    "PERP_DISABLED",
    "PERP_MARKET_NOT_ALLOWED",
    "LEVERAGE_EXCEEDED",
    "POSITION_SIZE_EXCEEDED",
    "VENUE_NOT_ALLOWED",
    "REPUTATION_TOO_LOW",
    "CATEGORY_LIMIT_EXCEEDED",
    "TIER_NOT_SUPPORTED",
    "MISSING_INPUT",
    "TOKEN_DECIMALS_MISMATCH",
]
SessionSource = Literal[
    "api",
    "mcp",
]
SessionStatus = Literal[
    "ACTIVE",
    "EXPIRED",
    "REVOKED",
]
Tier = Literal[
    "INSTANT",
    "NOTIFY",
    "DELAY",
    "APPROVAL",
]
TxStatus = Literal[
    "PENDING",
    "QUEUED",
    "EXECUTING",
    "SUBMITTED",
    "CONFIRMED",
    "FAILED",
    "CANCELLED",
    "EXPIRED",
    "PARTIAL_FAILURE",
    "SIGNED",
    "GAS_WAITING",
]
TxType = Literal[
    "TRANSFER",
    "TOKEN_TRANSFER",
    "CONTRACT_CALL",
    "APPROVE",
]
WalletStatus = Literal[
    "CREATING",
    "ACTIVE",
    "SUSPENDED",
    "TERMINATED",
]
WalletType = Literal[
    "dcent",
]
WarningCode = Literal[
    "INSUFFICIENT_BALANCE",
    "INSUFFICIENT_BALANCE_WITH_FEE",
    "ORACLE_PRICE_UNAVAILABLE",
    "SIMULATION_FAILED",
    "HIGH_FEE_RATIO",
    "APPROVAL_REQUIRED",
    "DELAY_REQUIRED",
    "CUMULATIVE_LIMIT_WARNING",
    "TOKEN_NOT_IN_ALLOWED_LIST",
    "CONTRACT_NOT_WHITELISTED",
    "NETWORK_NOT_ALLOWED",
    "DOWNGRADED_NO_OWNER",
]
WarningSeverity = Literal[
    "info",
    "warning",
    "error",
]
Window = Literal[
    "daily",
    "monthly",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecentTransaction(Model):
    """A transaction in short."""
    amount: str | None
    """Smallest units."""
    amount_usd: Decimal | None
    """Value in US dollars when it was decided."""
    created_at: int | None
    """When it was submitted, in unix seconds."""
    formatted_amount: str | None
    """Whole units with their symbol."""
    id: str
    """The transaction."""
    network: Network | None
    """Network."""
    status: TxStatus
    """Where it stands."""
    to_address: str | None
    """Recipient or contract; null for an allowance."""
    tx_hash: str | None
    """Hash on the chain."""
    type: TxType
    """How the request was declared."""
    wallet_id: str
    """Its wallet."""
    wallet_name: str | None
    """Name of the wallet."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("amount", "amount", _shape.nullable(_shape.text), True),
        Member("amountUsd", "amount_usd", _shape.nullable(_shape.number), True),
        Member("createdAt", "created_at", _shape.nullable(_shape.integer), True),
        Member("formattedAmount", "formatted_amount", _shape.nullable(_shape.text), True),
        Member("id", "id", _shape.text, True),
        Member("network", "network", _shape.nullable(_shape.text), True),
        Member("status", "status", _shape.text, True),
        Member("toAddress", "to_address", _shape.nullable(_shape.text), True),
        Member("txHash", "tx_hash", _shape.nullable(_shape.text), True),
        Member("type", "type", _shape.text, True),
        Member("walletId", "wallet_id", _shape.text, True),
        Member("walletName", "wallet_name", _shape.nullable(_shape.text), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminStatusResponse(Model):
    """Counters for the operator."""
    active_session_count: int
    """Sessions that are neither revoked nor expired."""
    admin_timeout: int
    """Seconds after which an admin UI should forget its password."""
    auto_provisioned: bool
    """The master password was generated at installation and has not been changed."""
    failed_tx_count: int
    """Failed transactions of the last 24 hours."""
    kill_switch_state: KillSwitchState
    """ACTIVE means normal operation."""
    latest_version: str | None
    """Newest published version; null because this build does not ask for it."""
    policy_count: int
    """Policies."""
    recent_transactions: tuple[RecentTransaction, ...]
    """The five newest transactions."""
    recent_tx_count: int
    """Transactions of the last 24 hours."""
    status: str
    """`running`."""
    timestamp: int
    """Now, in unix seconds."""
    update_available: bool
    """Whether a newer version is known."""
    uptime: int
    """Seconds since the start."""
    version: str
    """Version of the service."""
    wallet_count: int
    """Wallets, terminated ones included."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("activeSessionCount", "active_session_count", _shape.integer, True),
        Member("adminTimeout", "admin_timeout", _shape.integer, True),
        Member("autoProvisioned", "auto_provisioned", _shape.flag, True),
        Member("failedTxCount", "failed_tx_count", _shape.integer, True),
        Member("killSwitchState", "kill_switch_state", _shape.text, True),
        Member("latestVersion", "latest_version", _shape.nullable(_shape.text), True),
        Member("policyCount", "policy_count", _shape.integer, True),
        Member("recentTransactions", "recent_transactions", _shape.listed(RecentTransaction.from_json), True),
        Member("recentTxCount", "recent_tx_count", _shape.integer, True),
        Member("status", "status", _shape.text, True),
        Member("timestamp", "timestamp", _shape.integer, True),
        Member("updateAvailable", "update_available", _shape.flag, True),
        Member("uptime", "uptime", _shape.integer, True),
        Member("version", "version", _shape.text, True),
        Member("walletCount", "wallet_count", _shape.integer, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenReference(Model):
    """A token, by address or by CAIP-19 id."""
    address: str | None = None
    """The contract."""
    asset_id: str | None = None
    """CAIP-19 id, for example `eip155:1/erc20:0x…`."""
    decimals: int | None = None
    """Compared with the decimals that the chain tells; a difference is refused. Never used otherwise."""
    symbol: str | None = None
    """Ticker; not used."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("address", "address", _shape.text, False),
        Member("assetId", "asset_id", _shape.text, False),
        Member("decimals", "decimals", _shape.integer, False),
        Member("symbol", "symbol", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveRequest(Model):
    """An allowance of a fungible token to a spender."""
    spender: str
    """Who may spend."""
    token: TokenReference = field(repr=False)
    """Which token."""
    type: TxType = "APPROVE"
    """`APPROVE`."""
    amount: str | int | None = None
    """Digits are smallest units; with a decimal point they are whole units. Exactly one of `amount` and
    `humanAmount`.
    """
    dry_run: bool = False
    """True simulates: nothing is stored or sent."""
    human_amount: str | int | Decimal | None = None
    """Whole units as a decimal."""
    idempotency_key: str | None = None
    """Repeating a request with the same key and body does not repeat the transaction."""
    network: Network | None = None
    """Network by name or CAIP-2 id; follows from `token.assetId` when that is given."""
    wallet_id: str | None = None
    """Wallet; needed when the session has several."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("spender", "spender", _shape.text, True),
        Member("token", "token", TokenReference.from_json, True),
        Member("type", "type", _shape.text, True),
        Member("amount", "amount", _shape.amount, False),
        Member("dryRun", "dry_run", _shape.flag, False),
        Member("humanAmount", "human_amount", _shape.human_amount, False),
        Member("idempotencyKey", "idempotency_key", _shape.text, False),
        Member("network", "network", _shape.text, False),
        Member("walletId", "wallet_id", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class AvailableNetwork(Model):
    """One network of a wallet."""
    network: Network
    """Its canonical name."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("network", "network", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BalanceChange(Model):
    """What changes in one asset. Amounts are smallest units."""
    after_balance: str
    """After; never below zero."""
    asset: str
    """`native`, or the address of the token."""
    change_amount: str
    """With a minus when it goes down."""
    current_balance: str
    """Before."""
    decimals: int
    """Decimal places."""
    symbol: str
    """Ticker."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("afterBalance", "after_balance", _shape.text, True),
        Member("asset", "asset", _shape.text, True),
        Member("changeAmount", "change_amount", _shape.text, True),
        Member("currentBalance", "current_balance", _shape.text, True),
        Member("decimals", "decimals", _shape.integer, True),
        Member("symbol", "symbol", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsideredRule(Model):
    """One rule that was considered."""
    outcome: str
    """What came of it."""
    policy_id: str | None
    """The policy; null for what holds without one."""
    rule: str
    """The policy type, or what else contributed."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("outcome", "outcome", _shape.text, True),
        Member("policyId", "policy_id", _shape.nullable(_shape.text), True),
        Member("rule", "rule", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldAmount(Model):
    """An amount in flight."""
    amount: str
    """Smallest units."""
    asset: str
    """The asset (CAIP-19)."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("amount", "amount", _shape.text, True),
        Member("asset", "asset", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCount(Model):
    """Requests that were let through in a window."""
    count: int
    """How many there were."""
    max_requests: int
    """How many there may be."""
    window_seconds: int
    """Length of the window in seconds."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("count", "count", _shape.integer, True),
        Member("maxRequests", "max_requests", _shape.integer, True),
        Member("windowSeconds", "window_seconds", _shape.integer, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultedLedger(Model):
    """What the policies asked the ledger. What is absent was not asked."""
    held: tuple[HeldAmount, ...]
    """Amounts in flight, in smallest units."""
    requests: tuple[RequestCount, ...]
    """Requests that were let through, per window."""
    daily_usd: str | None = None
    """US dollars of the last 86,400 s and in flight."""
    monthly_usd: str | None = None
    """US dollars of the last 2,592,000 s and in flight."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("held", "held", _shape.listed(HeldAmount.from_json), True),
        Member("requests", "requests", _shape.listed(RequestCount.from_json), True),
        Member("dailyUsd", "daily_usd", _shape.text, False),
        Member("monthlyUsd", "monthly_usd", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultedPrice(Model):
    """A price that was asked for."""
    as_of: int
    """When that was true, in unix seconds."""
    asset: str
    """The asset (CAIP-19)."""
    source: str
    """Who said so."""
    status: str
    """KNOWN, NOT_LISTED (the sources work and do not list it) or UNAVAILABLE (nobody could tell)."""
    usd: str | None
    """US dollars per whole unit; null when there is none."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("asOf", "as_of", _shape.integer, True),
        Member("asset", "asset", _shape.text, True),
        Member("source", "source", _shape.text, True),
        Member("status", "status", _shape.text, True),
        Member("usd", "usd", _shape.nullable(_shape.text), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsultedToken(Model):
    """What is known about a token."""
    asset: str
    """The asset (CAIP-19)."""
    decimals: int
    """Decimal places, from the registry or the chain."""
    symbol: str
    """Its ticker."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("asset", "asset", _shape.text, True),
        Member("decimals", "decimals", _shape.integer, True),
        Member("symbol", "symbol", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractCallRequest(Model):
    """Any call of a contract. Token transfers and approvals inside the calldata are judged as such."""
    calldata: str
    """`0x` and an even number of hexadecimal digits, at least four bytes."""
    to: str
    """The contract."""
    type: TxType = "CONTRACT_CALL"
    """`CONTRACT_CALL`."""
    abi: tuple[Mapping[str, Any], ...] | None = None
    """Accepted for the reader of logs; not used."""
    dry_run: bool = False
    """True simulates: nothing is stored or sent."""
    idempotency_key: str | None = None
    """Repeating a request with the same key and body does not repeat the transaction."""
    network: Network | None = None
    """Network by name or CAIP-2 id; needed where the wallet has several."""
    value: str | int | None = None
    """Native coin to send along, in smallest units."""
    wallet_id: str | None = None
    """Wallet; needed when the session has several."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("calldata", "calldata", _shape.text, True),
        Member("to", "to", _shape.text, True),
        Member("type", "type", _shape.text, True),
        Member("abi", "abi", _shape.listed(_shape.mapping), False),
        Member("dryRun", "dry_run", _shape.flag, False),
        Member("idempotencyKey", "idempotency_key", _shape.text, False),
        Member("network", "network", _shape.text, False),
        Member("value", "value", _shape.amount, False),
        Member("walletId", "wallet_id", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatePolicyRequest(Model):
    """Body that creates a policy."""
    rules: Mapping[str, Any]
    """The rules; their keys depend on the type."""
    type: PolicyType
    """What kind of rule, for example SPENDING_LIMIT."""
    ceiling: bool = False
    """Whether it holds in addition to every more specific policy of its type."""
    enabled: bool = True
    """Whether it is in force."""
    network: Network | None = None
    """The network that it is limited to: a name or a CAIP-2 id; absent is every network."""
    priority: int = 0
    """Within one scope the highest priority wins."""
    wallet_id: str | None = None
    """The wallet that it binds; absent is every wallet."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("rules", "rules", _shape.mapping, True),
        Member("type", "type", _shape.text, True),
        Member("ceiling", "ceiling", _shape.flag, False),
        Member("enabled", "enabled", _shape.flag, False),
        Member("network", "network", _shape.text, False),
        Member("priority", "priority", _shape.integer, False),
        Member("walletId", "wallet_id", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateSessionRequest(Model):
    """Body that creates a session. At least one wallet must be named."""
    absolute_lifetime: int = 0
    """Seconds after which no renewal helps; 0 is none."""
    constraints: Mapping[str, Any] | None = None
    """Must be null or empty: this build enforces no constraints, so it accepts none."""
    max_renewals: int = 0
    """How often it may be renewed; 0 is without limit."""
    ttl: int | None = None
    """Life of a token in seconds, 300 to 31536000; absent is without end."""
    wallet_id: str | None = None
    """The wallet."""
    wallet_ids: tuple[str, ...] | None = None
    """Several wallets; wins over `walletId`."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("absoluteLifetime", "absolute_lifetime", _shape.integer, False),
        Member("constraints", "constraints", _shape.mapping, False),
        Member("maxRenewals", "max_renewals", _shape.integer, False),
        Member("ttl", "ttl", _shape.integer, False),
        Member("walletId", "wallet_id", _shape.text, False),
        Member("walletIds", "wallet_ids", _shape.listed(_shape.text), False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreateWalletRequest(Model):
    """Body that creates a wallet."""
    name: str
    """1 to 100 characters."""
    account_type: AccountType = "eoa"
    """`eoa`; this build has no smart accounts."""
    chain: Chain = "solana"
    """`ethereum` is every EVM network; `evm` is accepted too."""
    create_session: bool = True
    """Whether a session without end is created along with the wallet."""
    environment: Environment = "testnet"
    """Whether real money is at stake."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("name", "name", _shape.text, True),
        Member("accountType", "account_type", _shape.text, False),
        Member("chain", "chain", _shape.text, False),
        Member("createSession", "create_session", _shape.flag, False),
        Member("environment", "environment", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatedSession(Model):
    """The session that came with a new wallet. The token is shown this once."""
    expires_at: int
    """Its end in unix seconds; 0 is never."""
    id: str
    """The session."""
    token: str = field(repr=False)
    """The token, which starts with `wai_sess_`."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("expiresAt", "expires_at", _shape.integer, True),
        Member("id", "id", _shape.text, True),
        Member("token", "token", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedChain(Model):
    """What the chain says."""
    error: str | None
    """Why it would not."""
    logs: tuple[str, ...]
    """Log lines of the execution."""
    success: bool
    """Whether it would succeed."""
    units_consumed: str | None
    """Gas or compute units."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("error", "error", _shape.nullable(_shape.text), True),
        Member("logs", "logs", _shape.listed(_shape.text), True),
        Member("success", "success", _shape.flag, True),
        Member("unitsConsumed", "units_consumed", _shape.nullable(_shape.text), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedFee(Model):
    """What a request would cost."""
    estimated_fee: str
    """Smallest units of the native coin, with the safety margin."""
    fee_decimals: int
    """Decimal places of the native coin."""
    fee_symbol: str
    """Ticker of the native coin."""
    fee_usd: Decimal | None
    """US dollars, when a price is known."""
    ata_rent_cost: str | None = None
    """What that costs, in smallest units (Solana)."""
    needs_ata_creation: bool | None = None
    """Whether a token account must be created first (Solana)."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("estimatedFee", "estimated_fee", _shape.text, True),
        Member("feeDecimals", "fee_decimals", _shape.integer, True),
        Member("feeSymbol", "fee_symbol", _shape.text, True),
        Member("feeUsd", "fee_usd", _shape.nullable(_shape.number), True),
        Member("ataRentCost", "ata_rent_cost", _shape.text, False),
        Member("needsAtaCreation", "needs_ata_creation", _shape.flag, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedCumulativeWarning(Model):
    """How far a cumulative limit is used."""
    limit: Decimal
    """US dollars."""
    ratio: Decimal
    """`spent / limit`."""
    spent: Decimal
    """US dollars, this request included."""
    type: Window
    """Which limit."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("limit", "limit", _shape.number, True),
        Member("ratio", "ratio", _shape.number, True),
        Member("spent", "spent", _shape.number, True),
        Member("type", "type", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingListEntry(Model):
    """An entry that a list of a policy lacks. Only an operator can add it."""
    entry: Any
    """What to append to the list."""
    field: str
    """The member of its `rules` that holds the list."""
    policy_id: str | None
    """The policy with the list; null when there is none of the type, so that one would have to be created."""
    policy_type: PolicyType
    """Its type."""
    tier: Tier | None = None
    """How the request would proceed then; absent when something else would still refuse it."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("entry", "entry", _shape.anything, True),
        Member("field", "field", _shape.text, True),
        Member("policyId", "policy_id", _shape.nullable(_shape.text), True),
        Member("policyType", "policy_type", _shape.text, True),
        Member("tier", "tier", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PassingAmount(Model):
    """The largest amount that would pass; one smallest unit more would not."""
    asset: str
    """Of what: a CAIP-19 asset id."""
    largest: str
    """Smallest units."""
    tier: Tier
    """How the request would proceed with this amount."""
    instruction: int | None = None
    """Of which instruction of a batch, counted from 0."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("asset", "asset", _shape.text, True),
        Member("largest", "largest", _shape.text, True),
        Member("tier", "tier", _shape.text, True),
        Member("instruction", "instruction", _shape.integer, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PassingLeverage(Model):
    """The largest leverage that would pass; one millionth more would not."""
    largest: str
    """As a decimal."""
    tier: Tier
    """How the request would proceed with it."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("largest", "largest", _shape.text, True),
        Member("tier", "tier", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PassingTime(Model):
    """When the same request would pass, if the wallet asks for nothing else meanwhile."""
    earliest: int
    """Unix seconds."""
    earliest_iso: str
    """The same instant in UTC (RFC 3339)."""
    tier: Tier
    """How the request would proceed then."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("earliest", "earliest", _shape.integer, True),
        Member("earliestIso", "earliest_iso", _shape.text, True),
        Member("tier", "tier", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PassingUsd(Model):
    """The largest declared value that would pass; one millionth of a dollar more would not."""
    largest: str
    """US dollars, exact."""
    of: PassingUsdOf
    """The value of what."""
    tier: Tier
    """How the request would proceed with this value."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("largest", "largest", _shape.text, True),
        Member("of", "of", _shape.text, True),
        Member("tier", "tier", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PassingWithOwner(Model):
    """What an owner would make of the request."""
    tier: Tier
    """How it would proceed."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("tier", "tier", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WouldPass(Model):
    """What would let a denied request pass. Every member is a way of its own, with everything else as it was; none
    means that no single change of these kinds would help. Stands in `details.wouldPass` of a denial, and in the
    `policy` of a simulation.
    """
    amount: PassingAmount | None = None
    """A smaller amount."""
    entry: MissingListEntry | None = None
    """What the operator would have to add to a list."""
    leverage: PassingLeverage | None = None
    """Less leverage."""
    owner: PassingWithOwner | None = None
    """An owner, who would be asked; the wallet has none."""
    time: PassingTime | None = None
    """The same request at a later time."""
    usd: PassingUsd | None = None
    """A smaller value in US dollars, where an action declares one."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("amount", "amount", PassingAmount.from_json, False),
        Member("entry", "entry", MissingListEntry.from_json, False),
        Member("leverage", "leverage", PassingLeverage.from_json, False),
        Member("owner", "owner", PassingWithOwner.from_json, False),
        Member("time", "time", PassingTime.from_json, False),
        Member("usd", "usd", PassingUsd.from_json, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedPolicy(Model):
    """What the policies say."""
    allowed: bool
    """Whether it may proceed."""
    tier: Tier
    """How it would proceed; INSTANT when it is denied."""
    approval_reason: ApprovalReason | None = None
    """Why the owner would be asked."""
    approval_timeout_seconds: int | None = None
    """How long the owner would have, in seconds."""
    cumulative_warning: SimulatedCumulativeWarning | None = None
    """A cumulative limit is nearly used up."""
    delay_seconds: int | None = None
    """Length of the delay window in seconds."""
    denied_by: DeniedBy | None = None
    """Which policy type refused."""
    downgraded: bool | None = None
    """The owner should be asked, but the wallet has none."""
    reason: str | None = None
    """Why not, for people."""
    reason_code: ReasonCode | None = None
    """Why not, for machines."""
    would_pass: WouldPass | None = None
    """What would pass instead."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("allowed", "allowed", _shape.flag, True),
        Member("tier", "tier", _shape.text, True),
        Member("approvalReason", "approval_reason", _shape.text, False),
        Member("approvalTimeoutSeconds", "approval_timeout_seconds", _shape.integer, False),
        Member("cumulativeWarning", "cumulative_warning", SimulatedCumulativeWarning.from_json, False),
        Member("delaySeconds", "delay_seconds", _shape.integer, False),
        Member("deniedBy", "denied_by", _shape.text, False),
        Member("downgraded", "downgraded", _shape.flag, False),
        Member("reason", "reason", _shape.text, False),
        Member("reasonCode", "reason_code", _shape.text, False),
        Member("wouldPass", "would_pass", WouldPass.from_json, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationMeta(Model):
    """What was simulated."""
    chain: Chain
    """The chain."""
    duration_ms: int
    """How long the simulation took, in milliseconds."""
    network: Network
    """The network."""
    transaction_type: TxType
    """How the request was declared."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("chain", "chain", _shape.text, True),
        Member("durationMs", "duration_ms", _shape.integer, True),
        Member("network", "network", _shape.text, True),
        Member("transactionType", "transaction_type", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulationWarning(Model):
    """What the caller should know."""
    code: WarningCode
    """For machines."""
    message: str
    """For people."""
    severity: WarningSeverity
    """How much it matters."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("code", "code", _shape.text, True),
        Member("message", "message", _shape.text, True),
        Member("severity", "severity", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRunSimulationResult(Model):
    """What would happen to a request. Nothing was stored or sent."""
    balance_changes: tuple[BalanceChange, ...]
    """What would change in the wallet."""
    fee: SimulatedFee | None
    """What it would cost; null when it is denied or the chain could not be asked."""
    meta: SimulationMeta
    """What was simulated."""
    policy: SimulatedPolicy
    """What the policies say."""
    simulation: SimulatedChain
    """What the chain says."""
    success: bool
    """Whether the policies allow it."""
    warnings: tuple[SimulationWarning, ...]
    """What the caller should know."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("balanceChanges", "balance_changes", _shape.listed(BalanceChange.from_json), True),
        Member("fee", "fee", _shape.nullable(SimulatedFee.from_json), True),
        Member("meta", "meta", SimulationMeta.from_json, True),
        Member("policy", "policy", SimulatedPolicy.from_json, True),
        Member("simulation", "simulation", SimulatedChain.from_json, True),
        Member("success", "success", _shape.flag, True),
        Member("warnings", "warnings", _shape.listed(SimulationWarning.from_json), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorObject(Model):
    """The nested form of an error."""
    code: ErrorCode
    """Machine-readable code."""
    domain: ErrorDomain
    """Part of the service that the code belongs to."""
    message: str
    """The error for people."""
    retryable: bool
    """Whether the same request may succeed later without being changed."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("code", "code", _shape.text, True),
        Member("domain", "domain", _shape.text, True),
        Member("message", "message", _shape.text, True),
        Member("retryable", "retryable", _shape.flag, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorResponse(Model):
    """The body of every error answer."""
    code: ErrorCode
    """Machine-readable code."""
    domain: ErrorDomain
    """Part of the service that the code belongs to."""
    error: ErrorObject
    """The same error in nested form."""
    message: str
    """The error for people."""
    request_id: str
    """Id of the request, also in the X-Request-Id header and in the log."""
    retryable: bool
    """Whether the same request may succeed later without being changed."""
    details: Mapping[str, Any] | None = None
    """Facts that depend on the code, for example `issues` of an invalid body, or `policyType`, `reasonCode` and
    `wouldPass` (a `WouldPass`) of a denial.
    """
    hint: str | None = None
    """What the caller can do about it."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("code", "code", _shape.text, True),
        Member("domain", "domain", _shape.text, True),
        Member("error", "error", ErrorObject.from_json, True),
        Member("message", "message", _shape.text, True),
        Member("requestId", "request_id", _shape.text, True),
        Member("retryable", "retryable", _shape.flag, True),
        Member("details", "details", _shape.mapping, False),
        Member("hint", "hint", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthResponse(Model):
    """The service is up."""
    latest_version: str | None
    """Newest published version; null because this build does not ask for it."""
    schema_version: int
    """Version of the database schema."""
    status: str
    """`ok`."""
    timestamp: int
    """Now, in unix seconds."""
    update_available: bool
    """Whether a newer version is known."""
    uptime: int
    """Seconds since the start."""
    version: str
    """Version of the service."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("latestVersion", "latest_version", _shape.nullable(_shape.text), True),
        Member("schemaVersion", "schema_version", _shape.integer, True),
        Member("status", "status", _shape.text, True),
        Member("timestamp", "timestamp", _shape.integer, True),
        Member("updateAvailable", "update_available", _shape.flag, True),
        Member("uptime", "uptime", _shape.integer, True),
        Member("version", "version", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitchActivateResponse(Model):
    """The kill switch was engaged."""
    activated_at: int
    """When, in unix seconds."""
    state: KillSwitchState
    """SUSPENDED."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("activatedAt", "activated_at", _shape.integer, True),
        Member("state", "state", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitchEscalateResponse(Model):
    """The kill switch was raised to its second level."""
    escalated_at: int
    """When, in unix seconds."""
    state: KillSwitchState
    """LOCKED."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("escalatedAt", "escalated_at", _shape.integer, True),
        Member("state", "state", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitchRecoverRequest(Model):
    """Body of the recovery call. All of it is optional."""
    chain: Chain | None = None
    """Chain of that owner."""
    message: str | None = None
    """The message that was signed."""
    owner_address: str | None = None
    """Address of that owner."""
    owner_signature: str | None = None
    """Signature of an owner over `message`."""
    resume_wallets: bool = False
    """Also resumes the wallets that the kill switch suspended."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("chain", "chain", _shape.text, False),
        Member("message", "message", _shape.text, False),
        Member("ownerAddress", "owner_address", _shape.text, False),
        Member("ownerSignature", "owner_signature", _shape.text, False),
        Member("resumeWallets", "resume_wallets", _shape.flag, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KillSwitchResponse(Model):
    """The kill switch as it stands."""
    activated_at: int | None
    """When it was engaged, in unix seconds; null in normal operation."""
    activated_by: str | None
    """Who engaged it; null in normal operation."""
    state: KillSwitchState
    """ACTIVE means normal operation."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("activatedAt", "activated_at", _shape.nullable(_shape.integer), True),
        Member("activatedBy", "activated_by", _shape.nullable(_shape.text), True),
        Member("state", "state", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class MovedAmount(Model):
    """An amount that leaves the wallet."""
    amount: str
    """Smallest units."""
    asset: str
    """The asset (CAIP-19)."""
    usd: str | None
    """US dollars; null without a price."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("amount", "amount", _shape.text, True),
        Member("asset", "asset", _shape.text, True),
        Member("usd", "usd", _shape.nullable(_shape.text), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletAsset(Model):
    """One asset of a wallet."""
    balance: str
    """Smallest units."""
    balance_formatted: str | None
    """Whole units."""
    decimals: int
    """Decimal places."""
    display_value: str | None
    """Value in the display currency; null."""
    is_native: bool
    """Whether it is the native coin."""
    mint: str
    """Address of the token; `native` for the coin."""
    name: str
    """Name."""
    network: Network
    """The network."""
    symbol: str
    """Ticker."""
    asset_id: str | None = None
    """CAIP-19 id of the asset."""
    chain_id: str | None = None
    """CAIP-2 id of the network."""
    usd_value: Decimal | None = None
    """Value in US dollars, when a price is known."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("balance", "balance", _shape.text, True),
        Member("balanceFormatted", "balance_formatted", _shape.nullable(_shape.text), True),
        Member("decimals", "decimals", _shape.integer, True),
        Member("displayValue", "display_value", _shape.nullable(_shape.text), True),
        Member("isNative", "is_native", _shape.flag, True),
        Member("mint", "mint", _shape.text, True),
        Member("name", "name", _shape.text, True),
        Member("network", "network", _shape.text, True),
        Member("symbol", "symbol", _shape.text, True),
        Member("assetId", "asset_id", _shape.text, False),
        Member("chainId", "chain_id", _shape.text, False),
        Member("usdValue", "usd_value", _shape.number, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkAssets(Model):
    """What a wallet holds on one of its networks."""
    assets: tuple[WalletAsset, ...]
    """The native coin first."""
    network: Network
    """The network."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("assets", "assets", _shape.listed(WalletAsset.from_json), True),
        Member("network", "network", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkBalance(Model):
    """Native coins on one network."""
    balance: str
    """Smallest units."""
    balance_formatted: str
    """Whole units."""
    decimals: int
    """Decimal places of the coin."""
    network: Network
    """The network."""
    symbol: str
    """Ticker of the coin."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("balance", "balance", _shape.text, True),
        Member("balanceFormatted", "balance_formatted", _shape.text, True),
        Member("decimals", "decimals", _shape.integer, True),
        Member("network", "network", _shape.text, True),
        Member("symbol", "symbol", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkError(Model):
    """A network that could not be read."""
    error: str
    """Why, for people."""
    network: Network
    """The network."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("error", "error", _shape.text, True),
        Member("network", "network", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class NonceResponse(Model):
    """A number for one owner signature."""
    expires_at: int
    """When it stops being accepted, in unix seconds."""
    nonce: str
    """The nonce; goes into the message that the owner signs."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("expiresAt", "expires_at", _shape.integer, True),
        Member("nonce", "nonce", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerVerifyResponse(Model):
    """The owner has proven control of the key."""
    owner_address: str | None
    """Address of the owner."""
    owner_state: OwnerState
    """LOCKED."""
    owner_verified: bool
    """True."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("ownerAddress", "owner_address", _shape.nullable(_shape.text), True),
        Member("ownerState", "owner_state", _shape.text, True),
        Member("ownerVerified", "owner_verified", _shape.flag, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyResponse(Model):
    """A policy."""
    ceiling: bool
    """Whether it holds in addition to every more specific policy of its type."""
    created_at: int
    """When it was created, in unix seconds."""
    enabled: bool
    """Whether it is in force."""
    id: str
    """The policy."""
    network: Network | None
    """The network that it is limited to; null is every network."""
    priority: int
    """Within one scope the highest priority wins."""
    rules: Mapping[str, Any]
    """The rules, as they were given."""
    type: PolicyType
    """What kind of rule."""
    updated_at: int
    """When it was last changed, in unix seconds."""
    wallet_id: str | None
    """The wallet that it binds; null is every wallet."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("ceiling", "ceiling", _shape.flag, True),
        Member("createdAt", "created_at", _shape.integer, True),
        Member("enabled", "enabled", _shape.flag, True),
        Member("id", "id", _shape.text, True),
        Member("network", "network", _shape.nullable(_shape.text), True),
        Member("priority", "priority", _shape.integer, True),
        Member("rules", "rules", _shape.mapping, True),
        Member("type", "type", _shape.text, True),
        Member("updatedAt", "updated_at", _shape.integer, True),
        Member("walletId", "wallet_id", _shape.nullable(_shape.text), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaginatedPolicyList(Model):
    """A page of policies, highest priority first."""
    data: tuple[PolicyResponse, ...]
    """The page."""
    limit: int
    """Size of a page."""
    offset: int
    """Policies before this page."""
    total: int
    """Policies on all pages."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("data", "data", _shape.listed(PolicyResponse.from_json), True),
        Member("limit", "limit", _shape.integer, True),
        Member("offset", "offset", _shape.integer, True),
        Member("total", "total", _shape.integer, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletName(Model):
    """A wallet by id and name."""
    id: str
    """The wallet."""
    name: str
    """Its name."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("id", "id", _shape.text, True),
        Member("name", "name", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionListItem(Model):
    """A session in a list."""
    absolute_expires_at: int
    """The end beyond which no renewal reaches, in unix seconds; 0 is none."""
    created_at: int
    """When it was created, in unix seconds."""
    expires_at: int
    """Its end in unix seconds; 0 is never."""
    id: str
    """The session."""
    last_renewed_at: int | None
    """When it was last renewed, in unix seconds."""
    max_renewals: int
    """How often it may be renewed; 0 is without limit."""
    renewal_count: int
    """How often it was renewed."""
    source: SessionSource
    """Where it came from."""
    status: SessionStatus
    """ACTIVE or EXPIRED; revoked sessions are not listed."""
    token_issued_count: int
    """Tokens that were issued for it."""
    wallet_id: str
    """The first wallet."""
    wallet_name: str | None
    """Name of the first wallet."""
    wallets: tuple[WalletName, ...]
    """All wallets."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("absoluteExpiresAt", "absolute_expires_at", _shape.integer, True),
        Member("createdAt", "created_at", _shape.integer, True),
        Member("expiresAt", "expires_at", _shape.integer, True),
        Member("id", "id", _shape.text, True),
        Member("lastRenewedAt", "last_renewed_at", _shape.nullable(_shape.integer), True),
        Member("maxRenewals", "max_renewals", _shape.integer, True),
        Member("renewalCount", "renewal_count", _shape.integer, True),
        Member("source", "source", _shape.text, True),
        Member("status", "status", _shape.text, True),
        Member("tokenIssuedCount", "token_issued_count", _shape.integer, True),
        Member("walletId", "wallet_id", _shape.text, True),
        Member("walletName", "wallet_name", _shape.nullable(_shape.text), True),
        Member("wallets", "wallets", _shape.listed(WalletName.from_json), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PaginatedSessionList(Model):
    """A page of sessions, newest first."""
    data: tuple[SessionListItem, ...]
    """The page."""
    limit: int
    """Size of a page."""
    offset: int
    """Sessions before this page."""
    total: int
    """Sessions on all pages."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("data", "data", _shape.listed(SessionListItem.from_json), True),
        Member("limit", "limit", _shape.integer, True),
        Member("offset", "offset", _shape.integer, True),
        Member("total", "total", _shape.integer, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDeleteResponse(Model):
    """A policy was deleted."""
    deleted: bool
    """True."""
    id: str
    """The policy."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("deleted", "deleted", _shape.flag, True),
        Member("id", "id", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenTransferRequest(Model):
    """A fungible token to an address."""
    to: str
    """Recipient."""
    token: TokenReference = field(repr=False)
    """Which token."""
    type: TxType = "TOKEN_TRANSFER"
    """`TOKEN_TRANSFER`."""
    amount: str | int | None = None
    """Digits are smallest units; with a decimal point they are whole units. Exactly one of `amount` and
    `humanAmount`.
    """
    dry_run: bool = False
    """True simulates: nothing is stored or sent."""
    human_amount: str | int | Decimal | None = None
    """Whole units as a decimal."""
    idempotency_key: str | None = None
    """Repeating a request with the same key and body does not repeat the transaction."""
    memo: str | None = None
    """Accepted and, on the EVM, not sent: a token transfer has no place for it."""
    network: Network | None = None
    """Network by name or CAIP-2 id; follows from `token.assetId` when that is given."""
    wallet_id: str | None = None
    """Wallet; needed when the session has several."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("to", "to", _shape.text, True),
        Member("token", "token", TokenReference.from_json, True),
        Member("type", "type", _shape.text, True),
        Member("amount", "amount", _shape.amount, False),
        Member("dryRun", "dry_run", _shape.flag, False),
        Member("humanAmount", "human_amount", _shape.human_amount, False),
        Member("idempotencyKey", "idempotency_key", _shape.text, False),
        Member("memo", "memo", _shape.text, False),
        Member("network", "network", _shape.text, False),
        Member("walletId", "wallet_id", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TransferRequest(Model):
    """Native coin to an address. Without `type` a body is read as this."""
    to: str
    """Recipient."""
    amount: str | int | None = None
    """Digits are smallest units; with a decimal point they are whole units. Exactly one of `amount` and
    `humanAmount`.
    """
    dry_run: bool = False
    """True simulates: nothing is stored or sent."""
    human_amount: str | int | Decimal | None = None
    """Whole units as a decimal."""
    idempotency_key: str | None = None
    """Repeating a request with the same key and body does not repeat the transaction."""
    memo: str | None = None
    """Text put into the transaction, at most 256 bytes, no control characters."""
    network: Network | None = None
    """Network by name or CAIP-2 id; needed where the wallet has several."""
    type: TxType = "TRANSFER"
    """`TRANSFER`."""
    wallet_id: str | None = None
    """Wallet; needed when the session has several."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("to", "to", _shape.text, True),
        Member("amount", "amount", _shape.amount, False),
        Member("dryRun", "dry_run", _shape.flag, False),
        Member("humanAmount", "human_amount", _shape.human_amount, False),
        Member("idempotencyKey", "idempotency_key", _shape.text, False),
        Member("memo", "memo", _shape.text, False),
        Member("network", "network", _shape.text, False),
        Member("type", "type", _shape.text, False),
        Member("walletId", "wallet_id", _shape.text, False),
    )


TransactionRequest = Union[TransferRequest, TokenTransferRequest, ContractCallRequest, ApproveRequest]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyExplainRequest(Model):
    """A request that somebody wonders about."""
    request: TransactionRequest
    """What would be sent."""
    wallet_id: str
    """Whose wallet."""
    policies: tuple[CreatePolicyRequest, ...] | None = None
    """Policies that judge in place of all stored ones, also as a listing has them; absent is the stored ones."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("request", "request", _shape.first_of(TransferRequest.from_json, TokenTransferRequest.from_json, ContractCallRequest.from_json, ApproveRequest.from_json), True),
        Member("walletId", "wallet_id", _shape.text, True),
        Member("policies", "policies", _shape.listed(CreatePolicyRequest.from_json), False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyVerdict(Model):
    """What policies say to a request."""
    allowed: bool
    """Whether it may proceed."""
    approval_reason: ApprovalReason | None = None
    """Why the owner is asked."""
    approval_timeout_seconds: int | None = None
    """How long the owner has, in seconds."""
    cumulative_warning: SimulatedCumulativeWarning | None = None
    """80 % or more of a cumulative limit is used."""
    delay_seconds: int | None = None
    """Length of the delay window in seconds."""
    denied_by: DeniedBy | None = None
    """Which policy type refused."""
    downgraded: bool | None = None
    """The owner would be asked, but there is none."""
    instruction_index: int | None = None
    """Which instruction of a batch was refused, from 0."""
    message: str | None = None
    """Why not, for people."""
    policy_id: str | None = None
    """The policy that refused; absent when it was the absence of one."""
    reason_code: ReasonCode | None = None
    """Why not, for machines."""
    retry_after_seconds: int | None = None
    """When a rate limit frees up, in seconds."""
    tier: Tier | None = None
    """How it proceeds."""
    would_pass: WouldPass | None = None
    """What would let it pass."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("allowed", "allowed", _shape.flag, True),
        Member("approvalReason", "approval_reason", _shape.text, False),
        Member("approvalTimeoutSeconds", "approval_timeout_seconds", _shape.integer, False),
        Member("cumulativeWarning", "cumulative_warning", SimulatedCumulativeWarning.from_json, False),
        Member("delaySeconds", "delay_seconds", _shape.integer, False),
        Member("deniedBy", "denied_by", _shape.text, False),
        Member("downgraded", "downgraded", _shape.flag, False),
        Member("instructionIndex", "instruction_index", _shape.integer, False),
        Member("message", "message", _shape.text, False),
        Member("policyId", "policy_id", _shape.text, False),
        Member("reasonCode", "reason_code", _shape.text, False),
        Member("retryAfterSeconds", "retry_after_seconds", _shape.integer, False),
        Member("tier", "tier", _shape.text, False),
        Member("wouldPass", "would_pass", WouldPass.from_json, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyExplanation(Model):
    """A decision with everything it rests on. Nothing was stored or sent."""
    candidate: bool
    """Whether the policies of the body judged, rather than the stored ones."""
    considered: tuple[ConsideredRule, ...]
    """Every rule that was considered, in order. After a denial nothing more is considered."""
    decided_at: int
    """The moment of the decision, in unix seconds."""
    ledger: ConsultedLedger
    """What the policies asked the ledger."""
    moves: tuple[MovedAmount, ...]
    """What leaves the wallet."""
    network: Network
    """Where."""
    owner_state: OwnerState
    """How far the wallet's owner is established."""
    policies: tuple[PolicyResponse, ...]
    """The policies that `considered` names."""
    policy_epoch: int | None
    """Counts the changes of the stored policies; null when those of the body judged."""
    prices: tuple[ConsultedPrice, ...]
    """Prices that were asked for."""
    tokens: tuple[ConsultedToken, ...]
    """Tokens that were asked for and answered."""
    usd: str | None
    """What that is worth in US dollars; null without a price."""
    verdict: PolicyVerdict
    """What the policies say."""
    wallet_id: str
    """Whose wallet."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("candidate", "candidate", _shape.flag, True),
        Member("considered", "considered", _shape.listed(ConsideredRule.from_json), True),
        Member("decidedAt", "decided_at", _shape.integer, True),
        Member("ledger", "ledger", ConsultedLedger.from_json, True),
        Member("moves", "moves", _shape.listed(MovedAmount.from_json), True),
        Member("network", "network", _shape.text, True),
        Member("ownerState", "owner_state", _shape.text, True),
        Member("policies", "policies", _shape.listed(PolicyResponse.from_json), True),
        Member("policyEpoch", "policy_epoch", _shape.nullable(_shape.integer), True),
        Member("prices", "prices", _shape.listed(ConsultedPrice.from_json), True),
        Member("tokens", "tokens", _shape.listed(ConsultedToken.from_json), True),
        Member("usd", "usd", _shape.nullable(_shape.text), True),
        Member("verdict", "verdict", PolicyVerdict.from_json, True),
        Member("walletId", "wallet_id", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedTransaction(Model):
    """A transaction of the past."""
    amount: str
    """Smallest units."""
    amount_usd: str | None
    """What it was worth in US dollars when it was judged; null without a price."""
    created_at: int
    """When it was admitted, in unix seconds."""
    id: str
    """The transaction."""
    network: Network
    """Where."""
    recorded: PolicyVerdict
    """What was decided in truth."""
    status: TxStatus
    """Where it stands."""
    to_address: str | None
    """Recipient, contract or spender."""
    type: TxType
    """What kind."""
    wallet_id: str
    """Whose."""
    candidate: PolicyVerdict | None = None
    """What the candidate says."""
    considered: tuple[ConsideredRule, ...] | None = None
    """Every rule of the candidate that was considered."""
    missing: str | None = None
    """What was not recorded."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("amount", "amount", _shape.text, True),
        Member("amountUsd", "amount_usd", _shape.nullable(_shape.text), True),
        Member("createdAt", "created_at", _shape.integer, True),
        Member("id", "id", _shape.text, True),
        Member("network", "network", _shape.text, True),
        Member("recorded", "recorded", PolicyVerdict.from_json, True),
        Member("status", "status", _shape.text, True),
        Member("toAddress", "to_address", _shape.nullable(_shape.text), True),
        Member("type", "type", _shape.text, True),
        Member("walletId", "wallet_id", _shape.text, True),
        Member("candidate", "candidate", PolicyVerdict.from_json, False),
        Member("considered", "considered", _shape.listed(ConsideredRule.from_json), False),
        Member("missing", "missing", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayedList(Model):
    """How many there are, and the first of them."""
    count: int
    """All of them."""
    items: tuple[ReplayedTransaction, ...]
    """The first, up to `limit`."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("count", "count", _shape.integer, True),
        Member("items", "items", _shape.listed(ReplayedTransaction.from_json), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReplay(Model):
    """How other policies would have judged the past. Nothing was stored or sent."""
    judged: int
    """Transactions that were judged again."""
    newly_allowed: ReplayedList
    """Denied in truth, allowed by the candidate."""
    newly_denied: ReplayedList
    """Allowed in truth, denied by the candidate."""
    not_replayable: ReplayedList
    """Not judged, because something was not recorded."""
    other_tier: ReplayedList
    """Allowed by both, with another tier."""
    since: int
    """Where it began, in unix seconds."""
    stopped_at: int | None
    """When the first one was admitted that was left out because there are too many, in unix seconds; null when all
    were judged.
    """
    unchanged: int
    """Among them those that come out with the same tier, or denied again."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("judged", "judged", _shape.integer, True),
        Member("newlyAllowed", "newly_allowed", ReplayedList.from_json, True),
        Member("newlyDenied", "newly_denied", ReplayedList.from_json, True),
        Member("notReplayable", "not_replayable", ReplayedList.from_json, True),
        Member("otherTier", "other_tier", ReplayedList.from_json, True),
        Member("since", "since", _shape.integer, True),
        Member("stoppedAt", "stopped_at", _shape.nullable(_shape.integer), True),
        Member("unchanged", "unchanged", _shape.integer, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyReplayRequest(Model):
    """Which part of the past is judged again, and by what."""
    since: int
    """Everything that was admitted at this instant or later, in unix seconds."""
    limit: int = 100
    """Entries of each list; the counts go on."""
    policies: tuple[CreatePolicyRequest, ...] | None = None
    """Policies that judge in place of all stored ones, also as a listing has them; absent is the stored ones, as
    they are now.
    """
    wallet_id: str | None = None
    """Only of this wallet; absent is every wallet."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("since", "since", _shape.integer, True),
        Member("limit", "limit", _shape.integer, False),
        Member("policies", "policies", _shape.listed(CreatePolicyRequest.from_json), False),
        Member("walletId", "wallet_id", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderStatus(Model):
    """The account-abstraction provider of a smart wallet."""
    name: str
    """Its name."""
    paymaster_enabled: bool
    """Whether it pays for gas."""
    supported_chains: tuple[str, ...]
    """Networks that it serves."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("name", "name", _shape.text, True),
        Member("paymasterEnabled", "paymaster_enabled", _shape.flag, True),
        Member("supportedChains", "supported_chains", _shape.listed(_shape.text), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class RecoverResponse(Model):
    """Normal operation was restored."""
    recovered_at: int
    """When, in unix seconds."""
    state: KillSwitchState
    """ACTIVE."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("recoveredAt", "recovered_at", _shape.integer, True),
        Member("state", "state", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCreateResponse(Model):
    """A new session. The token is shown this once."""
    expires_at: int
    """Its end in unix seconds; 0 is never."""
    id: str
    """The session."""
    token: str = field(repr=False)
    """The token, which starts with `wai_sess_`."""
    wallet_id: str
    """The first wallet."""
    wallets: tuple[WalletName, ...]
    """All wallets."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("expiresAt", "expires_at", _shape.integer, True),
        Member("id", "id", _shape.text, True),
        Member("token", "token", _shape.text, True),
        Member("walletId", "wallet_id", _shape.text, True),
        Member("wallets", "wallets", _shape.listed(WalletName.from_json), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRenewResponse(Model):
    """A session has a new token. The token is shown this once."""
    expires_at: int
    """Its end in unix seconds."""
    id: str
    """The session."""
    renewal_count: int
    """How often the session was renewed."""
    token: str = field(repr=False)
    """The new token."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("expiresAt", "expires_at", _shape.integer, True),
        Member("id", "id", _shape.text, True),
        Member("renewalCount", "renewal_count", _shape.integer, True),
        Member("token", "token", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRevokeByWalletResponse(Model):
    """All sessions of a wallet are revoked."""
    revoked: int
    """How many sessions were revoked by this call."""
    session_ids: tuple[str, ...]
    """Which ones."""
    wallet_id: str
    """The wallet."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("revoked", "revoked", _shape.integer, True),
        Member("sessionIds", "session_ids", _shape.listed(_shape.text), True),
        Member("walletId", "wallet_id", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRevokeResponse(Model):
    """A session is revoked."""
    id: str
    """The session."""
    status: SessionStatus
    """REVOKED."""
    message: str | None = None
    """Said when it had been revoked before."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("id", "id", _shape.text, True),
        Member("status", "status", _shape.text, True),
        Member("message", "message", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionRotateResponse(Model):
    """The token of a session was replaced. The token is shown this once."""
    expires_at: int
    """Its end in unix seconds, unchanged; 0 is never."""
    id: str
    """The session."""
    token: str = field(repr=False)
    """The new token."""
    token_issued_count: int
    """Tokens that were issued for the session."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("expiresAt", "expires_at", _shape.integer, True),
        Member("id", "id", _shape.text, True),
        Member("token", "token", _shape.text, True),
        Member("tokenIssuedCount", "token_issued_count", _shape.integer, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionStatusResponse(Model):
    """The part of the status that a session may read."""
    kill_switch_state: KillSwitchState
    """ACTIVE means normal operation."""
    status: str
    """`running`."""
    timestamp: int
    """Now, in unix seconds."""
    uptime: int
    """Seconds since the start."""
    version: str
    """Version of the service."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("killSwitchState", "kill_switch_state", _shape.text, True),
        Member("status", "status", _shape.text, True),
        Member("timestamp", "timestamp", _shape.integer, True),
        Member("uptime", "uptime", _shape.integer, True),
        Member("version", "version", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SetOwnerRequest(Model):
    """Body that registers an owner."""
    owner_address: str
    """The address; on the EVM with its EIP-55 checksum."""
    approval_method: ApprovalMethod | None = None
    """How the owner is asked; null clears it, absence keeps it."""
    wallet_type: WalletType | None = None
    """Preset of the owner's signing device; overrides `approval_method`."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("owner_address", "owner_address", _shape.text, True),
        Member("approval_method", "approval_method", _shape.text, False),
        Member("wallet_type", "wallet_type", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShutdownResponse(Model):
    """The service is about to stop."""
    message: str
    """Says so."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("message", "message", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TxApproveResponse(Model):
    """The owner approved a transaction."""
    approved_at: int
    """When, in unix seconds."""
    id: str
    """The transaction."""
    status: TxStatus
    """EXECUTING."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("approvedAt", "approved_at", _shape.integer, True),
        Member("id", "id", _shape.text, True),
        Member("status", "status", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TxCancelResponse(Model):
    """A transaction was cancelled."""
    id: str
    """The transaction."""
    status: TxStatus
    """CANCELLED."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("id", "id", _shape.text, True),
        Member("status", "status", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TxDetailResponse(Model):
    """A transaction."""
    amount: str | None
    """Smallest units: the amount, or the value of a contract call."""
    amount_decimals: int | None
    """Decimal places of the amount."""
    amount_formatted: str | None
    """Whole units."""
    amount_symbol: str | None
    """Ticker of the amount."""
    chain: Chain
    """Its chain."""
    contract_name: str | None
    """Name of the contract, when it is known."""
    contract_name_source: str | None
    """Where that name comes from."""
    created_at: int | None
    """When it was submitted, in unix seconds."""
    display_amount: str | None
    """Value in the display currency, when it is known."""
    display_currency: str | None
    """The display currency."""
    error: str | None
    """Why it failed or was refused."""
    executed_at: int | None
    """When the chain confirmed or rejected it, in unix seconds."""
    explorer_url: str | None
    """Its page in a public explorer."""
    fee: str | None
    """Fee that was paid, smallest units of the native coin."""
    id: str
    """The transaction."""
    network: Network | None
    """Its network."""
    status: TxStatus
    """Where it stands."""
    tier: Tier | None
    """How it proceeds; null when it was denied."""
    to_address: str | None
    """Recipient or contract; null for an allowance."""
    token_address: str | None
    """Token contract; null for native coins."""
    tx_hash: str | None
    """Hash on the chain."""
    type: TxType
    """How the request was declared."""
    updated_at: int | None
    """When its row last changed, in unix seconds."""
    wallet_id: str
    """Its wallet."""
    asset_id: str | None = None
    """CAIP-19 id of what moves."""
    chain_id: str | None = None
    """CAIP-2 id of the network."""
    execute_at: int | None = None
    """When the delay window ends, in unix seconds; while it waits for that."""
    expires_at: int | None = None
    """When the owner's time is over, in unix seconds; while it waits for the owner."""
    spender: str | None = None
    """Who gets an allowance; absent for other types."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("amount", "amount", _shape.nullable(_shape.text), True),
        Member("amountDecimals", "amount_decimals", _shape.nullable(_shape.integer), True),
        Member("amountFormatted", "amount_formatted", _shape.nullable(_shape.text), True),
        Member("amountSymbol", "amount_symbol", _shape.nullable(_shape.text), True),
        Member("chain", "chain", _shape.text, True),
        Member("contractName", "contract_name", _shape.nullable(_shape.text), True),
        Member("contractNameSource", "contract_name_source", _shape.nullable(_shape.text), True),
        Member("createdAt", "created_at", _shape.nullable(_shape.integer), True),
        Member("displayAmount", "display_amount", _shape.nullable(_shape.text), True),
        Member("displayCurrency", "display_currency", _shape.nullable(_shape.text), True),
        Member("error", "error", _shape.nullable(_shape.text), True),
        Member("executedAt", "executed_at", _shape.nullable(_shape.integer), True),
        Member("explorerUrl", "explorer_url", _shape.nullable(_shape.text), True),
        Member("fee", "fee", _shape.nullable(_shape.text), True),
        Member("id", "id", _shape.text, True),
        Member("network", "network", _shape.nullable(_shape.text), True),
        Member("status", "status", _shape.text, True),
        Member("tier", "tier", _shape.nullable(_shape.text), True),
        Member("toAddress", "to_address", _shape.nullable(_shape.text), True),
        Member("tokenAddress", "token_address", _shape.nullable(_shape.text), True),
        Member("txHash", "tx_hash", _shape.nullable(_shape.text), True),
        Member("type", "type", _shape.text, True),
        Member("updatedAt", "updated_at", _shape.nullable(_shape.integer), True),
        Member("walletId", "wallet_id", _shape.text, True),
        Member("assetId", "asset_id", _shape.text, False),
        Member("chainId", "chain_id", _shape.text, False),
        Member("executeAt", "execute_at", _shape.integer, False),
        Member("expiresAt", "expires_at", _shape.integer, False),
        Member("spender", "spender", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TxListResponse(Model):
    """A page of transactions, newest first."""
    cursor: str | None
    """Where the next page starts; null on the last page."""
    has_more: bool
    """Whether there is a next page."""
    items: tuple[TxDetailResponse, ...]
    """The page."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("cursor", "cursor", _shape.nullable(_shape.text), True),
        Member("hasMore", "has_more", _shape.flag, True),
        Member("items", "items", _shape.listed(TxDetailResponse.from_json), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TxPendingListResponse(Model):
    """Transactions that are not executed yet."""
    items: tuple[TxDetailResponse, ...]
    """Status PENDING or QUEUED."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("items", "items", _shape.listed(TxDetailResponse.from_json), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TxRejectResponse(Model):
    """A transaction was rejected."""
    id: str
    """The transaction."""
    rejected_at: int
    """When, in unix seconds."""
    status: TxStatus
    """CANCELLED."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("id", "id", _shape.text, True),
        Member("rejectedAt", "rejected_at", _shape.integer, True),
        Member("status", "status", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class TxSendResponse(Model):
    """A transaction was accepted."""
    id: str
    """The transaction."""
    status: TxStatus
    """PENDING when it is executed now, QUEUED when it waits."""
    amount: str | None = None
    """Smallest units, as it will be signed."""
    amount_decimals: int | None = None
    """Decimal places of the amount."""
    amount_formatted: str | None = None
    """Whole units."""
    amount_symbol: str | None = None
    """Ticker of the amount."""
    execute_at: int | None = None
    """When the delay window ends, in unix seconds; for tier DELAY."""
    expires_at: int | None = None
    """When the owner's time is over, in unix seconds; for tier APPROVAL."""
    interpreted_as: str | None = None
    """`human` when the amount was given in whole units."""
    tier: Tier | None = None
    """How it proceeds."""
    tx_hash: str | None = None
    """Hash on the chain, when the caller waited for it."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("id", "id", _shape.text, True),
        Member("status", "status", _shape.text, True),
        Member("amount", "amount", _shape.text, False),
        Member("amountDecimals", "amount_decimals", _shape.integer, False),
        Member("amountFormatted", "amount_formatted", _shape.text, False),
        Member("amountSymbol", "amount_symbol", _shape.text, False),
        Member("executeAt", "execute_at", _shape.integer, False),
        Member("expiresAt", "expires_at", _shape.integer, False),
        Member("interpretedAs", "interpreted_as", _shape.text, False),
        Member("tier", "tier", _shape.text, False),
        Member("txHash", "tx_hash", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdatePolicyRequest(Model):
    """Body that changes a policy; type, wallet and network cannot change."""
    ceiling: bool | None = None
    """Whether it holds in addition to every more specific policy of its type."""
    enabled: bool | None = None
    """Puts it in or out of force."""
    priority: int | None = None
    """New priority."""
    rules: Mapping[str, Any] | None = None
    """Replaces the rules as a whole."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("ceiling", "ceiling", _shape.flag, False),
        Member("enabled", "enabled", _shape.flag, False),
        Member("priority", "priority", _shape.integer, False),
        Member("rules", "rules", _shape.mapping, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class UpdateWalletRequest(Model):
    """Body that renames a wallet."""
    name: str
    """1 to 100 characters."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("name", "name", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationIssue(Model):
    """One fault of a request body."""
    code: IssueCode
    message: str
    """What would be accepted."""
    path: tuple[str | int, ...]
    """Keys and positions from the top of the body to the value."""
    path_string: str
    """The path with dots."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("code", "code", _shape.text, True),
        Member("message", "message", _shape.text, True),
        Member("path", "path", _shape.listed(_shape.first_of(_shape.text, _shape.integer)), True),
        Member("pathString", "path_string", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationDetails(Model):
    """`details` of an answer about an invalid body."""
    issues: tuple[ValidationIssue, ...]
    """Every fault that was found."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("issues", "issues", _shape.listed(ValidationIssue.from_json), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletAddressResponse(Model):
    """The address of a wallet."""
    address: str
    """The address."""
    chain: Chain
    """Its chain."""
    environment: Environment
    """Whether real money is at stake."""
    network: str
    """The only network of chain and environment, or the name of the chain when there are several."""
    wallet_id: str
    """The wallet."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("address", "address", _shape.text, True),
        Member("chain", "chain", _shape.text, True),
        Member("environment", "environment", _shape.text, True),
        Member("network", "network", _shape.text, True),
        Member("walletId", "wallet_id", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletAssetsAllResponse(Model):
    """What a wallet holds on all its networks."""
    chain: Chain
    """Its chain."""
    environment: Environment
    """Its environment."""
    network_assets: tuple[NetworkAssets | NetworkError, ...]
    """One entry per network."""
    wallet_id: str
    """The wallet."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("chain", "chain", _shape.text, True),
        Member("environment", "environment", _shape.text, True),
        Member("networkAssets", "network_assets", _shape.listed(_shape.first_of(NetworkAssets.from_json, NetworkError.from_json)), True),
        Member("walletId", "wallet_id", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletAssetsResponse(Model):
    """What a wallet holds on one network."""
    assets: tuple[WalletAsset, ...]
    """The native coin first."""
    chain: Chain
    """Its chain."""
    display_currency: str | None
    """The display currency; null."""
    network: Network
    """The network."""
    wallet_id: str
    """The wallet."""
    chain_id: str | None = None
    """CAIP-2 id of the network."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("assets", "assets", _shape.listed(WalletAsset.from_json), True),
        Member("chain", "chain", _shape.text, True),
        Member("displayCurrency", "display_currency", _shape.nullable(_shape.text), True),
        Member("network", "network", _shape.text, True),
        Member("walletId", "wallet_id", _shape.text, True),
        Member("chainId", "chain_id", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletBalanceAllResponse(Model):
    """Native coins of a wallet on all its networks."""
    balances: tuple[NetworkBalance | NetworkError, ...]
    """One entry per network."""
    chain: Chain
    """Its chain."""
    environment: Environment
    """Its environment."""
    wallet_id: str
    """The wallet."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("balances", "balances", _shape.listed(_shape.first_of(NetworkBalance.from_json, NetworkError.from_json)), True),
        Member("chain", "chain", _shape.text, True),
        Member("environment", "environment", _shape.text, True),
        Member("walletId", "wallet_id", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletBalanceResponse(Model):
    """Native coins of a wallet on one network."""
    address: str
    """The address."""
    balance: str
    """Smallest units."""
    balance_formatted: str | None
    """Whole units."""
    chain: Chain
    """Its chain."""
    decimals: int
    """Decimal places of the coin."""
    display_balance: str | None
    """Value in the display currency; null."""
    display_currency: str | None
    """The display currency; null."""
    network: Network
    """The network."""
    symbol: str
    """Ticker of the coin."""
    wallet_id: str
    """The wallet."""
    asset_id: str | None = None
    """CAIP-19 id of the coin."""
    chain_id: str | None = None
    """CAIP-2 id of the network."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("address", "address", _shape.text, True),
        Member("balance", "balance", _shape.text, True),
        Member("balanceFormatted", "balance_formatted", _shape.nullable(_shape.text), True),
        Member("chain", "chain", _shape.text, True),
        Member("decimals", "decimals", _shape.integer, True),
        Member("displayBalance", "display_balance", _shape.nullable(_shape.text), True),
        Member("displayCurrency", "display_currency", _shape.nullable(_shape.text), True),
        Member("network", "network", _shape.text, True),
        Member("symbol", "symbol", _shape.text, True),
        Member("walletId", "wallet_id", _shape.text, True),
        Member("assetId", "asset_id", _shape.text, False),
        Member("chainId", "chain_id", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletCreateResponse(Model):
    """A new wallet."""
    account_type: AccountType = "eoa"
    """`eoa`."""
    chain: Chain
    """Its chain; `ethereum` is every EVM network."""
    created_at: int
    """When it was created, in unix seconds."""
    deployed: bool
    """True for `eoa`."""
    environment: Environment
    """Whether real money is at stake."""
    id: str
    """The wallet."""
    monitor_incoming: bool
    """False."""
    name: str
    """Its name."""
    network: str
    """The only or the first network of chain and environment."""
    owner_address: str | None
    """Null."""
    owner_state: OwnerState
    """NONE."""
    provider: ProviderStatus | None
    """Null for `eoa`."""
    public_key: str
    """Its address."""
    session: CreatedSession | None
    """Its first session; null when none was asked for."""
    signer_key: str | None
    """Null for `eoa`."""
    status: WalletStatus
    """ACTIVE."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("accountType", "account_type", _shape.text, True),
        Member("chain", "chain", _shape.text, True),
        Member("createdAt", "created_at", _shape.integer, True),
        Member("deployed", "deployed", _shape.flag, True),
        Member("environment", "environment", _shape.text, True),
        Member("id", "id", _shape.text, True),
        Member("monitorIncoming", "monitor_incoming", _shape.flag, True),
        Member("name", "name", _shape.text, True),
        Member("network", "network", _shape.text, True),
        Member("ownerAddress", "owner_address", _shape.nullable(_shape.text), True),
        Member("ownerState", "owner_state", _shape.text, True),
        Member("provider", "provider", _shape.nullable(ProviderStatus.from_json), True),
        Member("publicKey", "public_key", _shape.text, True),
        Member("session", "session", _shape.nullable(CreatedSession.from_json), True),
        Member("signerKey", "signer_key", _shape.nullable(_shape.text), True),
        Member("status", "status", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletCrudResponse(Model):
    """A wallet, as lists and changes show it."""
    account_type: AccountType = "eoa"
    """`eoa`."""
    chain: Chain
    """Its chain; `ethereum` is every EVM network."""
    created_at: int
    """When it was created, in unix seconds."""
    deployed: bool
    """Whether the account exists on the chain; always true for `eoa`."""
    environment: Environment
    """Whether real money is at stake."""
    factory_address: str | None
    """Factory of a smart account; null otherwise."""
    id: str
    """The wallet."""
    monitor_incoming: bool
    """Whether incoming transactions are watched."""
    name: str
    """Its name."""
    network: str
    """The only network of chain and environment, or the name of the chain when there are several."""
    owner_address: str | None
    """Address of its owner."""
    owner_state: OwnerState
    """How far the owner is established."""
    provider: ProviderStatus | None
    """Provider of a smart account; null otherwise."""
    public_key: str
    """Its address."""
    signer_key: str | None
    """Key behind a smart account; null otherwise."""
    status: WalletStatus
    """Its life."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("accountType", "account_type", _shape.text, True),
        Member("chain", "chain", _shape.text, True),
        Member("createdAt", "created_at", _shape.integer, True),
        Member("deployed", "deployed", _shape.flag, True),
        Member("environment", "environment", _shape.text, True),
        Member("factoryAddress", "factory_address", _shape.nullable(_shape.text), True),
        Member("id", "id", _shape.text, True),
        Member("monitorIncoming", "monitor_incoming", _shape.flag, True),
        Member("name", "name", _shape.text, True),
        Member("network", "network", _shape.text, True),
        Member("ownerAddress", "owner_address", _shape.nullable(_shape.text), True),
        Member("ownerState", "owner_state", _shape.text, True),
        Member("provider", "provider", _shape.nullable(ProviderStatus.from_json), True),
        Member("publicKey", "public_key", _shape.text, True),
        Member("signerKey", "signer_key", _shape.nullable(_shape.text), True),
        Member("status", "status", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletDeleteResponse(Model):
    """A wallet was terminated."""
    id: str
    """The wallet."""
    status: WalletStatus
    """TERMINATED."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("id", "id", _shape.text, True),
        Member("status", "status", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletDetailResponse(Model):
    """A wallet in full."""
    account_type: AccountType = "eoa"
    """`eoa`."""
    approval_method: ApprovalMethod | None
    """How the owner is asked; null is any way."""
    chain: Chain
    """Its chain; `ethereum` is every EVM network."""
    created_at: int
    """When it was created, in unix seconds."""
    deployed: bool
    """Whether the account exists on the chain; always true for `eoa`."""
    environment: Environment
    """Whether real money is at stake."""
    factory_address: str | None
    """Factory of a smart account; null otherwise."""
    factory_supported_networks: tuple[str, ...] | None
    """Networks of that factory; null otherwise."""
    factory_verified_on_network: bool | None
    """Whether that factory was seen on the network; null otherwise."""
    id: str
    """The wallet."""
    name: str
    """Its name."""
    network: str
    """The only network of chain and environment, or the name of the chain when there are several."""
    owner_address: str | None
    """Address of its owner."""
    owner_state: OwnerState
    """How far the owner is established."""
    owner_verified: bool | None
    """Whether the owner has signed once; null without owner."""
    provider: ProviderStatus | None
    """Provider of a smart account; null otherwise."""
    public_key: str
    """Its address."""
    signer_key: str | None
    """Key behind a smart account; null otherwise."""
    status: WalletStatus
    """Its life."""
    suspended_at: int | None
    """When it was suspended, in unix seconds."""
    suspension_reason: str | None
    """Why."""
    updated_at: int | None
    """When it was last changed, in unix seconds."""
    wallet_type: WalletType | None
    """Preset of the owner's signing device."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("accountType", "account_type", _shape.text, True),
        Member("approvalMethod", "approval_method", _shape.nullable(_shape.text), True),
        Member("chain", "chain", _shape.text, True),
        Member("createdAt", "created_at", _shape.integer, True),
        Member("deployed", "deployed", _shape.flag, True),
        Member("environment", "environment", _shape.text, True),
        Member("factoryAddress", "factory_address", _shape.nullable(_shape.text), True),
        Member("factorySupportedNetworks", "factory_supported_networks", _shape.nullable(_shape.listed(_shape.text)), True),
        Member("factoryVerifiedOnNetwork", "factory_verified_on_network", _shape.nullable(_shape.flag), True),
        Member("id", "id", _shape.text, True),
        Member("name", "name", _shape.text, True),
        Member("network", "network", _shape.text, True),
        Member("ownerAddress", "owner_address", _shape.nullable(_shape.text), True),
        Member("ownerState", "owner_state", _shape.text, True),
        Member("ownerVerified", "owner_verified", _shape.nullable(_shape.flag), True),
        Member("provider", "provider", _shape.nullable(ProviderStatus.from_json), True),
        Member("publicKey", "public_key", _shape.text, True),
        Member("signerKey", "signer_key", _shape.nullable(_shape.text), True),
        Member("status", "status", _shape.text, True),
        Member("suspendedAt", "suspended_at", _shape.nullable(_shape.integer), True),
        Member("suspensionReason", "suspension_reason", _shape.nullable(_shape.text), True),
        Member("updatedAt", "updated_at", _shape.nullable(_shape.integer), True),
        Member("walletType", "wallet_type", _shape.nullable(_shape.text), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletListResponse(Model):
    """All wallets that the caller may see."""
    items: tuple[WalletCrudResponse, ...]
    """Terminated wallets are included."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("items", "items", _shape.listed(WalletCrudResponse.from_json), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletNetworksResponse(Model):
    """Networks that a wallet can use."""
    available_networks: tuple[AvailableNetwork, ...]
    """The networks."""
    chain: Chain
    """Its chain."""
    environment: Environment
    """Its environment."""
    id: str
    """The wallet."""
    networks: tuple[AvailableNetwork, ...]
    """The same list under the name that the MCP client reads."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("availableNetworks", "available_networks", _shape.listed(AvailableNetwork.from_json), True),
        Member("chain", "chain", _shape.text, True),
        Member("environment", "environment", _shape.text, True),
        Member("id", "id", _shape.text, True),
        Member("networks", "networks", _shape.listed(AvailableNetwork.from_json), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletOwnerResponse(Model):
    """A wallet after its owner was registered."""
    approval_method: ApprovalMethod | None
    """How the owner is asked; null is any way."""
    chain: Chain
    """Its chain."""
    environment: Environment
    """Whether real money is at stake."""
    id: str
    """The wallet."""
    name: str
    """Its name."""
    network: str
    """The only network of chain and environment, or the name of the chain when there are several."""
    owner_address: str | None
    """Address of its owner."""
    owner_verified: bool | None
    """Whether the owner has signed once."""
    public_key: str
    """Its address."""
    status: WalletStatus
    """Its life."""
    updated_at: int | None
    """When it was last changed, in unix seconds."""
    wallet_type: WalletType | None
    """Preset of the owner's signing device."""
    warning: str | None
    """What the operator should know about the registration."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("approvalMethod", "approval_method", _shape.nullable(_shape.text), True),
        Member("chain", "chain", _shape.text, True),
        Member("environment", "environment", _shape.text, True),
        Member("id", "id", _shape.text, True),
        Member("name", "name", _shape.text, True),
        Member("network", "network", _shape.text, True),
        Member("ownerAddress", "owner_address", _shape.nullable(_shape.text), True),
        Member("ownerVerified", "owner_verified", _shape.nullable(_shape.flag), True),
        Member("publicKey", "public_key", _shape.text, True),
        Member("status", "status", _shape.text, True),
        Member("updatedAt", "updated_at", _shape.nullable(_shape.integer), True),
        Member("walletType", "wallet_type", _shape.nullable(_shape.text), True),
        Member("warning", "warning", _shape.nullable(_shape.text), True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletResumeResponse(Model):
    """A wallet was resumed."""
    id: str
    """The wallet."""
    status: WalletStatus
    """ACTIVE."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("id", "id", _shape.text, True),
        Member("status", "status", _shape.text, True),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletSuspendRequest(Model):
    """Body that suspends a wallet; may be empty."""
    reason: str = "MANUAL"
    """Why, at most 200 characters."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("reason", "reason", _shape.text, False),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class WalletSuspendResponse(Model):
    """A wallet was suspended."""
    id: str
    """The wallet."""
    status: WalletStatus
    """SUSPENDED."""
    suspended_at: int
    """When, in unix seconds."""
    suspension_reason: str
    """Why."""
    members: ClassVar[tuple[Member, ...]] = (
        Member("id", "id", _shape.text, True),
        Member("status", "status", _shape.text, True),
        Member("suspendedAt", "suspended_at", _shape.integer, True),
        Member("suspensionReason", "suspension_reason", _shape.text, True),
    )
