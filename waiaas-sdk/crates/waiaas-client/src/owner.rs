//! What an owner signs, and how the signature travels.

use crate::error::Error;
use reqwest::RequestBuilder;
use reqwest::header::HeaderValue;

/// A text that an owner signed, and the signature.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnerProof {
    /// The text, for example from [`SignIn::text`].
    pub message: String,
    /// The signature, hexadecimal with or without `0x` (EIP-191 `personal_sign`: 65 bytes).
    pub signature: String,
    /// The owner's address, when the server should not read it from the text.
    pub address: Option<String>,
}

impl OwnerProof {
    /// Puts the proof into the headers of a call. Line ends become `\n`, which is how a header can carry them.
    pub(crate) fn sign(&self, request: RequestBuilder) -> Result<RequestBuilder, Error> {
        let value = |name: &str, text: &str| {
            HeaderValue::from_str(text)
                .map_err(|_| Error::Usage(format!("the owner's {name} contains a character that no header can carry")))
        };
        let message = self.message.replace("\r\n", "\n").replace('\n', "\\n");
        let mut request = request
            .header("x-owner-signature", value("signature", &self.signature)?)
            .header("x-owner-message", value("message", &message)?);
        if let Some(address) = &self.address {
            request = request.header("x-owner-address", value("address", address)?);
        }
        Ok(request)
    }
}

/// The sign-in text of EIP-4361 by which an owner says one thing, once.
///
/// The nonce comes from [`Admin::nonce`](crate::Admin::nonce); times are RFC 3339. The sentence says what is permitted, for
/// example [`SignIn::approve`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn<'a> {
    /// A domain that the server accepts, by default `waiaas.local` or its own host.
    pub domain: &'a str,
    /// The owner's address, with EIP-55 checksum.
    pub address: &'a str,
    /// What the owner says.
    pub statement: &'a str,
    /// EIP-155 id of the chain.
    pub chain_id: u64,
    /// The nonce, which the server accepts once.
    pub nonce: &'a str,
    /// When the text is signed.
    pub issued_at: &'a str,
    /// When it ends.
    pub expires_at: &'a str,
}

impl SignIn<'_> {
    /// The sentence that approves a transaction.
    #[must_use]
    pub fn approve(id: impl core::fmt::Display) -> String {
        format!("Approve transaction {id}")
    }

    /// The sentence that rejects a transaction.
    #[must_use]
    pub fn reject(id: impl core::fmt::Display) -> String {
        format!("Reject transaction {id}")
    }

    /// The text to sign.
    #[must_use]
    pub fn text(&self) -> String {
        let Self { domain, address, statement, chain_id, nonce, issued_at, expires_at } = self;
        format!(
            "{domain} wants you to sign in with your Ethereum account:\n{address}\n\n{statement}\n\nURI: http://{domain}\n\
             Version: 1\nChain ID: {chain_id}\nNonce: {nonce}\nIssued At: {issued_at}\nExpiration Time: {expires_at}"
        )
    }
}
