//! `[keystore]`: the work that one guess of the master password costs.

use super::read::integer;
use super::section::section;

section! {
    /// Argon2id parameters of a newly created key store. An existing one keeps its own.
    Keystore in "keystore" {
        /// Memory in KiB, 32768 to 1048576.
        argon2_memory: u32 = 65_536, integer(32_768, 1_048_576), "131072";
        /// Passes, 1 to 20.
        argon2_time: u32 = 3, integer(1, 20), "4";
        /// Lanes, 1 to 16.
        argon2_parallelism: u32 = 4, integer(1, 16), "2";
    }
}
