//! The OpenAPI 3.0 document, made from the list of routes.

use crate::http::gate::AuthKind;
use crate::http::route::{Idempotency, Route, Spec};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use waiaas_sdk::core::error::{ErrorCode, ErrorResponse};
use waiaas_sdk::core::wire::{Components, Schema, ValidationDetails};

/// The document that describes `routes`.
pub(crate) fn document(routes: &[Route]) -> Value {
    let mut components = Components::new();
    ErrorResponse::register(&mut components);
    components.insert("ErrorResponse", ErrorResponse::definition());
    ValidationDetails::register(&mut components);
    let mut paths: BTreeMap<&str, Map<String, Value>> = BTreeMap::new();
    let mut tags: Vec<&str> = Vec::new();
    for spec in routes.iter().map(|route| &route.spec).filter(|spec| !spec.hidden) {
        if !tags.contains(&spec.tag) {
            tags.push(spec.tag);
        }
        let operation = operation(spec, &mut components);
        paths.entry(spec.path).or_default().insert(spec.method.as_str().to_ascii_lowercase(), operation);
    }
    let tags: Vec<Value> = tags.into_iter().map(|tag| json!({ "name": tag })).collect();
    json!({
        "openapi": "3.0.0",
        "info": {
            "title": "WAIaaS API",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Wallets for AI agents: an agent holds a session token, never a key, and policy decides what is signed.",
        },
        "tags": tags,
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                MASTER: {
                    "type": "apiKey", "in": "header", "name": "X-Master-Password",
                    "description": "The operator's master password.",
                },
                SESSION: {
                    "type": "http", "scheme": "bearer", "bearerFormat": "wai_sess_<JWT>",
                    "description": "An agent's session token.",
                },
                OWNER: {
                    "type": "apiKey", "in": "header", "name": "X-Owner-Signature",
                    "description": "The owner's signature (hexadecimal) of the text in X-Owner-Message \
                        (base64, or with line ends as \\n). X-Owner-Address may name the owner.",
                },
            },
        },
    })
}

const MASTER: &str = "masterAuth";
const SESSION: &str = "sessionAuth";
const OWNER: &str = "ownerAuth";

fn operation(spec: &Spec, components: &mut Components) -> Value {
    let mut operation = Map::new();
    operation.insert("operationId".to_owned(), operation_id(spec).into());
    operation.insert("tags".to_owned(), json!([spec.tag]));
    operation.insert("summary".to_owned(), spec.summary.into());
    if !spec.notes.is_empty() {
        operation.insert("description".to_owned(), spec.notes.into());
    }
    operation.insert("security".to_owned(), security(spec.auth));
    let parameters = parameters(spec);
    if !parameters.is_empty() {
        operation.insert("parameters".to_owned(), parameters.into());
    }
    if let Some(body) = &spec.body {
        (body.schema.register)(components);
        operation.insert(
            "requestBody".to_owned(),
            json!({ "required": body.required, "content": { "application/json": { "schema": body.schema.reference } } }),
        );
    }
    operation.insert("responses".to_owned(), responses(spec, components));
    Value::Object(operation)
}

fn security(auth: AuthKind) -> Value {
    let schemes: &[&str] = match auth {
        AuthKind::Public => &[],
        AuthKind::Master => &[MASTER],
        AuthKind::Session => &[SESSION],
        AuthKind::SessionOrMaster => &[SESSION, MASTER],
        AuthKind::Owner => &[OWNER],
        AuthKind::MasterOrOwner => &[MASTER, OWNER],
    };
    schemes.iter().map(|scheme| json!({ *scheme: [] })).collect()
}

fn parameters(spec: &Spec) -> Vec<Value> {
    let mut list: Vec<Value> = spec
        .params()
        .map(|name| {
            let schema = if spec.text_params.contains(&name) {
                json!({ "type": "string" })
            } else {
                json!({ "type": "string", "format": "uuid" })
            };
            json!({ "name": name, "in": "path", "required": true, "schema": schema })
        })
        .collect();
    list.extend(spec.query.iter().map(|query| {
        json!({ "name": query.name, "in": "query", "required": false, "description": query.text, "schema": query.schema })
    }));
    if spec.idempotency != Idempotency::None {
        list.push(json!({
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": "1 to 255 visible characters. The same key with the same body gives the first answer again, for a day.",
            "schema": { "type": "string", "minLength": 1, "maxLength": 255 },
        }));
    }
    if matches!(spec.auth, AuthKind::Owner | AuthKind::MasterOrOwner) {
        for (name, required, text) in [
            ("X-Owner-Message", spec.auth == AuthKind::Owner, "The text that the owner signed."),
            ("X-Owner-Address", false, "The owner's address; must be the registered one when given."),
        ] {
            list.push(json!({
                "name": name, "in": "header", "required": required, "description": text, "schema": { "type": "string" },
            }));
        }
    }
    list
}

fn responses(spec: &Spec, components: &mut Components) -> Value {
    let mut responses = Map::new();
    for success in &spec.success {
        let mut response = json!({ "description": success.text });
        if let (Some(schema), Some(object)) = (&success.schema, response.as_object_mut()) {
            (schema.register)(components);
            object.insert("content".to_owned(), json!({ "application/json": { "schema": schema.reference } }));
        }
        responses.insert(success.status.as_str().to_owned(), response);
    }
    let mut by_status: BTreeMap<u16, Vec<ErrorCode>> = BTreeMap::new();
    for code in error_codes(spec) {
        let codes = by_status.entry(code.http_status()).or_default();
        if !codes.contains(&code) {
            codes.push(code);
        }
    }
    for (status, codes) in by_status {
        let names: Vec<&str> = codes.iter().map(|code| code.as_str()).collect();
        responses.insert(
            status.to_string(),
            json!({
                "description": names.join(", "),
                "x-error-codes": names,
                "content": { "application/json": { "schema": ErrorResponse::reference() } },
            }),
        );
    }
    Value::Object(responses)
}

/// The codes that the route names and those that come with how it is declared.
fn error_codes(spec: &Spec) -> Vec<ErrorCode> {
    use ErrorCode as E;
    const MASTER: [ErrorCode; 2] = [E::InvalidMasterPassword, E::MasterPasswordLocked];
    const SESSION: [ErrorCode; 6] = [
        E::InvalidToken,
        E::TokenExpired,
        E::SessionNotFound,
        E::SessionRevoked,
        E::SessionExpired,
        E::SessionAbsoluteLifetimeExceeded,
    ];
    const OWNER: [ErrorCode; 2] = [E::InvalidSignature, E::InvalidNonce];
    let mut codes = spec.errors.clone();
    match spec.auth {
        AuthKind::Public => {}
        AuthKind::Master => codes.extend(MASTER),
        AuthKind::Session => codes.extend(SESSION),
        AuthKind::SessionOrMaster => codes.extend(SESSION.into_iter().chain(MASTER)),
        AuthKind::Owner => codes.extend(OWNER),
        AuthKind::MasterOrOwner => codes.extend(MASTER.into_iter().chain(OWNER)),
    }
    if spec.body.is_some() {
        codes.extend([E::ActionValidationFailed, E::ValidationFailed, E::PayloadTooLarge, E::UnsupportedMediaType]);
    } else if spec.params().next().is_some() || !spec.query.is_empty() {
        codes.push(E::ActionValidationFailed);
    }
    if spec.idempotency != Idempotency::None {
        codes.push(E::IdempotencyConflict);
    }
    codes.extend([E::RateLimited, E::InternalError, E::SystemLocked]);
    codes
}

/// `POST /v1/wallets/{id}/suspend` as `postWalletsIdSuspend`.
fn operation_id(spec: &Spec) -> String {
    let mut id = spec.method.as_str().to_ascii_lowercase();
    let words = spec.path.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty() && *word != "v1");
    for word in words {
        let mut letters = word.chars();
        id.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        id.push_str(letters.as_str());
    }
    id
}
