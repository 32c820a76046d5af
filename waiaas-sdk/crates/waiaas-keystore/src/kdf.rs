//! From the master password to the key-encryption key: Argon2id (RFC 9106).

use crate::secret::{MasterPassword, Secret};
use argon2::{Algorithm, Argon2, Params, Version};

/// Length of the salt in bytes; RFC 9106 section 3.1 recommends 16.
pub(crate) const SALT_LEN: usize = 16;

/// Work factors of Argon2id. They are stored in the vault file and used as stored.
///
/// DIFFERS: the original stores its factors too but ignores them when reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfParams {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
}

/// The work factors are outside what this program runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("Argon2id needs 19456..=1048576 KiB of memory, 1..=20 passes and 1..=16 lanes")]
pub struct KdfParamsError;

impl KdfParams {
    /// 46 MiB, one pass, one lane: one of the equivalent minimum settings of the OWASP Password Storage
    /// Cheat Sheet (section Argon2id).
    ///
    /// The server opens its vault before it answers the first request, and it has 100 ms for everything.
    /// Of the equivalent settings this one has the shortest run (one pass writes each block once) and asks
    /// the most memory of an attacker. An allocation of this size also goes straight back to the system when it
    /// is freed; glibc may keep ones up to 32 MiB for the life of the process.
    pub const DEFAULT: Self = Self { memory_kib: 47_104, passes: 1, lanes: 1 };

    /// Sets the factors: memory in KiB, passes over the memory, lanes.
    ///
    /// # Errors
    /// [`KdfParamsError`] outside 19 MiB..=1 GiB, 1..=20 passes, 1..=16 lanes. The lower bound keeps guessing
    /// dear; the upper ones keep a doctored vault file from taking the machine down.
    pub const fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, KdfParamsError> {
        let in_bounds =
            memory_kib >= 19_456 && memory_kib <= 1_048_576 && passes >= 1 && passes <= 20 && lanes >= 1 && lanes <= 16;
        if in_bounds { Ok(Self { memory_kib, passes, lanes }) } else { Err(KdfParamsError) }
    }

    /// Memory in KiB.
    #[must_use]
    pub const fn memory_kib(&self) -> u32 {
        self.memory_kib
    }

    /// Passes over the memory.
    #[must_use]
    pub const fn passes(&self) -> u32 {
        self.passes
    }

    /// Lanes; they are computed one after the other.
    #[must_use]
    pub const fn lanes(&self) -> u32 {
        self.lanes
    }
}

/// Argon2id could not run; in practice the memory was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the password could not be processed: {0}")]
pub(crate) struct KdfFailure(argon2::Error);

/// Derives the 256-bit key-encryption key. Takes tens of milliseconds of processor time.
pub(crate) fn key_encryption_key(
    password: &MasterPassword,
    salt: &[u8; SALT_LEN],
    params: KdfParams,
) -> Result<Secret<[u8; 32]>, KdfFailure> {
    let cost = Params::new(params.memory_kib, params.passes, params.lanes, Some(32)).map_err(KdfFailure)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
    Secret::filled(|key| argon2.hash_password_into(password.as_bytes(), salt, key)).map_err(KdfFailure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_hold_on_every_factor() {
        for (memory, passes, lanes, accepted) in [
            (19_456, 1, 1, true),
            (19_455, 1, 1, false),
            (1_048_576, 20, 16, true),
            (1_048_577, 1, 1, false),
            (47_104, 0, 1, false),
            (47_104, 21, 1, false),
            (47_104, 1, 0, false),
            (47_104, 1, 17, false),
        ] {
            assert_eq!(KdfParams::new(memory, passes, lanes).is_ok(), accepted, "{memory} {passes} {lanes}");
        }
        let default = KdfParams::DEFAULT;
        assert_eq!(KdfParams::new(default.memory_kib, default.passes, default.lanes), Ok(default));
    }

    #[test]
    fn every_input_matters() {
        let derive = |text: &str, salt: u8, memory: u32, passes: u32, lanes: u32| {
            let params = KdfParams::new(memory, passes, lanes).unwrap();
            key_encryption_key(&MasterPassword::new(text.to_owned()), &[salt; SALT_LEN], params).unwrap()
        };
        let reference = derive("password", 1, 19_456, 1, 1);
        assert!(reference.same_as(&derive("password", 1, 19_456, 1, 1)));
        for other in [
            derive("passwore", 1, 19_456, 1, 1),
            derive("password", 2, 19_456, 1, 1),
            derive("password", 1, 19_457, 1, 1),
            derive("password", 1, 19_456, 2, 1),
            derive("password", 1, 19_456, 1, 2),
        ] {
            assert!(!reference.same_as(&other));
        }
    }
}
