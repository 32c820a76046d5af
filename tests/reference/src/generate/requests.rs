//! Requests of all channels and shapes, and what providers declare about actions.

use super::Random;
use super::universe::{CATEGORIES, HOSTS, MARKETS, VENUES, amount, any_address, any_asset, dollars, token};
use waiaas_core::chain::Network;
use waiaas_core::money::Ratio;
use waiaas_core::policy::Tier;
use waiaas_core::tx::action::{Lending, LendingOp, Perp, PerpOp};
use waiaas_core::tx::{Action, CallHead, Channel, Effects, Host, Instruction, Operation, TxType};

pub(super) fn effects(random: &mut Random, network: Network) -> Effects {
    let host = |random: &mut Random| Host::parse(random.word(&HOSTS)).unwrap();
    let channel = match random.below(20) {
        0..=10 => Channel::Send,
        11..=13 => Channel::Sign,
        14 | 15 => Channel::X402(host(random)),
        16 => Channel::Erc8128(host(random)),
        17 => Channel::Message,
        _ => Channel::External,
    };
    let mut effects = match channel {
        Channel::Send | Channel::Sign => on_chain(random, network),
        Channel::X402(_) => {
            let (tx_type, operations) = token_transfer(random, network);
            Effects::of(network, tx_type, operations)
        }
        Channel::Erc8128(_) | Channel::Message | Channel::External => {
            Effects::of(network, TxType::ContractCall, Vec::new())
        }
    };
    // No provider asks for the signature of a text or of an HTTP request.
    let has_action = match channel {
        Channel::External => !random.once_in(16),
        Channel::Message | Channel::Erc8128(_) => false,
        Channel::Send | Channel::Sign | Channel::X402(_) => random.once_in(3),
    };
    effects.action = has_action.then(|| action(random, network));
    effects.channel = channel;
    effects
}

fn on_chain(random: &mut Random, network: Network) -> Effects {
    if random.once_in(200) {
        let mut nothing = Effects::of(network, TxType::Transfer, Vec::new());
        if random.once_in(2) {
            nothing.instructions = vec![Instruction { tx_type: TxType::Transfer, operations: 0 }; 2];
        }
        return nothing;
    }
    let parts = if random.once_in(5) { 2 + random.below(3) } else { 1 };
    let part = |_| {
        let (tx_type, operations) = request(random, network);
        Effects::of(network, tx_type, operations)
    };
    Effects::batch((0..parts).map(part).collect()).unwrap()
}

fn request(random: &mut Random, network: Network) -> (TxType, Vec<Operation>) {
    match random.below(16) {
        0..=4 => (TxType::Transfer, vec![native_transfer(random)]),
        5..=8 => token_transfer(random, network),
        9..=11 => (TxType::Approve, vec![approval(random, network)]),
        12..=14 => (TxType::ContractCall, call(random, network)),
        _ => (TxType::ContractCall, special(random)),
    }
}

fn native_transfer(random: &mut Random) -> Operation {
    Operation::NativeTransfer { to: any_address(random), amount: amount(random) }
}

fn token_transfer(random: &mut Random, network: Network) -> (TxType, Vec<Operation>) {
    let asset = token(network, random.below(3));
    (TxType::TokenTransfer, vec![Operation::TokenTransfer { asset, to: any_address(random), amount: amount(random) }])
}

fn approval(random: &mut Random, network: Network) -> Operation {
    Operation::Approval {
        asset: token(network, random.below(3)),
        spender: any_address(random),
        amount: amount(random),
        collection: random.once_in(8),
    }
}

/// A call with, perhaps, a value, and what its calldata does.
fn call(random: &mut Random, network: Network) -> Vec<Operation> {
    let contract = any_address(random);
    let bytes = [0xde, 0xad, 0xbe, 0xef, 0x12, 0x34, 0x56, 0x78, 0x9a];
    let data = *random.pick(&[&bytes[..0], &bytes[..2], &bytes[..4], &bytes[4..]]);
    let mut operations = vec![Operation::ContractCall { contract, head: CallHead::of(data) }];
    if random.once_in(3) {
        operations.push(Operation::NativeTransfer { to: contract, amount: amount(random) });
    }
    match random.below(6) {
        0 => operations.push(approval(random, network)),
        1 => operations.append(&mut token_transfer(random, network).1),
        _ => {}
    }
    operations
}

fn special(random: &mut Random) -> Vec<Operation> {
    if random.once_in(2) {
        return vec![Operation::NftTransfer { collection: any_address(random), to: any_address(random) }];
    }
    if random.once_in(2) { vec![native_transfer(random), Operation::Deployment] } else { vec![Operation::Deployment] }
}

fn action(random: &mut Random, network: Network) -> Action {
    let floor = if random.once_in(4) { *random.pick(Tier::ALL) } else { Tier::Instant };
    let outflows = random.below(3).saturating_sub(1);
    Action {
        trusted: !random.once_in(3),
        floor,
        venue: random.maybe(2, |random| (*random.pick(&VENUES)).to_owned()),
        category: random.maybe(3, |random| (*random.pick(&CATEGORIES)).to_owned()),
        withdrawal: random.once_in(4),
        notional: random.maybe(4, dollars),
        non_spending: random.once_in(3),
        outflows: (0..outflows).map(|_| (any_asset(random, network), amount(random))).collect(),
        lending: if random.once_in(3) { Some(lending(random, network)) } else { None },
        perp: if random.once_in(3) { Some(perp(random)) } else { None },
    }
}

fn lending(random: &mut Random, network: Network) -> Lending {
    let op = if random.once_in(2) { LendingOp::Borrow } else { *random.pick(LendingOp::ALL) };
    Lending { op, asset: random.maybe(8, |random| any_asset(random, network)), usd: random.maybe(6, dollars) }
}

fn perp(random: &mut Random) -> Perp {
    Perp {
        op: *random.pick(PerpOp::ALL),
        market: random.maybe(8, |random| (*random.pick(&MARKETS)).to_owned()),
        leverage: random.maybe(6, |random| {
            Ratio::from_millionths(*random.pick(&[1_000_000, 3_000_000, 3_000_001, 5_000_000, 5_000_001, 20_000_000]))
        }),
        size: random.maybe(6, dollars),
        reduce_only: random.once_in(4),
    }
}
