//! The service's API, as one kind of caller sees it.

use crate::anvil::{CHAIN_ID, wait_for};
use crate::http::{Answer, Client, Request};
use crate::owner::OwnerKey;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::cell::RefCell;
use std::time::Duration;

/// A caller with its credentials and a connection of its own.
#[derive(Debug)]
pub struct Caller {
    client: RefCell<Client>,
    credentials: Vec<(String, String)>,
}

impl Caller {
    /// Somebody without credentials.
    #[must_use]
    pub fn anyone(address: &str) -> Self {
        Self { client: RefCell::new(Client::new(address)), credentials: Vec::new() }
    }

    /// The operator.
    #[must_use]
    pub fn master(address: &str, password: &str) -> Self {
        let mut caller = Self::anyone(address);
        caller.credentials.push(("X-Master-Password".to_owned(), password.to_owned()));
        caller
    }

    /// An agent.
    #[must_use]
    pub fn agent(address: &str, token: &str) -> Self {
        let mut caller = Self::anyone(address);
        caller.credentials.push(("Authorization".to_owned(), format!("Bearer {token}")));
        caller
    }

    /// Sends a request with the caller's credentials.
    ///
    /// # Errors
    /// See [`Client::send`].
    pub fn send(&self, request: Request) -> Result<Answer> {
        self.client.borrow_mut().send(&request.headers(&self.credentials))
    }

    /// GET.
    ///
    /// # Errors
    /// See [`Client::send`].
    pub fn get(&self, path: &str) -> Result<Answer> {
        self.send(Request::new("GET", path))
    }

    /// POST with a JSON body.
    ///
    /// # Errors
    /// See [`Client::send`].
    pub fn post(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(Request::new("POST", path).json(body))
    }

    /// PUT with a JSON body.
    ///
    /// # Errors
    /// See [`Client::send`].
    pub fn put(&self, path: &str, body: &Value) -> Result<Answer> {
        self.send(Request::new("PUT", path).json(body))
    }

    /// DELETE.
    ///
    /// # Errors
    /// See [`Client::send`].
    pub fn delete(&self, path: &str) -> Result<Answer> {
        self.send(Request::new("DELETE", path))
    }

    /// Calls `path` with the owner's signature under `statement`, over a new nonce.
    ///
    /// # Errors
    /// See [`Client::send`].
    pub fn as_owner(&self, owner: &OwnerKey, statement: &str, path: &str) -> Result<Answer> {
        self.send(Request::new("POST", path).headers(&self.owner_headers(owner, statement)?).json(&json!({})))
    }

    /// The owner's headers under `statement`, over a new nonce.
    ///
    /// # Errors
    /// See [`Client::send`].
    pub fn owner_headers(&self, owner: &OwnerKey, statement: &str) -> Result<Vec<(String, String)>> {
        let nonce = self.get("/v1/nonce")?.expect(200)?;
        owner.headers(statement, text(&nonce, "nonce")?, CHAIN_ID)
    }

    /// Waits until a transaction has one of `statuses`.
    ///
    /// # Errors
    /// It gets a final status that is none of them, or none within a minute.
    pub fn until(&self, id: &str, statuses: &[&str]) -> Result<Value> {
        let mut last = Value::Null;
        let found = wait_for(Duration::from_secs(60), &statuses.join(" or "), || {
            let transaction = self.get(&format!("/v1/transactions/{id}"))?.expect(200)?;
            let status = text(&transaction, "status")?;
            if statuses.contains(&status) {
                return Ok(Some(transaction));
            }
            if is_final(status) {
                bail!("it is {status}");
            }
            last = transaction;
            Ok(None)
        });
        found.with_context(|| format!("transaction {id}, last seen as {last}"))
    }
}

/// Whether a transaction of this status changes no more.
#[must_use]
pub fn is_final(status: &str) -> bool {
    matches!(status, "CONFIRMED" | "FAILED" | "CANCELLED" | "EXPIRED")
}

/// A text in a JSON object.
///
/// # Errors
/// There is none under this key.
pub fn text<'a>(value: &'a Value, key: &str) -> Result<&'a str> {
    value.get(key).and_then(Value::as_str).with_context(|| format!("no text `{key}` in {value}"))
}
