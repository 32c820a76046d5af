//! From a draft to a confirmed transaction.

use crate::anvil::{Anvil, NETWORK};
use crate::key::{Key, Settled, settled};
use serde_json::json;
use std::time::Duration;
use waiaas_core::chain::Network;
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::Tx;
use waiaas_engine::ports::chain::{ChainReader, ChainWriter, Inclusion, SequenceState, SubmitError};
use waiaas_evm::{EvmAdapter, EvmOptions};

fn payment(to: &Key, wei: u128) -> Tx {
    Tx::Transfer { to: to.address(), amount: BaseUnits::from_u128(wei), memo: None }
}

async fn balance(adapter: &EvmAdapter, key: &Key) -> BaseUnits {
    adapter.native_balance(&key.address()).await.unwrap()
}

async fn pays_exactly(anvil: &Anvil, adapter: &EvmAdapter) {
    let (payer, payee) = (Key::test(), Key::repeated(0x51));
    let before = balance(adapter, &payer).await;
    let draft = adapter.draft(&payer.address(), &payment(&payee, 12_345)).await.unwrap();
    assert_eq!(draft.from, payer.address());
    assert_eq!(draft.value, BaseUnits::from_u128(12_345));

    let signed = payer.signed(adapter, &draft, 0);
    assert_eq!(adapter.find(&signed.hash).await.unwrap(), Inclusion::Unknown);
    adapter.broadcast(&signed).await.unwrap();

    let Settled { success, confirmations, fee } = settled(adapter, &signed).await;
    assert!(success);
    assert_eq!(confirmations, 1);
    assert!(!fee.is_zero() && fee <= draft.max_fee, "{fee:?} {:?}", draft.max_fee);
    assert_eq!(balance(adapter, &payee).await, BaseUnits::from_u128(12_345));
    let spent = before.checked_sub(balance(adapter, &payer).await).unwrap();
    assert_eq!(spent, fee.checked_add(BaseUnits::from_u128(12_345)).unwrap());

    // A plain transfer uses exactly the gas that it was given.
    let on_chain = anvil.rpc("eth_getTransactionByHash", json!([signed.hash])).await;
    assert_eq!(on_chain["gas"], "0x5208");
    assert_eq!(adapter.sequence(&payer.address()).await.unwrap(), SequenceState { confirmed: 1, pending: 1 });
}

#[tokio::test]
async fn a_payment_with_a_dynamic_fee() {
    let anvil = Anvil::start().await;
    pays_exactly(&anvil, &anvil.adapter()).await;
}

#[tokio::test]
async fn a_payment_on_a_chain_without_a_base_fee() {
    let anvil = Anvil::with(&["--chain-id", "11155111", "--hardfork", "berlin"]).await;
    pays_exactly(&anvil, &anvil.adapter()).await;
}

#[tokio::test]
async fn a_memo_travels_as_data() {
    let anvil = Anvil::start().await;
    let adapter = anvil.adapter();
    let to = Key::repeated(0x51).address();
    let tx = Tx::Transfer { to, amount: BaseUnits::from_u128(1), memo: Some("hi".to_owned()) };
    let signed = Key::test().send(&adapter, &tx).await;
    assert_eq!(anvil.rpc("eth_getTransactionByHash", json!([signed.hash])).await["input"], "0x6869");
    assert!(settled(&adapter, &signed).await.success);
}

#[tokio::test]
async fn the_same_bytes_twice_are_one_payment() {
    let anvil = Anvil::holding().await;
    let adapter = anvil.adapter();
    let (payer, payee) = (Key::test(), Key::repeated(0x51));
    let signed = payer.send(&adapter, &payment(&payee, 5)).await;
    assert_eq!(adapter.find(&signed.hash).await.unwrap(), Inclusion::Pending);
    assert_eq!(adapter.sequence(&payer.address()).await.unwrap(), SequenceState { confirmed: 0, pending: 1 });
    adapter.broadcast(&signed).await.unwrap();
    anvil.mine().await;
    assert!(settled(&adapter, &signed).await.success);
    adapter.broadcast(&signed).await.unwrap();
    anvil.mine().await;
    assert_eq!(balance(&adapter, &payee).await, BaseUnits::from_u128(5));
}

#[tokio::test]
async fn a_used_sequence_number_is_told() {
    let anvil = Anvil::start().await;
    let adapter = anvil.adapter();
    let (payer, payee) = (Key::test(), Key::repeated(0x51));
    let late = payer.prepared(&adapter, &payment(&payee, 1)).await;
    assert!(payer.settle(&adapter, &payment(&payee, 2)).await.success);
    assert!(matches!(adapter.broadcast(&late).await, Err(SubmitError::SequenceUsed(_))));
    assert_eq!(balance(&adapter, &payee).await, BaseUnits::from_u128(2));
}

#[tokio::test]
async fn a_transaction_behind_a_gap_waits_until_the_gap_is_closed() {
    let anvil = Anvil::start().await;
    let adapter = anvil.adapter();
    let (payer, payee) = (Key::test(), Key::repeated(0x51));
    let draft = adapter.draft(&payer.address(), &payment(&payee, 3)).await.unwrap();
    let ahead = payer.signed(&adapter, &draft, 1);
    adapter.broadcast(&ahead).await.unwrap();
    assert_eq!(adapter.find(&ahead.hash).await.unwrap(), Inclusion::Pending);

    let noop = adapter.draft_noop(&payer.address()).await.unwrap();
    assert!(noop.value.is_zero());
    let filler = payer.signed(&adapter, &noop, 0);
    adapter.broadcast(&filler).await.unwrap();
    assert!(settled(&adapter, &filler).await.success);
    anvil.mine().await;
    assert!(settled(&adapter, &ahead).await.success);
    assert_eq!(balance(&adapter, &payee).await, BaseUnits::from_u128(3));
}

#[tokio::test]
async fn an_account_that_was_emptied_meanwhile_is_a_refusal() {
    let anvil = Anvil::start().await;
    let adapter = anvil.adapter();
    let signed = Key::test().prepared(&adapter, &payment(&Key::repeated(0x51), 5)).await;
    anvil.fund(&Key::test(), 0).await;
    assert!(matches!(adapter.broadcast(&signed).await, Err(SubmitError::Rejected(_))));
}

#[tokio::test]
async fn a_revert_on_chain_is_included_without_success() {
    let anvil = Anvil::holding().await;
    let adapter = anvil.adapter();
    let payer = Key::test();
    anvil.rpc("evm_setAutomine", json!([true])).await;
    let token = anvil.deploy("TestToken").await;
    anvil.rpc("evm_setAutomine", json!([false])).await;
    // Both drafts pass on the present state; the second cannot once the first is mined.
    let asset = waiaas_core::chain::AssetId::token(NETWORK, &token).unwrap();
    let all =
        Tx::TokenTransfer { to: Key::repeated(0x51).address(), asset, amount: BaseUnits::from_u128(1_000_000_000_000) };
    let draft = adapter.draft(&payer.address(), &all).await.unwrap();
    let next = adapter.sequence(&payer.address()).await.unwrap().pending;
    let (first, second) = (payer.signed(&adapter, &draft, next), payer.signed(&adapter, &draft, next + 1));
    adapter.broadcast(&first).await.unwrap();
    adapter.broadcast(&second).await.unwrap();
    anvil.mine().await;
    assert!(settled(&adapter, &first).await.success);
    let second = settled(&adapter, &second).await;
    assert!(!second.success && !second.fee.is_zero());
}

#[tokio::test]
async fn confirmations_grow_with_the_chain() {
    let anvil = Anvil::start().await;
    let adapter = anvil.adapter();
    let signed = Key::test().send(&adapter, &payment(&Key::repeated(0x51), 5)).await;
    assert_eq!(settled(&adapter, &signed).await.confirmations, 1);
    anvil.rpc("anvil_mine", json!(["0x9"])).await;
    // The height of the chain may be up to half a second old.
    tokio::time::sleep(Duration::from_millis(600)).await;
    assert_eq!(settled(&adapter, &signed).await.confirmations, 10);
}

#[tokio::test]
async fn optimism_charges_for_the_bytes_too() {
    let anvil = Anvil::with(&["--chain-id", "10"]).await;
    let adapter = || EvmAdapter::new(Network::OptimismMainnet, anvil.url(), EvmOptions::default()).unwrap();
    let tx = payment(&Key::repeated(0x51), 5);
    let without = adapter().draft(&Key::test().address(), &tx).await.unwrap();
    anvil.place("DataFeeOracle.runtime", "0x420000000000000000000000000000000000000F").await;
    let with = adapter().draft(&Key::test().address(), &tx).await.unwrap();
    // The fixture asks one gwei a byte; the adapter reserves it twice.
    let extra = with.max_fee.checked_sub(without.max_fee).unwrap();
    assert!(extra >= BaseUnits::from_u128(2 * 110 * 1_000_000_000), "{extra:?}");
}
