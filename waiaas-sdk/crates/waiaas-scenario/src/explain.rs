//! Why a request is decided as it is: the verdict, every rule that was considered, and what was counted.

use crate::node::{Faults, Node};
use crate::request::{self, Refused};
use crate::world::World;
use crate::{Zones, create, rows};
use serde_json::{Map, Value, json};
use std::fmt::{self, Write as _};
use waiaas_core::chain::Network;
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::policy::{CumulativeWarning, Decision, DeniedBy, PolicyBook, PolicyRow, PolicyType, Verdict};
use waiaas_core::wire::{Issue, Issues};

/// A request with what became of it.
#[derive(Clone, Debug)]
pub struct Explanation {
    /// What became of it.
    pub outcome: Outcome,
    /// Every rule that was considered, in the order of evaluation. Rules that have no say in the request are not
    /// in here; after a denial nothing more is considered.
    pub considered: Vec<Considered>,
    /// What is doubtful about the rows: rules that the service would not take, with their places in the document.
    /// A row whose rules cannot be read denies what it concerns.
    pub doubts: Vec<Issue>,
}

/// What becomes of a request.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// The policies decided.
    Decided(Box<Decision>),
    /// It was refused while it was read, before any policy.
    Refused(Refused),
    /// A `create_policy` request: what is wrong with it; accepted when that is nothing.
    Created(Vec<Issue>),
}

/// One rule that was considered.
#[derive(Clone, Debug)]
pub struct Considered {
    /// The policy type, or what else contributed.
    pub rule: String,
    /// The row; `None` for what holds without one.
    pub row: Option<RowRef>,
    /// What came of it.
    pub outcome: String,
}

/// A row of the document.
#[derive(Clone, Debug)]
pub struct RowRef {
    /// Its place in the list, from 0.
    pub position: usize,
    /// Its id; made from the position when the document gives none.
    pub id: PolicyId,
    /// Its type.
    pub policy_type: PolicyType,
    /// The wallet that it binds; `None` = every wallet.
    pub wallet: Option<WalletId>,
    /// The network that it is limited to; `None` = every network.
    pub network: Option<Network>,
    /// Whether it holds in addition to every more specific row.
    pub ceiling: bool,
    /// Its rules, as JSON text.
    pub rules: String,
}

/// Explains one request. `policies` is a list of rows (what `GET /v1/policies` has under `data`), `context` may be
/// `{}`, `request` is a body of `POST /v1/transactions/send` or of another channel.
///
/// # Errors
/// What is wrong with the three documents; the paths begin with `policies`, `context` or `request`.
pub fn explain(policies: &Value, context: &Value, request: &Value, zones: Zones<'_>) -> Result<Explanation, Issues> {
    let mut faults = Faults::default();
    let policies = Node::at(policies, "policies");
    let explanation =
        explain_nodes(&policies, &[Node::at(context, "context")], &Node::at(request, "request"), zones, &mut faults);
    faults.finish(explanation)
}

/// The same for parts of a larger document.
pub(crate) fn explain_nodes(
    policies: &Node<'_>,
    contexts: &[Node<'_>],
    request: &Node<'_>,
    zones: Zones<'_>,
    faults: &mut Faults,
) -> Option<Explanation> {
    if let Some(body) = request.get("create_policy") {
        request.only(&["create_policy"], faults);
        let outcome = Outcome::Created(create::check(&body, zones, faults));
        return Some(Explanation { outcome, considered: Vec::new(), doubts: Vec::new() });
    }
    let rows = rows::read(policies, faults);
    let doubts = rows::doubts(policies, zones);
    let world = World::read(contexts, request.given("network").as_ref(), faults)?;
    let considered = Vec::new();
    Some(match request::read(request, &world, faults)? {
        Err(refused) => Explanation { outcome: Outcome::Refused(refused), considered, doubts },
        Ok(effects) => {
            let decision = world.judge(&PolicyBook::compile(&rows), &effects, zones);
            let considered = considered_rules(&decision, &rows);
            Explanation { outcome: Outcome::Decided(Box::new(decision)), considered, doubts }
        }
    })
}

fn considered_rules(decision: &Decision, rows: &[PolicyRow]) -> Vec<Considered> {
    let find = |id: PolicyId| {
        let (position, row) = rows.iter().enumerate().find(|(_, row)| row.id == id)?;
        Some(RowRef {
            position,
            id,
            policy_type: row.policy_type,
            wallet: row.wallet,
            network: row.network,
            ceiling: row.ceiling,
            rules: row.rules.clone(),
        })
    };
    let entry = |entry: &waiaas_core::policy::TraceEntry| Considered {
        rule: entry.rule.to_owned(),
        row: entry.policy.and_then(find),
        outcome: entry.outcome.clone(),
    };
    decision.trace.iter().map(entry).collect()
}

impl Explanation {
    /// Whether the request may proceed, or the policy be made.
    #[must_use]
    pub fn is_allowed(&self) -> bool {
        match &self.outcome {
            Outcome::Decided(decision) => matches!(decision.verdict, Verdict::Allow(_)),
            Outcome::Refused(_) => false,
            Outcome::Created(issues) => issues.is_empty(),
        }
    }

    /// Everything, as JSON: the keys that `expect` of a case knows, `message`, `valuation`, `considered`, `doubts`.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut json = self.outcome.facts();
        let considered: Vec<Value> = self.considered.iter().map(Considered::to_json).collect();
        json.insert("considered".to_owned(), Value::from(considered));
        if let Outcome::Decided(decision) = &self.outcome {
            json.insert("valuation".to_owned(), valuation(decision));
        }
        if !self.doubts.is_empty() {
            json.insert("doubts".to_owned(), issues_json(&self.doubts));
        }
        Value::Object(json)
    }
}

impl Considered {
    fn to_json(&self) -> Value {
        let row = self.row.as_ref().map(|row| {
            json!({
                "position": row.position,
                "id": row.id.to_string(),
                "type": row.policy_type.as_str(),
                "walletId": row.wallet.map(|wallet| wallet.to_string()),
                "network": row.network.map(Network::as_str),
                "ceiling": row.ceiling,
                "rules": serde_json::from_str(&row.rules).unwrap_or_else(|_| Value::from(row.rules.as_str())),
            })
        });
        json!({ "rule": self.rule, "row": row, "outcome": self.outcome })
    }
}

impl Outcome {
    /// What a case can expect, by key. What does not apply is missing.
    pub(crate) fn facts(&self) -> Map<String, Value> {
        let facts = match self {
            Self::Created(issues) if issues.is_empty() => json!({ "allowed": true }),
            Self::Created(issues) => refusal(DeniedBy::Validation, Refused::INVALID, issues),
            Self::Refused(refused) => refusal(refused.denied_by, refused.why, &refused.issues),
            Self::Decided(decision) => decided(decision),
        };
        match facts {
            Value::Object(mut facts) => {
                facts.retain(|_, value| !value.is_null());
                facts
            }
            _ => Map::new(),
        }
    }
}

fn refusal(denied_by: DeniedBy, why: &str, issues: &[Issue]) -> Value {
    let path = issues.first().map(Issue::path_string);
    let issues = issues_json(issues);
    json!({ "allowed": false, "denied_by": denied_by.as_str(), "why": why, "path": path, "issues": issues })
}

fn issues_json(issues: &[Issue]) -> Value {
    issues.iter().map(|issue| json!({ "path": issue.path_string(), "message": issue.message })).collect()
}

fn decided(decision: &Decision) -> Value {
    match &decision.verdict {
        Verdict::Deny(denial) => json!({
            "allowed": false,
            "denied_by": denial.denied_by.as_str(),
            "why": denial.reason.as_str(),
            "instruction_index": denial.instruction,
            "retry_after_seconds": denial.retry_after_seconds,
            "message": denial.message,
        }),
        Verdict::Allow(allowance) => json!({
            "allowed": true,
            "tier": allowance.tier.as_str(),
            "delay_seconds": allowance.delay_seconds,
            "approval_timeout_seconds": allowance.approval_timeout_seconds,
            "approval_reason": allowance.approval_reason.map(|reason| reason.as_str()),
            "downgraded": allowance.downgraded,
            "cumulative_warning": allowance.cumulative_warning.map(|warning| warning_json(&warning)),
        }),
    }
}

fn warning_json(warning: &CumulativeWarning) -> Value {
    let ratio = warning.spent.ratio_millionths(warning.limit);
    let ratio = ratio.map(|millionths| waiaas_core::money::Usd::from_micros(millionths).to_string());
    json!({
        "type": warning.window.as_str(),
        "ratio": ratio,
        "spent": warning.spent.to_string(),
        "limit": warning.limit.to_string(),
    })
}

fn valuation(decision: &Decision) -> Value {
    let components: Vec<Value> = decision
        .valuation
        .components
        .iter()
        .map(|part| {
            let usd = part.usd.map(|usd| usd.to_string());
            json!({ "asset": part.asset.to_string(), "amount": part.amount.to_string(), "usd": usd })
        })
        .collect();
    json!({ "usd": decision.valuation.usd.map(|usd| usd.to_string()), "components": components })
}

impl fmt::Display for Explanation {
    /// For a terminal: the verdict, then one line for each rule.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.outcome)?;
        for Considered { rule, row, outcome } in &self.considered {
            write!(f, "  {rule:<24} {outcome}")?;
            match row {
                Some(row) => writeln!(f, "  [{row}]")?,
                None => writeln!(f)?,
            }
        }
        if let Outcome::Decided(decision) = &self.outcome {
            let mut worth = String::new();
            for part in &decision.valuation.components {
                let usd = part.usd.map_or_else(|| "no price".to_owned(), |usd| format!("${usd}"));
                write!(worth, " {} of {} ({usd});", part.amount, part.asset)?;
            }
            if !worth.is_empty() {
                writeln!(f, "  moves:{}", worth.trim_end_matches(';'))?;
            }
        }
        for issue in &self.doubts {
            writeln!(f, "  note: {}: {}", issue.path_string(), issue.message)?;
        }
        Ok(())
    }
}

impl fmt::Display for RowRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "row {}", self.position)?;
        if self.wallet.is_none() {
            write!(f, ", every wallet")?;
        }
        if let Some(network) = self.network {
            write!(f, ", {network}")?;
        }
        if self.ceiling {
            write!(f, ", ceiling")?;
        }
        Ok(())
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let issues = |f: &mut fmt::Formatter<'_>, issues: &[Issue]| {
            issues.iter().try_for_each(|issue| write!(f, " {}: {};", issue.path_string(), issue.message))
        };
        match self {
            Self::Created(found) if found.is_empty() => write!(f, "ACCEPTED"),
            Self::Created(found) => write!(f, "NOT ACCEPTED:").and_then(|()| issues(f, found)),
            Self::Refused(refused) => {
                write!(f, "REFUSED before the policies ({}):", refused.why)?;
                issues(f, &refused.issues)
            }
            Self::Decided(decision) => match &decision.verdict {
                Verdict::Deny(denial) => {
                    write!(f, "DENIED by {} ({}): {}", denial.denied_by, denial.reason, denial.message)
                }
                Verdict::Allow(allowance) => {
                    write!(f, "ALLOWED: {}", allowance.tier)?;
                    if let Some(seconds) = allowance.delay_seconds {
                        write!(f, ", after {seconds} s")?;
                    }
                    if let Some(seconds) = allowance.approval_timeout_seconds {
                        write!(f, ", the owner has {seconds} s to sign")?;
                    }
                    if allowance.downgraded {
                        write!(f, " (instead of APPROVAL: there is no owner)")?;
                    }
                    Ok(())
                }
            },
        }
    }
}
