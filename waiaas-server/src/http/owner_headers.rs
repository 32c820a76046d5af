//! Decoding of the owner's headers. Nothing is believed here.

use crate::http::call::Inbound;
use crate::http::error::ApiError;
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::engine::services::owner_auth::OwnerProof;

/// The signature: hexadecimal, with or without 0x.
pub(crate) const SIGNATURE: &str = "x-owner-signature";
/// The signed text: base64, or the text itself with line ends written as `\n`.
pub(crate) const MESSAGE: &str = "x-owner-message";
/// The owner's address; may be left out.
pub(crate) const ADDRESS: &str = "x-owner-address";

/// What every sign-in text contains in its first line (ERC-4361).
const SIGN_IN: &str = "wants you to sign in with your";

/// Reads the headers.
pub(crate) fn read(request: &Inbound) -> Result<OwnerProof, ApiError> {
    let (Some(signature), Some(message)) = (request.header(SIGNATURE), request.header(MESSAGE)) else {
        return Err(refuse("The owner's signature is missing: send X-Owner-Signature and X-Owner-Message."));
    };
    decode(message, signature, request.header(ADDRESS))
}

/// Reads the three texts, wherever they came from.
pub(crate) fn decode(message: &str, signature: &str, address: Option<&str>) -> Result<OwnerProof, ApiError> {
    let digits = signature.trim().strip_prefix("0x").unwrap_or(signature.trim());
    let signature = hex::decode(digits).map_err(|_| refuse("The owner's signature must be hexadecimal."))?;
    Ok(OwnerProof { message: text(message), signature, address: address.map(|text| text.trim().to_owned()) })
}

fn refuse(message: &str) -> ApiError {
    ApiError::new(ErrorCode::InvalidSignature, message)
}

/// The signed text. A header cannot carry line ends, so a sign-in text comes as base64 or with `\n` for
/// each of them. A bare nonce comes as it is or as base64; its own hexadecimal digits would decode as
/// base64 too, into something that is no nonce.
fn text(header: &str) -> String {
    if header.contains(SIGN_IN) {
        return header.replace("\\r\\n", "\n").replace("\\n", "\n");
    }
    let decoded = [STANDARD, URL_SAFE].iter().find_map(|alphabet| {
        let config = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
        let bytes = GeneralPurpose::new(alphabet, config).decode(header.trim()).ok()?;
        String::from_utf8(bytes).ok()
    });
    decoded.filter(|text| text.contains(SIGN_IN) || is_nonce(text)).unwrap_or_else(|| header.to_owned())
}

/// 32 bytes in hexadecimal.
fn is_nonce(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    #[test]
    fn every_spelling_of_a_message_is_the_same_text() {
        let message = "localhost:3100 wants you to sign in with your Ethereum account:\n0xabc\n\n\u{fc}?>\n";
        for header in [
            STANDARD.encode(message),
            URL_SAFE_NO_PAD.encode(message),
            message.replace('\n', "\\n"),
            message.replace('\n', "\\r\\n"),
        ] {
            assert_eq!(text(&header), message, "{header}");
        }
        let nonce = "ab".repeat(32);
        assert_eq!(text(&nonce), nonce);
        assert_eq!(text(&STANDARD.encode(&nonce)), nonce);
        assert_eq!(text("anything else"), "anything else");
    }
}
