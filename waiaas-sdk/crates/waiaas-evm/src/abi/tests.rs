use super::*;
use alloy::hex;
use waiaas_core::chain::ChainKind;
use waiaas_core::money::BaseUnits;

const FROM: &str = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F";
const TO: &str = "0xd8dA6BF26964aF9D7eEd9e03E53415D37aA96045";
const NETWORK: Network = Network::EthereumSepolia;

fn address(text: &str) -> Address {
    Address::parse(ChainKind::Ethereum, text).unwrap()
}

fn asset() -> AssetId {
    AssetId::token(NETWORK, &address("0x3535353535353535353535353535353535353535")).unwrap()
}

fn check(tx: Tx, to: &str, value: u64, data: &str, demand: Demand) {
    let call = Call::of(NETWORK, &address(FROM), &tx).unwrap();
    assert_eq!(core_address(call.from), address(FROM));
    assert_eq!(core_address(call.to), address(to));
    assert_eq!(call.value, U256::from(value));
    assert_eq!(hex::encode(&call.data), data);
    assert_eq!(call.demand, demand);
}

#[test]
fn each_kind_makes_its_call() {
    let token = "0x3535353535353535353535353535353535353535";
    let (to, amount) = (address(TO), BaseUnits::from_u128(1_000_000));
    check(Tx::Transfer { to, amount, memo: None }, TO, 1_000_000, "", Demand::None);
    check(Tx::Transfer { to, amount, memo: Some("grüße".to_owned()) }, TO, 1_000_000, "6772c3bcc39f65", Demand::NoCode);
    // Calldata from Python's eth-abi.
    check(
        Tx::TokenTransfer { to, asset: asset(), amount },
        token,
        0,
        "a9059cbb000000000000000000000000d8da6bf26964af9d7eed9e03e53415d37aa96045\
         00000000000000000000000000000000000000000000000000000000000f4240",
        Demand::TokenAgrees,
    );
    check(
        Tx::Approve { spender: address(token), asset: asset(), amount: BaseUnits::MAX },
        token,
        0,
        "095ea7b30000000000000000000000003535353535353535353535353535353535353535\
         ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
        Demand::TokenAgrees,
    );
    check(
        Tx::ContractCall { to, calldata: vec![1, 2, 3, 4, 5], value: BaseUnits::from_u128(9) },
        TO,
        9,
        "0102030405",
        Demand::None,
    );
}

#[test]
fn assets_of_other_networks_and_coins_are_no_tokens() {
    let amount = BaseUnits::from_u128(1);
    let elsewhere = AssetId::token(Network::BaseMainnet, &address(TO)).unwrap();
    for asset in [elsewhere, NETWORK.native_asset()] {
        let tx = Tx::TokenTransfer { to: address(TO), asset, amount };
        assert!(matches!(Call::of(NETWORK, &address(FROM), &tx), Err(ChainError::Refused(_))));
    }
}

#[test]
fn view_selectors() {
    // `pipeline.md` section 6.1.
    let selectors = [
        (interfaces::balanceOfCall::SELECTOR, "70a08231"),
        (interfaces::decimalsCall::SELECTOR, "313ce567"),
        (interfaces::symbolCall::SELECTOR, "95d89b41"),
        (interfaces::nameCall::SELECTOR, "06fdde03"),
        (interfaces::aggregate3Call::SELECTOR, "82ad56cb"),
    ];
    for (selector, expect) in selectors {
        assert_eq!(hex::encode(selector), expect);
    }
}
