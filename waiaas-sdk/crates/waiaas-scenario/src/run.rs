//! A file of cases, and what came of them.

use crate::Zones;
use crate::expect::{self, Mismatch};
use crate::explain::{Explanation, explain_nodes};
use crate::node::{Faults, Node};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::fmt;
use waiaas_core::wire::Issues;

/// What came of a scenario.
#[derive(Clone, Debug)]
pub struct Report {
    /// One entry per case, in the order of the document.
    pub cases: Vec<CaseReport>,
}

/// What came of one case.
#[derive(Clone, Debug)]
pub struct CaseReport {
    /// Its name.
    pub name: String,
    /// The expectations that did not hold; none when the case passed.
    pub mismatches: Vec<Mismatch>,
    /// The decision and how it came about.
    pub explanation: Explanation,
}

/// Runs every case of a scenario.
///
/// # Errors
/// Everything that is wrong with the document, with places such as `cases.3.expect.teir`. A document with a fault is
/// not run at all, so a slip cannot make a case pass.
pub fn run(document: &Value, zones: Zones<'_>) -> Result<Report, Issues> {
    let mut faults = Faults::default();
    let node = Node::root(document);
    let report = read(&node, zones, &mut faults);
    faults.finish(report)
}

fn read(node: &Node<'_>, zones: Zones<'_>, faults: &mut Faults) -> Option<Report> {
    let nothing = Value::Array(Vec::new());
    let (context, policies, cases) = if node.value.is_array() {
        (None, None, node.clone())
    } else {
        // The names of the vector file of the specification are understood as well.
        node.only(&["name", "note", "format", "defaults", "vectors", "context", "policies", "cases"], faults);
        let cases = node.get("vectors").or_else(|| node.required("cases", faults))?;
        (node.given("defaults").or_else(|| node.given("context")), node.given("policies"), cases)
    };
    let policies = policies.unwrap_or_else(|| Node::at(&nothing, "policies"));
    let list = cases.list(faults)?;
    if list.is_empty() {
        return cases.invalid(faults, "has no case, so it would prove nothing");
    }
    let mut names = BTreeSet::new();
    let mut reports = Vec::new();
    for case in &list {
        case.only(&["name", "note", "policies", "context", "request", "expect", "differs_from_original"], faults);
        let Some(name) = case.required("name", faults) else { continue };
        let Some(text) = name.text(faults) else { continue };
        if !names.insert(text) {
            let _: Option<()> = name.invalid(faults, "is the name of another case too");
        }
        reports.extend(read_case(case, text, context.as_ref(), &policies, zones, faults));
    }
    Some(Report { cases: reports })
}

fn read_case(
    case: &Node<'_>,
    name: &str,
    context: Option<&Node<'_>>,
    policies: &Node<'_>,
    zones: Zones<'_>,
    faults: &mut Faults,
) -> Option<CaseReport> {
    let expect = case.required("expect", faults).and_then(|node| expect::read(&node, faults));
    let policies = case.given("policies").unwrap_or_else(|| policies.clone());
    let contexts: Vec<Node<'_>> = context.cloned().into_iter().chain(case.given("context")).collect();
    let request = case.required("request", faults)?;
    let explanation = explain_nodes(&policies, &contexts, &request, zones, faults)?;
    let mismatches = expect::mismatches(expect?, &explanation.outcome);
    Some(CaseReport { name: name.to_owned(), mismatches, explanation })
}

impl CaseReport {
    /// Whether every expectation held.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.mismatches.is_empty()
    }
}

impl Report {
    /// Whether every case passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.cases.iter().all(CaseReport::passed)
    }

    /// The cases that did not pass.
    pub fn failures(&self) -> impl Iterator<Item = &CaseReport> {
        self.cases.iter().filter(|case| !case.passed())
    }

    /// Everything, as JSON: `passed`, `total`, `failed` and one entry per case.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mismatch = |found: &Mismatch| json!({ "key": found.key, "expected": found.expected, "got": found.got });
        let case = |case: &CaseReport| {
            json!({
                "name": case.name,
                "passed": case.passed(),
                "mismatches": case.mismatches.iter().map(mismatch).collect::<Vec<_>>(),
                "decision": case.explanation.to_json(),
            })
        };
        json!({
            "passed": self.passed(),
            "total": self.cases.len(),
            "failed": self.failures().count(),
            "cases": self.cases.iter().map(case).collect::<Vec<_>>(),
        })
    }
}

impl fmt::Display for Report {
    /// For a terminal: what failed and why, then the counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for case in &self.cases {
            if case.passed() {
                writeln!(f, "ok      {}", case.name)?;
                continue;
            }
            writeln!(f, "FAILED  {}", case.name)?;
            for mismatch in &case.mismatches {
                writeln!(f, "        {mismatch}")?;
            }
            for line in case.explanation.to_string().lines() {
                writeln!(f, "        {line}")?;
            }
        }
        let failed = self.failures().count();
        writeln!(f, "{} of {} cases passed", self.cases.len().saturating_sub(failed), self.cases.len())
    }
}
