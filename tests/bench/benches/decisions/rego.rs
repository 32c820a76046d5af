//! The rules of the scene in Rego, for regorus.
//!
//! The way that suits it best: rules written once over data, the wallets' rows and lists as objects, compiled for its
//! virtual machine. Everything is parsed and built beforehand, and the input is in place. What is left out is the same
//! as for Cedar, also what Rego could say.

use crate::cases::Case;
use crate::scene::{NETWORK, Scale, address, token};
use regorus::languages::rego::compiler::Compiler;
use regorus::rvm::vm::RegoVM;
use regorus::{Engine, Rc, Value};
use serde_json::{Map, json};

/// Read at run time, so that changing it compiles nothing.
const POLICY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/benches/decisions/rules.rego");
const ENTRY: &str = "data.rules.tier";

/// A virtual machine with policy and data.
pub(crate) struct Rego(RegoVM);

impl Rego {
    /// Compiles the policy and loads the data.
    pub(crate) fn new(scale: Scale) -> Self {
        let mut engine = Engine::new();
        engine.add_policy_from_file(POLICY).unwrap();
        let entry: Rc<str> = ENTRY.into();
        let policy = engine.compile_with_entrypoint(&entry).unwrap();
        let mut machine = RegoVM::new();
        machine.load_program(Compiler::compile_from_policy(&policy, &[ENTRY]).unwrap());
        machine.set_data(Value::from_json_str(&data(scale).to_string()).unwrap()).unwrap();
        Self(machine)
    }

    /// Puts the input of a case in place.
    pub(crate) fn set(&mut self, case: &Case) {
        let mut input = json!({
            "wallet": "w0", "action": if case.token.is_some() { "token_transfer" } else { "transfer" },
            "asset": case.asset().to_string(), "to": case.to.to_string(), "network": case.network.as_str(),
            "amount": case.amount, "held": case.held(), "usd": case.usd(), "daily": case.daily, "monthly": case.monthly,
            "recent": case.recent, "hour": case.hour(), "weekday": format!("day-{}", case.weekday()),
        });
        if let Some(score) = case.score {
            input["reputation"] = score.into();
        }
        self.0.set_input(Value::from_json_str(&input.to_string()).unwrap());
    }

    /// What is measured.
    pub(crate) fn judge(&mut self) -> Value {
        self.0.execute_entry_point_by_index(0).unwrap()
    }

    /// A tier, or `DENIED`.
    pub(crate) fn outcome(answer: &Value) -> String {
        answer.as_string().unwrap().to_string()
    }
}

fn data(scale: Scale) -> serde_json::Value {
    let object = |len: u64, key: &dyn Fn(u64) -> String| -> serde_json::Value {
        (0..len).map(|number| (key(number), json!(true))).collect::<Map<_, _>>().into()
    };
    let wallet = |len: u64| {
        let addresses = object(len, &|number| address(number).to_string());
        let assets = object(len, &|number| token(number).to_string());
        let names = |prefix: &str| object(len, &|number| format!("{prefix}-{number}"));
        let networks = json!({"ethereum-mainnet": true, "base-mainnet": true, "polygon-mainnet": true});
        json!({
            "whitelist": addresses, "contracts": addresses, "spenders": addresses, "tokens": assets, "lending": assets,
            "markets": names("market"), "venues": names("venue"), "hosts": names("host"), "networks": networks,
            "days": object(5, &|number| format!("day-{}", number + 1)), "hours_start": 8, "hours_end": 20,
            "max_requests": 100, "max_approval": 1_000_000_000, "max_ltv": 750_000, "max_leverage": 5_000_000,
            "max_position": 1_000_000_000, "signatures_per_minute": 30, "min_score": 50_000_000,
            "per_action_limit": 500_000_000, "instant_max_usd": 2_500_000_000_u64, "notify_max_usd": 5_000_000_000_u64,
            "delay_max_usd": 8_000_000_000_u64, "daily_limit_usd": 10_000_000_000_u64,
            "monthly_limit_usd": 100_000_000_000_u64,
        })
    };
    let ether = 1_000_000_000_000_000_000_u64;
    let mut assets: Map<String, serde_json::Value> = (1..scale.entries())
        .map(|number| {
            (token(number).to_string(), json!({"instant": 100_000_000, "notify": 200_000_000, "delay": 300_000_000}))
        })
        .collect();
    assets
        .insert(NETWORK.native_asset().to_string(), json!({"instant": ether, "notify": 2 * ether, "delay": 3 * ether}));
    let wallets: Map<String, serde_json::Value> = (0..if scale == Scale::Large { 48 } else { 1 })
        .map(|number| (format!("w{number}"), wallet(if number == 0 { scale.entries() } else { 5 })))
        .collect();
    json!({"wallets": wallets, "assets": assets, "methods": {}})
}
