//! `[keystore]`: the work that one guess of the master password costs.

use super::read::integer;
use super::section::section;

// DIFFERS: the original declares 64 MiB, three passes and four lanes and uses them nowhere. The defaults here
// are those of the key store, which opens within the time that a start may take.
section! {
    /// Argon2id parameters of a newly created key store. An existing one keeps its own.
    Keystore in "keystore" {
        /// Memory in KiB, 19456 to 1048576.
        argon2_memory: u32 = 19_456, integer(19_456, 1_048_576), "131072";
        /// Passes, 1 to 20.
        argon2_time: u32 = 2, integer(1, 20), "4";
        /// Lanes, 1 to 16.
        argon2_parallelism: u32 = 1, integer(1, 16), "2";
    }
}
