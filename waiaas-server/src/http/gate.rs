//! Who may enter a route, and the proof of it that the handler receives.
//!
//! A route cannot be declared without a gate, and a handler cannot be written for another gate than the
//! one it is declared with: the proof is its argument, and only this module makes one.

use crate::app::App;
use crate::auth::master::MasterRefusal;
use crate::auth::tokens::{PREFIX, TokenRefusal};
use crate::http::call::Inbound;
use crate::http::error::ApiError;
use crate::http::owner_headers;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::id::SessionId;
use waiaas_sdk::engine::ports::store::{Actor, AuditEntry, AuditEvent, SessionRow, Severity};
use waiaas_sdk::engine::services::owner_auth::OwnerProof;
use zeroize::Zeroizing;

/// What a route demands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthKind {
    /// Nothing.
    Public,
    /// The master password.
    Master,
    /// A session token.
    Session,
    /// A session token, or the master password when no token is sent.
    SessionOrMaster,
    /// The owner's signature.
    Owner,
    /// The master password, or the owner's signature when no password is sent.
    MasterOrOwner,
}

/// On whose account a request counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Subject {
    /// Nobody in particular.
    Anyone,
    /// The holder of the master password.
    Master,
    /// An agent.
    Session(SessionId),
    /// An owner; who exactly is checked by the engine.
    Owner,
}

/// Proof that a gate was passed.
pub trait Proof: Send + 'static {
    /// On whose account the request counts.
    fn subject(&self) -> Subject;
}

/// Demands credentials.
pub trait Gate: Copy + Send + Sync + 'static {
    /// What the handler receives.
    type Proof: Proof;
    /// For the documentation and the test that tries every route without credentials.
    const KIND: AuthKind;

    /// Checks the credentials of `request`.
    fn open(self, app: &App, request: &Inbound) -> impl Future<Output = Result<Self::Proof, ApiError>> + Send;
}

/// Anybody may enter.
#[derive(Clone, Copy, Debug)]
pub struct Public;

/// Nothing was proven.
#[derive(Clone, Copy, Debug)]
pub struct Anyone(());

impl Proof for Anyone {
    fn subject(&self) -> Subject {
        Subject::Anyone
    }
}

impl Gate for Public {
    type Proof = Anyone;
    const KIND: AuthKind = AuthKind::Public;

    async fn open(self, _app: &App, _request: &Inbound) -> Result<Anyone, ApiError> {
        Ok(Anyone(()))
    }
}

/// The master password is demanded.
#[derive(Clone, Copy, Debug)]
pub struct Master;

/// The caller knows the master password.
#[derive(Clone, Copy, Debug)]
pub struct MasterAuth(());

impl Proof for MasterAuth {
    fn subject(&self) -> Subject {
        Subject::Master
    }
}

impl Gate for Master {
    type Proof = MasterAuth;
    const KIND: AuthKind = AuthKind::Master;

    async fn open(self, app: &App, request: &Inbound) -> Result<MasterAuth, ApiError> {
        let Some(password) = request.header(MASTER_HEADER) else {
            return Err(ApiError::new(
                ErrorCode::InvalidMasterPassword,
                "The master password is missing: send it in the X-Master-Password header.",
            ));
        };
        let password = Zeroizing::new(password.to_owned());
        match app.master.check(request.source, password).await {
            Ok(()) => Ok(MasterAuth(())),
            Err(MasterRefusal::Wrong) => {
                record_failure(app, request).await?;
                Err(ApiError::new(ErrorCode::InvalidMasterPassword, "The master password is wrong."))
            }
            Err(MasterRefusal::Locked(pause)) => {
                let seconds = pause.as_secs().saturating_add(1);
                Err(ApiError::new(
                    ErrorCode::MasterPasswordLocked,
                    format!("Too many wrong master passwords; try again in {seconds} s."),
                )
                .with_retry_after(seconds))
            }
            Err(MasterRefusal::Busy) => {
                Err(ApiError::new(ErrorCode::RateLimited, "Too many passwords are being verified.").with_retry_after(5))
            }
        }
    }
}

/// A session token is demanded.
#[derive(Clone, Copy, Debug)]
pub struct Session;

/// The caller holds a live token of this session.
#[derive(Clone, Debug)]
pub struct SessionAuth {
    /// The session.
    pub session: SessionRow,
    /// Hash of the token that was presented.
    pub token: waiaas_sdk::engine::ports::store::TokenHash,
}

impl Proof for SessionAuth {
    fn subject(&self) -> Subject {
        Subject::Session(self.session.id)
    }
}

impl Gate for Session {
    type Proof = SessionAuth;
    const KIND: AuthKind = AuthKind::Session;

    async fn open(self, app: &App, request: &Inbound) -> Result<SessionAuth, ApiError> {
        let token = request.bearer().ok_or_else(|| {
            ApiError::new(
                ErrorCode::InvalidToken,
                "The session token is missing: send it as `Authorization: Bearer wai_sess_...`.",
            )
        })?;
        let read = app.tokens.read(token, app.clock.now()).map_err(|refusal| match refusal {
            TokenRefusal::Invalid => {
                ApiError::new(ErrorCode::InvalidToken, "The session token was not issued by this service.")
            }
            TokenRefusal::Expired => ApiError::new(ErrorCode::TokenExpired, "The session token has expired."),
        })?;
        let session = app.engine.sessions().authenticate(read.session, read.hash).await?;
        Ok(SessionAuth { session, token: read.hash })
    }
}

/// A session token, or else the master password.
#[derive(Clone, Copy, Debug)]
pub struct SessionOrMaster;

/// Which of the two it was.
#[derive(Clone, Debug)]
pub enum Caller {
    /// The master password.
    Master(MasterAuth),
    /// A session token.
    Session(Box<SessionAuth>),
}

impl Proof for Caller {
    fn subject(&self) -> Subject {
        match self {
            Self::Master(proof) => proof.subject(),
            Self::Session(proof) => proof.subject(),
        }
    }
}

impl Gate for SessionOrMaster {
    type Proof = Caller;
    const KIND: AuthKind = AuthKind::SessionOrMaster;

    async fn open(self, app: &App, request: &Inbound) -> Result<Caller, ApiError> {
        if request.bearer().is_some_and(|token| token.starts_with(PREFIX)) {
            Session.open(app, request).await.map(|proof| Caller::Session(Box::new(proof)))
        } else {
            Master.open(app, request).await.map(Caller::Master)
        }
    }
}

/// The owner's signature is demanded.
#[derive(Clone, Copy, Debug)]
pub struct Owner;

/// Well-formed owner headers. They prove nothing until the engine has checked them against the wallet,
/// the action and the nonce; no engine method does anything for an owner without that check.
#[derive(Clone, Debug)]
pub struct OwnerAuth {
    /// What was sent, decoded.
    pub proof: OwnerProof,
}

impl Proof for OwnerAuth {
    fn subject(&self) -> Subject {
        Subject::Owner
    }
}

impl Gate for Owner {
    type Proof = OwnerAuth;
    const KIND: AuthKind = AuthKind::Owner;

    async fn open(self, _app: &App, request: &Inbound) -> Result<OwnerAuth, ApiError> {
        owner_headers::read(request).map(|proof| OwnerAuth { proof })
    }
}

/// The master password, or else the owner's signature.
#[derive(Clone, Copy, Debug)]
pub struct MasterOrOwner;

/// Which of the two it was.
#[derive(Clone, Debug)]
pub enum Authority {
    /// The master password.
    Master(MasterAuth),
    /// Owner headers, to be checked by the engine.
    Owner(OwnerAuth),
}

impl Proof for Authority {
    fn subject(&self) -> Subject {
        match self {
            Self::Master(proof) => proof.subject(),
            Self::Owner(proof) => proof.subject(),
        }
    }
}

impl Gate for MasterOrOwner {
    type Proof = Authority;
    const KIND: AuthKind = AuthKind::MasterOrOwner;

    async fn open(self, app: &App, request: &Inbound) -> Result<Authority, ApiError> {
        let has_owner = request.header(owner_headers::SIGNATURE).is_some();
        if request.header(MASTER_HEADER).is_none() && has_owner {
            Owner.open(app, request).await.map(Authority::Owner)
        } else {
            Master.open(app, request).await.map(Authority::Master)
        }
    }
}

/// Header of the master password.
pub(crate) const MASTER_HEADER: &str = "x-master-password";

/// Writes the failed attempt to the audit log. When that is impossible the request fails with 500, which
/// is a refusal too.
async fn record_failure(app: &App, request: &Inbound) -> Result<(), ApiError> {
    let entry = AuditEntry {
        at: app.clock.now(),
        event: AuditEvent::MasterAuthFailed,
        actor: Actor::Unknown,
        severity: Severity::Critical,
        wallet: None,
        session: None,
        tx: None,
        details: serde_json::json!({
            "ip": request.source.ip().to_string(), "method": request.method.as_str(), "path": request.path,
        }),
    };
    app.store.append(&[entry]).await.map_err(ApiError::internal)
}
