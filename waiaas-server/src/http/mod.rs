//! The HTTP API.
//!
//! [`front`] is what every request passes first; [`route`] says how a route is declared and what order
//! its checks run in; [`routes`] is the list of routes, one file per noun.

pub mod answer;
mod body;
pub mod call;
mod cors;
pub mod error;
mod front;
pub mod gate;
mod idempotency;
mod openapi;
mod owner_headers;
mod present;
pub mod rate_limit;
pub mod request_id;
pub mod route;
pub mod routes;
mod serve;
pub mod source;
#[cfg(test)]
mod tests;

pub use serve::router;
