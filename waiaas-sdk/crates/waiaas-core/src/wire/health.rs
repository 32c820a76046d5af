//! `GET /health`.

use super::number::UnixSecs;
use super::schema::wire_struct;

wire_struct! {
    /// The service is up.
    read HealthResponse {
        /// `ok`.
        status: String,
        /// Version of the service.
        version: String,
        /// Newest published version; null because this build does not ask for it.
        latest_version: Option<String>,
        /// Whether a newer version is known.
        update_available: bool,
        /// Version of the database schema.
        schema_version: u32,
        /// Seconds since the start.
        uptime: u64,
        /// Now, in unix seconds.
        timestamp: UnixSecs,
    }
}
