//! The `action` of a request: what the service attached after one of its providers resolved the call.

use crate::node::{Faults, Node};
use crate::world::World;
use waiaas_core::address::Address;
use waiaas_core::chain::AssetId;
use waiaas_core::money::{BaseUnits, Ratio, Usd};
use waiaas_core::policy::Tier;
use waiaas_core::tx::Action;
use waiaas_core::tx::action::{Lending, LendingOp, Perp, PerpOp};

const KEYS: [&str; 12] = [
    "provider",
    "enabled_key",
    "name",
    "trusted",
    "venue",
    "category",
    "withdrawal",
    "notional_usd",
    "non_spending",
    "outflows",
    "lending",
    "perp",
];

/// Reads an action. `default_tier` is the tier that its provider gives it.
pub(crate) fn read(
    node: &Node<'_>,
    default_tier: Option<&Node<'_>>,
    world: &World,
    faults: &mut Faults,
) -> Option<Action> {
    node.only(&KEYS, faults);
    let provider = node.required("provider", faults)?.text(faults)?;
    let name = node.required("name", faults)?.text(faults)?;
    let text = |key: &str, faults: &mut Faults| node.given(key).and_then(|node| node.text(faults));
    let flag = |key: &str, faults: &mut Faults| node.given(key).and_then(|node| node.flag(faults)).unwrap_or(false);
    let key = text("enabled_key", faults).unwrap_or(provider);
    let default_tier = default_tier.and_then(|node| node.one_of(faults, Tier::ALL, Tier::as_str));
    let outflows = node.given("outflows").and_then(|node| node.list(faults)).unwrap_or_default();
    Some(Action {
        trusted: flag("trusted", faults) && world.settings.is_enabled(key),
        floor: world.settings.action_tier(provider, name).or(default_tier).unwrap_or(Tier::Instant),
        venue: text("venue", faults).map(str::to_owned),
        category: text("category", faults).map(str::to_owned),
        withdrawal: flag("withdrawal", faults),
        notional: node.given("notional_usd").and_then(|node| usd(&node, faults)),
        non_spending: flag("non_spending", faults),
        outflows: outflows.iter().filter_map(|entry| outflow(entry, faults)).collect(),
        lending: node.given("lending").and_then(|node| lending(&node, world, faults)),
        perp: node.given("perp").and_then(|node| perp(&node, faults)),
    })
}

fn lending(node: &Node<'_>, world: &World, faults: &mut Faults) -> Option<Lending> {
    node.only(&["op", "asset", "usd"], faults);
    let op = node.required("op", faults)?.one_of(faults, LendingOp::ALL, LendingOp::as_str)?;
    let asset = node.given("asset").and_then(|node| {
        node.parsed(faults, "a token of the wallet's network, by address or CAIP-19 id", |text| {
            let token = || Address::parse_any_case(world.subject.chain, text).ok();
            AssetId::parse(text).ok().or_else(|| AssetId::token(world.subject.network, &token()?))
        })
    });
    Some(Lending { op, asset, usd: node.given("usd").and_then(|node| usd(&node, faults)) })
}

fn perp(node: &Node<'_>, faults: &mut Faults) -> Option<Perp> {
    node.only(&["op", "market", "leverage", "size_usd", "reduce_only"], faults);
    let op = node.required("op", faults)?.one_of(faults, PerpOp::ALL, PerpOp::as_str)?;
    Some(Perp {
        op,
        market: node.given("market").and_then(|node| node.text(faults)).map(str::to_owned),
        leverage: node.given("leverage").and_then(|node| node.decimal(faults, "a leverage", Ratio::parse)),
        size: node.given("size_usd").and_then(|node| usd(&node, faults)),
        reduce_only: node.given("reduce_only").and_then(|node| node.flag(faults)).unwrap_or(false),
    })
}

fn usd(node: &Node<'_>, faults: &mut Faults) -> Option<Usd> {
    node.decimal(faults, "US dollars", Usd::parse)
}

fn outflow(node: &Node<'_>, faults: &mut Faults) -> Option<(AssetId, BaseUnits)> {
    node.only(&["asset", "amount"], faults);
    let asset = node.required("asset", faults)?.parsed(faults, "a CAIP-19 id", |text| AssetId::parse(text).ok());
    let amount = node.required("amount", faults)?.decimal(faults, "smallest units", BaseUnits::parse_digits);
    asset.zip(amount)
}
