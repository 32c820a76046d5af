//! One decision: deny rules first, then the tier, then the owner downgrade.
//!
//! The order is that of `policy.md` section 4. The first refusal ends the evaluation; everything that
//! is not refused gets the most careful of all tiers that the rules ask for.

use super::book::{PolicyBook, Row};
use super::case::{Case, Contribution, Phase, Refusal};
use super::decision::{Allowance, ApprovalReason, Decision, Denial, DeniedBy, ReasonCode, TraceEntry, Verdict, Window};
use super::facts::{Facts, Subject};
use super::kind;
use super::row::PolicyType;
use super::tier::Tier;
use super::valuation::{Exposure, movements, valuation};
use crate::id::PolicyId;
use crate::tx::{Effects, Operation, TxType};
use crate::wallet::OwnerState;

impl PolicyBook {
    /// Decides. Total and pure: the same arguments give the same decision, and a fact that is missing
    /// where a rule needs it leads to a denial.
    #[must_use]
    pub fn evaluate(&self, subject: &Subject, effects: &Effects, facts: &Facts<'_>, phase: Phase) -> Decision {
        // A ceiling replaces nothing, and a row that cannot be read denies by itself.
        let fixed = self.resolved(subject, PolicyType::ApproveTierOverride).is_some();
        let exposure = if fixed { Exposure::Ignored } else { Exposure::Measured };
        let movements = movements(effects, facts, exposure);
        let case = Case { subject, effects, facts, phase, movements: &movements };
        let mut evaluation = Evaluation {
            book: self,
            case: &case,
            passthrough: facts.settings.zero_policy_passthrough && self.is_silent(subject),
            total: Contribution::none(),
            trace: Vec::new(),
        };
        let verdict = match evaluation.run() {
            Ok(()) => Verdict::Allow(evaluation.allowance()),
            Err(denial) => Verdict::Deny(denial),
        };
        Decision { verdict, trace: evaluation.trace, valuation: valuation(&movements) }
    }
}

struct Evaluation<'a> {
    book: &'a PolicyBook,
    case: &'a Case<'a>,
    /// No row in scope, and the operator wants that to mean "everything": no default denies.
    passthrough: bool,
    total: Contribution,
    trace: Vec<TraceEntry>,
}

impl Evaluation<'_> {
    fn run(&mut self) -> Result<(), Denial> {
        self.defaults("request", DeniedBy::Validation, well_formed)?;
        for policy_type in kind::REFUSING {
            self.consult(*policy_type)?;
        }
        self.refuse_unenforceable()?;
        if !self.passthrough {
            let covered = [PolicyType::SpendingLimit, PolicyType::Whitelist]
                .into_iter()
                .any(|policy_type| self.book.resolved(self.case.subject, policy_type).is_some());
            if !covered {
                self.defaults("native transfers", DeniedBy::SpendingLimit, refuse_transfers)?;
            }
        }
        for policy_type in kind::WEIGHING {
            self.consult(*policy_type)?;
        }
        Ok(())
    }

    /// A rule that needs no row.
    fn defaults(
        &mut self,
        rule: &'static str,
        denied_by: DeniedBy,
        judge: fn(&Case<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Denial> {
        match judge(self.case) {
            Ok(()) => Ok(()),
            Err(refusal) => Err(self.deny(rule, denied_by, denied_by.as_str(), None, refusal)),
        }
    }

    /// All rows in force of one type, and what holds without one.
    fn consult(&mut self, policy_type: PolicyType) -> Result<(), Denial> {
        let (book, case) = (self.book, self.case);
        if book.resolved(case.subject, policy_type).is_none() && kind::concerns(policy_type, case) {
            let verdict = kind::absent(policy_type, case);
            let verdict = if self.passthrough { verdict.or_else(|_| Ok(Contribution::none())) } else { verdict };
            self.note(policy_type, None, verdict)?;
        }
        for row in book.in_force(case.subject, policy_type) {
            if let Some(verdict) = judge(policy_type, row, case) {
                self.note(policy_type, Some(row.id), verdict)?;
            }
        }
        Ok(())
    }

    /// A stored row that nothing here can enforce must not be passed over: somebody relies on it.
    fn refuse_unenforceable(&mut self) -> Result<(), Denial> {
        let (book, case) = (self.book, self.case);
        for policy_type in PolicyType::ALL.iter().filter(|policy_type| !policy_type.is_enforced()) {
            let row = book.in_force(case.subject, *policy_type).next();
            if let Some(row) = row.filter(|_| may_concern(*policy_type)) {
                let detail = "this build cannot enforce the policy; disable it or use a build that can";
                let refusal = Refusal::new(ReasonCode::PolicyRulesCorrupt, detail);
                let name = policy_type.as_str();
                return Err(self.deny(name, DeniedBy::UnenforceablePolicy, name, Some(row.id), refusal));
            }
        }
        Ok(())
    }

    /// The owner downgrade, then the times that belong to the final tier.
    fn allowance(&mut self) -> Allowance {
        let (total, settings) = (self.total, self.case.facts.settings);
        let downgraded = total.tier == Tier::Approval && self.case.subject.owner == OwnerState::None;
        let tier = if downgraded { Tier::Delay } else { total.tier };
        if downgraded {
            let outcome = "DELAY instead of APPROVAL: the wallet has no owner to ask".to_owned();
            self.trace.push(TraceEntry { rule: "owner", policy: None, outcome });
        }
        let approval = tier == Tier::Approval;
        Allowance {
            tier,
            delay_seconds: (tier == Tier::Delay).then(|| total.delay_seconds.unwrap_or(settings.default_delay_seconds)),
            approval_timeout_seconds: approval
                .then(|| total.approval_timeout_seconds.unwrap_or(settings.default_approval_timeout_seconds)),
            approval_reason: approval.then_some(match total.exceeded {
                Some(Window::Daily) => ApprovalReason::CumulativeDaily,
                Some(Window::Monthly) => ApprovalReason::CumulativeMonthly,
                None => ApprovalReason::PerTx,
            }),
            downgraded,
            cumulative_warning: total.warning,
        }
    }

    fn note(
        &mut self,
        policy_type: PolicyType,
        policy: Option<PolicyId>,
        verdict: Result<Contribution, Refusal>,
    ) -> Result<(), Denial> {
        let rule = policy_type.as_str();
        match verdict {
            Ok(contribution) => {
                let outcome = match (contribution.tier, policy) {
                    (Tier::Instant, Some(_)) => "passed".to_owned(),
                    (Tier::Instant, None) => "no row in force".to_owned(),
                    (tier, _) => format!("at least {tier}: {}", contribution.because),
                };
                self.trace.push(TraceEntry { rule, policy, outcome });
                self.total.merge(&contribution);
                Ok(())
            }
            Err(refusal) => Err(self.deny(rule, kind::denied_by(policy_type), rule, policy, refusal)),
        }
    }

    fn deny(
        &mut self,
        rule: &'static str,
        denied_by: DeniedBy,
        type_name: &str,
        policy: Option<PolicyId>,
        refusal: Refusal,
    ) -> Denial {
        let Refusal { reason, detail, retry_after_seconds } = refusal;
        self.trace.push(TraceEntry { rule, policy, outcome: format!("denied ({reason}): {detail}") });
        let message = format!("Transaction denied by {type_name} policy: {detail}");
        Denial { denied_by, reason, message, policy, retry_after_seconds }
    }
}

/// What one row says; `None` when it has no say.
fn judge(policy_type: PolicyType, row: &Row, case: &Case<'_>) -> Option<Result<Contribution, Refusal>> {
    match &row.rules {
        Ok(rules) => kind::concerns(policy_type, case).then(|| rules.judge(case)),
        Err(problem) => kind::corrupt_concerns(policy_type, case).then(|| {
            let detail = format!("its rules cannot be read ({problem})");
            Err(Refusal::new(ReasonCode::PolicyRulesCorrupt, detail))
        }),
    }
}

/// Refuses what cannot be judged: nothing to do, or a network that is not the one the policies were
/// chosen for.
fn well_formed(case: &Case<'_>) -> Result<(), Refusal> {
    if case.effects.operations.is_empty() {
        return Err(Refusal::new(ReasonCode::MissingInput, "the transaction does nothing that can be judged"));
    }
    if case.effects.network != case.subject.network {
        return Err(Refusal::new(ReasonCode::MissingInput, "the transaction is for another network than the request"));
    }
    Ok(())
}

/// Refuses plain transfers of native coin. A call with a value is no plain transfer.
// DIFFERS: the original lets everything pass while there is no row.
fn refuse_transfers(case: &Case<'_>) -> Result<(), Refusal> {
    let moves_native = |operation: &Operation| matches!(operation, Operation::NativeTransfer { .. });
    let plain = case.effects.tx_type == TxType::Transfer && case.effects.operations.iter().any(moves_native);
    if plain && case.facts.settings.default_deny_transfers {
        let detail = "no policy permits transfers of native coin: add a SPENDING_LIMIT or a WHITELIST policy";
        return Err(Refusal::new(ReasonCode::TransferDisabled, detail));
    }
    Ok(())
}

/// Whether a row of a type that is not enforced could have had a say.
const fn may_concern(policy_type: PolicyType) -> bool {
    match policy_type {
        PolicyType::ReputationThreshold => true,
        // Other channels, or actions of providers: no transaction of this build is one of those.
        _ => false,
    }
}
