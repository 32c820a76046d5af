//! What a vector says that the server attached to an action.

use crate::world::World;
use serde_json::Value;
use waiaas_core::chain::AssetId;
use waiaas_core::money::{BaseUnits, Ratio, Usd};
use waiaas_core::policy::Tier;
use waiaas_core::tx::Action;
use waiaas_core::tx::action::{Lending, LendingOp, Perp, PerpOp};

pub(crate) fn read(action: &Value, default_tier: &Value, world: &World) -> Action {
    let text = |key: &str| action.get(key).and_then(Value::as_str);
    let (provider, name) = (text("provider").unwrap(), text("name").unwrap());
    let key = text("enabled_key").unwrap_or(provider);
    let enabled = world.setting(&format!("actions.{key}_enabled")) == Some("true");
    let floor = world.setting(&format!("actions.{provider}_{name}_tier")).filter(|tier| !tier.is_empty());
    let flag = |key: &str| action.get(key).and_then(Value::as_bool).unwrap_or(false);
    Action {
        trusted: flag("trusted") && enabled,
        floor: floor.or(default_tier.as_str()).map_or(Tier::Instant, |tier| Tier::parse(tier).unwrap()),
        venue: text("venue").map(str::to_owned),
        category: text("category").map(str::to_owned),
        withdrawal: false,
        notional: usd(&action["notional_usd"]),
        non_spending: flag("non_spending"),
        outflows: action["outflows"].as_array().into_iter().flatten().map(outflow).collect(),
        lending: action.get("lending").map(|lending| Lending {
            op: LendingOp::parse(lending["op"].as_str().unwrap()).unwrap(),
            asset: lending["asset"].as_str().map(|token| {
                let token = waiaas_core::address::Address::parse_any_case(world.subject.chain, token).unwrap();
                AssetId::token(world.subject.network, &token).unwrap()
            }),
            usd: usd(&lending["usd"]),
        }),
        perp: action.get("perp").map(|perp| Perp {
            op: PerpOp::parse(perp["op"].as_str().unwrap()).unwrap(),
            market: perp["market"].as_str().map(str::to_owned),
            leverage: perp["leverage"].as_number().map(|number| Ratio::parse(&number.to_string()).unwrap()),
            size: usd(&perp["size_usd"]),
            reduce_only: perp["reduce_only"].as_bool().unwrap_or(false),
        }),
    }
}

fn usd(value: &Value) -> Option<Usd> {
    value.as_str().map(|text| Usd::parse(text).unwrap())
}

fn outflow(value: &Value) -> (AssetId, BaseUnits) {
    let text = |key: &str| value[key].as_str().unwrap();
    (AssetId::parse(text("asset")).unwrap(), BaseUnits::parse_digits(text("amount")).unwrap())
}
