//! From the master password to the key-encryption key: Argon2id (RFC 9106).

use crate::secret::{MasterPassword, Secret};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use zeroize::Zeroize;

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
    /// 19 MiB, two passes, one lane: the minimum of the OWASP Password Storage Cheat Sheet (section Argon2id), and
    /// what the original uses for its stored hash of the same password.
    ///
    /// The server opens its vault before it answers the first request and has 100 ms for everything. Measured on
    /// two shared cores, opening takes 22 ms with these factors, 40 ms with the cheat sheet's equivalent of 46 MiB
    /// and one pass (the system must hand out more memory), 135 ms with 64 MiB and three passes. Whoever can wait
    /// longer creates the vault with more ([`crate::Vault::create_with`]).
    pub const DEFAULT: Self = Self { memory_kib: 19_456, passes: 2, lanes: 1 };

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

/// Address space reserved for a run at least, in blocks of 1 KiB. Only what the run uses becomes real memory.
///
/// glibc hands allocations of more than 32 MiB back to the system when they are freed, and may keep smaller ones,
/// for each thread that ran one: a few password checks with 19 MiB left 100 MB resident.
const RESERVED_BLOCKS: usize = 40 * 1024;

/// Derives the 256-bit key-encryption key. Takes tens of milliseconds of processor time.
pub(crate) fn key_encryption_key(
    password: &MasterPassword,
    salt: &[u8; SALT_LEN],
    params: KdfParams,
) -> Result<Secret<[u8; 32]>, KdfFailure> {
    let cost = Params::new(params.memory_kib, params.passes, params.lanes, Some(32)).map_err(KdfFailure)?;
    let blocks = cost.block_count();
    let mut memory: Vec<Block> = Vec::new();
    memory.try_reserve_exact(blocks.max(RESERVED_BLOCKS)).map_err(|_| KdfFailure(argon2::Error::OutOfMemory))?;
    memory.resize(blocks, Block::default());
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, cost);
    let key = Secret::filled(|key| {
        argon2.hash_password_into_with_memory(password.as_bytes(), salt, key, memory.as_mut_slice())
    });
    // The last block determines the key. (`Vec::zeroize` would also write, and so occupy, the reserve.)
    memory.iter_mut().for_each(Block::zeroize);
    key.map_err(KdfFailure)
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
            (19_456, 0, 1, false),
            (19_456, 21, 1, false),
            (19_456, 1, 0, false),
            (19_456, 1, 17, false),
        ] {
            assert_eq!(KdfParams::new(memory, passes, lanes).is_ok(), accepted, "{memory} {passes} {lanes}");
        }
        let default = KdfParams::DEFAULT;
        assert_eq!(KdfParams::new(default.memory_kib, default.passes, default.lanes), Ok(default));
    }

    #[test]
    fn agrees_with_the_reference_implementation() {
        // Computed with argon2-cffi, which wraps the C reference implementation.
        let salt: [u8; SALT_LEN] = core::array::from_fn(|index| u8::try_from(index).unwrap());
        for (params, expected) in [
            ((19_456, 2, 1), "aaecaeb1f79eb8019ba62c34f62fa3e15289f88ff98779ae81de07821992ff1f"),
            ((20_000, 1, 4), "e456b9d7a4d5181f07336170ffa5d88f55bbdce13ba3faf84a6734104ee63a1a"),
        ] {
            let params = KdfParams::new(params.0, params.1, params.2).unwrap();
            let password = MasterPassword::new("correct horse battery".to_owned());
            let key = key_encryption_key(&password, &salt, params).unwrap();
            assert_eq!(hex::encode(key.expose()), expected, "{params:?}");
        }
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
