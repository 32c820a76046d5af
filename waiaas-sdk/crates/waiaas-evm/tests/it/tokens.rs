//! Token contracts, good and odd.

use crate::anvil::{Anvil, NETWORK};
use crate::key::Key;
use waiaas_core::chain::AssetId;
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::Tx;
use waiaas_engine::ports::chain::{ChainError, ChainReader, ChainWriter, TokenInfo};

fn units(count: u128) -> BaseUnits {
    BaseUnits::from_u128(count)
}

#[tokio::test]
async fn contracts_tell_about_themselves() {
    let anvil = Anvil::start().await;
    let adapter = anvil.adapter();
    let (new, old) = (anvil.deploy("TestToken").await, anvil.deploy("OldToken").await);
    for (token, decimals, symbol, name) in [(new, 6, "TUSD", "Test Dollar"), (old, 18, "OLD", "Old Token")] {
        assert_eq!(
            adapter.token_info(&token).await.unwrap(),
            TokenInfo { decimals, symbol: symbol.to_owned(), name: name.to_owned() }
        );
    }
}

#[tokio::test]
async fn decimals_are_never_guessed() {
    let anvil = Anvil::start().await;
    let adapter = anvil.adapter();
    let no_token = "0x00000000000000000000000000000000000000AA";
    anvil.place("Aggregator.runtime", no_token).await;
    let contract = waiaas_core::address::Address::parse_any_case(waiaas_core::chain::ChainKind::Ethereum, no_token);
    for address in [contract.unwrap(), Key::repeated(0x51).address()] {
        match adapter.token_info(&address).await {
            Err(ChainError::NotAToken { token, network, .. }) => assert_eq!((token, network), (address, NETWORK)),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn balances_one_by_one_and_by_multicall() {
    let anvil = Anvil::start().await;
    let (new, old) = (anvil.deploy("TestToken").await, anvil.deploy("OldToken").await);
    let tokens = [old, Key::repeated(0x51).address(), new];
    let expect = vec![Some(units(7)), None, Some(units(1_000_000_000_000))];
    let owner = Key::test().address();
    assert_eq!(anvil.adapter().token_balances(&owner, &tokens).await.unwrap(), expect);
    assert_eq!(anvil.adapter().token_balances(&owner, &[]).await.unwrap(), vec![]);

    anvil.place("Aggregator.runtime", "0xcA11bde05977b3631167028862bE2a173976CA11").await;
    assert_eq!(anvil.adapter().token_balances(&owner, &tokens).await.unwrap(), expect);
}

#[tokio::test]
async fn transfer_and_approve() {
    let anvil = Anvil::start().await;
    let adapter = anvil.adapter();
    let (payer, payee) = (Key::test(), Key::repeated(0x51));
    let token = anvil.deploy("TestToken").await;
    let asset = AssetId::token(NETWORK, &token).unwrap();

    let transfer = Tx::TokenTransfer { to: payee.address(), asset, amount: units(1_500_000) };
    let approve = Tx::Approve { spender: payee.address(), asset, amount: units(42) };
    for tx in [&transfer, &approve] {
        assert!(payer.settle(&adapter, tx).await.success);
    }
    assert_eq!(adapter.token_balances(&payee.address(), &[token]).await.unwrap(), [Some(units(1_500_000))]);

    // allowance(payer, payee), asked past the adapter.
    let word = |key: &Key| format!("{:0>64}", &key.address().to_string().to_lowercase()[2..]);
    let data = format!("0xdd62ed3e{}{}", word(&payer), word(&payee));
    let call = serde_json::json!([{ "to": token.to_string(), "data": data }, "latest"]);
    assert_eq!(anvil.rpc("eth_call", call).await, format!("0x{:064x}", 42));
}

#[tokio::test]
async fn a_contract_call_can_carry_coins() {
    let anvil = Anvil::start().await;
    let adapter = anvil.adapter();
    let contract = anvil.deploy("TestToken").await;
    let selector = &alloy::primitives::keccak256("act(uint256)")[..4];
    let tx = Tx::ContractCall { to: contract, calldata: [selector, &[0; 32]].concat(), value: units(77) };
    let draft = adapter.draft(&Key::test().address(), &tx).await.unwrap();
    assert_eq!(draft.value, units(77));
    assert!(Key::test().settle(&adapter, &tx).await.success);
    assert_eq!(adapter.native_balance(&contract).await.unwrap(), units(77));
}
