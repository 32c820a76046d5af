//! `[database]`: the database file.

use super::read::{integer, path};
use super::section::section;

section! {
    /// The database file.
    Database in "database" {
        /// The SQLite file, relative to the data directory.
        path: String = "data/waiaas.db".to_owned(), path, "\"data/other.db\"";
        /// Milliseconds, 1000 to 30000, to wait for another process that holds the file.
        busy_timeout: u32 = 5_000, integer(1_000, 30_000), "10000";
        /// Page cache of one connection in KiB, 2000 to 512000.
        cache_size: u32 = 2_048, integer(2_000, 512_000), "64000";
    }
}
