//! A whole service without a socket: engine and router are real, the ports are in memory.

use crate::app::{App, Limits, Parts};
use crate::auth::master::{MasterGate, PasswordVerifier};
use crate::auth::tokens::Tokens;
use crate::config::{Config, Sources};
use crate::http::route::Route;
use crate::http::{router, routes};
use crate::stop::Stop;
use crate::workers::{self, WorkQueue};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Request, StatusCode};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;
use tower::ServiceExt;
use waiaas_engine::memory::{
    FixedPrices, FixedTimeZones, ManualClock, MemoryChain, MemoryKeyStore, MemoryStore, PlainSealer, RecordingNotifier,
    SequenceRandom,
};
use waiaas_sdk::core::chain::Network;
use waiaas_sdk::core::time::UnixMillis;
use waiaas_sdk::engine::ports::chain::ChainAdapter;
use waiaas_sdk::engine::{Engine, EngineParts, EngineSettings};
use zeroize::Zeroizing;

pub(super) const PASSWORD: &str = "a good master password";
pub(super) const SOME_ID: &str = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1";

struct Fixed;

impl PasswordVerifier for Fixed {
    fn verify(&self, password: &str) -> bool {
        password == PASSWORD
    }
}

pub(super) struct Service {
    pub(super) app: App,
    pub(super) store: Arc<MemoryStore>,
    pub(super) chain: Arc<MemoryChain>,
    pub(super) clock: Arc<ManualClock>,
    router: Router,
}

pub(super) struct Answered {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Value,
    pub(super) text: String,
}

impl Service {
    pub(super) async fn new() -> Self {
        Self::with("").await
    }

    pub(super) async fn with(toml: &str) -> Self {
        Self::serving(toml, routes::all()).await
    }

    pub(super) async fn serving(toml: &str, routes: Vec<Route>) -> Self {
        let config = Config::parse(Path::new("data"), toml, &Sources::default()).unwrap();
        let store = Arc::new(MemoryStore::new());
        let clock = Arc::new(ManualClock::new(UnixMillis::from_secs(1_700_000_000)));
        let random = Arc::new(SequenceRandom::new(7));
        let sealer = Arc::new(PlainSealer);
        let chain = Arc::new(MemoryChain::new(Network::EthereumSepolia));
        let mut chains: BTreeMap<Network, Arc<dyn ChainAdapter>> = BTreeMap::new();
        chains.insert(Network::EthereumSepolia, chain.clone());
        let engine = Engine::new(EngineParts {
            store: store.clone(),
            keystore: Arc::new(MemoryKeyStore::new()),
            sealer: sealer.clone(),
            chains,
            owner_verifiers: BTreeMap::new(),
            prices: Arc::new(FixedPrices::new()),
            notifier: Arc::new(RecordingNotifier::new()),
            clock: clock.clone(),
            time_zones: Arc::new(FixedTimeZones::utc()),
            random: random.clone(),
            settings: EngineSettings::default(),
        });
        engine.system().recover().await.unwrap();
        let (work, receiver) = WorkQueue::new();
        let stop = Stop::default();
        workers::start(&engine, receiver, &stop, 5);
        let app = App::new(Parts {
            limits: Limits::new(&config),
            master: MasterGate::new(Arc::new(Fixed), Zeroizing::new([3; 32])),
            tokens: Tokens::new(&[4; 32], random.clone()),
            config,
            engine,
            store: store.clone(),
            sealer,
            clock: clock.clone(),
            random,
            work,
            stop,
            schema_version: 1,
            started: Instant::now(),
        });
        let router = router(app.clone(), routes);
        Self { app, store, chain, clock, router }
    }

    pub(super) async fn send(&self, request: Request<Body>) -> Answered {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap();
        Answered {
            status: parts.status,
            headers: parts.headers,
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    pub(super) async fn call(&self, line: &str, headers: &[(&str, &str)], body: &str) -> Answered {
        let (method, path) = line.split_once(' ').unwrap();
        let mut request = Request::builder().method(method).uri(path).header("host", "127.0.0.1:3100");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request.body(Body::from(body.to_owned())).unwrap()).await
    }

    pub(super) async fn admin(&self, line: &str, body: Value) -> Answered {
        let headers = [("x-master-password", PASSWORD), ("content-type", "application/json")];
        self.call(line, &headers, &body.to_string()).await
    }
}

impl Answered {
    pub(super) fn expect(&self, status: u16, code: &str) {
        assert_eq!((self.status.as_u16(), self.body["code"].as_str()), (status, Some(code)), "{}", self.text);
        assert_eq!(self.body["error"]["code"], code);
        assert_eq!(self.body["requestId"], self.headers["x-request-id"].to_str().unwrap());
    }
}
