//! The documentation of the API: `/doc` for programs, `/reference` for people.

use crate::http::answer::{Answer, Document};
use crate::http::call::Call;
use crate::http::error::ApiError;
use crate::http::gate::{Anyone, Public};
use crate::http::openapi;
use crate::http::route::Route;
use axum::http::header;
use std::borrow::Cow;
use std::sync::OnceLock;

/// The page loads nothing but its own files and talks to nobody but this service.
const PAGE_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; \
img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

pub(super) fn routes() -> Vec<Route> {
    vec![
        Route::get("/doc", Public, document).tag("Docs").summary("This API as an OpenAPI 3.0 document"),
        Route::get("/reference", Public, page).tag("Docs").summary("This API as an interactive page"),
        Route::get("/reference/reference.js", Public, script).hidden(),
        Route::get("/reference/reference.css", Public, style).hidden(),
    ]
}

async fn document(_call: Call<Anyone>) -> Result<Answer<Document>, ApiError> {
    static TEXT: OnceLock<String> = OnceLock::new();
    let text = TEXT.get_or_init(|| openapi::document(&super::all()).to_string());
    Ok(Answer::ok(Document { content_type: "application/json", text: Cow::Borrowed(text), headers: Vec::new() }))
}

async fn page(_call: Call<Anyone>) -> Result<Answer<Document>, ApiError> {
    Ok(file("text/html; charset=utf-8", include_str!("../reference/reference.html")))
}

async fn script(_call: Call<Anyone>) -> Result<Answer<Document>, ApiError> {
    Ok(file("text/javascript; charset=utf-8", include_str!("../reference/reference.js")))
}

async fn style(_call: Call<Anyone>) -> Result<Answer<Document>, ApiError> {
    Ok(file("text/css; charset=utf-8", include_str!("../reference/reference.css")))
}

fn file(content_type: &'static str, text: &'static str) -> Answer<Document> {
    let headers = vec![
        (header::CONTENT_SECURITY_POLICY, PAGE_POLICY),
        (header::CACHE_CONTROL, "no-cache"),
        (header::HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (header::HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ];
    Answer::ok(Document { content_type, text: Cow::Borrowed(text), headers })
}
