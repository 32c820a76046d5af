//! The answer of a simulation.

use super::would_pass::WouldPass;
use crate::chain::{ChainKind, Network};
use crate::policy::{ApprovalReason, DeniedBy, ReasonCode, Tier, Window};
use crate::tx::TxType;
use crate::wallet::wire_enum;
use crate::wire::number::Millionths;
use crate::wire::schema::wire_struct;
use crate::wire::text::wire_names;

wire_enum! {
    /// What a simulation warns about.
    SimulationWarningCode {
        /// The balance is below the amount.
        InsufficientBalance => "INSUFFICIENT_BALANCE",
        /// The balance is below amount and fee.
        InsufficientBalanceWithFee => "INSUFFICIENT_BALANCE_WITH_FEE",
        /// There is no price for what moves.
        OraclePriceUnavailable => "ORACLE_PRICE_UNAVAILABLE",
        /// The chain would reject it, or could not be asked.
        SimulationFailed => "SIMULATION_FAILED",
        /// The fee is above a tenth of the amount.
        HighFeeRatio => "HIGH_FEE_RATIO",
        /// The owner would be asked.
        ApprovalRequired => "APPROVAL_REQUIRED",
        /// It would wait.
        DelayRequired => "DELAY_REQUIRED",
        /// A cumulative limit is nearly used up.
        CumulativeLimitWarning => "CUMULATIVE_LIMIT_WARNING",
        /// The token is not listed.
        TokenNotInAllowedList => "TOKEN_NOT_IN_ALLOWED_LIST",
        /// The contract is not listed.
        ContractNotWhitelisted => "CONTRACT_NOT_WHITELISTED",
        /// The network is not listed.
        NetworkNotAllowed => "NETWORK_NOT_ALLOWED",
        /// The owner would be asked, but there is none.
        DowngradedNoOwner => "DOWNGRADED_NO_OWNER",
    }
}

wire_enum! {
    /// How much a warning matters.
    WarningSeverity {
        /// Good to know.
        Info => "info",
        /// Probably not what is wanted.
        Warning => "warning",
        /// It would fail.
        Error => "error",
    }
}
wire_names!(SimulationWarningCode, WarningSeverity);

wire_struct! {
    /// What would happen to a request. Nothing was stored or sent.
    read DryRunSimulationResult {
        /// Whether the policies allow it.
        success: bool,
        /// What the policies say.
        policy: SimulatedPolicy,
        /// What it would cost; null when it is denied or the chain could not be asked.
        fee: Option<SimulatedFee>,
        /// What would change in the wallet.
        balance_changes: Vec<BalanceChange>,
        /// What the caller should know.
        warnings: Vec<SimulationWarning>,
        /// What the chain says.
        simulation: SimulatedChain,
        /// What was simulated.
        meta: SimulationMeta,
    }
}

wire_struct! {
    /// What the policies say.
    read SimulatedPolicy {
        /// How it would proceed; INSTANT when it is denied.
        tier: Tier,
        /// Whether it may proceed.
        allowed: bool,
        /// Why not, for people.
        [optional] reason: Option<String>,
        /// Why not, for machines.
        [optional] reason_code: Option<ReasonCode>,
        /// Which policy type refused.
        [optional] denied_by: Option<DeniedBy>,
        /// What would pass instead.
        [optional] would_pass: Option<WouldPass>,
        /// Length of the delay window in seconds.
        [optional] delay_seconds: Option<u32>,
        /// How long the owner would have, in seconds.
        [optional] approval_timeout_seconds: Option<u32>,
        /// Why the owner would be asked.
        [optional] approval_reason: Option<ApprovalReason>,
        /// The owner should be asked, but the wallet has none.
        [optional] downgraded: Option<bool>,
        /// A cumulative limit is nearly used up.
        [optional] cumulative_warning: Option<SimulatedCumulativeWarning>,
    }
}

wire_struct! {
    /// How far a cumulative limit is used.
    read SimulatedCumulativeWarning {
        /// Which limit.
        window as "type": Window,
        /// `spent / limit`.
        ratio: Millionths,
        /// US dollars, this request included.
        spent: Millionths,
        /// US dollars.
        limit: Millionths,
    }
}

wire_struct! {
    /// What a request would cost.
    read SimulatedFee {
        /// Smallest units of the native coin, with the safety margin.
        estimated_fee: String,
        /// Ticker of the native coin.
        fee_symbol: String,
        /// Decimal places of the native coin.
        fee_decimals: u8,
        /// US dollars, when a price is known.
        fee_usd: Option<Millionths>,
        /// Whether a token account must be created first (Solana).
        [optional] needs_ata_creation: Option<bool>,
        /// What that costs, in smallest units (Solana).
        [optional] ata_rent_cost: Option<String>,
    }
}

wire_struct! {
    /// What changes in one asset. Amounts are smallest units.
    read BalanceChange {
        /// `native`, or the address of the token.
        asset: String,
        /// Ticker.
        symbol: String,
        /// Decimal places.
        decimals: u8,
        /// Before.
        current_balance: String,
        /// With a minus when it goes down.
        change_amount: String,
        /// After; never below zero.
        after_balance: String,
    }
}

wire_struct! {
    /// What the caller should know.
    read SimulationWarning {
        /// For machines.
        code: SimulationWarningCode,
        /// For people.
        message: String,
        /// How much it matters.
        severity: WarningSeverity,
    }
}

wire_struct! {
    /// What the chain says.
    read SimulatedChain {
        /// Whether it would succeed.
        success: bool,
        /// Log lines of the execution.
        logs: Vec<String>,
        /// Gas or compute units.
        units_consumed: Option<String>,
        /// Why it would not.
        error: Option<String>,
    }
}

wire_struct! {
    /// What was simulated.
    read SimulationMeta {
        /// The chain.
        chain: ChainKind,
        /// The network.
        network: Network,
        /// How the request was declared.
        transaction_type: TxType,
        /// How long the simulation took, in milliseconds.
        duration_ms: u64,
    }
}
