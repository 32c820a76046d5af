//! What handlers return.

use crate::http::error::ApiError;
use axum::http::{HeaderName, StatusCode};
use serde::Serialize;
use serde_json::Value;
use std::borrow::Cow;
use waiaas_sdk::core::wire::{Components, Schema};

/// Says that an answer is a repetition.
pub(crate) const REPLAYED: (HeaderName, &str) = (HeaderName::from_static("idempotent-replayed"), "true");

/// A body with its status.
#[derive(Debug)]
pub struct Answer<T> {
    status: StatusCode,
    body: T,
    replayed: bool,
}

impl<T: Reply> Answer<T> {
    /// 200.
    #[must_use]
    pub const fn ok(body: T) -> Self {
        Self { status: StatusCode::OK, body, replayed: false }
    }

    /// 201.
    #[must_use]
    pub const fn created(body: T) -> Self {
        Self { status: StatusCode::CREATED, body, replayed: false }
    }

    /// The same answer, marked as the repetition of an earlier one.
    #[must_use]
    pub fn replayed(mut self) -> Self {
        self.replayed = true;
        self
    }

    pub(crate) fn encode(self) -> Result<Encoded, ApiError> {
        let mut encoded = self.body.encode(self.status)?;
        if self.replayed {
            encoded.headers.push(REPLAYED);
        }
        Ok(encoded)
    }
}

impl Answer<NoContent> {
    /// 204.
    #[must_use]
    pub const fn no_content() -> Self {
        Self { status: StatusCode::NO_CONTENT, body: NoContent, replayed: false }
    }
}

/// A body that can be sent and documented. Every JSON shape of `core::wire` is one.
pub trait Reply: Send + 'static {
    /// The answer in bytes.
    ///
    /// # Errors
    /// `INTERNAL_ERROR` when it cannot be written as JSON.
    fn encode(self, status: StatusCode) -> Result<Encoded, ApiError>;

    /// What stands in the OpenAPI document; `None` for no JSON.
    fn schema() -> Option<SchemaUse>;
}

/// A schema and the named ones that it mentions.
#[derive(Clone, Debug)]
pub struct SchemaUse {
    /// What stands where the type is used.
    pub reference: Value,
    /// Adds the named schemas.
    pub register: fn(&mut Components),
}

impl SchemaUse {
    /// The use of `T`.
    #[must_use]
    pub fn of<T: Schema>() -> Self {
        Self { reference: T::reference(), register: T::register }
    }
}

impl<T: Serialize + Schema + Send + 'static> Reply for T {
    fn encode(self, status: StatusCode) -> Result<Encoded, ApiError> {
        let body = serde_json::to_vec(&self).map_err(ApiError::internal)?;
        Ok(Encoded { status, content_type: "application/json", body, headers: Vec::new() })
    }

    fn schema() -> Option<SchemaUse> {
        Some(SchemaUse::of::<T>())
    }
}

/// No body.
#[derive(Clone, Copy, Debug)]
pub struct NoContent;

impl Reply for NoContent {
    fn encode(self, status: StatusCode) -> Result<Encoded, ApiError> {
        Ok(Encoded { status, content_type: "", body: Vec::new(), headers: Vec::new() })
    }

    fn schema() -> Option<SchemaUse> {
        None
    }
}

/// A document that is not one of our JSON shapes.
#[derive(Clone, Debug)]
pub struct Document {
    /// Its media type.
    pub content_type: &'static str,
    /// Its text.
    pub text: Cow<'static, str>,
    /// Headers besides the content type.
    pub headers: Vec<(HeaderName, &'static str)>,
}

impl Reply for Document {
    fn encode(self, status: StatusCode) -> Result<Encoded, ApiError> {
        let body = self.text.into_owned().into_bytes();
        Ok(Encoded { status, content_type: self.content_type, body, headers: self.headers })
    }

    fn schema() -> Option<SchemaUse> {
        None
    }
}

/// An answer in bytes.
#[derive(Debug)]
pub struct Encoded {
    pub(crate) status: StatusCode,
    pub(crate) content_type: &'static str,
    pub(crate) body: Vec<u8>,
    pub(crate) headers: Vec<(HeaderName, &'static str)>,
}
