//! A request as routes see it.

use crate::app::App;
use crate::http::error::ApiError;
use crate::http::source::Source;
use axum::http::{HeaderMap, Method, Uri};
use core::fmt::Display;
use core::ops::RangeInclusive;
use core::str::FromStr;
use serde_json::Value;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::wire::Issues;
use waiaas_sdk::engine::ports::store::Page;

/// What arrived, before anybody has looked at the body.
#[derive(Clone, Debug)]
pub struct Inbound {
    pub(crate) method: Method,
    /// The path as requested.
    pub(crate) path: String,
    pub(crate) params: Vec<(String, String)>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) source: Source,
}

impl Inbound {
    /// The text of a header; `None` when it is absent or not UTF-8.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| core::str::from_utf8(value.as_bytes()).ok())
    }

    /// What follows `Bearer ` in the Authorization header. The scheme's case does not matter (RFC 9110).
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        self.params.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }
}

/// Pairs of a query string, decoded.
pub(crate) fn query_pairs(uri: &Uri) -> Result<Vec<(String, String)>, ApiError> {
    axum::extract::Query::<Vec<(String, String)>>::try_from_uri(uri)
        .map(|query| query.0)
        .map_err(|_| ApiError::new(ErrorCode::ActionValidationFailed, "The query string cannot be decoded."))
}

/// A request that passed its gate, with the proof of that.
pub struct Call<P> {
    /// The service.
    pub app: App,
    /// Who is calling.
    pub caller: P,
    pub(crate) inbound: Inbound,
    pub(crate) body: Value,
}

impl<P> Call<P> {
    /// The id in the path parameter `name`.
    ///
    /// # Errors
    /// 400 when it is not a UUID.
    pub fn id<I: FromStr<Err: Display>>(&self, name: &str) -> Result<I, ApiError> {
        self.text(name)?.parse().map_err(|error: I::Err| ApiError::invalid(name, error.to_string()))
    }

    /// The text of the path parameter `name`.
    ///
    /// # Errors
    /// 400 when the path has none.
    pub fn text(&self, name: &str) -> Result<&str, ApiError> {
        self.inbound.param(name).ok_or_else(|| ApiError::invalid(name, "is missing in the path"))
    }

    /// The body, read by one of the `parse` functions of `core::wire`.
    ///
    /// # Errors
    /// 400 with all issues.
    pub fn body<T>(&self, parse: impl FnOnce(&Value) -> Result<T, Issues>) -> Result<T, ApiError> {
        Ok(parse(&self.body)?)
    }

    /// The body as JSON.
    #[must_use]
    pub const fn json(&self) -> &Value {
        &self.body
    }

    /// The query parameter `name`; an empty one counts as absent.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.inbound.query.iter().find(|(key, value)| key == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// The query parameter `name`, read as `T`.
    ///
    /// # Errors
    /// 400 when it is there and not a `T`.
    pub fn query_as<T: FromStr<Err: Display>>(&self, name: &str) -> Result<Option<T>, ApiError> {
        self.query(name)
            .map(|text| text.parse().map_err(|error: T::Err| ApiError::invalid(name, error.to_string())))
            .transpose()
    }

    /// The query parameter `name` as a whole number in `range`, or `default`.
    ///
    /// # Errors
    /// 400 when it is something else.
    pub fn query_int(&self, name: &str, range: RangeInclusive<u32>, default: u32) -> Result<u32, ApiError> {
        let Some(text) = self.query(name) else { return Ok(default) };
        text.parse().ok().filter(|number| range.contains(number)).ok_or_else(|| {
            ApiError::invalid(name, format!("must be a whole number from {} to {}", range.start(), range.end()))
        })
    }

    /// `limit` (1 to 200, default 50) and `offset`.
    ///
    /// # Errors
    /// 400 when one of them is out of range.
    pub fn page(&self) -> Result<Page, ApiError> {
        let limit = self.query_int("limit", 1..=200, 50)?;
        let offset = self.query_int("offset", 0..=u32::MAX, 0)?;
        Ok(Page { limit, offset })
    }

    /// The `Idempotency-Key` header.
    ///
    /// # Errors
    /// 400 when it is not 1 to 255 visible ASCII characters.
    pub fn idempotency_key(&self) -> Result<Option<String>, ApiError> {
        super::idempotency::key(&self.inbound)
    }

    /// The text of a header.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.inbound.header(name)
    }

    /// Where the request comes from.
    #[must_use]
    pub const fn source(&self) -> Source {
        self.inbound.source
    }

    /// Owner headers that came along with another credential, decoded; `None` when there are none.
    ///
    /// # Errors
    /// 401 when they are malformed.
    pub fn owner_proof(&self) -> Result<Option<waiaas_sdk::engine::services::owner_auth::OwnerProof>, ApiError> {
        if self.header(super::owner_headers::SIGNATURE).is_none() {
            return Ok(None);
        }
        super::owner_headers::read(&self.inbound).map(Some)
    }
}
