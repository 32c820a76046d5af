//! Reading the rules of a SPENDING_LIMIT row.

use super::cumulative::{CumulativeLimits, OnExceed};
use super::thresholds::Thresholds;
use super::token_limits::TokenLimits;
use super::{DEFAULT_DELAY_SECONDS, SpendingLimit};
use crate::money::Usd;
use crate::policy::Tier;
use crate::policy::facts::UnpricedTier;
use crate::policy::rules::{Issues, Node, Object};

/// Names of the thresholds in smallest units, and of those in `token_limits`.
pub(super) const THRESHOLDS: [&str; 3] = ["instant_max", "notify_max", "delay_max"];
const USD_THRESHOLDS: [&str; 3] = ["instant_max_usd", "notify_max_usd", "delay_max_usd"];

/// The shortest delay: below it nobody could react.
const MIN_DELAY_SECONDS: u64 = 60;

/// Reads all fields and reports every issue, not only the first.
pub(super) fn read(rules: &Node<'_>, issues: &mut Issues) -> Option<SpendingLimit> {
    let rules = rules.object(issues)?;
    let raw = thresholds(&rules, THRESHOLDS, issues, |node, issues| node.digits(issues));
    let usd = thresholds(&rules, USD_THRESHOLDS, issues, |node, issues| node.usd(issues));
    let token_limits_node = rules.optional("token_limits");
    let token_limits = read_optional(token_limits_node.as_ref(), issues, TokenLimits::read);
    let delay_seconds = seconds(&rules, "delay_seconds", MIN_DELAY_SECONDS, issues);
    let approval_timeout_seconds = seconds(&rules, "approval_timeout", 1, issues);
    let daily = positive_usd(&rules, "daily_limit_usd", issues);
    let monthly = positive_usd(&rules, "monthly_limit_usd", issues);
    let unpriced = read_optional(rules.optional("unpriced_tier").as_ref(), issues, unpriced_tier);
    let on_exceed = read_optional(rules.optional("on_cumulative_exceed").as_ref(), issues, on_cumulative_exceed);

    let names = THRESHOLDS.iter().chain(&USD_THRESHOLDS).any(|name| rules.optional(name).is_some());
    let has_token_limits = token_limits_node
        .as_ref()
        .and_then(|node| node.object(&mut Issues::default()))
        .is_some_and(|limits| limits.members().next().is_some());
    if !names && !has_token_limits {
        issues.add(
            rules.node(),
            "expected at least one of `instant_max_usd`, `notify_max_usd`, `delay_max_usd`, `instant_max`, `notify_max`, \
             `delay_max` or a non-empty `token_limits`",
        );
    }
    Some(SpendingLimit {
        raw: raw?.if_any(),
        usd: usd?.if_any(),
        token_limits: token_limits?.unwrap_or_default(),
        cumulative: CumulativeLimits {
            daily: daily?,
            monthly: monthly?,
            on_exceed: on_exceed?.unwrap_or(OnExceed::Approval),
        },
        unpriced: unpriced?,
        delay_seconds: delay_seconds?.unwrap_or(DEFAULT_DELAY_SECONDS),
        approval_timeout_seconds: approval_timeout_seconds?,
    })
}

/// Refuses thresholds that decrease; stored rows keep their meaning (one after the other).
pub(super) fn check_order<T: Copy + Ord>(
    thresholds: &Thresholds<T>,
    nodes: &[Option<Node<'_>>; 3],
    issues: &mut Issues,
) {
    if let Some(Some(node)) = thresholds.first_out_of_order().and_then(|position| nodes.get(position)) {
        issues.add_at_creation(node, "expected thresholds that do not decrease: instant <= notify <= delay");
    }
}

/// `None` when the member is there and wrong, `Some(None)` when it is missing.
fn read_optional<T>(
    node: Option<&Node<'_>>,
    issues: &mut Issues,
    read: impl FnOnce(&Node<'_>, &mut Issues) -> Option<T>,
) -> Option<Option<T>> {
    node.map_or(Some(None), |node| read(node, issues).map(Some))
}

fn thresholds<T: Copy + Ord>(
    rules: &Object<'_>,
    names: [&str; 3],
    issues: &mut Issues,
    read: impl Fn(&Node<'_>, &mut Issues) -> Option<T>,
) -> Option<Thresholds<T>> {
    let nodes = names.map(|name| rules.optional(name));
    let [instant, notify, delay] = nodes.clone().map(|node| read_optional(node.as_ref(), issues, &read));
    let thresholds = Thresholds { instant: instant?, notify: notify?, delay: delay? };
    check_order(&thresholds, &nodes, issues);
    Some(thresholds)
}

fn seconds(rules: &Object<'_>, name: &str, min: u64, issues: &mut Issues) -> Option<Option<u32>> {
    read_optional(rules.optional(name).as_ref(), issues, |node, issues| {
        let seconds = u32::try_from(node.integer(min, issues)?).ok();
        if seconds.is_none() {
            issues.add(node, "expected at most 4294967295 seconds");
        }
        seconds
    })
}

fn positive_usd(rules: &Object<'_>, name: &str, issues: &mut Issues) -> Option<Option<Usd>> {
    read_optional(rules.optional(name).as_ref(), issues, |node, issues| {
        let usd = node.usd(issues)?;
        if usd.is_zero() {
            issues.add(node, "expected US dollars above 0");
            return None;
        }
        Some(usd)
    })
}

fn unpriced_tier(node: &Node<'_>, issues: &mut Issues) -> Option<UnpricedTier> {
    let tier = match node.as_text() {
        Some("NOTIFY") => Some(UnpricedTier::Tier(Tier::Notify)),
        Some("DELAY") => Some(UnpricedTier::Tier(Tier::Delay)),
        Some("APPROVAL") => Some(UnpricedTier::Tier(Tier::Approval)),
        Some("DENY") => Some(UnpricedTier::Deny),
        _ => None,
    };
    if tier.is_none() {
        issues.add(node, "expected `NOTIFY`, `DELAY`, `APPROVAL` or `DENY`");
    }
    tier
}

fn on_cumulative_exceed(node: &Node<'_>, issues: &mut Issues) -> Option<OnExceed> {
    let choice = match node.as_text() {
        Some("APPROVAL") => Some(OnExceed::Approval),
        Some("DENY") => Some(OnExceed::Deny),
        _ => None,
    };
    if choice.is_none() {
        issues.add(node, "expected `APPROVAL` or `DENY`");
    }
    choice
}
