//! A few requests that between them concern every policy type.

use crate::scene::{NETWORK, address, token};
use waiaas_core::money::{BaseUnits, Ratio, Usd};
use waiaas_core::policy::Tier;
use waiaas_core::tx::action::{Lending, LendingOp, Perp, PerpOp};
use waiaas_core::tx::{Action, CallHead, Channel, Effects, Host, Operation, TxType};

/// Transfers of coins, tokens and NFTs, a call, approvals, a deployment, a batch, a payment, signatures, a loan, a
/// position, and an action at a venue.
pub fn requests() -> Vec<Effects> {
    let host = || Host::parse("api.example.com").expect("a host");
    let amount = BaseUnits::from_u128(1_000_000);
    let native = Operation::NativeTransfer { to: address(0), amount };
    let coins = Effects::of(NETWORK, TxType::Transfer, vec![native.clone()]);
    let tokens = Operation::TokenTransfer { asset: token(0), to: address(1), amount };
    let tokens = Effects::of(NETWORK, TxType::TokenTransfer, vec![tokens]);
    let call = Operation::ContractCall { contract: address(1), head: CallHead::of(&[1, 2, 3, 4]) };
    let call = Effects::of(NETWORK, TxType::ContractCall, vec![native, call]);
    let approval = |amount, collection| {
        let operation = Operation::Approval { asset: token(0), spender: address(1), amount, collection };
        Effects::of(NETWORK, TxType::Approve, vec![operation])
    };
    let nft = Operation::NftTransfer { collection: address(1), to: address(0) };
    let batch = Effects::batch(vec![coins.clone(), tokens.clone(), approval(amount, false)]).expect("three parts");
    let through = |channel, effects: &Effects| Effects { channel, ..effects.clone() };
    let silent = Effects::of(NETWORK, TxType::ContractCall, Vec::new());
    let acting = |action| Effects { action: Some(action), ..call.clone() };
    vec![
        coins,
        through(Channel::Sign, &tokens),
        through(Channel::X402(host()), &tokens),
        tokens,
        approval(amount, false),
        approval(BaseUnits::MAX, false),
        approval(BaseUnits::MAX, true),
        Effects::of(NETWORK, TxType::ContractCall, vec![nft]),
        Effects::of(NETWORK, TxType::ContractCall, vec![Operation::Deployment]),
        batch,
        through(Channel::Erc8128(host()), &silent),
        through(Channel::Message, &silent),
        Effects { action: Some(action()), channel: Channel::External, ..silent },
        acting(action()),
        acting(Action {
            lending: Some(Lending {
                op: LendingOp::Borrow,
                asset: Some(token(0)),
                usd: Some(Usd::from_micros(100_000_000)),
            }),
            ..action()
        }),
        acting(Action {
            perp: Some(Perp {
                op: PerpOp::OpenPosition,
                market: Some("ETH-PERP".to_owned()),
                leverage: Some(Ratio::from_millionths(3_000_000)),
                size: Some(Usd::from_micros(150_000_000)),
                reduce_only: false,
            }),
            ..action()
        }),
        call,
    ]
}

fn action() -> Action {
    Action {
        trusted: true,
        floor: Tier::Instant,
        venue: Some("polymarket".to_owned()),
        category: Some("swap".to_owned()),
        withdrawal: true,
        notional: Some(Usd::from_micros(100_000_000)),
        non_spending: false,
        outflows: vec![(token(1), BaseUnits::from_u128(5))],
        lending: None,
        perp: None,
    }
}
