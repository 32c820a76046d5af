//! Ready assemblies.

#[cfg(feature = "test-util")]
mod in_memory;
#[cfg(feature = "local")]
mod local;

#[cfg(feature = "test-util")]
pub use in_memory::{InMemory, in_memory};
#[cfg(feature = "local")]
pub use local::{Local, LocalError, LocalOptions, local};
