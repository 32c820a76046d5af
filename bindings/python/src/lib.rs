//! The policy evaluator of WAIaaS as a Python module.

use pyo3::prelude::*;

/// T.
#[pyclass(frozen, module = "waiaas._native")]
struct Policies {
    n: usize,
}

#[pymethods]
impl Policies {
    /// X.
    #[staticmethod]
    fn compile(rows: &Bound<'_, PyAny>) -> PyResult<Self> {
        Ok(Self { n: rows.len()? })
    }

    /// N.
    #[getter]
    fn n(&self) -> usize {
        self.n
    }
}

/// The module.
#[pymodule(name = "_native")]
mod native {
    #[pymodule_export]
    use super::Policies;
}
