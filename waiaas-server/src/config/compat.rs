//! `[compat]`: deviations towards the original's behaviour, for clients that depend on it.

use super::read::boolean;
use super::section::section;

section! {
    /// Deviations towards the original's behaviour; all off by default.
    Compat in "compat" {
        /// A send that policy denies answers 201 PENDING, and the row is CANCELLED, instead of 403.
        async_policy_result: bool = false, boolean, "true";
        /// Owners may sign the bare nonce instead of a message that names what they approve.
        owner_bare_nonce: bool = false, boolean, "true";
    }
}
