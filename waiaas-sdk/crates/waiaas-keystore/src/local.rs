//! The engine's key store over encrypted files.

use crate::curve::{Curve, SigningKey};
use crate::files::KeyDir;
use crate::key_file::{KeyFile, KeyFileError};
use crate::secret::Secret;
use crate::subkey::Purpose;
use crate::vault::{Vault, VaultError};
use crate::wrap::WrappingKey;
use async_trait::async_trait;
use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use waiaas_core::chain::ChainKind;
use waiaas_core::id::WalletId;
use waiaas_core::time::UnixMillis;
use waiaas_engine::pipeline::permit::SignPermit;
use waiaas_engine::ports::keystore::{KeyStore, KeyStoreError, PublicKey, Signature};

/// How many key files are kept in memory, about 300 bytes each. Beyond that, files are read again.
const CACHED_FILES: usize = 4_096;

/// Keys in one encrypted file per wallet, in a vault's directory.
///
/// Files are read once and kept in memory as they are, encrypted; a signature decrypts the key, uses it
/// and wipes it. A file that is changed by another program while this one runs is therefore noticed at the
/// next start only. File work runs on tokio's blocking threads, so a tokio runtime must be present.
///
/// `create` finishes even when its future is dropped: whoever retries after that gets `Exists` and may go on with
/// `public_key`.
#[derive(Clone)]
pub struct LocalKeyStore {
    files: Arc<KeyFiles>,
}

impl LocalKeyStore {
    /// The key store of `vault`. Clones share their state.
    ///
    /// # Errors
    /// [`VaultError::Internal`] when the subkey cannot be derived, which does not happen.
    pub fn new(vault: &Vault) -> Result<Self, VaultError> {
        let files = KeyFiles {
            dir: vault.dir().clone(),
            dek_id: vault.dek_id(),
            wrapping_key: WrappingKey::new(&vault.subkey(Purpose::WalletKeys)?),
            on_disk: Mutex::new(()),
            known: RwLock::new(HashMap::new()),
        };
        Ok(Self { files: Arc::new(files) })
    }

    /// Runs file work on a thread that may block: creating a key waits for the disk three times.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(&KeyFiles) -> Result<T, KeyStoreError> + Send + 'static,
    ) -> Result<T, KeyStoreError> {
        let files = Arc::clone(&self.files);
        tokio::task::spawn_blocking(move || work(&files)).await.map_err(unavailable)?
    }

    async fn key_file(&self, wallet: WalletId) -> Result<Option<Arc<KeyFile>>, KeyStoreError> {
        if let Some(file) = self.files.known(wallet) {
            return Ok(Some(file));
        }
        self.blocking(move |files| files.load(wallet)).await
    }
}

impl core::fmt::Debug for LocalKeyStore {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_struct("LocalKeyStore").field("dir", &self.files.dir.path()).finish_non_exhaustive()
    }
}

#[async_trait]
impl KeyStore for LocalKeyStore {
    async fn create(&self, wallet: WalletId, chain: ChainKind) -> Result<PublicKey, KeyStoreError> {
        let curve = Curve::of(chain).ok_or(KeyStoreError::Unsupported(chain))?;
        self.blocking(move |files| {
            let secret = curve.random_secret().map_err(unavailable)?;
            files.store(wallet, chain, curve, &secret)
        })
        .await
    }

    async fn sign(&self, permit: SignPermit, payload: &[u8], now: UnixMillis) -> Result<Signature, KeyStoreError> {
        permit.check(payload, now).map_err(KeyStoreError::Permit)?;
        let wallet = permit.wallet();
        let file = self.key_file(wallet).await?.ok_or(KeyStoreError::NotFound(wallet))?;
        // On this thread: from here on it is a tenth of a millisecond of arithmetic, less than handing it over
        // to another thread and waiting for it would cost under load.
        Ok(self.files.decrypt(wallet, &file)?.sign(payload))
    }

    async fn public_key(&self, wallet: WalletId) -> Result<Option<PublicKey>, KeyStoreError> {
        Ok(self.key_file(wallet).await?.map(|file| file.public.into()))
    }

    async fn destroy(&self, wallet: WalletId) -> Result<(), KeyStoreError> {
        self.blocking(move |files| files.remove(wallet)).await
    }
}

struct KeyFiles {
    dir: KeyDir,
    dek_id: [u8; 16],
    wrapping_key: WrappingKey,
    /// Held while files are read, written or removed, so that `known` never remembers a removed key.
    on_disk: Mutex<()>,
    /// Files that were read and found good.
    known: RwLock<HashMap<WalletId, Arc<KeyFile>>>,
}

impl KeyFiles {
    fn known(&self, wallet: WalletId) -> Option<Arc<KeyFile>> {
        self.known.read().unwrap_or_else(PoisonError::into_inner).get(&wallet).cloned()
    }

    /// Writes the file of a new key, then reads it back: a key that cannot be used again is not announced.
    fn store(
        &self,
        wallet: WalletId,
        chain: ChainKind,
        curve: Curve,
        secret: &Secret<[u8; 32]>,
    ) -> Result<PublicKey, KeyStoreError> {
        let _guard = self.on_disk.lock().unwrap_or_else(PoisonError::into_inner);
        let public = curve.key(secret).and_then(|key| key.public()).map_err(unavailable)?;
        let header = KeyFile::canonical_header(wallet, chain, curve, public, &self.dek_id);
        let wrapped = self.wrapping_key.wrap(&header, secret).map_err(unavailable)?;
        let file = KeyFile { wallet, chain, curve, public, dek_id: self.dek_id, wrapped };
        let text = file.to_json().map_err(unavailable)?;
        self.dir.write_new(&KeyFile::name(wallet), &text).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => KeyStoreError::Exists(wallet),
            _ => unavailable(error),
        })?;
        match self.read(wallet)? {
            Some(read) if *read == file => Ok(public.into()),
            _ => Err(corrupt(wallet, "the file does not hold what was written")),
        }
    }

    fn load(&self, wallet: WalletId) -> Result<Option<Arc<KeyFile>>, KeyStoreError> {
        let _guard = self.on_disk.lock().unwrap_or_else(PoisonError::into_inner);
        self.read(wallet)
    }

    fn remove(&self, wallet: WalletId) -> Result<(), KeyStoreError> {
        let _guard = self.on_disk.lock().unwrap_or_else(PoisonError::into_inner);
        // Forgotten first: if removing the file fails, it is read again, never the other way round.
        self.known.write().unwrap_or_else(PoisonError::into_inner).remove(&wallet);
        self.dir.remove(&KeyFile::name(wallet)).map_err(unavailable)
    }

    /// Reads, decrypts and checks the file of `wallet`, and remembers it. The caller holds `on_disk`.
    fn read(&self, wallet: WalletId) -> Result<Option<Arc<KeyFile>>, KeyStoreError> {
        let Some(text) = self.dir.read(&KeyFile::name(wallet)).map_err(unavailable)? else { return Ok(None) };
        let file = KeyFile::parse(&text).map_err(|error| match error {
            KeyFileError::Malformed(reason) => corrupt(wallet, &reason),
            KeyFileError::Unsupported(chain) => KeyStoreError::Unsupported(chain),
        })?;
        self.decrypt(wallet, &file)?;
        let file = Arc::new(file);
        let mut known = self.known.write().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= CACHED_FILES
            && let Some(other) = known.keys().next().copied()
        {
            known.remove(&other);
        }
        known.insert(wallet, Arc::clone(&file));
        Ok(Some(file))
    }

    /// The key in `file`, if it is the key of `wallet` and belongs to the public key beside it.
    fn decrypt(&self, wallet: WalletId, file: &KeyFile) -> Result<SigningKey, KeyStoreError> {
        if file.wallet != wallet {
            return Err(corrupt(wallet, "the file is another wallet's"));
        }
        if file.dek_id != self.dek_id {
            return Err(corrupt(wallet, "the file was written under another vault"));
        }
        let secret = self
            .wrapping_key
            .unwrap(&file.header(), &file.wrapped)
            .map_err(|_| corrupt(wallet, "authentication failed"))?;
        let key = file.curve.key(&secret).map_err(|error| corrupt(wallet, &error.to_string()))?;
        if key.public() != Ok(file.public) {
            return Err(corrupt(wallet, "the key does not belong to the public key"));
        }
        Ok(key)
    }
}

fn corrupt(wallet: WalletId, reason: &str) -> KeyStoreError {
    KeyStoreError::Corrupt { wallet, reason: reason.to_owned() }
}

fn unavailable(error: impl std::error::Error + Send + Sync + 'static) -> KeyStoreError {
    KeyStoreError::Unavailable(Box::new(error))
}

#[cfg(test)]
mod tests;
