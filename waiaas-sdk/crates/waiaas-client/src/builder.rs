//! Putting a client together.

use crate::calls::{Account, Admin, KillSwitch, Policies, Raw, Sessions, Transactions, Wallets};
use crate::error::Error;
use crate::retry::RetryPolicy;
use core::time::Duration;
use reqwest::Url;
use reqwest::header::HeaderValue;
use std::sync::Arc;

/// A client of one server. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Client {
    pub(crate) inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) http: reqwest::Client,
    /// Without a slash at the end.
    pub(crate) base: String,
    /// `Bearer …`, never printed.
    pub(crate) session: Option<HeaderValue>,
    /// Never printed.
    pub(crate) master: Option<HeaderValue>,
    pub(crate) retry: RetryPolicy,
    pub(crate) timeout: Duration,
}

/// Settings of a [`Client`].
#[derive(Clone, Debug)]
pub struct Builder {
    base: String,
    session: Option<Secret>,
    master: Option<Secret>,
    retry: RetryPolicy,
    timeout: Duration,
    user_agent: String,
}

/// A text that is never printed.
#[derive(Clone)]
struct Secret(String);

impl core::fmt::Debug for Secret {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("…")
    }
}

/// How long one attempt may take. Deriving a key from the master password is slow on purpose.
const TIMEOUT: Duration = Duration::from_secs(30);

impl Builder {
    /// The token of a session: what an agent has.
    #[must_use]
    pub fn session_token(mut self, token: impl Into<String>) -> Self {
        self.session = Some(Secret(token.into()));
        self
    }

    /// The master password: what an operator has. With both, calls that accept either use the password, which sees more.
    #[must_use]
    pub fn master_password(mut self, password: impl Into<String>) -> Self {
        self.master = Some(Secret(password.into()));
        self
    }

    /// When calls are repeated.
    #[must_use]
    pub const fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How long one attempt may take; 30 s by default. Time that a call asks the server to wait comes on top.
    #[must_use]
    pub const fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// The name that the server writes into its log. Browsers use their own.
    #[must_use]
    pub fn user_agent(mut self, name: impl Into<String>) -> Self {
        self.user_agent = name.into();
        self
    }

    /// The client.
    ///
    /// # Errors
    /// [`Error::Usage`] when the address is no `http` or `https` URL, when a secret cannot stand in a header, or when the
    /// system has no TLS roots.
    pub fn build(self) -> Result<Client, Error> {
        let url =
            Url::parse(&self.base).map_err(|error| Error::Usage(format!("`{}` is no URL: {error}", self.base)))?;
        if !matches!(url.scheme(), "http" | "https") || url.cannot_be_a_base() || url.query().is_some() {
            return Err(Error::Usage(format!("`{}` is no http or https address of a server", self.base)));
        }
        let header = |name: &str, secret: Option<Secret>, prefix: &str| {
            let Some(Secret(secret)) = secret else { return Ok(None) };
            let mut value = HeaderValue::from_bytes(format!("{prefix}{secret}").as_bytes())
                .map_err(|_| Error::Usage(format!("the {name} contains a character that no header can carry")))?;
            value.set_sensitive(true);
            Ok(Some(value))
        };
        let session = header("session token", self.session, "Bearer ")?;
        let master = header("master password", self.master, "")?;
        let http = http_client(&self.user_agent, url.scheme() == "http")
            .map_err(|error| Error::Usage(format!("the HTTP client cannot be set up: {error}")))?;
        let base = url.as_str().trim_end_matches('/').to_owned();
        Ok(Client { inner: Arc::new(Inner { http, base, session, master, retry: self.retry, timeout: self.timeout }) })
    }
}

#[cfg(not(target_arch = "wasm32"))]
fn http_client(user_agent: &str, plain: bool) -> reqwest::Result<reqwest::Client> {
    let builder = reqwest::Client::builder()
        .user_agent(user_agent)
        .connect_timeout(Duration::from_secs(5))
        // A redirect would carry the secrets to an address that nobody named.
        .redirect(reqwest::redirect::Policy::none());
    // So would a proxy from the environment, in the clear.
    if plain { builder.no_proxy().build() } else { builder.build() }
}

#[cfg(target_arch = "wasm32")]
fn http_client(_: &str, _: bool) -> reqwest::Result<reqwest::Client> {
    reqwest::Client::builder().build()
}

impl Client {
    /// Begins a client of the server at `base`, for example `http://127.0.0.1:3100`.
    pub fn builder(base: impl Into<String>) -> Builder {
        Builder {
            base: base.into(),
            session: None,
            master: None,
            retry: RetryPolicy::default(),
            timeout: TIMEOUT,
            user_agent: concat!("waiaas-client/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }

    /// Transactions: send, simulate, look, cancel, and the owner's decisions.
    #[must_use]
    pub const fn transactions(&self) -> Transactions<'_> {
        Transactions(self)
    }

    /// The wallet of a session: address, balance, assets.
    #[must_use]
    pub const fn account(&self) -> Account<'_> {
        Account(self)
    }

    /// Wallets and their owners.
    #[must_use]
    pub const fn wallets(&self) -> Wallets<'_> {
        Wallets(self)
    }

    /// Sessions of agents.
    #[must_use]
    pub const fn sessions(&self) -> Sessions<'_> {
        Sessions(self)
    }

    /// Policies.
    #[must_use]
    pub const fn policies(&self) -> Policies<'_> {
        Policies(self)
    }

    /// The kill switch.
    #[must_use]
    pub const fn kill_switch(&self) -> KillSwitch<'_> {
        KillSwitch(self)
    }

    /// Health, status, documentation and shutdown of the server.
    #[must_use]
    pub const fn admin(&self) -> Admin<'_> {
        Admin(self)
    }

    /// Calls by path, with JSON as the server sends it.
    #[must_use]
    pub const fn raw(&self) -> Raw<'_> {
        Raw(self)
    }

    /// The address of the server.
    #[must_use]
    pub fn base_url(&self) -> &str {
        &self.inner.base
    }
}
