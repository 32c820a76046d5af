//! The four tiers.

use crate::wallet::wire_enum;

wire_enum! {
    /// How a permitted transaction proceeds, from the least to the most careful. The order is total:
    /// the stricter of two tiers is the greater one.
    Tier {
        /// At once.
        Instant => "INSTANT",
        /// At once, with a notice to the operator.
        Notify => "NOTIFY",
        /// After a window in which it can be cancelled.
        Delay => "DELAY",
        /// After the owner has signed.
        Approval => "APPROVAL",
    }
}
