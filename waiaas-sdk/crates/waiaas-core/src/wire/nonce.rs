//! `GET /v1/nonce`.

use super::number::UnixSecs;
use super::schema::wire_struct;

wire_struct! {
    /// A number for one owner signature.
    read NonceResponse {
        /// The nonce; goes into the message that the owner signs.
        nonce: String,
        /// When it stops being accepted, in unix seconds.
        expires_at: UnixSecs,
    }
}
