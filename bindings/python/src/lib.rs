//! The policy evaluator of WAIaaS as a Python module.
//!
//! Nothing is decided here: documents go to `waiaas-scenario`, decisions come from the evaluator that the service itself
//! uses. This crate turns Python's values into JSON without floats, and answers into objects that nobody can change, so
//! that threads may share them without locks.

mod decision;
mod faults;
mod policies;
mod prepared;
mod tools;
mod values;
mod zones;

use pyo3::prelude::*;

/// `waiaas._native`; the package `waiaas.policy` says what is for users.
#[pymodule(name = "_native")]
mod native {
    #[pymodule_export]
    use crate::decision::{Decision, TraceEntry, Verdict};
    #[pymodule_export]
    use crate::policies::Policies;
    #[pymodule_export]
    use crate::prepared::Prepared;
    #[pymodule_export]
    use crate::tools::{Diff, Explanation, Report, diff, run, template_rows, template_scenario, templates, validate};
}
