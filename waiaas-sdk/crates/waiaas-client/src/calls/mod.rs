//! The calls of the server, one file per noun.

mod account;
mod admin;
mod kill_switch;
mod policies;
mod raw;
mod sessions;
mod transactions;
mod wallets;

pub use account::{Account, Choice};
pub use admin::Admin;
pub use kill_switch::KillSwitch;
pub use policies::Policies;
pub use raw::Raw;
pub use sessions::Sessions;
pub use transactions::Transactions;
pub use wallets::Wallets;

/// A part of a listing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Rows at most, 1 to 200.
    pub limit: u32,
    /// Rows to skip.
    pub offset: u64,
}

impl Page {
    /// The largest page that the server gives.
    pub const LARGEST: u32 = 200;

    /// The beginning of a listing.
    #[must_use]
    pub const fn first() -> Self {
        Self { limit: Self::LARGEST, offset: 0 }
    }
}
