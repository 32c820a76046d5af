//! The vault: what the master password opens.

mod header;

use crate::files::KeyDir;
use crate::kdf::KdfParams;
use crate::secret::{MasterPassword, Secret, WeakPassword};
use crate::subkey::{self, Purpose};
use crate::wrap::fill_random;
use header::VaultHeader;
use std::io;
use std::path::Path;
use std::sync::{PoisonError, RwLock};

/// The vault file in the key store's directory.
const FILE: &str = "vault.json";

/// An open vault: the data key in memory, the header of its file beside it.
///
/// All methods block. Opening, creating, rewrapping and verifying cost one Argon2id run each, tens of
/// milliseconds of processor time and [`KdfParams::memory_kib`] of memory; in async code run them on a blocking
/// thread, and bound how many run at once when strangers can ask for them.
pub struct Vault {
    dir: KeyDir,
    dek_id: [u8; 16],
    data_key: Secret<[u8; 32]>,
    header: RwLock<VaultHeader>,
}

/// Why a vault was not created, opened or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// The file is intact and the password is not its.
    #[error("wrong master password")]
    WrongPassword,
    /// The file does not hold what was written; the password was not tried. Restore it from a backup.
    #[error("the vault file is damaged: {0}")]
    Damaged(String),
    /// The file was written by another version of this program.
    #[error("vault file version {0} is not supported by this build")]
    UnsupportedVersion(u32),
    /// There is no vault file.
    #[error("there is no vault; it is created at the first start")]
    Missing,
    /// There is a vault already; it is never overwritten.
    #[error("there is a vault already")]
    Exists,
    /// There are key files but no vault file. A new vault could not open them, so none is made.
    #[error("there are key files without the vault file that opens them; restore `vault.json` from a backup")]
    KeysWithoutVault,
    /// The new password is too short.
    #[error(transparent)]
    WeakPassword(#[from] WeakPassword),
    /// The files are out of reach.
    #[error("the key store's files are out of reach")]
    Unavailable(#[from] io::Error),
    /// No memory for the key derivation, no randomness, or a cipher refused its input.
    #[error("the vault could not be processed: {0}")]
    Internal(String),
}

impl VaultError {
    fn damaged(reason: &str) -> Self {
        Self::Damaged(reason.to_owned())
    }

    pub(crate) fn internal(error: impl core::fmt::Display) -> Self {
        Self::Internal(error.to_string())
    }
}

impl Vault {
    /// Whether `dir` (the `keystore` folder of the data directory) holds a vault file.
    ///
    /// # Errors
    /// [`VaultError::Unavailable`] when that cannot be told.
    pub fn exists(dir: &Path) -> Result<bool, VaultError> {
        Ok(dir.join(FILE).try_exists()?)
    }

    /// Creates a vault with a new random data key in `dir`, with [`KdfParams::DEFAULT`]. The directory is
    /// made if it is missing, and is closed to other users.
    ///
    /// # Errors
    /// [`VaultError::Exists`], [`VaultError::KeysWithoutVault`], [`VaultError::WeakPassword`],
    /// [`VaultError::Unavailable`], [`VaultError::Internal`].
    pub fn create(dir: &Path, password: &MasterPassword) -> Result<Self, VaultError> {
        Self::create_with(dir, password, KdfParams::DEFAULT)
    }

    /// [`Vault::create`] with other work factors. They stay with the vault, also when the password changes.
    ///
    /// # Errors
    /// Those of [`Vault::create`].
    pub fn create_with(dir: &Path, password: &MasterPassword, params: KdfParams) -> Result<Self, VaultError> {
        password.check_new()?;
        let dir = KeyDir::create(dir)?;
        if dir.exists(FILE)? {
            return Err(VaultError::Exists);
        }
        if dir.has_json_files()? {
            return Err(VaultError::KeysWithoutVault);
        }
        let mut dek_id = [0; 16];
        fill_random(&mut dek_id).map_err(VaultError::internal)?;
        let data_key = Secret::filled(|key| fill_random(key)).map_err(VaultError::internal)?;
        let header = VaultHeader::wrap(password, params, dek_id, &data_key)?;
        dir.write_new(FILE, &header.to_json()?).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => VaultError::Exists,
            _ => VaultError::Unavailable(error),
        })?;
        Ok(Self { dir, dek_id, data_key, header: RwLock::new(header) })
    }

    /// Opens the vault in `dir`.
    ///
    /// # Errors
    /// [`VaultError::WrongPassword`] when the file is intact and the password is another;
    /// [`VaultError::Damaged`], [`VaultError::UnsupportedVersion`] before the password is tried;
    /// [`VaultError::Missing`], [`VaultError::Unavailable`], [`VaultError::Internal`].
    pub fn open(dir: &Path, password: &MasterPassword) -> Result<Self, VaultError> {
        if !Self::exists(dir)? {
            return Err(VaultError::Missing);
        }
        let dir = KeyDir::open(dir)?;
        let header = read_header(&dir)?;
        let data_key = header.unwrap(password)?;
        Ok(Self { dir, dek_id: *header.dek_id(), data_key, header: RwLock::new(header) })
    }

    /// Whether `password` is the master password now. Runs the vault's own Argon2id, so no second hash of the
    /// password is stored anywhere; the comparison is constant-time. When in doubt (no memory), says no.
    #[must_use]
    pub fn verify_password(&self, password: &MasterPassword) -> bool {
        let header = self.header.read().unwrap_or_else(PoisonError::into_inner).clone();
        header.unwrap(password).is_ok_and(|data_key| data_key.same_as(&self.data_key))
    }

    /// Makes `new_password` the master password. One file is replaced in one step: before it the old password
    /// counts, after it the new one. Wallet files and sealed values stay as they are, and whoever uses this
    /// vault goes on undisturbed.
    ///
    /// # Errors
    /// [`VaultError::WeakPassword`], [`VaultError::Unavailable`], [`VaultError::Internal`]. When writing
    /// failed, [`Vault::verify_password`] follows what the file then says.
    pub fn rewrap(&self, new_password: &MasterPassword) -> Result<(), VaultError> {
        new_password.check_new()?;
        let mut current = self.header.write().unwrap_or_else(PoisonError::into_inner);
        let header = VaultHeader::wrap(new_password, current.params(), self.dek_id, &self.data_key)?;
        let written = self.dir.replace(FILE, &header.to_json()?);
        match written {
            Ok(()) => *current = header,
            // The new file may have taken its place before the step that failed.
            Err(_) => {
                if let Ok(on_disk) = read_header(&self.dir) {
                    *current = on_disk;
                }
            }
        }
        Ok(written?)
    }

    /// The work factors of this vault.
    #[must_use]
    pub fn kdf_params(&self) -> KdfParams {
        self.header.read().unwrap_or_else(PoisonError::into_inner).params()
    }

    pub(crate) const fn dir(&self) -> &KeyDir {
        &self.dir
    }

    pub(crate) const fn dek_id(&self) -> [u8; 16] {
        self.dek_id
    }

    pub(crate) fn subkey(&self, purpose: Purpose) -> Result<Secret<[u8; 32]>, VaultError> {
        subkey::derive(&self.data_key, purpose).map_err(VaultError::internal)
    }
}

impl core::fmt::Debug for Vault {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("Vault")
            .field("dir", &self.dir.path())
            .field("dek_id", &hex::encode(self.dek_id))
            .finish_non_exhaustive()
    }
}

fn read_header(dir: &KeyDir) -> Result<VaultHeader, VaultError> {
    VaultHeader::parse(&dir.read(FILE)?.ok_or(VaultError::Missing)?)
}

#[cfg(test)]
mod tests;
