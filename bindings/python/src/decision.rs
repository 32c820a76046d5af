//! Verdicts and decisions.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use waiaas_core::policy::Verdict as CoreVerdict;
use waiaas_core::policy::{Allowance, Decision as CoreDecision, Denial};
use waiaas_scenario::{canonical, canonical_verdict};

/// What the policies say: allowed with a tier, or denied by a rule. True in a condition when it is allowed.
#[pyclass(frozen, module = "waiaas._native")]
#[derive(Debug)]
pub(crate) struct Verdict(pub(crate) CoreVerdict);

impl Verdict {
    const fn allowance(&self) -> Option<&Allowance> {
        match &self.0 {
            CoreVerdict::Allow(allowance) => Some(allowance),
            CoreVerdict::Deny(_) => None,
        }
    }

    const fn denial(&self) -> Option<&Denial> {
        match &self.0 {
            CoreVerdict::Allow(_) => None,
            CoreVerdict::Deny(denial) => Some(denial),
        }
    }
}

#[pymethods]
impl Verdict {
    /// Whether the request may proceed, at once or later.
    #[getter]
    fn allowed(&self) -> bool {
        self.allowance().is_some()
    }

    /// How it proceeds: `INSTANT`, `NOTIFY`, `DELAY` or `APPROVAL`; `None` when it is denied.
    #[getter]
    fn tier(&self) -> Option<&'static str> {
        self.allowance().map(|allowance| allowance.tier.as_str())
    }

    /// How long it waits, in seconds, for tier DELAY.
    #[getter]
    fn delay_seconds(&self) -> Option<u64> {
        self.allowance()?.delay_seconds.map(u64::from)
    }

    /// How long the owner has to sign, in seconds, for tier APPROVAL.
    #[getter]
    fn approval_timeout_seconds(&self) -> Option<u64> {
        self.allowance()?.approval_timeout_seconds.map(u64::from)
    }

    /// Which limit asks for the owner: `per_tx`, `cumulative_daily` or `cumulative_monthly`.
    #[getter]
    fn approval_reason(&self) -> Option<&'static str> {
        self.allowance()?.approval_reason.map(|reason| reason.as_str())
    }

    /// Whether the tier was APPROVAL and there is no owner who could approve.
    #[getter]
    fn downgraded(&self) -> bool {
        self.allowance().is_some_and(|allowance| allowance.downgraded)
    }

    /// The policy type, or what else denied; `None` when it is allowed.
    #[getter]
    fn denied_by(&self) -> Option<&'static str> {
        self.denial().map(|denial| denial.denied_by.as_str())
    }

    /// The machine-readable reason of a denial.
    #[getter]
    fn reason(&self) -> Option<&'static str> {
        self.denial().map(|denial| denial.reason.as_str())
    }

    /// The denial for people.
    #[getter]
    fn message(&self) -> Option<&str> {
        self.denial().map(|denial| denial.message.as_str())
    }

    /// The id of the row that denied, if it was one.
    #[getter]
    fn policy(&self) -> Option<String> {
        self.denial()?.policy.map(|id| id.to_string())
    }

    /// Which instruction of a batch was denied, from 0.
    #[getter]
    fn instruction(&self) -> Option<u64> {
        self.denial()?.instruction.and_then(|index| u64::try_from(index).ok())
    }

    /// When it would no longer be denied, in seconds from now, if that is known.
    #[getter]
    fn retry_after_seconds(&self) -> Option<u64> {
        self.denial()?.retry_after_seconds
    }

    /// The canonical JSON: the same bytes in every language.
    fn canonical<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, canonical_verdict(&self.0).as_bytes())
    }

    fn __bool__(&self) -> bool {
        self.allowed()
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> String {
        match &self.0 {
            CoreVerdict::Allow(allowance) => format!("Verdict(allowed, {})", allowance.tier),
            CoreVerdict::Deny(denial) => format!("Verdict(denied by {}, {})", denial.denied_by, denial.reason),
        }
    }
}

/// One rule that was considered.
#[pyclass(frozen, get_all, eq, module = "waiaas._native")]
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TraceEntry {
    /// The policy type, or what else contributed.
    rule: String,
    /// The id of the row; `None` for what holds without one.
    policy: Option<String>,
    /// What came of it.
    outcome: String,
}

#[pymethods]
impl TraceEntry {
    fn __repr__(&self) -> String {
        format!("TraceEntry({}: {})", self.rule, self.outcome)
    }
}

/// A verdict with every rule that was considered and what was counted.
#[pyclass(frozen, module = "waiaas._native")]
#[derive(Debug)]
pub(crate) struct Decision(pub(crate) CoreDecision);

#[pymethods]
impl Decision {
    /// What the policies say.
    #[getter]
    fn verdict(&self) -> Verdict {
        Verdict(self.0.verdict.clone())
    }

    /// The rules in the order of evaluation; after a denial nothing more is considered.
    #[getter]
    fn trace(&self) -> Vec<TraceEntry> {
        let entry = |entry: &waiaas_core::policy::TraceEntry| TraceEntry {
            rule: entry.rule.to_owned(),
            policy: entry.policy.map(|id| id.to_string()),
            outcome: entry.outcome.clone(),
        };
        self.0.trace.iter().map(entry).collect()
    }

    /// What everything together is worth, in US dollars as text; `None` when a price is missing.
    #[getter]
    fn usd(&self) -> Option<String> {
        self.0.valuation.usd.map(|usd| usd.to_string())
    }

    /// The canonical JSON: the same bytes in every language.
    fn canonical<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, canonical(&self.0).as_bytes())
    }

    fn __bool__(&self) -> bool {
        matches!(self.0.verdict, CoreVerdict::Allow(_))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __repr__(&self) -> String {
        format!("Decision({}, {} rules)", self.verdict().__repr__(), self.0.trace.len())
    }
}
