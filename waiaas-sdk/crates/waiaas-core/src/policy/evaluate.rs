//! One decision: deny rules first, then the tier, then the owner downgrade.
//!
//! The order is that of `policy.md` section 4. The first refusal ends the evaluation; everything that
//! is not refused gets the most careful of all tiers that the rules ask for.

use super::book::{PolicyBook, Row, Scope};
use super::case::{Case, Contribution, Phase, Refusal};
use super::channel;
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
        let scope = Scope::of(subject, effects);
        // A ceiling replaces nothing, and a row that cannot be read denies by itself.
        let fixed = self.resolved(scope, PolicyType::ApproveTierOverride).is_some();
        let exposure = if fixed { Exposure::Ignored } else { Exposure::Measured };
        let movements = movements(effects, facts, exposure);
        let (operations, tx_type) = (effects.operations.as_slice(), effects.tx_type);
        let case = Case { subject, effects, operations, tx_type, facts, phase, movements: &movements };
        let mut evaluation = Evaluation {
            book: self,
            scope,
            case,
            instruction: None,
            passthrough: facts.settings.zero_policy_passthrough && self.is_silent(scope),
            total: Contribution::none(),
            trace: Vec::new(),
        };
        let verdict = evaluation.run().map_or_else(Verdict::Deny, Verdict::Allow);
        Decision { verdict, trace: evaluation.trace, valuation: valuation(effects, &movements) }
    }
}

struct Evaluation<'a> {
    book: &'a PolicyBook,
    scope: Scope,
    case: Case<'a>,
    /// The instruction of a batch that is judged now.
    instruction: Option<usize>,
    /// No row in scope, and the operator wants that to mean "everything": no default denies.
    passthrough: bool,
    total: Contribution,
    trace: Vec<TraceEntry>,
}

impl<'a> Evaluation<'a> {
    fn run(&mut self) -> Result<Allowance, Denial> {
        self.refuse_unless("request", DeniedBy::Validation, well_formed)?;
        self.refuse_unless("channel", DeniedBy::Channel, channel::refuse_disabled)?;
        if self.case.effects.instructions.is_empty() {
            self.refuse(kind::REFUSING)?;
        } else {
            self.refuse_in_batch()?;
        }
        for policy_type in kind::WEIGHING {
            self.consult(*policy_type)?;
        }
        self.raise_defaults();
        let allowance = self.allowance();
        self.refuse_unless("channel", DeniedBy::Channel, |case| channel::refuse_waiting(case, &allowance))?;
        Ok(allowance)
    }

    /// What concerns the whole first, then every instruction by itself.
    fn refuse_in_batch(&mut self) -> Result<(), Denial> {
        let once = |policy_type: &&PolicyType| kind::is_judged_once(**policy_type);
        for policy_type in kind::REFUSING.iter().filter(once) {
            self.consult(*policy_type)?;
        }
        let each: Vec<PolicyType> = kind::REFUSING.iter().filter(|policy_type| !once(policy_type)).copied().collect();
        let whole = self.case;
        let mut rest = whole.operations;
        for (index, instruction) in whole.effects.instructions.iter().enumerate() {
            // `well_formed` has checked that the instructions share out the operations.
            let (own, others) = rest.split_at_checked(instruction.operations).unwrap_or((rest, &[]));
            rest = others;
            self.instruction = Some(index);
            self.case = Case { operations: own, tx_type: instruction.tx_type, ..whole };
            self.refuse(&each)?;
        }
        self.instruction = None;
        self.case = whole;
        Ok(())
    }

    fn refuse(&mut self, types: &[PolicyType]) -> Result<(), Denial> {
        for policy_type in types {
            self.consult(*policy_type)?;
        }
        let covers = |policy_type| self.book.resolved(self.scope, policy_type).is_some();
        if !self.passthrough && !covers(PolicyType::SpendingLimit) && !covers(PolicyType::Whitelist) {
            self.refuse_unless("native transfers", DeniedBy::SpendingLimit, refuse_transfers)?;
        }
        Ok(())
    }

    /// A rule that needs no row.
    fn refuse_unless(
        &mut self,
        rule: &'static str,
        denied_by: DeniedBy,
        judge: impl FnOnce(&Case<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Denial> {
        match judge(&self.case) {
            Ok(()) => Ok(()),
            Err(refusal) => Err(self.deny(rule, denied_by, denied_by.as_str(), None, refusal)),
        }
    }

    /// All rows in force of one type, and what holds without one.
    fn consult(&mut self, policy_type: PolicyType) -> Result<(), Denial> {
        let (book, scope, case) = (self.book, self.scope, self.case);
        if book.resolved(scope, policy_type).is_none() && kind::concerns(policy_type, &case) {
            let verdict = kind::absent(policy_type, &case);
            let verdict = if self.passthrough { verdict.or_else(|_| Ok(Contribution::none())) } else { verdict };
            self.note(policy_type, None, verdict)?;
        }
        for row in book.in_force(scope, policy_type) {
            if let Some(verdict) = judge(policy_type, row, &case) {
                self.note(policy_type, Some(row.id), verdict)?;
            }
        }
        Ok(())
    }

    /// The tiers that need no row: of NFTs and deployments by the settings, and of an action by its provider.
    fn raise_defaults(&mut self) {
        let settings = self.case.facts.settings;
        let defaults = self.case.operations.iter().filter_map(|operation| match operation {
            Operation::NftTransfer { .. } => Some(("NFT transfers", settings.nft_transfer_tier)),
            Operation::Deployment => Some(("deployments", settings.deploy_tier)),
            Operation::NativeTransfer { .. }
            | Operation::TokenTransfer { .. }
            | Operation::Approval { .. }
            | Operation::ContractCall { .. } => None,
        });
        let floor = self.case.action().map(|action| ("action", action.floor));
        for (rule, tier) in defaults.chain(floor).filter(|(_, tier)| *tier > Tier::Instant) {
            self.total.raise(tier, rule);
            self.trace.push(TraceEntry { rule, policy: None, outcome: format!("at least {tier}") });
        }
    }

    /// The owner downgrade, then the times that belong to the final tier.
    fn allowance(&mut self) -> Allowance {
        let (total, settings) = (self.total, self.case.facts.settings);
        let ownerless = self.case.subject.owner == OwnerState::None;
        let downgraded = total.tier == Tier::Approval && ownerless && channel::can_wait(&self.case.effects.channel);
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
        let detail = match self.instruction {
            Some(index) => format!("{detail} (instruction {index})"),
            None => detail,
        };
        self.trace.push(TraceEntry { rule, policy, outcome: format!("denied ({reason}): {detail}") });
        let message = format!("Transaction denied by {type_name} policy: {detail}");
        Denial { denied_by, reason, message, policy, retry_after_seconds, instruction: self.instruction }
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

/// Refuses what cannot be judged: nothing to do where something should be done, instructions that do not share out
/// the operations, or a network that is not the one the policies were chosen for.
fn well_formed(case: &Case<'_>) -> Result<(), Refusal> {
    let (effects, missing) = (case.effects, |detail| Err(Refusal::new(ReasonCode::MissingInput, detail)));
    if effects.operations.is_empty() == effects.channel.is_on_chain() {
        return missing("the transaction does nothing that can be judged");
    }
    let shared = effects.instructions.iter().try_fold(0_usize, |sum, part| sum.checked_add(part.operations));
    let empty = effects.instructions.iter().any(|part| part.operations == 0);
    if empty || (!effects.instructions.is_empty() && shared != Some(effects.operations.len())) {
        return missing("an instruction of the batch does nothing that can be judged");
    }
    if effects.network != case.subject.network {
        return missing("the transaction is for another network than the request");
    }
    Ok(())
}

/// Refuses plain transfers of native coin. A call with a value is no plain transfer.
// DIFFERS: the original lets everything pass while there is no row.
fn refuse_transfers(case: &Case<'_>) -> Result<(), Refusal> {
    let moves_native = |operation: &Operation| matches!(operation, Operation::NativeTransfer { .. });
    let plain = case.tx_type == TxType::Transfer && case.operations.iter().any(moves_native);
    if plain && case.facts.settings.default_deny_transfers {
        let detail = "no policy permits transfers of native coin: add a SPENDING_LIMIT or a WHITELIST policy";
        return Err(Refusal::new(ReasonCode::TransferDisabled, detail));
    }
    Ok(())
}
