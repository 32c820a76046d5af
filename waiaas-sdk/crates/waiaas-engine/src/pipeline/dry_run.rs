//! A dry run: what a send would do right now, without writing, signing or sending anything.
//!
//! It goes through the same stages 1 to 3 as a send, on a consistent reading of the same state, so it
//! gives the same decision.

use super::s1_validate::{Market, Validated, usable};
use super::s2_authenticate::authenticate;
use super::s3_policy::{decide, subject};

use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::chain::ChainAdapter;
use crate::ports::store::AdmissionState;
use std::sync::Arc;
use waiaas_core::chain::AssetId;
use waiaas_core::id::SessionId;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::{
    Allowance, Decision, Denial, LedgerFacts, LedgerQuery, PolicyBook, PriceFact, Tier, Verdict,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::wire::Millionths;
use waiaas_core::wire::transactions::{
    BalanceChange, DryRunSimulationResult, SimulatedChain, SimulatedCumulativeWarning, SimulatedFee, SimulatedPolicy,
    SimulationMeta, SimulationWarning, SimulationWarningCode, WarningSeverity, WouldPass,
};

/// What an admission would read at this moment.
pub(crate) struct Previewed {
    pub(crate) state: AdmissionState,
    /// What the ledger was asked,
    pub(crate) query: LedgerQuery,
    /// and what it answered.
    pub(crate) ledger: LedgerFacts,
    /// The policies that judge.
    pub(crate) book: Arc<PolicyBook>,
}

impl Inner {
    /// Reads, on one snapshot, what an admission of `request` would read. `candidate` judges in place of the stored
    /// policies.
    pub(crate) async fn preview(
        &self,
        request: &Validated,
        session: Option<SessionId>,
        candidate: Option<&Arc<PolicyBook>>,
    ) -> Result<Previewed, EngineError> {
        let book = |state: &AdmissionState| candidate.cloned().unwrap_or_else(|| self.book(&state.policies));
        let query = |state: &AdmissionState| {
            book(state).query(&subject(&state.wallet, request.network), &request.effects, &self.settings.policy)
        };
        let now = request.market.now;
        let (state, ledger) = self.store.preview(request.wallet.id, session, now, None, &query).await?;
        Ok(Previewed { query: query(&state), book: book(&state), ledger, state })
    }

    pub(crate) async fn dry_run(
        &self,
        request: &Validated,
        session: SessionId,
    ) -> Result<DryRunSimulationResult, EngineError> {
        let Previewed { state, ledger, book, .. } = self.preview(request, Some(session), None).await?;
        let authenticated = authenticate(request, &state, request.market.now)?;
        let decided = decide(authenticated, &self.rules(&book), &ledger);
        let mut report = Report::new(request, &decided.decision);
        match &decided.decision.verdict {
            Verdict::Deny(denial) => report.denied(denial, decided.would_pass),
            Verdict::Allow(allowance) => {
                report.allowed(allowance);
                let chain = self.chain(request.network)?;
                report.on_chain(chain, &decided.decision, &usable(&state.wallet)?).await;
            }
        }
        Ok(report.finish(self.clock.now()))
    }
}

/// The answer while it is put together.
struct Report<'a> {
    request: &'a Validated,
    policy: SimulatedPolicy,
    fee: Option<SimulatedFee>,
    changes: Vec<BalanceChange>,
    warnings: Vec<SimulationWarning>,
    chain: SimulatedChain,
}

impl<'a> Report<'a> {
    fn new(request: &'a Validated, decision: &Decision) -> Self {
        let mut report = Self {
            request,
            policy: SimulatedPolicy {
                tier: Tier::Instant,
                allowed: false,
                reason: None,
                reason_code: None,
                denied_by: None,
                would_pass: None,
                delay_seconds: None,
                approval_timeout_seconds: None,
                approval_reason: None,
                downgraded: None,
                cumulative_warning: None,
            },
            fee: None,
            changes: Vec::new(),
            warnings: Vec::new(),
            chain: SimulatedChain { success: false, logs: Vec::new(), units_consumed: None, error: None },
        };
        if decision.valuation.usd.is_none() && !decision.valuation.components.is_empty() {
            report.warn(
                SimulationWarningCode::OraclePriceUnavailable,
                WarningSeverity::Warning,
                "no price is known for what this moves; limits in dollars cannot measure it",
            );
        }
        report
    }

    fn warn(&mut self, code: SimulationWarningCode, severity: WarningSeverity, message: impl Into<String>) {
        self.warnings.push(SimulationWarning { code, message: message.into(), severity });
    }

    fn denied(&mut self, denial: &Denial, would_pass: Option<WouldPass>) {
        use waiaas_core::policy::ReasonCode;
        self.policy.reason = Some(denial.message.clone());
        self.policy.reason_code = Some(denial.reason);
        self.policy.denied_by = Some(denial.denied_by);
        self.policy.would_pass = would_pass;
        self.chain.error = Some("Skipped: policy denied".to_owned());
        let code = match denial.reason {
            ReasonCode::TokenTransferDisabled | ReasonCode::TokenNotAllowed => {
                SimulationWarningCode::TokenNotInAllowedList
            }
            ReasonCode::ContractCallDisabled | ReasonCode::ContractNotWhitelisted => {
                SimulationWarningCode::ContractNotWhitelisted
            }
            ReasonCode::NetworkNotAllowed => SimulationWarningCode::NetworkNotAllowed,
            _ => return,
        };
        self.warn(code, WarningSeverity::Error, denial.message.clone());
    }

    fn allowed(&mut self, allowance: &Allowance) {
        self.policy.allowed = true;
        self.policy.tier = allowance.tier;
        self.policy.delay_seconds = allowance.delay_seconds;
        self.policy.approval_timeout_seconds = allowance.approval_timeout_seconds;
        self.policy.approval_reason = allowance.approval_reason;
        self.policy.downgraded = allowance.downgraded.then_some(true);
        if allowance.downgraded {
            self.warn(
                SimulationWarningCode::DowngradedNoOwner,
                WarningSeverity::Warning,
                "this needs the owner's approval, but the wallet has no owner: it would only be delayed",
            );
        }
        match allowance.tier {
            Tier::Approval => self.warn(
                SimulationWarningCode::ApprovalRequired,
                WarningSeverity::Info,
                "the owner would have to approve this",
            ),
            Tier::Delay => {
                let seconds = allowance.delay_seconds.unwrap_or_default();
                self.warn(
                    SimulationWarningCode::DelayRequired,
                    WarningSeverity::Info,
                    format!("this would wait for {seconds} s and could be cancelled meanwhile"),
                );
            }
            Tier::Instant | Tier::Notify => {}
        }
        if let Some(warning) = allowance.cumulative_warning {
            self.policy.cumulative_warning = Some(SimulatedCumulativeWarning {
                window: warning.window,
                ratio: Millionths::new(warning.spent.ratio_millionths(warning.limit).unwrap_or_default()),
                spent: warning.spent.into(),
                limit: warning.limit.into(),
            });
            self.warn(
                SimulationWarningCode::CumulativeLimitWarning,
                WarningSeverity::Warning,
                format!("the {} limit of ${} would be used up to ${}", warning.window, warning.limit, warning.spent),
            );
        }
    }

    async fn on_chain(
        &mut self,
        chain: Arc<dyn ChainAdapter>,
        decision: &Decision,
        from: &waiaas_core::address::Address,
    ) {
        let draft = chain.draft(from, &self.request.tx).await;
        let max_fee = match &draft {
            Ok(draft) => {
                self.chain.success = true;
                self.fee = Some(self.quote(draft.max_fee));
                Some(draft.max_fee)
            }
            Err(error) => {
                self.chain.error = Some(error.to_string());
                self.warn(SimulationWarningCode::SimulationFailed, WarningSeverity::Error, error.to_string());
                None
            }
        };
        for part in &decision.valuation.components {
            let balance = match part.asset.token_address() {
                None => chain.native_balance(from).await.ok(),
                Some(token) => chain
                    .token_balances(from, &[token])
                    .await
                    .ok()
                    .and_then(|balances| balances.into_iter().next().flatten()),
            };
            match balance {
                Some(balance) => self.change(part.asset, balance, part.amount, max_fee),
                None => self.warn(
                    SimulationWarningCode::SimulationFailed,
                    WarningSeverity::Warning,
                    format!("the balance of {} could not be read", part.asset),
                ),
            }
        }
    }

    fn change(&mut self, asset: AssetId, balance: BaseUnits, amount: BaseUnits, max_fee: Option<BaseUnits>) {
        let network = asset.network();
        let (name, symbol, decimals) = match asset.token_address() {
            None => ("native".to_owned(), network.native_symbol().to_owned(), network.native_decimals()),
            Some(token) => {
                let fact = self.request.market.tokens.get(&asset);
                let symbol = fact.map(|fact| fact.symbol.clone()).unwrap_or_default();
                (token.to_string(), symbol, fact.map_or(0, |fact| fact.decimals))
            }
        };
        if balance < amount {
            self.warn(
                SimulationWarningCode::InsufficientBalance,
                WarningSeverity::Error,
                format!("{} {symbol} are needed, {} are there", amount.to_human(decimals), balance.to_human(decimals)),
            );
        } else if let Some(fee) = max_fee.filter(|_| asset.is_native()) {
            if balance < amount.saturating_add(fee) {
                self.warn(
                    SimulationWarningCode::InsufficientBalanceWithFee,
                    WarningSeverity::Error,
                    "the balance covers the amount, but not the fee on top",
                );
            }
            let tenfold = (0..10).fold(BaseUnits::ZERO, |sum, _| sum.saturating_add(fee));
            if !amount.is_zero() && tenfold > amount {
                self.warn(
                    SimulationWarningCode::HighFeeRatio,
                    WarningSeverity::Warning,
                    "the fee is more than a tenth of the amount",
                );
            }
        }
        self.changes.push(BalanceChange {
            asset: name,
            symbol,
            decimals,
            current_balance: balance.to_string(),
            change_amount: if amount.is_zero() { "0".to_owned() } else { format!("-{amount}") },
            after_balance: balance.checked_sub(amount).unwrap_or(BaseUnits::ZERO).to_string(),
        });
    }

    fn quote(&self, fee: BaseUnits) -> SimulatedFee {
        let network = self.request.network;
        SimulatedFee {
            estimated_fee: fee.to_string(),
            fee_symbol: network.native_symbol().to_owned(),
            fee_decimals: network.native_decimals(),
            fee_usd: native_value(&self.request.market, network.native_asset(), fee).map(Millionths::from),
            needs_ata_creation: None,
            ata_rent_cost: None,
        }
    }

    fn finish(self, ended: UnixMillis) -> DryRunSimulationResult {
        let network = self.request.network;
        let elapsed = ended.millis_since(self.request.market.now).max(0);
        DryRunSimulationResult {
            success: self.policy.allowed,
            policy: self.policy,
            fee: self.fee,
            balance_changes: self.changes,
            warnings: self.warnings,
            simulation: self.chain,
            meta: SimulationMeta {
                chain: network.chain(),
                network,
                transaction_type: self.request.tx.tx_type(),
                duration_ms: u64::try_from(elapsed).unwrap_or_default(),
            },
        }
    }
}

fn native_value(market: &Market, native: AssetId, amount: BaseUnits) -> Option<Usd> {
    match market.prices.get(&native)? {
        PriceFact::Known(price) => Some(Usd::value_of(amount, native.network().native_decimals(), *price)),
        PriceFact::NotListed | PriceFact::Unavailable => None,
    }
}
