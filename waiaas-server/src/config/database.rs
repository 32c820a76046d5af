//! `[database]`: the database file.

use super::read::path;
use super::section::section;

section! {
    /// The database file.
    Database in "database" {
        /// The SQLite file, relative to the data directory.
        path: String = "data/waiaas.db".to_owned(), path, "\"data/other.db\"";
    }
}
