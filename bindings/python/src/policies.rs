//! Policies, compiled once.

use crate::decision::{Decision, Verdict};
use crate::prepared::Prepared;
use crate::tools::Explanation;
use crate::{faults, values, zones};
use pyo3::prelude::*;
use serde_json::Value;
use waiaas_core::policy::PolicyBook;
use waiaas_scenario::{compile, explain, prepare};

/// A set of policy rows, compiled once and used as often as one likes, by any number of threads.
#[pyclass(frozen, module = "waiaas._native")]
#[derive(Debug)]
pub(crate) struct Policies {
    book: PolicyBook,
    /// As they were given: explanations name their places.
    rows: Value,
}

#[pymethods]
impl Policies {
    /// Compiles rows as `POST /v1/policies` takes them and `GET /v1/policies` lists them: a list of dicts, or its JSON
    /// text. A row whose rules cannot be read is compiled too: it denies what it concerns; see `validate`.
    ///
    /// Raises `ValidationError` when the list itself has faults.
    #[staticmethod]
    fn compile(py: Python<'_>, rows: &Bound<'_, PyAny>) -> PyResult<Self> {
        let rows = values::document(rows, "policies")?;
        let book = py.detach(|| compile(&rows)).map_err(|issues| faults::validation(py, &issues))?;
        Ok(Self { book, rows })
    }

    /// Puts together everything that the evaluation of a request needs. `context` says what is known (wallet, prices,
    /// history, …) and may be empty; `request` is a body of `POST /v1/transactions/send` or of another channel.
    ///
    /// Raises `ValidationError` for faults of the documents, and `RequestRefused` for a request that the service would
    /// refuse before any policy.
    fn prepare(&self, context: &Bound<'_, PyAny>, request: &Bound<'_, PyAny>) -> PyResult<Prepared> {
        let py = context.py();
        let (context, request) = (values::document(context, "context")?, values::document(request, "request")?);
        let prepared = py.detach(|| prepare(&self.book, &context, &request, &zones::offset));
        match prepared {
            Ok(Ok(prepared)) => Ok(Prepared(prepared)),
            Ok(Err(refused)) => Err(faults::refused(py, &refused)),
            Err(issues) => Err(faults::validation(py, &issues)),
        }
    }

    /// The verdict about a prepared request.
    fn evaluate(&self, prepared: &Bound<'_, Prepared>) -> Verdict {
        Verdict(prepared.get().0.verdict(&self.book))
    }

    /// The verdicts about prepared requests, in their order. Other threads run meanwhile.
    fn evaluate_many(&self, py: Python<'_>, prepared: Vec<Py<Prepared>>) -> Vec<Verdict> {
        let requests: Vec<&Prepared> = prepared.iter().map(Py::get).collect();
        py.detach(|| requests.iter().map(|request| Verdict(request.0.verdict(&self.book))).collect())
    }

    /// The verdict with its trace and what was counted.
    fn decide(&self, prepared: &Bound<'_, Prepared>) -> Decision {
        let (py, request) = (prepared.py(), prepared.get());
        Decision(py.detach(|| request.0.decide(&self.book)))
    }

    /// Prepares and decides in one step, and tells about every rule with its row. A request that is refused before any
    /// policy, and `{"create_policy": body}`, are explained too.
    fn explain(&self, context: &Bound<'_, PyAny>, request: &Bound<'_, PyAny>) -> PyResult<Explanation> {
        let py = context.py();
        let (context, request) = (values::document(context, "context")?, values::document(request, "request")?);
        let explanation = py.detach(|| explain(&self.rows, &context, &request, &zones::offset));
        explanation.map(Explanation).map_err(|issues| faults::validation(py, &issues))
    }

    fn __len__(&self) -> usize {
        self.rows.as_array().map_or(0, Vec::len)
    }

    fn __repr__(&self) -> String {
        format!("Policies({} rows)", self.__len__())
    }
}
