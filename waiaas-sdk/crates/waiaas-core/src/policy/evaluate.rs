//! One decision: deny rules first, then the tier, then the owner downgrade.
//!
//! The order is that of `policy.md` section 4. The first refusal ends the evaluation; everything that
//! is not refused gets the most careful of all tiers that the rules ask for.

use super::book::{PolicyBook, Row};
use super::case::{Case, Contribution, Phase, Refusal};
use super::channel;
use super::decision::{
    Allowance, ApprovalReason, Decision, Denial, DeniedBy, ReasonCode, TraceEntry, Valuation, Verdict, Window,
};
use super::facts::{Facts, Subject};
use super::kind::{self, RuleSet};
use super::missing::MissingEntry;
use super::plan::{Judge, Plan, Step};
use super::row::PolicyType;
use super::tier::Tier;
use super::topics::Topics;
use super::trace::{Recorder, Silence, Trace};
use super::valuation::{Exposure, Movements, valuation};
use crate::id::PolicyId;
use crate::tx::{Effects, Operation, TxType};
use crate::wallet::OwnerState;

/// A verdict together with everything that it followed from.
///
/// The verdict is there at once; why it came out so is worked out when somebody asks. That is exact, because an
/// evaluation is a function of what is kept here and of nothing else.
#[derive(Clone, Debug)]
pub struct Judgement<'a> {
    verdict: Verdict,
    pub(super) inputs: Inputs<'a>,
}

/// What one evaluation depends on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Inputs<'a> {
    pub(super) book: &'a PolicyBook,
    pub(super) subject: &'a Subject,
    pub(super) effects: &'a Effects,
    pub(super) facts: &'a Facts<'a>,
    pub(super) phase: Phase,
}

/// Something that is supposed to be listed.
#[derive(Clone, Copy, Debug)]
pub(super) struct Supposition<'a> {
    /// In the row that it names; without one, in a row that is supposed as well.
    pub(super) entry: &'a MissingEntry,
    /// The rules of that supposed row.
    pub(super) rules: &'a RuleSet,
}

impl Supposition<'_> {
    /// Whether a row of the type is supposed.
    fn makes(&self, policy_type: PolicyType) -> bool {
        self.entry.policy.is_none() && self.entry.policy_type == policy_type
    }
}

impl PolicyBook {
    /// Decides. Total and pure: the same arguments give the same decision, and a fact that is missing where a rule needs
    /// it leads to a denial. An allowed request costs no allocation, and time that is bounded by its operations and the
    /// rows in force, not by the length of their lists.
    #[must_use]
    pub fn judge<'a>(
        &'a self,
        subject: &'a Subject,
        effects: &'a Effects,
        facts: &'a Facts<'a>,
        phase: Phase,
    ) -> Judgement<'a> {
        let inputs = Inputs { book: self, subject, effects, facts, phase };
        Judgement { verdict: inputs.verdict(), inputs }
    }

    /// As [`Self::judge`], with the trace and the valuation worked out.
    #[must_use]
    pub fn evaluate(&self, subject: &Subject, effects: &Effects, facts: &Facts<'_>, phase: Phase) -> Decision {
        let inputs = Inputs { book: self, subject, effects, facts, phase };
        let mut trace = Trace::default();
        let verdict = inputs.run(&mut trace, None);
        Decision { verdict, trace: trace.into_entries(), valuation: valuation(effects, facts) }
    }
}

impl Judgement<'_> {
    /// Allowed or denied.
    #[must_use]
    pub const fn verdict(&self) -> &Verdict {
        &self.verdict
    }

    /// Every rule that was considered, in order.
    #[must_use]
    pub fn trace(&self) -> Vec<TraceEntry> {
        let mut trace = Trace::default();
        // The same verdict again: only the way to it is of interest.
        let _ = self.inputs.run(&mut trace, None);
        trace.into_entries()
    }

    /// What the request moves and is worth.
    #[must_use]
    pub fn valuation(&self) -> Valuation {
        valuation(self.inputs.effects, self.inputs.facts)
    }
}

impl Inputs<'_> {
    /// The verdict alone.
    pub(super) fn verdict(&self) -> Verdict {
        self.run(&mut Silence::<false>, None)
    }

    /// The verdict if something were listed.
    pub(super) fn suppose(&self, supposed: Supposition<'_>) -> Verdict {
        self.run(&mut Silence::<true>, Some(supposed))
    }

    fn run(&self, recorder: &mut impl Recorder, supposed: Option<Supposition<'_>>) -> Verdict {
        let Self { book, subject, effects, facts, phase } = *self;
        let plan = book.plan(subject, effects);
        let mut movements = Movements::new();
        super::valuation::sum_up(effects, facts, &mut movements);
        let operations = effects.operations.as_slice();
        let topics = Topics::of(effects, operations, phase);
        let tx_type = effects.tx_type;
        let (movements, exposure) = (movements.as_slice(), Exposure::Measured);
        let case = Case { subject, effects, operations, tx_type, facts, topics, movements, exposure, granted: None };
        // A row that is supposed to be made ends the silence.
        let silent = plan.silent && supposed.is_none_or(|supposed| supposed.entry.policy.is_some());
        let passthrough = facts.settings.zero_policy_passthrough && silent;
        let total = Contribution::none();
        let mut evaluation =
            Evaluation { book, plan, phase, case, instruction: None, passthrough, total, supposed, recorder };
        evaluation.run().map_or_else(Verdict::Deny, Verdict::Allow)
    }
}

struct Evaluation<'a, R> {
    book: &'a PolicyBook,
    plan: &'a Plan,
    phase: Phase,
    case: Case<'a>,
    /// The instruction of a batch that is judged now.
    instruction: Option<usize>,
    /// No row in scope, and the operator wants that to mean "everything": no default denies.
    passthrough: bool,
    total: Contribution,
    /// Looked at only if [`Recorder::SUPPOSES`], so that nobody else pays for it.
    supposed: Option<Supposition<'a>>,
    recorder: &'a mut R,
}

impl<R: Recorder> Evaluation<'_, R> {
    fn run(&mut self) -> Result<Allowance, Denial> {
        self.refuse_unless("request", DeniedBy::Validation, well_formed)?;
        self.refuse_unless("channel", DeniedBy::Channel, channel::refuse_disabled)?;
        if self.case.effects.instructions.is_empty() {
            self.refuse(|_| true)?;
        } else {
            self.refuse_in_batch()?;
        }
        self.consult_all(self.plan.weighing(), |_| true)?;
        self.raise_defaults();
        self.allowance()
    }

    /// What concerns the whole first, then every instruction by itself.
    fn refuse_in_batch(&mut self) -> Result<(), Denial> {
        self.consult_all(self.plan.refusing(), |step| step.once)?;
        let whole = self.case;
        let mut rest = whole.operations;
        for (index, instruction) in whole.effects.instructions.iter().enumerate() {
            // `well_formed` has checked that the instructions share out the operations.
            let (own, others) = rest.split_at_checked(instruction.operations).unwrap_or((rest, &[]));
            rest = others;
            self.instruction = Some(index);
            let topics = Topics::of(whole.effects, own, self.phase);
            self.case = Case { operations: own, tx_type: instruction.tx_type, topics, ..whole };
            self.refuse(|step| !step.once)?;
        }
        self.instruction = None;
        self.case = whole;
        Ok(())
    }

    fn refuse(&mut self, which: impl Fn(&Step) -> bool) -> Result<(), Denial> {
        self.consult_all(self.plan.refusing(), which)?;
        let supposed = R::SUPPOSES && self.supposed.is_some_and(|supposed| supposed.makes(PolicyType::Whitelist));
        if !self.passthrough && !self.plan.permits_transfers && !supposed {
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
        judge(&self.case).map_err(|refusal| self.deny(rule, denied_by, denied_by.as_str(), None, refusal))
    }

    /// Those of the steps that the request is about. Most are not, so this much is done without a call.
    #[inline]
    fn consult_all(&mut self, steps: &[Step], which: impl Fn(&Step) -> bool) -> Result<(), Denial> {
        let topics = self.case.topics;
        for step in steps.iter().filter(|step| step.topics.meets(topics) && which(step)) {
            self.consult(step)?;
        }
        Ok(())
    }

    /// One row, or what holds without one.
    fn consult(&mut self, step: &Step) -> Result<(), Denial> {
        match step.judge {
            Judge::Row(position) => {
                let Some(row) = self.book.row(position) else { return Ok(()) };
                // The fixed tier of allowances takes the place of what other rows of its scope say, not of a ceiling.
                self.case.exposure =
                    if self.plan.fixes_approvals && !row.ceiling { Exposure::Ignored } else { Exposure::Measured };
                if R::SUPPOSES {
                    let supposed = self.supposed.filter(|supposed| supposed.entry.policy == Some(row.id));
                    self.case.granted = supposed.map(|supposed| supposed.entry);
                }
                self.note(step, Some(row), |case, into| match &row.rules {
                    Ok(rules) => rules.judge(case, into),
                    Err(problem) => {
                        let detail = format!("its rules cannot be read ({problem})");
                        Err(Refusal::new(ReasonCode::PolicyRulesCorrupt, detail))
                    }
                })
            }
            Judge::Absence(_) if R::SUPPOSES && self.supposed.is_some_and(|it| it.makes(step.policy_type)) => {
                let supposed = self.supposed;
                self.note(step, None, |case, into| supposed.map_or(Ok(()), |it| it.rules.judge(case, into)))
            }
            Judge::Absence(Some(absent)) => {
                // The hosts that may be paid or signed for are asked even where everything else passes.
                let passthrough = self.passthrough && !step.topics.meets(Topics::GATES);
                self.case.exposure = if self.plan.fixes_approvals { Exposure::Ignored } else { Exposure::Measured };
                self.note(step, None, |case, into| {
                    absent(case, into).or_else(|refusal| if passthrough { Ok(()) } else { Err(refusal) })
                })
            }
            Judge::Absence(None) => self.note(step, None, |_, _| Ok(())),
        }
    }

    /// Judges, and notes what came of it.
    fn note(
        &mut self,
        step: &Step,
        row: Option<&Row>,
        judge: impl FnOnce(&Case<'_>, &mut Contribution) -> Result<(), Refusal>,
    ) -> Result<(), Denial> {
        let verdict = if R::LISTENS {
            let mut own = Contribution::none();
            let verdict = judge(&self.case, &mut own);
            if verdict.is_ok() {
                self.recorder.passed(step.policy_type.as_str(), row.map(|row| row.id), &own);
                self.total.add(&own);
            }
            verdict
        } else {
            judge(&self.case, &mut self.total)
        };
        verdict.map_err(|refusal| {
            let name = step.policy_type.as_str();
            self.deny(name, kind::traits(step.policy_type).denied_by, name, row.map(|row| row.id), refusal)
        })
    }

    /// The tiers that need no row: of NFTs and deployments by the settings, of what is signed unread, and of an action by
    /// its provider.
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
        let floors = [
            ("signature", self.case.effects.floor),
            ("action", self.case.action().map_or(Tier::Instant, |action| action.floor)),
        ];
        for (rule, tier) in defaults.chain(floors).filter(|(_, tier)| *tier > Tier::Instant) {
            self.total.raise(tier, rule);
            self.recorder.remark(rule, format_args!("at least {tier}"));
        }
    }

    /// The owner downgrade, then the times that belong to the final tier, and whether the channel can wait for it.
    fn allowance(&mut self) -> Result<Allowance, Denial> {
        let settings = self.case.facts.settings;
        let ownerless = self.case.subject.owner == OwnerState::None;
        let downgraded =
            self.total.tier == Tier::Approval && ownerless && channel::can_wait(&self.case.effects.channel);
        let tier = if downgraded { Tier::Delay } else { self.total.tier };
        if downgraded {
            self.recorder.remark("owner", format_args!("DELAY instead of APPROVAL: the wallet has no owner to ask"));
        }
        // A ceiling neither shortens the usual delay nor lengthens the owner's usual time.
        if !self.plan.sets_times {
            self.total.delay(settings.default_delay_seconds);
            self.total.approval_timeout(settings.default_approval_timeout_seconds);
        }
        let delay = self.total.delay_seconds.unwrap_or(settings.default_delay_seconds);
        let delay_seconds = (tier == Tier::Delay).then_some(delay);
        self.refuse_unless("channel", DeniedBy::Channel, |case| channel::refuse_waiting(case, tier, delay_seconds))?;
        let timeout = self.total.approval_timeout_seconds.unwrap_or(settings.default_approval_timeout_seconds);
        let reason = match self.total.exceeded {
            Some(Window::Daily) => ApprovalReason::CumulativeDaily,
            Some(Window::Monthly) => ApprovalReason::CumulativeMonthly,
            None => ApprovalReason::PerTx,
        };
        let approval = tier == Tier::Approval;
        Ok(Allowance {
            tier,
            delay_seconds,
            approval_timeout_seconds: approval.then_some(timeout),
            approval_reason: approval.then_some(reason),
            downgraded,
            cumulative_warning: self.total.warning,
        })
    }

    fn deny(
        &mut self,
        rule: &'static str,
        denied_by: DeniedBy,
        type_name: &str,
        policy: Option<PolicyId>,
        refusal: Refusal,
    ) -> Denial {
        let Refusal { reason, detail, retry_after_seconds, missing } = refusal;
        let detail = match self.instruction {
            Some(index) => format!("{detail} (instruction {index})"),
            None => detail,
        };
        self.recorder.refused(rule, policy, reason, &detail);
        let message = format!("Transaction denied by {type_name} policy: {detail}");
        let instruction = self.instruction;
        let missing = missing.map(|missing| Box::new(MissingEntry { policy, ..*missing }));
        Denial { denied_by, reason, message, policy, retry_after_seconds, instruction, missing }
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
    let plain = case.tx_type == TxType::Transfer && case.topics.meets(Topics::NATIVE);
    if plain && case.facts.settings.default_deny_transfers {
        let detail = "no policy permits transfers of native coin: add a SPENDING_LIMIT or a WHITELIST policy";
        let refusal = Refusal::new(ReasonCode::TransferDisabled, detail);
        let recipient = case.operations.iter().find_map(|operation| match operation {
            Operation::NativeTransfer { to, .. } => Some(to.to_string()),
            _ => None,
        });
        return Err(match recipient {
            Some(to) => refusal.for_want_of(PolicyType::Whitelist, "allowed_addresses", to),
            None => refusal,
        });
    }
    Ok(())
}
