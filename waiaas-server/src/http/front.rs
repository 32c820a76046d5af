//! What happens to every request before its route: CORS, request id, host guard, kill-switch guard, log,
//! limit by address. The order is `api.md` section 1.1; it stands here on one screen.

use crate::app::App;
use crate::http::cors::Cors;
use crate::http::error::ApiError;
use crate::http::request_id::{self, RequestId};
use crate::http::source::Source;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use std::time::Instant;
use tracing::Instrument;
use waiaas_sdk::core::error::ErrorCode;

/// Names of this machine that are always permitted as hosts.
const OWN_HOSTS: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];

/// What answers get when they do not say otherwise.
const DEFAULT_HEADERS: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CACHE_CONTROL, "no-store"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
];

pub(crate) async fn front(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let cors = Cors::of(&app.config.security.cors_origins, request.headers());
    if let Some(answer) = cors.preflight(request.method(), request.headers()) {
        return answer;
    }
    let id = RequestId::of(request.headers(), &*app.clock, &*app.random);
    let source = Source::of(request.extensions(), request.headers(), &app.config.security.trusted_proxies);
    request.extensions_mut().insert(id.clone());
    request.extensions_mut().insert(source);

    let span = tracing::info_span!("request", id = id.as_str());
    let (method, path, began) = (request.method().clone(), request.uri().path().to_owned(), Instant::now());
    let work = async {
        match admit(&app, &request, source) {
            Ok(()) => next.run(request).await,
            Err(error) => error.into_response(&id),
        }
    };
    let mut response = work.instrument(span.clone()).await;
    span.in_scope(|| {
        tracing::info!("[REQ] {method} {path} {} {}ms", response.status().as_u16(), began.elapsed().as_millis());
    });

    let headers = response.headers_mut();
    for (name, value) in DEFAULT_HEADERS {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Some(value) = id.header_value() {
        headers.insert(request_id::HEADER, value);
    }
    cors.add_to(headers);
    response
}

fn admit(app: &App, request: &Request, source: Source) -> Result<(), ApiError> {
    guard_host(&app.config.security.allowed_hosts, request.headers())?;
    guard_kill_switch(app, request.uri().path())?;
    app.limits.address.take(source.bucket(), app.started.elapsed())
}

/// Refuses requests that were sent to another name than ours: a web page whose name resolves to this
/// machine (DNS rebinding) carries its own name.
fn guard_host(allowed: &[String], headers: &HeaderMap) -> Result<(), ApiError> {
    let host = headers.get(header::HOST).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    if OWN_HOSTS.contains(&name) || allowed.iter().any(|allowed| allowed.eq_ignore_ascii_case(name)) {
        return Ok(());
    }
    Err(ApiError::new(
        ErrorCode::SystemLocked,
        "Only localhost may be named as the host; the operator can allow other names in security.allowed_hosts.",
    ))
}

/// While the kill switch is thrown only what is needed to look and to recover answers.
fn guard_kill_switch(app: &App, path: &str) -> Result<(), ApiError> {
    if !app.engine.kill_switch().is_thrown() || passes_kill_switch(path) {
        return Ok(());
    }
    Err(ApiError::new(ErrorCode::SystemLocked, "The kill switch is active."))
}

fn passes_kill_switch(path: &str) -> bool {
    const EXACT: [&str; 6] = ["/health", "/admin", "/doc", "/reference", "/v1/nonce", "/v1/admin"];
    const BELOW: [&str; 4] = ["/v1/admin/", "/admin/", "/v1/owner/", "/reference/"];
    EXACT.contains(&path) || BELOW.iter().any(|prefix| path.starts_with(prefix))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_permitted_names_are_hosts() {
        let check = |host: Option<&str>, expect: bool| {
            let mut headers = HeaderMap::new();
            if let Some(host) = host {
                headers.insert(header::HOST, HeaderValue::from_str(host).unwrap());
            }
            let outcome = guard_host(&["wallet.example".to_owned()], &headers);
            assert_eq!(outcome.is_ok(), expect, "{host:?}");
        };
        for host in ["127.0.0.1", "127.0.0.1:3100", "localhost:1", "[::1]", "[::1]:3100", "wallet.example:443"] {
            check(Some(host), true);
        }
        for host in ["evil.example", "127.0.0.1.evil.example", "localhost:", "localhost:x", "::1", ""] {
            check(Some(host), false);
        }
        check(None, false);
    }

    #[test]
    fn the_way_back_stays_open() {
        for path in ["/health", "/v1/admin/recover", "/admin/x", "/v1/owner/kill-switch", "/doc", "/v1/nonce"] {
            assert!(passes_kill_switch(path), "{path}");
        }
        for path in ["/v1/wallets", "/v1/adminx", "/healthz", "/", "/v1/transactions/send"] {
            assert!(!passes_kill_switch(path), "{path}");
        }
    }
}
