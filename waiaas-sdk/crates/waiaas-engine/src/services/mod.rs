//! What people and agents ask for, apart from the pipeline itself: one noun per file.

pub mod accounts;
pub mod explain;
pub mod kill_switch;
pub mod owner_auth;
pub mod owner_message;
pub mod policies;
pub mod replay;
pub mod sessions;
pub mod system;
pub(crate) mod token_facts;
pub mod transactions;
pub mod wallets;
