//! Calldata and what it is taken for.

use super::*;
use sha3::{Digest, Keccak256};

const NETWORK: Network = Network::EthereumSepolia;
const OTHER: &str = "000000000000000000000000def1c0ded9bec7f1a1670819833240f027b25eff";
const ONE: &str = "0000000000000000000000000000000000000000000000000000000000000001";
const MAX: &str = "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff";
const MAX_160: &str = "000000000000000000000000ffffffffffffffffffffffffffffffffffffffff";
/// Somebody else in the upper bytes of an address word.
const DIRTY: &str = "000000000000000000000001def1c0ded9bec7f1a1670819833240f027b25eff";

fn contract() -> Address {
    Address::Evm(EvmAddress::from_bytes([0xaa; 20]))
}

fn other() -> Address {
    Address::Evm(EvmAddress::parse_any_case("0xdef1c0ded9bec7f1a1670819833240f027b25eff").unwrap())
}

fn token() -> AssetId {
    AssetId::token(NETWORK, &contract()).unwrap()
}

fn derive(parts: &[&str]) -> Result<Option<Operation>, CalldataError> {
    derived_operation(NETWORK, &contract(), &hex::decode(parts.concat()).unwrap())
}

#[test]
fn selectors_are_hashes_of_their_signatures() {
    for (bytes, signature, _) in FUNCTIONS {
        let hash = Keccak256::digest(signature.as_bytes());
        assert_eq!(hash.first_chunk::<4>(), Some(&bytes), "{signature}");
    }
}

#[test]
fn token_operations_are_seen() {
    let check = |parts: &[&str], expect: Operation| assert_eq!(derive(parts), Ok(Some(expect)), "{parts:?}");
    let one = BaseUnits::from_u128(1);
    let transfer = Operation::TokenTransfer { asset: token(), to: other(), amount: one };
    let approval = |amount, collection| Operation::Approval { asset: token(), spender: other(), amount, collection };
    check(&["a9059cbb", OTHER, ONE], transfer.clone());
    check(&["a9059cbb", OTHER, ONE, "cafe"], transfer.clone());
    check(&["23b872dd", MAX_160, OTHER, ONE], transfer);
    check(&["095ea7b3", OTHER, ONE], approval(one, false));
    check(&["095ea7b3", OTHER, MAX], approval(BaseUnits::MAX, false));
    check(&["39509351", OTHER, ONE], approval(one, false));
    check(&["d505accf", MAX_160, OTHER, ONE, MAX, ONE, MAX, MAX], approval(one, false));
    check(&["a22cb465", OTHER, ONE], approval(BaseUnits::MAX, true));
    check(&["a22cb465", OTHER, &"0".repeat(64)], approval(BaseUnits::ZERO, false));
}

#[test]
fn permit2_names_its_token_and_its_own_unlimited() {
    let asset = AssetId::token(NETWORK, &other()).unwrap();
    let spender = Address::Evm(EvmAddress::from_bytes([0xff; 20]));
    let approval = |amount| Ok(Some(Operation::Approval { asset, spender, amount, collection: false }));
    assert_eq!(derive(&["87517c45", OTHER, MAX_160, ONE, ONE]), approval(BaseUnits::from_u128(1)));
    assert_eq!(derive(&["87517c45", OTHER, MAX_160, MAX_160, ONE]), approval(BaseUnits::MAX));
}

#[test]
fn unclean_arguments_are_refused() {
    let check = |parts: &[&str]| {
        assert!(matches!(derive(parts), Err(CalldataError::Malformed { .. })), "{parts:?}");
    };
    let short = "00".repeat(31);
    check(&["a9059cbb"]);
    check(&["a9059cbb", OTHER]);
    check(&["a9059cbb", OTHER, &short]);
    check(&["a9059cbb", DIRTY, ONE]);
    check(&["23b872dd", DIRTY, OTHER, ONE]);
    check(&["23b872dd", OTHER, DIRTY, ONE]);
    check(&["095ea7b3", DIRTY, ONE]);
    check(&["87517c45", OTHER, OTHER, DIRTY, ONE]);
    check(&["87517c45", OTHER, OTHER, ONE, DIRTY]);
    check(&["87517c45", OTHER, OTHER, ONE]);
    check(&["d505accf", OTHER, OTHER, ONE, MAX, ONE, MAX]);
    check(&["a22cb465", OTHER, &format!("{}2", "0".repeat(63))]);
    check(&["a22cb465", OTHER, MAX]);
}

#[test]
fn nft_transfers_are_refused_and_strangers_pass() {
    for selector in ["42842e0e", "b88d4fde", "f242432a", "2eb2c2d6"] {
        assert!(matches!(derive(&[selector]), Err(CalldataError::NftTransfer { .. })), "{selector}");
    }
    assert_eq!(derive(&["414bf389", DIRTY]), Ok(None));
    assert_eq!(derive(&["a9059c"]), Ok(None));
}
