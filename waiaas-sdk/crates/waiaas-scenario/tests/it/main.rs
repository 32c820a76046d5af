//! Tests of the policy tools through their public interface.

#![allow(clippy::disallowed_methods, reason = "the runner reads the vectors from files; the tools read nothing")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, clippy::as_conversions)]

mod diff;
mod documents;
mod templates;
mod vectors;
mod zones;
