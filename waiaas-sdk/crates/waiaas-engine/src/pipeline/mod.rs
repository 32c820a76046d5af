//! The seven stages on one screen.
//!
//! | # | Stage | File | Runs |
//! |---|---|---|---|
//! | 1 | validate | [`s1_validate`] | before anything is written |
//! | 2 | authenticate | [`s2_authenticate`] | inside the ledger's lock |
//! | 3 | policy | [`s3_policy`] | inside the ledger's lock |
//! | 4 | wait | [`s4_wait`] | inside the ledger's lock: the row is born PENDING, QUEUED or CANCELLED |
//! | 5 | execute | [`s5_execute`] | afterwards; only [`s5_execute::Cleared`] yields a signing permit |
//! | 6 | confirm | [`s6_confirm`] | from ticks |
//! | 7 | complete | [`s7_complete`] | the one place that ends a transaction |
//!
//! Each stage takes the type that the stage before returns, so none can be left out.

pub(crate) mod admission;
pub(crate) mod dry_run;
pub(crate) mod lane;
pub mod permit;
pub(crate) mod record;
pub(crate) mod repair;
pub(crate) mod running;
pub(crate) mod s1_validate;
pub(crate) mod s2_authenticate;
pub(crate) mod s3_policy;
pub(crate) mod s4_wait;
pub(crate) mod s5_execute;
pub(crate) mod s6_confirm;
pub(crate) mod s7_complete;

pub use s5_execute::Progress;
