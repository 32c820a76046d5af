//! The seven stages.

pub mod permit;
