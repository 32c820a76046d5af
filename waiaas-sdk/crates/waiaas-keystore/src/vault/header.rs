//! The vault file: the data key, wrapped under the master password.
//!
//! `{version, kdf: {alg, version, memoryKib, passes, lanes, salt}, wrap: {alg, dekId, nonce, ciphertext, tag},
//! checksum}`; binary fields are lowercase hex. Every field before `wrap.nonce` is authenticated with the
//! ciphertext. The checksum is a plain SHA-256 over everything: it protects nothing, it tells a damaged file from
//! a wrong password.

use super::VaultError;
use crate::kdf::{KdfParams, SALT_LEN, key_encryption_key};
use crate::secret::{MasterPassword, Secret};
use crate::wrap::{ALG, WrapError, WrapJson, Wrapped, WrappingKey, decode_hex, fill_random};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

const VERSION: u32 = 1;
const KDF: &str = "argon2id";
/// Version 1.3 of Argon2, as RFC 9106 numbers it.
const KDF_VERSION: u32 = 19;

/// The content of a vault file, parsed. Holds nothing secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct VaultHeader {
    params: KdfParams,
    salt: [u8; SALT_LEN],
    dek_id: [u8; 16],
    wrapped: Wrapped,
}

impl VaultHeader {
    /// Wraps `data_key` under `password` with a new salt.
    pub(super) fn wrap(
        password: &MasterPassword,
        params: KdfParams,
        dek_id: [u8; 16],
        data_key: &Secret<[u8; 32]>,
    ) -> Result<Self, VaultError> {
        let mut salt = [0; SALT_LEN];
        fill_random(&mut salt).map_err(VaultError::internal)?;
        let kek = WrappingKey::new(&key_encryption_key(password, &salt, params).map_err(VaultError::internal)?);
        let wrapped = kek.wrap(&canonical(params, &salt, &dek_id), data_key).map_err(VaultError::internal)?;
        Ok(Self { params, salt, dek_id, wrapped })
    }

    /// The data key, or [`VaultError::WrongPassword`]. The comparison of tags is constant-time.
    pub(super) fn unwrap(&self, password: &MasterPassword) -> Result<Secret<[u8; 32]>, VaultError> {
        let kek = key_encryption_key(password, &self.salt, self.params).map_err(VaultError::internal)?;
        let header = canonical(self.params, &self.salt, &self.dek_id);
        WrappingKey::new(&kek).unwrap(&header, &self.wrapped).map_err(|error| match error {
            WrapError::Unauthentic => VaultError::WrongPassword,
            WrapError::Random(_) | WrapError::Encrypt => VaultError::internal(error),
        })
    }

    pub(super) const fn params(&self) -> KdfParams {
        self.params
    }

    pub(super) const fn dek_id(&self) -> &[u8; 16] {
        &self.dek_id
    }

    /// The text of the file.
    pub(super) fn to_json(&self) -> Result<Vec<u8>, VaultError> {
        let json = VaultJson {
            version: VERSION,
            kdf: KdfJson {
                alg: KDF.to_owned(),
                version: KDF_VERSION,
                memory_kib: self.params.memory_kib(),
                passes: self.params.passes(),
                lanes: self.params.lanes(),
                salt: hex::encode(self.salt),
            },
            wrap: WrapJson::new(&self.dek_id, &self.wrapped),
            checksum: hex::encode(self.checksum()),
        };
        let mut text = serde_json::to_vec_pretty(&json).map_err(VaultError::internal)?;
        text.push(b'\n');
        Ok(text)
    }

    /// Reads the text of a file. Whatever passes is either intact or was altered on purpose.
    pub(super) fn parse(text: &[u8]) -> Result<Self, VaultError> {
        let VersionJson { version } = from_json(text)?;
        if version != VERSION {
            return Err(VaultError::UnsupportedVersion(version));
        }
        let json: VaultJson = from_json(text)?;
        if json.kdf.alg != KDF || json.kdf.version != KDF_VERSION {
            return Err(VaultError::damaged("unknown key derivation"));
        }
        let params = KdfParams::new(json.kdf.memory_kib, json.kdf.passes, json.kdf.lanes)
            .map_err(|error| VaultError::damaged(&error.to_string()))?;
        let salt = decode_hex(&json.kdf.salt).ok_or_else(|| VaultError::damaged("malformed salt"))?;
        let (dek_id, wrapped) = json.wrap.parse().map_err(VaultError::damaged)?;
        let header = Self { params, salt, dek_id, wrapped };
        if decode_hex(&json.checksum) != Some(header.checksum()) {
            return Err(VaultError::damaged("the checksum does not match"));
        }
        Ok(header)
    }

    fn checksum(&self) -> [u8; 32] {
        Sha256::new()
            .chain_update(canonical(self.params, &self.salt, &self.dek_id))
            .chain_update(self.wrapped.nonce)
            .chain_update(self.wrapped.ciphertext)
            .chain_update(self.wrapped.tag)
            .finalize()
            .into()
    }
}

/// The fields that are authenticated with the wrapped data key.
fn canonical(params: KdfParams, salt: &[u8; SALT_LEN], dek_id: &[u8; 16]) -> Vec<u8> {
    format!(
        "waiaas-vault\nversion={VERSION}\nkdf={KDF}-{KDF_VERSION}\nmemoryKib={}\npasses={}\nlanes={}\nsalt={}\nalg={ALG}\ndekId={}\n",
        params.memory_kib(),
        params.passes(),
        params.lanes(),
        hex::encode(salt),
        hex::encode(dek_id),
    )
    .into_bytes()
}

fn from_json<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, VaultError> {
    serde_json::from_slice(text).map_err(|error| VaultError::damaged(&error.to_string()))
}

/// Read on its own first, so that a file of another version is called that and not damaged.
#[derive(Deserialize)]
struct VersionJson {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct VaultJson {
    version: u32,
    kdf: KdfJson,
    wrap: WrapJson,
    checksum: String,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KdfJson {
    alg: String,
    version: u32,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

#[cfg(test)]
impl VaultHeader {
    /// This header with one field altered, for each field.
    pub(super) fn alterations(&self) -> Vec<Self> {
        let altered = |change: fn(&mut Self)| {
            let mut header = self.clone();
            change(&mut header);
            header
        };
        vec![
            altered(|header| header.params = KdfParams::new(19_457, 1, 1).unwrap()),
            altered(|header| header.params = KdfParams::new(19_456, 2, 1).unwrap()),
            altered(|header| header.salt[0] ^= 1),
            altered(|header| header.dek_id[15] ^= 1),
            altered(|header| header.wrapped.nonce[0] ^= 1),
            altered(|header| header.wrapped.ciphertext[31] ^= 1),
            altered(|header| header.wrapped.tag[0] ^= 1),
        ]
    }
}
