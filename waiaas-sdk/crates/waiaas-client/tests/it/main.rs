//! The client against servers that answer, fail, hang up and are slow.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

mod script;

mod authority;
mod repetition;
