//! Reading request bodies.

use crate::http::call::Inbound;
use crate::http::error::ApiError;
use crate::http::gate::AuthKind;
use axum::body::{Body, Bytes};
use core::fmt;
use futures_util::StreamExt;
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use std::time::Duration;
use waiaas_sdk::core::error::ErrorCode;

/// Largest body of a route that says so: room for contract calldata, or for long lists in policies.
pub(crate) const LARGE: usize = 1_048_576;
/// Largest body of any other route.
pub(crate) const SMALL: usize = 65_536;
/// How much of a body that is too large is still taken in, so that the client gets to read the answer
/// instead of a broken connection.
const DRAIN: usize = 16_777_216;
/// How long that may take.
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// Reads a JSON body of at most `limit` bytes. An empty body is `{}`.
///
/// Content types (decision D14): `application/json` always; none at all or curl's default where the
/// credentials are in headers, because there a form that a web page sends cannot carry them.
pub(crate) async fn read(request: &Inbound, auth: AuthKind, body: Body, limit: usize) -> Result<Value, ApiError> {
    let bytes = collect(body, limit).await?;
    if bytes.iter().all(u8::is_ascii_whitespace) {
        return Ok(Value::Object(Map::new()));
    }
    let unsupported = || {
        ApiError::new(ErrorCode::UnsupportedMediaType, "The body must be JSON with `Content-Type: application/json`.")
    };
    match content_type(request) {
        ContentType::Json => parse(&bytes).map_err(|error| {
            ApiError::new(ErrorCode::ValidationFailed, format!("The body is not valid JSON: {error}"))
        }),
        ContentType::Unsaid if auth != AuthKind::Public => parse(&bytes).map_err(|_| unsupported()),
        ContentType::Unsaid | ContentType::Other => Err(unsupported()),
    }
}

enum ContentType {
    Json,
    /// Absent, or what curl sends when nobody says anything.
    Unsaid,
    Other,
}

fn content_type(request: &Inbound) -> ContentType {
    if !request.headers.contains_key("content-type") {
        return ContentType::Unsaid;
    }
    let text = request.header("content-type").unwrap_or("?");
    let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match essence.as_str() {
        "application/json" => ContentType::Json,
        "application/x-www-form-urlencoded" => ContentType::Unsaid,
        other if other.starts_with("application/") && other.ends_with("+json") => ContentType::Json,
        _ => ContentType::Other,
    }
}

async fn collect(body: Body, limit: usize) -> Result<Vec<u8>, ApiError> {
    let mut collected: Vec<u8> = Vec::new();
    let mut stream = body.into_data_stream();
    while let Some(chunk) = stream.next().await {
        let chunk: Bytes = chunk.map_err(|_| ApiError::new(ErrorCode::ValidationFailed, "The body was cut off."))?;
        if collected.len().saturating_add(chunk.len()) > limit {
            let taken = collected.len().saturating_add(chunk.len());
            let _ = tokio::time::timeout(DRAIN_TIME, drain(&mut stream, taken)).await;
            return Err(ApiError::new(ErrorCode::PayloadTooLarge, format!("The body is larger than {limit} bytes.")));
        }
        collected.extend_from_slice(&chunk);
    }
    Ok(collected)
}

async fn drain(stream: &mut axum::body::BodyDataStream, mut taken: usize) {
    while taken < DRAIN {
        let Some(Ok(chunk)) = stream.next().await else { return };
        taken = taken.saturating_add(chunk.len());
    }
}

/// Parses JSON, refusing objects that have a key twice: two readers could see different values.
fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let mut deserializer = serde_json::Deserializer::from_slice(bytes);
    let value = Strict.deserialize(&mut deserializer)?;
    deserializer.end()?;
    Ok(value)
}

struct Strict;

impl<'de> DeserializeSeed<'de> for Strict {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut list = Vec::new();
        while let Some(item) = items.next_element_seed(Strict)? {
            list.push(item);
        }
        Ok(Value::Array(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            let value = entries.next_value_seed(Strict)?;
            if object.contains_key(&key) {
                return Err(A::Error::custom(format_args!("the key `{key}` appears twice")));
            }
            object.insert(key, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_is_read_strictly() {
        let check = |text: &str, expect: bool| assert_eq!(parse(text.as_bytes()).is_ok(), expect, "{text}");
        check("{\"a\":[1,-2,1.5,\"x\",null,true,{\"b\":{}}]}", true);
        check("{\"a\":1,\"a\":2}", false);
        check("{\"a\":{\"b\":1,\"b\":1}}", false);
        check("{\"a\":1} x", false);
        check("{\"a\":1", false);
        check("a=b", false);
        let text = "{\"n\":12345678901234567890,\"s\":\"\\u00e9\"}";
        assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }
}
