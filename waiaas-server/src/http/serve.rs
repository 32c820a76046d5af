//! From the list of routes to a router.

use crate::app::App;
use crate::http::answer::Encoded;
use crate::http::call::{Inbound, query_pairs};
use crate::http::error::ApiError;
use crate::http::front::front;
use crate::http::request_id::RequestId;
use crate::http::route::{Handler, Route, Spec};
use crate::http::source::Source;
use axum::Router;
use axum::body::Body;
use axum::extract::{FromRequestParts, RawPathParams, Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::from_fn_with_state;
use axum::response::Response;
use axum::routing::{MethodFilter, MethodRouter, on};
use core::panic::AssertUnwindSafe;
use futures_util::FutureExt;
use std::collections::BTreeMap;
use std::sync::Arc;
use tracing::Instrument;
use waiaas_sdk::core::error::ErrorCode;

/// The router of `routes`.
pub fn router(app: App, routes: Vec<Route>) -> Router {
    let mut by_path: BTreeMap<&'static str, MethodRouter<App>> = BTreeMap::new();
    for Route { spec, handler } in routes {
        let Ok(filter) = MethodFilter::try_from(spec.method.clone()) else { continue };
        let (path, spec) = (spec.path, Arc::new(spec));
        let endpoint = on(filter, move |State(app): State<App>, request: Request| {
            answer(app, Arc::clone(&spec), Arc::clone(&handler), request)
        });
        let methods = by_path.remove(path).unwrap_or_default().merge(endpoint);
        by_path.insert(path, methods);
    }
    let mut router = Router::new();
    for (path, methods) in by_path {
        router = router.route(path, methods);
    }
    router
        .fallback(|request: Request| async move { refuse(&request, ErrorCode::NotFound, "There is no such route.") })
        .method_not_allowed_fallback(|request: Request| async move {
            refuse(&request, ErrorCode::MethodNotAllowed, "This route does not answer to that method.")
        })
        .layer(from_fn_with_state(app.clone(), front))
        .with_state(app)
}

fn refuse(request: &Request, code: ErrorCode, message: &str) -> Response {
    ApiError::new(code, message).into_response(&request_id(request))
}

fn request_id(request: &Request) -> RequestId {
    // The front puts it there before any route is looked at.
    request.extensions().get().cloned().unwrap_or_else(RequestId::missing)
}

/// Runs one route. What changes something runs to its end even when the client hangs up, so that no
/// change is left half done; what only reads is dropped with its connection.
async fn answer(app: App, spec: Arc<Spec>, handler: Handler, request: Request) -> Response {
    let id = request_id(&request);
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let result = match inbound(request).await {
        Ok((inbound, body)) => {
            let work = handler(spec, app.clone(), inbound, body);
            if changes {
                let busy = app.stop.busy();
                let task = tokio::spawn(
                    async move {
                        let result = work.await;
                        drop(busy);
                        result
                    }
                    .in_current_span(),
                );
                task.await.unwrap_or_else(|error| Err(ApiError::internal(error)))
            } else {
                AssertUnwindSafe(work)
                    .catch_unwind()
                    .await
                    .unwrap_or_else(|_| Err(ApiError::internal("a handler panicked")))
            }
        }
        Err(error) => Err(error),
    };
    match result {
        Ok(answer) => response(answer),
        Err(error) => error.into_response(&id),
    }
}

async fn inbound(request: Request) -> Result<(Inbound, Body), ApiError> {
    let (mut parts, body) = request.into_parts();
    let params = RawPathParams::from_request_parts(&mut parts, &())
        .await
        .map_err(|_| ApiError::new(ErrorCode::ActionValidationFailed, "The path cannot be decoded."))?;
    let params = params.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    let source = parts.extensions.get().copied().unwrap_or_else(Source::unknown);
    let inbound = Inbound {
        path: parts.uri.path().to_owned(),
        query: query_pairs(&parts.uri)?,
        method: parts.method,
        params,
        headers: parts.headers,
        source,
    };
    Ok((inbound, body))
}

fn response(answer: Encoded) -> Response {
    let mut response = Response::new(Body::from(answer.body));
    *response.status_mut() = answer.status;
    if !answer.content_type.is_empty() {
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(answer.content_type));
    }
    for (name, value) in answer.headers {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    response
}
