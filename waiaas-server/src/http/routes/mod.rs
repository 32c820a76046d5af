//! The list of routes: one file per noun, each with a `routes()` that declares its own.

mod account;
mod admin;
mod docs;
mod health;
mod kill_switch;
mod owners;
mod policies;
mod policy_tools;
mod sessions;
mod transactions;
mod wallets;

use crate::http::route::Route;

/// Every route of the service. To add one, declare it in its noun's file; to add a noun, add its file
/// and one line here.
#[must_use]
pub fn all() -> Vec<Route> {
    let mut routes = Vec::new();
    routes.extend(health::routes());
    routes.extend(owners::routes());
    routes.extend(wallets::routes());
    routes.extend(sessions::routes());
    routes.extend(policies::routes());
    routes.extend(policy_tools::routes());
    routes.extend(transactions::routes());
    routes.extend(account::routes());
    routes.extend(kill_switch::routes());
    routes.extend(admin::routes());
    routes.extend(docs::routes());
    routes
}
