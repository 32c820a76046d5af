use super::*;
use alloy::hex;
use alloy::primitives::U256;
use waiaas_core::chain::ChainKind;

/// The key of the examples in the documentation of Python's eth-account; signatures made with it.
const OWNER: &str = "0x5ce9454909639D2D17A3F753ce7d93fa0b9aB12E";
const HEART: (&str, &str) = (
    "I♥SF",
    "e6ca9bba58c88611fad66a6ce8f996908195593807c4b38bd528d2cff09d4eb3\
     3e5bfbbf4d3e39b1a2fd816a7680c19ebebaf3a141b239934ad43cb33fcec8ce1c",
);
const EMPTY: (&str, &str) = (
    "",
    "4aa8f9a262f0a1c12c26f4a27669636533e6fac0515f2da4ef5e264fff6fca10\
     1646f492b7b07550dd907cec45544d1abe0142706032b222d13010ba3c8789f31c",
);
const LINES: (&str, &str) = (
    "line one\nline two",
    "6306acf6d7b43b428aae88bc899f4412e558a56ee79dd9858168a6f660573b50\
     7a7fcc0129cb6edb5d08f045f7009eabd146f4bc85ba16336a9f8d41eb0bb6661b",
);

async fn verify(owner: &str, message: &str, signature: &[u8]) -> bool {
    let owner = Address::parse(ChainKind::Ethereum, owner).unwrap();
    EvmOwnerVerifier.verify(&owner, message, signature).await
}

#[tokio::test]
async fn signatures_of_a_wallet_library() {
    for (message, signature) in [HEART, EMPTY, LINES] {
        let mut signature = hex::decode(signature).unwrap();
        assert!(verify(OWNER, message, &signature).await);
        signature[64] -= 27;
        assert!(verify(OWNER, message, &signature).await);
    }
}

#[tokio::test]
async fn everything_else_is_false() {
    let good = hex::decode(HEART.1).unwrap();
    let altered = |at: usize, byte: u8| {
        let mut signature = good.clone();
        signature[at] = byte;
        signature
    };
    let order: U256 = "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141".parse().unwrap();
    let mut high = good.clone();
    high[32..64].copy_from_slice(&(order - U256::from_be_slice(&good[32..64])).to_be_bytes::<32>());
    high[64] = 27;
    let compact = good[..64].to_vec();
    let longer = [good.clone(), vec![0]].concat();
    for signature in [
        vec![],
        compact,
        longer,
        altered(64, 27),
        altered(64, 2),
        altered(64, 29),
        altered(0, 0),
        altered(40, 0),
        high,
        vec![0; 65],
        vec![0xff; 65],
    ] {
        assert!(!verify(OWNER, HEART.0, &signature).await, "{}", hex::encode(signature));
    }
    assert!(!verify(OWNER, "I♥LA", &good).await);
    assert!(!verify("0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F", HEART.0, &good).await);
}
