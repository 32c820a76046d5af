//! One request with everything that its evaluation needs.

use crate::faults;
use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyTuple};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

/// One request with all the facts that its evaluation needs, made by `Policies.prepare`. It can be judged as often as one
/// likes, by any thread, and by other policies too: they deny what they cannot judge with these facts.
#[pyclass(frozen, module = "waiaas._native")]
#[derive(Debug)]
pub(crate) struct Prepared(pub(crate) waiaas_scenario::Prepared);

#[pymethods]
impl Prepared {
    /// The compact form; equal requests have equal bytes, in every language.
    fn to_bytes<'py>(&self, py: Python<'py>) -> Bound<'py, PyBytes> {
        PyBytes::new(py, &self.0.to_bytes())
    }

    /// Reads what `to_bytes` writes. Raises `UsageError` for anything else.
    #[staticmethod]
    fn from_bytes(py: Python<'_>, data: &[u8]) -> PyResult<Self> {
        waiaas_scenario::Prepared::from_bytes(data)
            .map(Self)
            .map_err(|error| faults::usage(py, &format!("the bytes are no prepared request: {error}")))
    }

    fn __eq__(&self, other: &Bound<'_, PyAny>) -> bool {
        other.cast::<Self>().is_ok_and(|other| other.get().0 == self.0)
    }

    fn __hash__(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.0.to_bytes().hash(&mut hasher);
        hasher.finish()
    }

    /// For `pickle` and `multiprocessing`.
    fn __reduce__<'py>(slf: &Bound<'py, Self>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyTuple>)> {
        let py = slf.py();
        let make = slf.get_type().getattr("from_bytes")?;
        Ok((make, PyTuple::new(py, [slf.get().to_bytes(py)])?))
    }

    fn __repr__(&self) -> String {
        format!("Prepared({}, {} operations)", self.0.subject.network, self.0.effects.operations.len())
    }
}
