//! What a draft refuses before anything is signed.

use crate::anvil::{Anvil, NETWORK};
use crate::key::Key;
use waiaas_core::address::Address;
use waiaas_core::chain::AssetId;
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::Tx;
use waiaas_engine::ports::chain::{ChainError, ChainWriter};

async fn refusal(anvil: &Anvil, tx: Tx) -> ChainError {
    anvil.adapter().draft(&Key::test().address(), &tx).await.unwrap_err()
}

/// A call of `act(how)` of the test contract.
fn act(to: Address, how: u8) -> Tx {
    let selector = &alloy::primitives::keccak256("act(uint256)")[..4];
    let mut calldata = [selector, &[0; 32]].concat();
    calldata[35] = how;
    Tx::ContractCall { to, calldata, value: BaseUnits::ZERO }
}

#[tokio::test]
async fn a_revert_is_told_in_words() {
    let anvil = Anvil::start().await;
    let contract = anvil.deploy("TestToken").await;
    for (how, expect) in
        [(1, "reverted: not today"), (2, "reverted: panic 0x12 (division by zero)"), (3, "execution reverted")]
    {
        match refusal(&anvil, act(contract, how)).await {
            ChainError::WouldRevert(reason) => assert_eq!(reason, expect),
            other => panic!("{other:?}"),
        }
    }
    let draft = anvil.adapter().draft(&Key::test().address(), &act(contract, 7)).await.unwrap();
    assert!(draft.value.is_zero());
}

#[tokio::test]
async fn too_many_tokens() {
    let anvil = Anvil::start().await;
    let token = anvil.deploy("TestToken").await;
    let asset = AssetId::token(NETWORK, &token).unwrap();
    let amount = BaseUnits::from_u128(1_000_000_000_001);
    match refusal(&anvil, Tx::TokenTransfer { to: Key::repeated(0x51).address(), asset, amount }).await {
        ChainError::WouldRevert(reason) => {
            assert_eq!(reason, "reverted: token balance 1000000000000 is below 1000000000001 (smallest units)");
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_token_that_answers_false_moves_nothing() {
    let anvil = Anvil::start().await;
    let token = anvil.deploy("OldToken").await;
    let asset = AssetId::token(NETWORK, &token).unwrap();
    let tx = Tx::TokenTransfer { to: Key::repeated(0x51).address(), asset, amount: BaseUnits::from_u128(1) };
    match refusal(&anvil, tx).await {
        ChainError::WouldRevert(reason) => assert_eq!(reason, "the token contract answers `false`"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_memo_to_a_contract_would_be_a_call() {
    let anvil = Anvil::start().await;
    let to = anvil.deploy("TestToken").await;
    let tx = Tx::Transfer { to, amount: BaseUnits::ZERO, memo: Some("hi there".to_owned()) };
    assert!(matches!(refusal(&anvil, tx).await, ChainError::Refused(_)));
}

#[tokio::test]
async fn the_account_must_cover_amount_and_highest_fee() {
    let anvil = Anvil::start().await;
    let to = Key::repeated(0x51).address();
    let coins = |wei: u128| Tx::Transfer { to, amount: BaseUnits::from_u128(wei), memo: None };
    let all = 100 * 10_u128.pow(18);
    for amount in [all + 1, all, all - 1] {
        match refusal(&anvil, coins(amount)).await {
            ChainError::InsufficientBalance(text) => assert!(text.contains("holds 100 ETH"), "{text}"),
            other => panic!("{other:?}"),
        }
    }
    assert!(matches!(
        refusal(&anvil, Tx::Transfer { to, amount: BaseUnits::MAX, memo: None }).await,
        ChainError::InsufficientBalance(_)
    ));
    // A tenth of a coin is left for the fee.
    anvil.adapter().draft(&Key::test().address(), &coins(all - all / 1_000)).await.unwrap();
}
