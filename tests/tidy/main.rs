//! The shape of the project, held by tests: who may use whom, how long a file may be, what must be written down.
//!
//! - [`layers`]: dependencies between packages.
//! - [`imports`]: imports inside a package.
//! - [`files`]: every file by itself.
//! - [`records`]: what has to exist beside the code.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod files;
mod imports;
mod layers;
mod records;
mod tree;
