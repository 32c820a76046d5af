use super::codec::{from_bytes, to_bytes};
use super::*;
use proptest::prelude::*;
use serde_json::json;
use waiaas_core::address::{Address, EvmAddress, SolanaAddress, XrplAddress};
use waiaas_core::chain::{ChainKind, Environment, Network};
use waiaas_core::id::WalletId;
use waiaas_core::money::{BaseUnits, Price, Ratio, Usd};
use waiaas_core::policy::{CategoryUse, Positions, RateCount, RateWindow, Tier, UnpricedTier};
use waiaas_core::tx::action::{Lending, LendingOp, Perp, PerpOp};
use waiaas_core::tx::{Action, CallHead, Channel, Host, Instruction, Operation, TxType};
use waiaas_core::wallet::OwnerState;

fn asset(text: &str) -> AssetId {
    AssetId::parse(text).unwrap()
}

/// Something in every place.
fn full() -> Prepared {
    let token = asset("eip155:1/erc20:0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48");
    let mint = asset("solana:5eykt4UsFv8P8NJdTREpY1vzqKqZKvdp/token:EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");
    let issued = asset("xrpl:0/token:USD.rvYAfWj5gh67oV6fW32ZzP3Aw4Eubs59B");
    let evm = Address::Evm(EvmAddress::from_bytes([7; 20]));
    let solana = Address::Solana(SolanaAddress::from_bytes([8; 32]));
    let xrpl = Address::Xrpl(XrplAddress::from_bytes([9; 20]));
    let usd = |micros| Usd::from_micros(micros);
    Prepared {
        subject: Subject {
            wallet: WalletId::from_bytes([3; 16]),
            chain: ChainKind::Ethereum,
            environment: Environment::Mainnet,
            owner: OwnerState::Grace,
            network: Network::EthereumMainnet,
        },
        effects: Effects {
            network: Network::EthereumMainnet,
            tx_type: TxType::ContractCall,
            operations: vec![
                Operation::NativeTransfer { to: evm, amount: BaseUnits::MAX },
                Operation::TokenTransfer { asset: mint, to: solana, amount: BaseUnits::from_u128(223) },
                Operation::Approval {
                    asset: issued,
                    spender: xrpl,
                    amount: BaseUnits::from_u128(224),
                    collection: true,
                },
                Operation::ContractCall { contract: evm, head: CallHead::of(&[0; 40]) },
                Operation::NftTransfer { collection: evm, to: evm },
                Operation::Deployment,
            ],
            channel: Channel::X402(Host::parse("api.example.com").unwrap()),
            action: Some(Action {
                trusted: true,
                floor: Tier::Delay,
                venue: Some("hyperliquid".to_owned()),
                category: Some("swap".to_owned()),
                withdrawal: true,
                notional: Some(usd(u128::MAX)),
                non_spending: true,
                outflows: vec![(token, BaseUnits::ZERO)],
                lending: Some(Lending { op: LendingOp::Borrow, asset: Some(token), usd: Some(usd(65_536)) }),
                perp: Some(Perp {
                    op: PerpOp::AddMargin,
                    market: Some("SOL-PERP".to_owned()),
                    leverage: Some(Ratio::from_millionths(2_500_000)),
                    size: None,
                    reduce_only: false,
                }),
            }),
            instructions: vec![Instruction { tx_type: TxType::Approve, operations: 6 }],
            floor: Tier::Notify,
        },
        now: UnixMillis::from_millis(i64::MIN),
        prices: BTreeMap::from([
            (AssetId::native(Network::EthereumMainnet), PriceFact::Known(Price::parse("2034.12").unwrap())),
            (token, PriceFact::NotListed),
            (mint, PriceFact::Unavailable),
        ]),
        tokens: BTreeMap::from([(token, TokenFact { decimals: 255, symbol: "Σ".to_owned() })]),
        zone_offsets: BTreeMap::from([("Asia/Seoul".to_owned(), 32_400), ("A/B".to_owned(), -1)]),
        ledger: LedgerFacts {
            held: BTreeMap::from([(token, BaseUnits::from_u128(u128::MAX))]),
            daily_usd: usd(1),
            monthly_usd: usd(u128::from(u64::MAX)),
            rates: vec![RateCount {
                window: RateWindow { window_seconds: 60, max_requests: u64::MAX },
                count: 3,
                frees_at_expiry_of: Some(UnixMillis::from_millis(-5)),
            }],
        },
        actions: ActionFacts {
            positions: Some(Positions { collateral: usd(5), debt: usd(0) }),
            reputation: Some(BTreeMap::from([(evm, Ratio::from_millionths(u64::MAX)), (solana, Ratio::ONE)])),
            categories: Some(BTreeMap::from([("swap".to_owned(), CategoryUse { day: usd(1), month: usd(2) })])),
            erc8128_recent: Some(9),
        },
        settings: PolicySettings { unpriced_tier: Some(UnpricedTier::Deny), ..PolicySettings::default() },
        phase: Phase::Recheck,
    }
}

#[test]
fn everything_comes_back() {
    let full = full();
    let bytes = full.to_bytes();
    assert_eq!(Prepared::from_bytes(&bytes), Ok(full));
}

#[test]
fn the_form_is_what_other_programs_have_stored() {
    let book = compile(&json!([])).unwrap();
    let request = json!({ "to": "0x1000000000000000000000000000000000000001", "humanAmount": "1" });
    let prepared = prepare(&book, &json!({}), &request, &crate::no_zones).unwrap().unwrap();
    let expect = concat!(
        "57414970",                         // what every prepared request begins with
        "01",                               // the version
        "00",                               // when it is requested
        "01010101010101010101010101010101", // the wallet
        "01010203",                         // ethereum, mainnet, LOCKED, ethereum-mainnet
        "e5008c0e1c3703",                   // now, in milliseconds
        "0300",                             // effects: the network, TRANSFER
        "010001",                           // one operation: native coin to an EVM address
        "1000000000000000000000000000000000000001",
        "e7000064a7b3b6e00d",             // 10¹⁸ wei
        "00000000",                       // sent, no action, no instructions, no floor
        "01030101",                       // one price: the native coin is not listed
        "0000",                           // no tokens, no time zones
        "00000000",                       // ledger: nothing in flight, nothing spent, no rates asked for
        "000100010000",                   // no positions, no scores, no earlier actions, no signatures
        "0101010101010101000303011e003c", // settings
        "000000e12c01e1100e",
    );
    let bytes = prepared.to_bytes();
    let text: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    assert_eq!(text, expect);
    assert_eq!(Prepared::from_bytes(&bytes), Ok(prepared));
}

#[test]
fn damage_is_told_by_its_kind() {
    let bytes = full().to_bytes();
    assert_eq!(from_bytes(&[]), Err(BytesError::Foreign));
    assert_eq!(from_bytes(b"{}"), Err(BytesError::Foreign));
    assert_eq!(from_bytes(&[b"WAIp".as_slice(), &[9]].concat()), Err(BytesError::Version(9)));
    assert_eq!(from_bytes(&[bytes.as_slice(), &[0]].concat()), Err(BytesError::TooLong));
    for length in 5..bytes.len() {
        assert!(matches!(from_bytes(&bytes[..length]), Err(BytesError::CutShort)), "{length}");
    }
}

#[test]
fn a_length_reserves_no_memory() {
    let mut bytes = full().to_bytes();
    // The number of operations: 2³² − 1.
    let at = 4 + 1 + 1 + 16 + 4 + 9 + 2;
    assert_eq!(bytes[at], 6);
    bytes.splice(at..=at, [223 + 4, 255, 255, 255, 255]);
    assert_eq!(from_bytes(&bytes), Err(BytesError::CutShort));
}

#[test]
fn a_number_has_one_form() {
    use super::wire::{Part, Reader};
    for (bytes, expect) in [
        (vec![0], Ok(0)),
        (vec![223], Ok(223)),
        (vec![224, 224], Ok(224)),
        (vec![224, 223], Err(BytesError::Invalid)),
        (vec![225, 0, 1], Ok(256)),
        (vec![225, 1, 0], Err(BytesError::Invalid)),
        (vec![231, 255, 255, 255, 255, 255, 255, 255, 255], Ok(u64::MAX)),
        (vec![232, 0, 0, 0, 0, 0, 0, 0, 0, 1], Err(BytesError::Invalid)),
        (vec![225, 1], Err(BytesError::CutShort)),
        (vec![], Err(BytesError::CutShort)),
    ] {
        assert_eq!(u64::read(&mut Reader(&bytes)), expect, "{bytes:?}");
        if let Ok(number) = expect {
            let mut written = Vec::new();
            number.write(&mut written);
            assert_eq!(written, bytes);
        }
    }
}

#[test]
fn a_policy_to_be_made_is_not_judged() {
    let book = compile(&json!([])).unwrap();
    let issues = prepare(&book, &json!({}), &json!({ "create_policy": {} }), &crate::no_zones).unwrap_err();
    assert_eq!(issues.as_slice()[0].path_string(), "request.create_policy");
    let issues = compile(&json!([{ "type": "WHITELST", "rules": {} }])).unwrap_err();
    assert_eq!(issues.as_slice()[0].path_string(), "policies.0.type");
}

proptest! {
    #[test]
    fn other_bytes_never_panic_and_what_is_read_is_what_was_written(
        at in any::<prop::sample::Index>(),
        put in prop::collection::vec(any::<u8>(), 0..6),
        cut in 0..6_usize,
    ) {
        let mut bytes = full().to_bytes();
        let start = at.index(bytes.len());
        let end = bytes.len().min(start + cut);
        bytes.splice(start..end, put);
        if let Ok(read) = from_bytes(&bytes) {
            prop_assert_eq!(to_bytes(&read), bytes);
        }
    }

    #[test]
    fn numbers_round_trip(signed: i64, small: i32, large: u128) {
        use super::wire::{Part, Reader};
        let mut bytes = Vec::new();
        (signed, small).write(&mut bytes);
        large.write(&mut bytes);
        let mut reader = Reader(&bytes);
        prop_assert_eq!(i64::read(&mut reader), Ok(signed));
        prop_assert_eq!(i32::read(&mut reader), Ok(small));
        prop_assert_eq!(u128::read(&mut reader), Ok(large));
        prop_assert!(reader.0.is_empty());
    }
}
