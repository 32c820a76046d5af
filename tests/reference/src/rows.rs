//! Which rows count (section 3): scope, override, priority, ceilings.

use crate::actions::CategoryLimit;
use crate::read::rules;
use waiaas_core::id::PolicyId;
use waiaas_core::policy::{PolicyRow, PolicyType, Subject};
use waiaas_core::time::UnixMillis;

/// Rows of one type that a request must satisfy.
pub(crate) struct Force<'a> {
    /// The row that the type resolves to. A ceiling is never it: a ceiling "only tightens", so it cannot stand in for
    /// a row whose absence denies.
    pub(crate) base: Option<&'a PolicyRow>,
    /// Rows that hold in addition.
    pub(crate) ceilings: Vec<&'a PolicyRow>,
}

impl<'a> Force<'a> {
    /// The row first, then what holds in addition.
    pub(crate) fn all(&self) -> impl Iterator<Item = &'a PolicyRow> {
        self.base.into_iter().chain(self.ceilings.iter().copied())
    }
}

/// Enabled rows of this wallet, or of all, on this network, or on all. A request without a network ("off-chain")
/// loads only rows without one.
pub(crate) fn in_scope<'a>(rows: &'a [PolicyRow], subject: &Subject, on_chain: bool) -> Vec<&'a PolicyRow> {
    let wallet = |row: &PolicyRow| row.wallet.is_none() || row.wallet == Some(subject.wallet);
    let network = |row: &PolicyRow| row.network.is_none() || (on_chain && row.network == Some(subject.network));
    rows.iter().filter(|row| row.enabled && wallet(row) && network(row)).collect()
}

/// Rows in force of one type. ACTION_CATEGORY_LIMIT is resolved by [`by_category`] instead.
pub(crate) fn in_force<'a>(scope: &[&'a PolicyRow], policy_type: PolicyType) -> Force<'a> {
    let of_type = scope.iter().copied().filter(|row| row.policy_type == policy_type);
    resolved(of_type.collect())
}

/// Rows in force of ACTION_CATEGORY_LIMIT: one for each category that rows name, then the ceilings. Rows that cannot
/// be read form a group of their own.
pub(crate) fn by_category<'a>(scope: &[&'a PolicyRow]) -> Vec<&'a PolicyRow> {
    let all = in_force(scope, PolicyType::ActionCategoryLimit);
    let (mut bases, mut categories) = (Vec::new(), Vec::new());
    let mut others: Vec<&PolicyRow> = scope
        .iter()
        .copied()
        .filter(|row| row.policy_type == PolicyType::ActionCategoryLimit && !row.ceiling)
        .collect();
    others.sort_by_key(|row| std::cmp::Reverse(strength(row)));
    for row in others {
        let category = category_of(row);
        if !categories.contains(&category) {
            categories.push(category);
            bases.push(row);
        }
    }
    bases.into_iter().chain(all.ceilings).collect()
}

fn category_of(row: &PolicyRow) -> Option<String> {
    rules(&row.rules).and_then(|rules| CategoryLimit::read(&rules)).map(|limit| limit.category).ok()
}

fn resolved(rows: Vec<&PolicyRow>) -> Force<'_> {
    let (mut ceilings, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.ceiling);
    ceilings.sort_by_key(|row| std::cmp::Reverse(strength(row)));
    Force { base: others.into_iter().max_by_key(|row| strength(row)), ceilings }
}

/// More specific replaces less specific; inside a scope the highest priority, then the newest, then the largest id.
fn strength(row: &PolicyRow) -> (u8, i64, UnixMillis, PolicyId) {
    let scope = match (row.wallet, row.network) {
        (Some(_), Some(_)) => 3,
        (Some(_), None) => 2,
        (None, Some(_)) => 1,
        (None, None) => 0,
    };
    (scope, row.priority, row.created_at, row.id)
}
