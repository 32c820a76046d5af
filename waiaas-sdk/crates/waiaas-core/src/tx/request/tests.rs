//! From requests to exact transactions, and what those do.

use super::*;
use crate::address::{EvmAddress, SolanaAddress, XrplAddress};
use crate::money::DecimalError;
use crate::tx::{CallHead, Operation};

const NETWORK: Network = Network::EthereumSepolia;

fn address(byte: u8) -> Address {
    Address::Evm(EvmAddress::from_bytes([byte; 20]))
}

fn usdc() -> TokenFact {
    TokenFact { decimals: 6, symbol: "USDC".to_owned() }
}

fn human(text: &str) -> Amount {
    Amount::Human(text.to_owned())
}

fn token_transfer(amount: Amount, claimed_decimals: Option<u8>) -> TxRequest {
    TxRequest::TokenTransfer { to: address(1), token: TokenRef { address: address(2), claimed_decimals }, amount }
}

#[test]
fn amounts_are_scaled_by_trusted_decimals_only() {
    let check = |amount: Amount, claimed: Option<u8>, expect: Result<u128, ResolveError>| {
        let resolved = Tx::resolve(token_transfer(amount, claimed), NETWORK, Some(&usdc()));
        assert_eq!(resolved.map(|tx| tx.amount()), expect.map(BaseUnits::from_u128));
    };
    check(human("1.5"), None, Ok(1_500_000));
    check(human("1.5"), Some(6), Ok(1_500_000));
    check(Amount::Base(BaseUnits::from_u128(7)), Some(6), Ok(7));
    check(human("1.5"), Some(18), Err(ResolveError::DecimalsMismatch { claimed: 18, actual: 6 }));
    let too_precise = AmountError::Decimal(DecimalError::TooPrecise { allowed: 6 });
    check(human("0.0000001"), None, Err(ResolveError::Amount(too_precise)));
}

#[test]
fn native_amounts_use_the_network() {
    let request = TxRequest::Transfer { to: address(1), amount: human("0.1"), memo: None };
    let tx = Tx::resolve(request, NETWORK, None).unwrap();
    assert_eq!(tx.amount().to_string(), "100000000000000000");
    assert_eq!(tx.asset(NETWORK), NETWORK.native_asset());
    assert_eq!(tx.to_address(), Some(address(1)));
}

#[test]
fn unknown_tokens_and_foreign_networks_are_refused() {
    let request = token_transfer(Amount::Base(BaseUnits::from_u128(1)), None);
    let unknown = Tx::resolve(request.clone(), NETWORK, None);
    assert!(matches!(unknown, Err(ResolveError::UnknownToken { .. })), "{unknown:?}");
    let network = Network::SolanaDevnet;
    assert_eq!(Tx::resolve(request, network, Some(&usdc())), Err(ResolveError::WrongNetwork { network }));
}

#[test]
fn memos_cannot_carry_a_call() {
    let resolve = |memo: &str| {
        let amount = Amount::Base(BaseUnits::ZERO);
        Tx::resolve(TxRequest::Transfer { to: address(1), amount, memo: Some(memo.to_owned()) }, NETWORK, None)
    };
    assert!(resolve("Rechnung 17, danke für alles").is_ok());
    // WETH's withdraw(uint256) is valid UTF-8, and so are its zero bytes.
    let call = format!(".\u{1a}}}M{}\u{1}", "\0".repeat(31));
    assert_eq!(resolve(&call), Err(ResolveError::Memo(MemoError::Control)));
    assert_eq!(resolve(&"é".repeat(129)), Err(ResolveError::Memo(MemoError::TooLong)));
}

#[test]
fn a_call_does_all_that_its_bytes_do() {
    let mut calldata = vec![0xa9, 0x05, 0x9c, 0xbb];
    calldata.extend([0; 12]);
    calldata.extend([9; 20]);
    calldata.extend(BaseUnits::from_u128(5).to_be_bytes());
    let value = BaseUnits::from_u128(3);
    let request = TxRequest::ContractCall { to: address(2), calldata: calldata.clone(), value };
    let tx = Tx::resolve(request, NETWORK, None).unwrap();
    assert_eq!(
        tx.effects(NETWORK).operations,
        vec![
            Operation::NativeTransfer { to: address(2), amount: value },
            Operation::ContractCall { contract: address(2), head: CallHead::of(&calldata) },
            Operation::TokenTransfer {
                asset: AssetId::token(NETWORK, &address(2)).unwrap(),
                to: address(9),
                amount: BaseUnits::from_u128(5),
            },
        ]
    );
}

#[test]
fn what_cannot_be_judged_has_no_operations() {
    let malformed =
        Tx::ContractCall { to: address(2), calldata: vec![0xa9, 0x05, 0x9c, 0xbb], value: BaseUnits::from_u128(1) };
    assert!(malformed.effects(NETWORK).operations.is_empty());
    let asset = AssetId::token(Network::EthereumMainnet, &address(2)).unwrap();
    let elsewhere = Tx::Approve { spender: address(1), asset, amount: BaseUnits::ZERO };
    assert!(elsewhere.effects(NETWORK).operations.is_empty());
    assert_eq!(elsewhere.effects(Network::EthereumMainnet).operations.len(), 1);
}

#[test]
fn calls_without_selector_or_with_unclean_arguments_are_refused() {
    let resolve = |calldata: Vec<u8>| {
        Tx::resolve(TxRequest::ContractCall { to: address(2), calldata, value: BaseUnits::ZERO }, NETWORK, None)
    };
    assert_eq!(resolve(vec![1, 2, 3]), Err(ResolveError::ShortCalldata));
    assert!(matches!(resolve(vec![0xa9, 0x05, 0x9c, 0xbb]), Err(ResolveError::Calldata(_))));
    assert!(matches!(resolve(vec![0x42, 0x84, 0x2e, 0x0e]), Err(ResolveError::Calldata(_))));
    assert!(resolve(vec![0xde, 0xad, 0xbe, 0xef]).is_ok());
}

#[test]
fn other_chains_have_their_own_ranges_and_no_calldata() {
    let solana = Address::Solana(SolanaAddress::from_bytes([1; 32]));
    let xrpl = Address::Xrpl(XrplAddress::from_bytes([1; 20]));
    for (network, to, most) in
        [(Network::SolanaMainnet, solana, u128::from(u64::MAX)), (Network::XrplMainnet, xrpl, 100_000_000_000_000_000)]
    {
        let resolve = |amount: u128, network| {
            let amount = Amount::Base(BaseUnits::from_u128(amount));
            Tx::resolve(TxRequest::Transfer { to, amount, memo: None }, network, None)
        };
        let tx = resolve(most, network).unwrap();
        let amount = BaseUnits::from_u128(most);
        assert_eq!(tx.effects(network).operations, [Operation::NativeTransfer { to, amount }]);
        assert_eq!(resolve(most + 1, network), Err(ResolveError::OutOfRange { network }));
        assert_eq!(resolve(1, NETWORK), Err(ResolveError::WrongNetwork { network: NETWORK }));
        // The transfer of a token, if this were the EVM.
        let mut calldata = vec![0xa9, 0x05, 0x9c, 0xbb];
        calldata.extend([0; 64]);
        let request = TxRequest::ContractCall { to, calldata: calldata.clone(), value: BaseUnits::ZERO };
        assert_eq!(Tx::resolve(request, network, None), Err(ResolveError::WrongNetwork { network }));
        let call = Tx::ContractCall { to, calldata, value: BaseUnits::ZERO };
        assert!(call.effects(network).operations.is_empty());
    }
    let token = TokenRef { address: solana, claimed_decimals: None };
    let request = TxRequest::TokenTransfer { to: solana, token, amount: human("18446744073709.551616") };
    let network = Network::SolanaMainnet;
    assert_eq!(Tx::resolve(request, network, Some(&usdc())), Err(ResolveError::OutOfRange { network }));
}
