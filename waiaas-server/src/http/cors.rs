//! Which web pages may call the API from a browser.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, header};

/// The decision about one request.
#[derive(Debug)]
pub(crate) struct Cors {
    /// The request's origin, when it is permitted.
    origin: Option<HeaderValue>,
}

const METHODS: &str = "GET,POST,PUT,DELETE,PATCH,OPTIONS";
/// DIFFERS: the original leaves out the owner's headers, so that no browser page can approve anything.
const HEADERS: &str = "Content-Type,Authorization,X-Master-Password,X-Request-Id,X-Owner-Signature,\
X-Owner-Message,X-Owner-Address,Idempotency-Key";
const EXPOSED: &str = "X-Request-Id,Retry-After,Idempotent-Replayed";

impl Cors {
    /// Looks up the request's origin in the list, character by character.
    pub(crate) fn of(permitted: &[String], headers: &HeaderMap) -> Self {
        let origin = headers.get(header::ORIGIN);
        let origin =
            origin.filter(|origin| permitted.iter().any(|permitted| permitted.as_bytes() == origin.as_bytes()));
        Self { origin: origin.cloned() }
    }

    /// The answer to a preflight request; `None` when it is not one.
    pub(crate) fn preflight(&self, method: &Method, headers: &HeaderMap) -> Option<Response<Body>> {
        if method != Method::OPTIONS || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        let mut response = Response::new(Body::empty());
        *response.status_mut() = StatusCode::NO_CONTENT;
        let answer = response.headers_mut();
        self.add_to(answer);
        if self.origin.is_some() {
            answer.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(METHODS));
            answer.insert(header::ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static(HEADERS));
        }
        Some(response)
    }

    /// Adds what browsers look for in every answer.
    pub(crate) fn add_to(&self, headers: &mut HeaderMap) {
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = &self.origin {
            headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_listed_origins_are_let_in() {
        let check = |origin: &str, expect: bool| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, HeaderValue::from_str(origin).unwrap());
            headers.insert(header::ACCESS_CONTROL_REQUEST_METHOD, HeaderValue::from_static("POST"));
            let cors = Cors::of(&["http://localhost:3100".to_owned()], &headers);
            let answer = cors.preflight(&Method::OPTIONS, &headers).unwrap();
            assert_eq!(answer.status(), StatusCode::NO_CONTENT);
            assert_eq!(answer.headers().contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN), expect, "{origin}");
            assert_eq!(answer.headers().get(header::VARY).unwrap(), "Origin");
            assert!(cors.preflight(&Method::POST, &headers).is_none());
        };
        check("http://localhost:3100", true);
        check("http://localhost:31000", false);
        check("https://localhost:3100", false);
        check("null", false);
    }
}
