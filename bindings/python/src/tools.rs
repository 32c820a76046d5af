//! Tools over policies: explanations, differences, scenarios, templates.

use crate::{faults, values, zones};
use pyo3::prelude::*;
use pyo3::types::PyTuple;
use serde_json::Value;
use waiaas_core::policy::{PolicyType, validate_rules_in};
use waiaas_core::time::UnixMillis;
use waiaas_core::wire::{Issue, IssueCode, Issues, PathStep};

/// A request with what became of it, and every rule that was considered. True in a condition when it is allowed.
#[pyclass(frozen, module = "waiaas._native")]
#[derive(Debug)]
pub(crate) struct Explanation(pub(crate) waiaas_scenario::Explanation);

#[pymethods]
impl Explanation {
    /// Whether the request may proceed, or the policy be made.
    #[getter]
    fn allowed(&self) -> bool {
        self.0.is_allowed()
    }

    /// What is doubtful about the rows: rules that the service would not take.
    #[getter]
    fn doubts<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        faults::list(py, &self.0.doubts)
    }

    /// Everything, as JSON has it.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        values::python(py, &self.0.to_json())
    }

    fn __bool__(&self) -> bool {
        self.allowed()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

/// What changes when one set of rows replaces another, found by sampling.
#[pyclass(frozen, module = "waiaas._native")]
#[derive(Debug)]
pub(crate) struct Diff(waiaas_scenario::Diff);

#[pymethods]
impl Diff {
    /// How many requests were judged by both.
    #[getter]
    const fn judged(&self) -> u64 {
        self.0.judged
    }

    /// Whether values would have allowed more combinations than were tried.
    #[getter]
    const fn capped(&self) -> bool {
        self.0.capped
    }

    /// How many kinds of differences were found. None is no proof that there is none.
    fn __len__(&self) -> usize {
        self.0.groups.len()
    }

    /// Everything, as JSON has it.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        values::python(py, &self.0.to_json())
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

/// What came of a scenario. True in a condition when every case passed.
#[pyclass(frozen, module = "waiaas._native")]
#[derive(Debug)]
pub(crate) struct Report(waiaas_scenario::Report);

#[pymethods]
impl Report {
    /// Whether every case passed.
    #[getter]
    fn passed(&self) -> bool {
        self.0.passed()
    }

    /// How many cases there were.
    #[getter]
    const fn total(&self) -> usize {
        self.0.cases.len()
    }

    /// The names of the cases that did not pass.
    #[getter]
    fn failures(&self) -> Vec<&str> {
        self.0.failures().map(|case| case.name.as_str()).collect()
    }

    /// Everything, as JSON has it.
    fn to_dict<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyAny>> {
        values::python(py, &self.0.to_json())
    }

    fn __bool__(&self) -> bool {
        self.passed()
    }

    fn __str__(&self) -> String {
        self.0.to_string()
    }
}

/// What changes from the rows `a` to the rows `b`. `contexts` is a context or a list of them. It samples: that no
/// difference was found is no proof that there is none.
#[pyfunction]
#[pyo3(signature = (a, b, contexts=None))]
pub(crate) fn diff(a: &Bound<'_, PyAny>, b: &Bound<'_, PyAny>, contexts: Option<&Bound<'_, PyAny>>) -> PyResult<Diff> {
    let py = a.py();
    let (a, b) = (values::document(a, "a")?, values::document(b, "b")?);
    let contexts = contexts.map(|contexts| values::document(contexts, "contexts")).transpose()?;
    let contexts = contexts.unwrap_or_else(|| Value::Object(serde_json::Map::new()));
    let found = py.detach(|| waiaas_scenario::diff(&a, &b, &contexts, &zones::offset));
    found.map(Diff).map_err(|issues| faults::validation(py, &issues))
}

/// Runs the cases of a scenario: `{"policies": …, "context": …, "cases": […]}`, as a dict or as JSON text.
#[pyfunction]
pub(crate) fn run(document: &Bound<'_, PyAny>) -> PyResult<Report> {
    let py = document.py();
    let document = values::document(document, "document")?;
    let report = py.detach(|| waiaas_scenario::run(&document, &zones::offset));
    report.map(Report).map_err(|issues| faults::validation(py, &issues))
}

/// Rows to begin with: names, descriptions and parameters.
#[pyfunction]
pub(crate) fn templates(py: Python<'_>) -> PyResult<Bound<'_, PyAny>> {
    let templates: Vec<Value> = waiaas_scenario::templates().iter().map(waiaas_scenario::Template::to_json).collect();
    values::python(py, &Value::from(templates))
}

/// The rows of a template for values of its parameters.
#[pyfunction]
pub(crate) fn template_rows<'py>(name: &str, values: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
    let py = values.py();
    let given = crate::values::document(values, "values")?;
    let rows = template(py, name)?.rows(&given).map_err(|issues| faults::validation(py, &issues))?;
    crate::values::python(py, &rows)
}

/// The scenario of a template: what its rows allow, for `run`.
#[pyfunction]
pub(crate) fn template_scenario<'py>(py: Python<'py>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    values::python(py, &template(py, name)?.scenario())
}

fn template(py: Python<'_>, name: &str) -> PyResult<&'static waiaas_scenario::Template> {
    waiaas_scenario::template(name).ok_or_else(|| {
        let known: Vec<&str> = waiaas_scenario::templates().iter().map(|template| template.name).collect();
        faults::usage(py, &format!("`{name}` is no template: there are {}", known.join(", ")))
    })
}

/// What is wrong with the rules of a policy, with the place of each fault; empty when the service would take them.
#[pyfunction]
#[pyo3(signature = (r#type, rules))]
pub(crate) fn validate<'py>(r#type: &str, rules: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyTuple>> {
    let py = rules.py();
    let rules = values::document(rules, "rules")?;
    let Some(policy_type) = PolicyType::parse(r#type) else {
        let known: Vec<&str> = PolicyType::ALL.iter().map(|known| known.as_str()).collect();
        let message = format!("`{}` is no policy type; there are {}", r#type, known.join(", "));
        let path = vec![PathStep::from("type")];
        return Err(faults::validation(py, &Issues::one(Issue { path, code: IssueCode::InvalidValue, message })));
    };
    let exists = |zone: &str| zones::offset(zone, UnixMillis::EPOCH).is_some();
    let found = validate_rules_in(policy_type, &rules, &exists).err().unwrap_or_default();
    let found: Vec<Issue> = found.into_iter().map(Issue::from).collect();
    faults::list(py, &found)
}
