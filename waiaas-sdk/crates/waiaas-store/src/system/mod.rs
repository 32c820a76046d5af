//! What belongs to the service as a whole.

mod idempotency;
pub(crate) mod kill_switch;
mod nonces;
mod values;
