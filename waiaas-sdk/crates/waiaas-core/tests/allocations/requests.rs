//! Requests of every sort that the rules of the scene allow at once, and some that they deny.

use crate::scene::{NETWORK, address, token};
use waiaas_core::money::{BaseUnits, Ratio, Usd};
use waiaas_core::policy::Tier;
use waiaas_core::tx::action::{Action, Lending, LendingOp, Perp, PerpOp};
use waiaas_core::tx::{CallHead, Channel, Effects, Host, Operation, TxType};

/// Index of the contract in the lists; the numbers below it are people.
const CONTRACT: u64 = 3;

/// A hundredth of an ether to somebody listed.
pub(crate) fn native_transfer() -> Effects {
    let operation = Operation::NativeTransfer { to: address(1), amount: amount(10_000_000_000_000_000) };
    Effects::of(NETWORK, TxType::Transfer, vec![operation])
}

/// Five dollars of a listed token to somebody listed.
pub(crate) fn token_transfer() -> Effects {
    let operation = Operation::TokenTransfer { asset: token(2), to: address(2), amount: amount(5_000_000) };
    Effects::of(NETWORK, TxType::TokenTransfer, vec![operation])
}

/// With their names; the rules allow each of them, with tier INSTANT.
pub(crate) fn allowed() -> Vec<(&'static str, Effects)> {
    let host = || Host::parse("api.host-3.example.com").unwrap();
    let usd = |dollars: u128| Some(Usd::from_micros(dollars * 1_000_000));
    let approve = || {
        let approval =
            Operation::Approval { asset: token(1), spender: address(4), amount: amount(5_000_000), collection: false };
        Effects::of(NETWORK, TxType::Approve, vec![approval])
    };
    let batch = [native_transfer(), token_transfer(), approve(), contract_call(), native_transfer()];
    let with = |action: Action| Effects { action: Some(action), ..contract_call() };
    let borrow = Lending { op: LendingOp::Borrow, asset: Some(token(1)), usd: usd(50) };
    let perp = Perp {
        op: PerpOp::OpenPosition,
        market: Some("Market-3".to_owned()),
        leverage: Some(Ratio::from_millionths(2_000_000)),
        size: usd(50),
        reduce_only: false,
    };
    let swap = Action {
        category: Some("swap".to_owned()),
        venue: Some("venue-3".to_owned()),
        notional: usd(10),
        outflows: vec![(token(1), amount(10_000_000))],
        ..action()
    };
    vec![
        ("native transfer", native_transfer()),
        ("token transfer", token_transfer()),
        ("approve", approve()),
        ("contract call", contract_call()),
        ("lending borrow", with(Action { lending: Some(borrow), ..action() })),
        ("perp open", with(Action { perp: Some(perp), ..action() })),
        ("swap at a venue", with(swap)),
        ("x402 payment", Effects { channel: Channel::X402(host()), ..token_transfer() }),
        (
            "ERC-8128 signature",
            Effects { channel: Channel::Erc8128(host()), operations: Vec::new(), ..token_transfer() },
        ),
        ("batch of 5", Effects::batch(batch.into()).unwrap()),
    ]
}

/// With their names; the rules deny each of them.
pub(crate) fn denied() -> Vec<(&'static str, Effects)> {
    let stranger = address(u64::MAX / 5);
    let to_stranger = Operation::NativeTransfer { to: stranger, amount: amount(10_000_000_000_000_000) };
    let unlisted =
        Operation::TokenTransfer { asset: token(u64::from(u32::MAX)), to: address(2), amount: amount(5_000_000) };
    let method = Operation::ContractCall { contract: address(CONTRACT), head: CallHead::of(&[9, 9, 9, 9]) };
    vec![
        ("native to a stranger", Effects::of(NETWORK, TxType::Transfer, vec![to_stranger])),
        ("unlisted token", Effects::of(NETWORK, TxType::TokenTransfer, vec![unlisted])),
        ("unlisted method", Effects::of(NETWORK, TxType::ContractCall, vec![method])),
    ]
}

fn contract_call() -> Effects {
    let call = Operation::ContractCall { contract: address(CONTRACT), head: CallHead::of(&[0, 0, 0, 2, 1, 1]) };
    Effects::of(NETWORK, TxType::ContractCall, vec![call])
}

fn action() -> Action {
    Action {
        trusted: true,
        floor: Tier::Instant,
        venue: None,
        category: None,
        withdrawal: false,
        notional: None,
        non_spending: false,
        outflows: Vec::new(),
        lending: None,
        perp: None,
    }
}

fn amount(units: u128) -> BaseUnits {
    BaseUnits::from_u128(units)
}
