//! How a route is declared: one value with everything that the router, the documentation and the tests
//! need to know about it.
//!
//! ```text
//! Route::post("/v1/wallets", Master, create)      // create: async fn(Call<MasterAuth>) -> Result<Answer<T>, ApiError>
//!     .tag("Wallets")
//!     .summary("Create a wallet and its key")
//!     .body::<CreateWalletRequest>()
//!     .created()
//!     .idempotent()
//!     .errors(&[ErrorCode::UnsupportedChain])
//! ```

use crate::app::App;
use crate::http::answer::{Answer, Encoded, Reply, SchemaUse};
use crate::http::body;
use crate::http::call::{Call, Inbound};
use crate::http::error::ApiError;
use crate::http::gate::{AuthKind, Gate, Proof, Subject};
use crate::http::idempotency;
use axum::body::Body;
use axum::http::{Method, StatusCode};
use core::pin::Pin;
use serde_json::{Map, Value};
use std::sync::Arc;
use waiaas_sdk::core::error::ErrorCode;
use waiaas_sdk::core::id::TxId;
use waiaas_sdk::core::wire::Schema;

/// A declared route.
pub struct Route {
    pub(crate) spec: Spec,
    pub(crate) handler: Handler,
}

/// What is declared about a route.
#[derive(Clone)]
pub(crate) struct Spec {
    pub(crate) method: Method,
    pub(crate) path: &'static str,
    pub(crate) auth: AuthKind,
    pub(crate) tag: &'static str,
    pub(crate) summary: &'static str,
    pub(crate) notes: &'static str,
    pub(crate) text_params: Vec<&'static str>,
    pub(crate) query: Vec<QueryDoc>,
    pub(crate) body: Option<BodyDoc>,
    pub(crate) success: Vec<SuccessDoc>,
    pub(crate) errors: Vec<ErrorCode>,
    pub(crate) moves_money: bool,
    pub(crate) large_body: bool,
    pub(crate) idempotency: Idempotency,
    pub(crate) hidden: bool,
}

/// What a route does with an `Idempotency-Key`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idempotency {
    /// It has no meaning.
    None,
    /// The first answer is kept and given again.
    Stored,
    /// The handler passes it on to the engine, which keeps it in the row.
    Engine,
}

/// A query parameter.
#[derive(Clone, Debug)]
pub(crate) struct QueryDoc {
    pub(crate) name: &'static str,
    pub(crate) text: &'static str,
    pub(crate) schema: Value,
}

/// A request body.
#[derive(Clone, Debug)]
pub(crate) struct BodyDoc {
    pub(crate) schema: SchemaUse,
    pub(crate) required: bool,
}

/// An answer that is not an error.
#[derive(Clone, Debug)]
pub(crate) struct SuccessDoc {
    pub(crate) status: StatusCode,
    pub(crate) text: &'static str,
    pub(crate) schema: Option<SchemaUse>,
}

pub(crate) type Outcome = Pin<Box<dyn Future<Output = Result<Encoded, ApiError>> + Send>>;
pub(crate) type Handler = Arc<dyn Fn(Arc<Spec>, App, Inbound, Body) -> Outcome + Send + Sync>;

/// The constructors by method; each demands a gate and a handler for exactly that gate.
macro_rules! methods {
    ($($(#[$doc:meta])* $name:ident => $method:ident;)*) => {
        $($(#[$doc])*
        pub fn $name<G, H, F, T>(path: &'static str, gate: G, handler: H) -> Self
        where
            G: Gate,
            H: Fn(Call<G::Proof>) -> F + Clone + Send + Sync + 'static,
            F: Future<Output = Result<Answer<T>, ApiError>> + Send + 'static,
            T: Reply,
        {
            Self::new(Method::$method, path, gate, handler)
        })*
    };
}

impl Route {
    methods! {
        /// A GET route behind `gate`.
        get => GET;
        /// A POST route behind `gate`.
        post => POST;
        /// A PUT route behind `gate`.
        put => PUT;
        /// A PATCH route behind `gate`.
        patch => PATCH;
        /// A DELETE route behind `gate`.
        delete => DELETE;
    }

    fn new<G, H, F, T>(method: Method, path: &'static str, gate: G, handler: H) -> Self
    where
        G: Gate,
        H: Fn(Call<G::Proof>) -> F + Clone + Send + Sync + 'static,
        F: Future<Output = Result<Answer<T>, ApiError>> + Send + 'static,
        T: Reply,
    {
        let spec = Spec {
            method,
            path,
            auth: G::KIND,
            tag: "Service",
            summary: "",
            notes: "",
            text_params: Vec::new(),
            query: Vec::new(),
            body: None,
            success: vec![SuccessDoc { status: StatusCode::OK, text: "Done.", schema: T::schema() }],
            errors: Vec::new(),
            moves_money: false,
            large_body: false,
            idempotency: Idempotency::None,
            hidden: false,
        };
        let handler: Handler =
            Arc::new(move |spec, app, inbound, body| Box::pin(serve(gate, handler.clone(), spec, app, inbound, body)));
        Self { spec, handler }
    }

    /// The group in the documentation.
    #[must_use]
    pub const fn tag(mut self, tag: &'static str) -> Self {
        self.spec.tag = tag;
        self
    }

    /// What it does, in one line.
    #[must_use]
    pub const fn summary(mut self, summary: &'static str) -> Self {
        self.spec.summary = summary;
        self
    }

    /// What else a caller should know.
    #[must_use]
    pub const fn notes(mut self, notes: &'static str) -> Self {
        self.spec.notes = notes;
        self
    }

    /// The path parameter `name` is any text; the others must be UUIDs, which is checked before the handler runs.
    #[must_use]
    pub fn text_param(mut self, name: &'static str) -> Self {
        self.spec.text_params.push(name);
        self
    }

    /// A query parameter.
    #[must_use]
    pub fn query<T: Schema>(mut self, name: &'static str, text: &'static str) -> Self {
        self.spec.query.push(QueryDoc { name, text, schema: T::reference() });
        self
    }

    /// `limit` and `offset`.
    #[must_use]
    pub fn paged(self) -> Self {
        self.query::<u32>("limit", "Size of a page, 1 to 200; 50 when absent.")
            .query::<u32>("offset", "Items to skip; 0 when absent.")
    }

    /// A JSON body with the schema of `T`.
    #[must_use]
    pub fn body<T: Schema>(mut self) -> Self {
        self.spec.body = Some(BodyDoc { schema: SchemaUse::of::<T>(), required: true });
        self
    }

    /// A JSON body with the schema of `T` that may be left out, which means `{}`.
    #[must_use]
    pub fn optional_body<T: Schema>(mut self) -> Self {
        self.spec.body = Some(BodyDoc { schema: SchemaUse::of::<T>(), required: false });
        self
    }

    /// The answer is 201.
    #[must_use]
    pub fn created(self) -> Self {
        self.succeeds(StatusCode::CREATED)
    }

    /// The answer is 204.
    #[must_use]
    pub fn no_content(self) -> Self {
        self.succeeds(StatusCode::NO_CONTENT)
    }

    fn succeeds(mut self, status: StatusCode) -> Self {
        if let Some(success) = self.spec.success.first_mut() {
            success.status = status;
        }
        self
    }

    /// Another answer that is not an error.
    #[must_use]
    pub fn also(mut self, status: StatusCode, text: &'static str) -> Self {
        let schema = self.spec.success.first().and_then(|success| success.schema.clone());
        self.spec.success.push(SuccessDoc { status, text, schema });
        self
    }

    /// Error codes beyond those that the gate, the body and the framework bring along.
    #[must_use]
    pub fn errors(mut self, codes: &[ErrorCode]) -> Self {
        self.spec.errors.extend_from_slice(codes);
        self
    }

    /// It may move money: counted by the tighter limit, and with room for a large body.
    #[must_use]
    pub const fn moves_money(mut self) -> Self {
        self.spec.moves_money = true;
        self.large_body()
    }

    /// There is room for a large body.
    #[must_use]
    pub const fn large_body(mut self) -> Self {
        self.spec.large_body = true;
        self
    }

    /// An `Idempotency-Key` is honoured: the first answer is kept for a day and given again.
    #[must_use]
    pub const fn idempotent(mut self) -> Self {
        self.spec.idempotency = Idempotency::Stored;
        self
    }

    /// An `Idempotency-Key` is honoured by the engine; the handler passes it on.
    #[must_use]
    pub const fn idempotent_in_engine(mut self) -> Self {
        self.spec.idempotency = Idempotency::Engine;
        self
    }

    /// Left out of the documentation.
    #[must_use]
    pub const fn hidden(mut self) -> Self {
        self.spec.hidden = true;
        self
    }
}

impl Spec {
    /// Names of the path parameters.
    pub(crate) fn params(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }
}

/// One request: who is calling, whether they may call this often, what they say, and only then the work.
async fn serve<G, H, F, T>(
    gate: G,
    handler: H,
    spec: Arc<Spec>,
    app: App,
    inbound: Inbound,
    body: Body,
) -> Result<Encoded, ApiError>
where
    G: Gate,
    H: Fn(Call<G::Proof>) -> F + Send + Sync,
    F: Future<Output = Result<Answer<T>, ApiError>> + Send,
    T: Reply,
{
    let caller = gate.open(&app, &inbound).await?;
    let subject = caller.subject();
    limit(&app, &spec, subject)?;
    check_ids(&spec, &inbound)?;
    let body = if spec.body.is_some() {
        let most = if spec.large_body { body::LARGE } else { body::SMALL };
        body::read(&inbound, spec.auth, body, most).await?
    } else {
        Value::Object(Map::new())
    };
    let claim = match spec.idempotency {
        Idempotency::Stored => idempotency::Claim::of(subject, &inbound, &body)?,
        Idempotency::None | Idempotency::Engine => None,
    };
    let call = Call { app: app.clone(), caller, inbound, body };
    let work = async { handler(call).await.and_then(Answer::encode) };
    let answer = match claim {
        Some(claim) => idempotency::once(&app, &claim, work).await?,
        None => work.await?,
    };
    debug_assert!(
        spec.success.iter().any(|success| success.status == answer.status),
        "{} {} answers {} without declaring it",
        spec.method,
        spec.path,
        answer.status
    );
    Ok(answer)
}

/// The limits of a session. Holders of the master password are only limited by address.
fn limit(app: &App, spec: &Spec, subject: Subject) -> Result<(), ApiError> {
    let Subject::Session(session) = subject else { return Ok(()) };
    let now = app.started.elapsed();
    app.limits.session.take(session, now)?;
    if spec.moves_money { app.limits.money.take(session, now) } else { Ok(()) }
}

/// Every path parameter that is not declared as text must be a UUID.
fn check_ids(spec: &Spec, inbound: &Inbound) -> Result<(), ApiError> {
    for name in spec.params().filter(|name| !spec.text_params.contains(name)) {
        // All kinds of ids have the same text form.
        let id = inbound.param(name).unwrap_or_default().parse::<TxId>();
        id.map_err(|error| ApiError::invalid(name, error.to_string()))?;
    }
    Ok(())
}
