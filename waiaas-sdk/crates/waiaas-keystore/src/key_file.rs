//! The file of one wallet's key, version 2.
//!
//! `{version, id, chain, curve, publicKey, wrap: {alg, dekId, nonce, ciphertext, tag}}`; binary fields are
//! lowercase hex. All fields outside `wrap`, the algorithm and the data key's id are authenticated together with the
//! ciphertext, as text lines in a fixed order ([`KeyFile::canonical_header`]).
//!
//! DIFFERS: version 1, the original's, runs the password through Argon2id per file, authenticates no field and
//! is rewritten at every use.

use crate::curve::{Curve, Public};
use crate::wrap::{ALG, WrapJson, Wrapped};
use serde::{Deserialize, Serialize};
use waiaas_core::chain::ChainKind;
use waiaas_core::id::WalletId;

const VERSION: u32 = 2;

/// A key file, parsed. Holds nothing secret: the key in it is encrypted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct KeyFile {
    pub(crate) wallet: WalletId,
    pub(crate) chain: ChainKind,
    pub(crate) curve: Curve,
    pub(crate) public: Public,
    pub(crate) dek_id: [u8; 16],
    pub(crate) wrapped: Wrapped,
}

/// Why a key file was not understood.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyFileError {
    Malformed(String),
    Unsupported(ChainKind),
}

impl KeyFile {
    /// The name of the file of `wallet`.
    pub(crate) fn name(wallet: WalletId) -> String {
        format!("{wallet}.json")
    }

    /// The fields that are authenticated with the wrapped key.
    pub(crate) fn canonical_header(
        wallet: WalletId,
        chain: ChainKind,
        curve: Curve,
        public: Public,
        dek_id: &[u8; 16],
    ) -> Vec<u8> {
        format!(
            "waiaas-wallet-key\nversion={VERSION}\nid={wallet}\nchain={chain}\ncurve={}\npublicKey={}\nalg={ALG}\ndekId={}\n",
            curve.as_str(),
            public.to_hex(),
            hex::encode(dek_id),
        )
        .into_bytes()
    }

    /// [`KeyFile::canonical_header`] of this file.
    pub(crate) fn header(&self) -> Vec<u8> {
        Self::canonical_header(self.wallet, self.chain, self.curve, self.public, &self.dek_id)
    }

    /// The text of the file.
    pub(crate) fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        let json = KeyFileJson {
            version: VERSION,
            id: self.wallet.to_string(),
            chain: self.chain.as_str().to_owned(),
            curve: self.curve.as_str().to_owned(),
            public_key: self.public.to_hex(),
            wrap: WrapJson::new(&self.dek_id, &self.wrapped),
        };
        let mut text = serde_json::to_vec_pretty(&json)?;
        text.push(b'\n');
        Ok(text)
    }

    /// Reads the text of a file.
    pub(crate) fn parse(text: &[u8]) -> Result<Self, KeyFileError> {
        let malformed = |reason: &str| KeyFileError::Malformed(reason.to_owned());
        let VersionJson { version } = from_json(text)?;
        if version != VERSION {
            return Err(KeyFileError::Malformed(format!("version {version} is not supported")));
        }
        let json: KeyFileJson = from_json(text)?;
        let chain = ChainKind::parse(&json.chain).ok_or_else(|| malformed("unknown chain"))?;
        let curve = Curve::of(chain).ok_or(KeyFileError::Unsupported(chain))?;
        if json.curve != curve.as_str() {
            return Err(malformed("the curve is not the chain's"));
        }
        let wallet: WalletId = json.id.parse().map_err(|_| malformed("malformed wallet id"))?;
        let public = curve.parse_public(&json.public_key).ok_or_else(|| malformed("malformed public key"))?;
        let (dek_id, wrapped) = json.wrap.parse().map_err(malformed)?;
        Ok(Self { wallet, chain, curve, public, dek_id, wrapped })
    }
}

fn from_json<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, KeyFileError> {
    serde_json::from_slice(text).map_err(|error| KeyFileError::Malformed(format!("not a key file: {error}")))
}

/// Read on its own first, so that a file of another version is called that and not malformed.
#[derive(Deserialize)]
struct VersionJson {
    version: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct KeyFileJson {
    version: u32,
    id: String,
    chain: String,
    curve: String,
    public_key: String,
    wrap: WrapJson,
}
