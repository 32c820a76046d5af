//! What is consulted for one wallet on one network, in order: worked out when policies are written.

use super::book::Row;
use super::kind::{Absent, REFUSING, Traits, WEIGHING, traits};
use super::row::PolicyType;
use super::topics::Topics;

/// The rows in force for one wallet on one network, by type in the order of evaluation (`policy.md` section 4), and
/// between them what holds for types without a row.
///
/// A request meets those steps whose topics it touches: they are its plan.
#[derive(Clone, Debug)]
pub(super) struct Plan {
    steps: Box<[Step]>,
    /// Where the steps begin that determine the tier of what no step before refused.
    weighing: usize,
    /// No row at all is in scope.
    pub(super) silent: bool,
    /// Some row, and not only a ceiling, permits native transfers within its limits.
    pub(super) permits_transfers: bool,
    /// Some SPENDING_LIMIT row, and not only a ceiling, says how long to wait for what.
    pub(super) sets_times: bool,
    /// The tier of allowances is fixed, whatever their amount.
    pub(super) fixes_approvals: bool,
}

/// One thing to consult.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Of which type.
    pub(super) policy_type: PolicyType,
    /// Requests without any of these are passed over.
    pub(super) topics: Topics,
    /// Judged once for a whole batch.
    pub(super) once: bool,
    /// What judges.
    pub(super) judge: Judge,
}

/// What a step consists of.
#[derive(Clone, Copy, Debug)]
pub(super) enum Judge {
    /// The row at this position of the book.
    Row(usize),
    /// What holds when the type resolves to no row; `None` is no restriction, of interest only to a trace.
    Absence(Option<Absent>),
}

impl Plan {
    /// Works out the plan. `in_scope` are the rows that cover the wallet and the network, of each type the strongest
    /// first, with their positions in the book.
    ///
    /// Of each type, and of each group of a type, the strongest row that is no ceiling is in force, then every ceiling.
    pub(super) fn of(in_scope: &[(usize, &Row)]) -> Self {
        let mut steps = Vec::with_capacity(in_scope.len());
        let refusing = REFUSING.iter().flat_map(|policy_type| steps_of(*policy_type, in_scope));
        steps.extend(refusing);
        let weighing = steps.len();
        steps.extend(WEIGHING.iter().flat_map(|policy_type| steps_of(*policy_type, in_scope)));
        let resolves = |policy_type| in_scope.iter().any(|(_, row)| row.policy_type == policy_type && !row.ceiling);
        Self {
            steps: steps.into(),
            weighing,
            silent: in_scope.is_empty(),
            permits_transfers: resolves(PolicyType::SpendingLimit) || resolves(PolicyType::Whitelist),
            sets_times: resolves(PolicyType::SpendingLimit),
            fixes_approvals: resolves(PolicyType::ApproveTierOverride),
        }
    }

    /// Steps that refuse.
    pub(super) fn refusing(&self) -> &[Step] {
        self.steps.get(..self.weighing).unwrap_or_default()
    }

    /// Steps that determine the tier.
    pub(super) fn weighing(&self) -> &[Step] {
        self.steps.get(self.weighing..).unwrap_or_default()
    }

    /// Positions of the rows in force.
    pub(super) fn rows(&self) -> impl Iterator<Item = usize> {
        self.steps.iter().filter_map(|step| match step.judge {
            Judge::Row(position) => Some(position),
            Judge::Absence(_) => None,
        })
    }
}

fn steps_of(policy_type: PolicyType, in_scope: &[(usize, &Row)]) -> Vec<Step> {
    let Traits { topics, corrupt_topics, once, absent, .. } = traits(policy_type);
    let of_type = || in_scope.iter().filter(|(_, row)| row.policy_type == policy_type);
    let mut steps = Vec::new();
    if !of_type().any(|(_, row)| !row.ceiling) {
        steps.push(Step { policy_type, topics, once, judge: Judge::Absence(absent) });
    }
    let strongest = of_type().filter(|(_, row)| !row.ceiling).enumerate().filter(|(position, (_, row))| {
        let mut stronger = of_type().filter(|(_, row)| !row.ceiling).take(*position);
        stronger.all(|(_, other)| other.group() != row.group())
    });
    let in_force = strongest.map(|(_, entry)| entry).chain(of_type().filter(|(_, row)| row.ceiling));
    steps.extend(in_force.map(|(position, row)| {
        let topics = if row.rules.is_ok() { topics } else { corrupt_topics };
        Step { policy_type, topics, once, judge: Judge::Row(*position) }
    }));
    steps
}
