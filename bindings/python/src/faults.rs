//! What is raised: the exceptions of `waiaas.errors`.

use pyo3::exceptions::PyRuntimeError;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyTuple, PyType};
use waiaas_core::wire::{Issue, Issues, PathStep};
use waiaas_scenario::{Refused, canonical_refusal};

const MODULE: &str = "waiaas.errors";

static ISSUE: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static VALIDATION: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static REFUSED: PyOnceLock<Py<PyType>> = PyOnceLock::new();
static USAGE: PyOnceLock<Py<PyType>> = PyOnceLock::new();

/// `ValidationError` with every fault of a document.
pub(crate) fn validation(py: Python<'_>, issues: &Issues) -> PyErr {
    raise(py, || VALIDATION.import(py, MODULE, "ValidationError")?.call1((list(py, issues.as_slice())?,)))
}

/// `RequestRefused`: a request that is refused while it is read.
pub(crate) fn refused(py: Python<'_>, refused: &Refused) -> PyErr {
    raise(py, || {
        let issues = list(py, &refused.issues)?;
        let kind = REFUSED.import(py, MODULE, "RequestRefused")?;
        kind.call1((issues, refused.denied_by.as_str(), refused.why, canonical_refusal(refused).into_bytes()))
    })
}

/// `UsageError`: a value that Python code must not pass.
pub(crate) fn usage(py: Python<'_>, message: &str) -> PyErr {
    raise(py, || USAGE.import(py, MODULE, "UsageError")?.call1((message,)))
}

/// Faults as `Issue`s.
pub(crate) fn list<'py>(py: Python<'py>, issues: &[Issue]) -> PyResult<Bound<'py, PyTuple>> {
    let kind = ISSUE.import(py, MODULE, "Issue")?;
    let issues = issues.iter().map(|issue| {
        let path = issue.path.iter().map(|step| match step {
            PathStep::Key(key) => Ok(key.as_str().into_pyobject(py)?.into_any()),
            PathStep::Index(index) => Ok(index.into_pyobject(py)?.into_any()),
        });
        let path = PyTuple::new(py, path.collect::<PyResult<Vec<_>>>()?)?;
        kind.call1((path, issue.message.as_str(), issue.code.as_str()))
    });
    PyTuple::new(py, issues.collect::<PyResult<Vec<_>>>()?)
}

/// The exception that `make` makes, or the one that kept it from being made.
fn raise<'py>(py: Python<'py>, make: impl FnOnce() -> PyResult<Bound<'py, PyAny>>) -> PyErr {
    match make() {
        Ok(exception) => PyErr::from_value(exception),
        Err(error) => {
            let raised = PyRuntimeError::new_err("the package `waiaas` is not complete");
            raised.set_cause(py, Some(error));
            raised
        }
    }
}
