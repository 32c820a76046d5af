use super::*;
use alloy::hex;
use alloy::primitives::{Address as Account, U256};
use waiaas_core::chain::ChainKind;

const MAINNET: u64 = 1;
const SEPOLIA: u64 = 11_155_111;
/// The account of the private key 0x4646…46, which EIP-155 uses in its example.
const SENDER: &str = "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F";

struct Vector {
    chain_id: u64,
    call: Call,
    gas: u64,
    price: GasPrice,
    nonce: u64,
    payload: &'static str,
    rs: &'static str,
    y_odd: bool,
    raw: &'static str,
    hash: &'static str,
}

fn call(value: &str, data: &str) -> Call {
    Call {
        from: SENDER.parse().unwrap(),
        to: Account::repeat_byte(0x35),
        value: value.parse().unwrap(),
        data: hex::decode(data).unwrap().into(),
        demand: crate::abi::Demand::None,
    }
}

fn vectors() -> [Vector; 2] {
    [
        // The worked example of EIP-155; the hash from Python's eth-account.
        Vector {
            chain_id: MAINNET,
            call: call("1000000000000000000", ""),
            gas: 21_000,
            price: GasPrice::Legacy { price: 20_000_000_000 },
            nonce: 9,
            payload: "ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080",
            rs: "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276\
                 67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
            y_odd: false,
            raw: "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025\
                  a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276\
                  a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83",
            hash: "33469b22e9f636356c4160a87eb19df52b7412e8eac32a4a55ffe88ea8350788",
        },
        // A dynamic-fee token transfer, signed with Python's eth-account and the same key.
        Vector {
            chain_id: SEPOLIA,
            call: call(
                "12345678901234567890",
                "a9059cbb000000000000000000000000d8da6bf26964af9d7eed9e03e53415d37aa96045\
                 00000000000000000000000000000000000000000000000000000000000f4240",
            ),
            gas: 60_000,
            price: GasPrice::Dynamic { max_fee: 3_000_000_000, tip: 1_000_000_000 },
            nonce: 7,
            payload: "02f87783aa36a707843b9aca0084b2d05e0082ea6094353535353535353535353535353535353535353588\
                      ab54a98ceb1f0ad2b844a9059cbb000000000000000000000000d8da6bf26964af9d7eed9e03e53415d37aa96045\
                      00000000000000000000000000000000000000000000000000000000000f4240c0",
            rs: "a6d84c091cad04ab651e3b0ea697186487d73ec07ac82e83430a8d62796d4023\
                 76cd5eda7bb5107c134f54ab790f8b5ab61e89b3f53392e6f96ca04bfe0e3915",
            y_odd: false,
            raw: "02f8ba83aa36a707843b9aca0084b2d05e0082ea6094353535353535353535353535353535353535353588\
                  ab54a98ceb1f0ad2b844a9059cbb000000000000000000000000d8da6bf26964af9d7eed9e03e53415d37aa96045\
                  00000000000000000000000000000000000000000000000000000000000f4240c080\
                  a0a6d84c091cad04ab651e3b0ea697186487d73ec07ac82e83430a8d62796d4023\
                  a076cd5eda7bb5107c134f54ab790f8b5ab61e89b3f53392e6f96ca04bfe0e3915",
            hash: "0e093a13b87e04a51d87b2109f81dc3c63df2115dbcb0f28f9239deb134f2bc1",
        },
    ]
}

impl Vector {
    fn request(&self) -> SigningRequest {
        let template = template(self.chain_id, &self.call, self.gas, self.price);
        seal(self.chain_id, &template, self.nonce).unwrap()
    }

    fn signature(&self) -> Signature {
        Signature::Secp256k1 { rs: hex::decode(self.rs).unwrap().try_into().unwrap(), y_odd: self.y_odd }
    }
}

fn sender() -> Address {
    Address::parse(ChainKind::Ethereum, SENDER).unwrap()
}

fn refusal<T: core::fmt::Debug>(outcome: Result<T, ChainError>) -> String {
    match outcome.unwrap_err() {
        ChainError::Refused(reason) => reason,
        other => panic!("{other:?}"),
    }
}

#[test]
fn published_and_independent_transactions() {
    for vector in vectors() {
        let request = vector.request();
        assert_eq!(hex::encode(&request.payload), vector.payload);
        let signed = assemble(vector.chain_id, &sender(), &request, &vector.signature()).unwrap();
        assert_eq!(hex::encode(&signed.raw), vector.raw);
        assert_eq!(signed.hash, format!("0x{}", vector.hash));
        assert_eq!(hash_of(&signed).unwrap().to_string(), signed.hash);
    }
}

#[test]
fn a_template_holds_everything_but_the_nonce() {
    for vector in vectors() {
        let template = template(vector.chain_id, &vector.call, vector.gas, vector.price);
        let first = seal(vector.chain_id, &template, 0).unwrap();
        let last = seal(vector.chain_id, &template, u64::MAX - 1).unwrap();
        assert_eq!(first.payload, template[1..]);
        assert_ne!(first.payload, last.payload);
        assert_eq!(decode(vector.chain_id, &last.payload).map(|tx| nonce(&tx)).unwrap(), Some(u64::MAX - 1));
    }
}

#[test]
fn templates_of_others_are_refused() {
    let [vector, _] = vectors();
    let good = template(MAINNET, &vector.call, vector.gas, vector.price);
    let mut longer = good.clone();
    longer.push(0);
    let mut version_2 = good.clone();
    version_2[0] = 2;
    for (template, reason) in [
        (vec![], "the draft was made by another version of the adapter"),
        (version_2, "the draft was made by another version of the adapter"),
        (vec![TEMPLATE_V1], "not an unsigned transaction"),
        (vec![TEMPLATE_V1, 0x02, 0xc0], "not an unsigned transaction"),
        (longer, "bytes after the transaction"),
    ] {
        assert_eq!(refusal(seal(MAINNET, &template, 1)), reason);
    }
    assert_eq!(refusal(seal(SEPOLIA, &good, 1)), "the transaction is for another chain");
}

#[test]
fn a_foreign_altered_or_malleable_signature_is_refused() {
    let [vector, other] = vectors();
    let request = vector.request();
    let Signature::Secp256k1 { rs, .. } = vector.signature() else { panic!("not secp256k1") };
    // s' = n - s, with the other parity, recovers the same signer; EIP-2 forbids it.
    let order: U256 = "0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141".parse().unwrap();
    let mut high = rs;
    high[32..].copy_from_slice(&(order - U256::from_be_slice(&rs[32..])).to_be_bytes::<32>());
    for signature in [
        other.signature(),
        Signature::Secp256k1 { rs, y_odd: true },
        Signature::Secp256k1 { rs: high, y_odd: true },
        Signature::Secp256k1 { rs: [0; 64], y_odd: false },
        Signature::Secp256k1 { rs: [0xff; 64], y_odd: false },
    ] {
        assert_eq!(refusal(assemble(MAINNET, &sender(), &request, &signature)), "the signature is not the sender's");
    }
    let ed25519 = assemble(MAINNET, &sender(), &request, &Signature::Ed25519([0; 64]));
    assert_eq!(refusal(ed25519), "an EVM transaction needs a secp256k1 signature");
    let stranger = Address::parse(ChainKind::Ethereum, "0x3535353535353535353535353535353535353535").unwrap();
    assert_eq!(
        refusal(assemble(MAINNET, &stranger, &request, &vector.signature())),
        "the signature is not the sender's"
    );
    let other_nonce = SigningRequest { sequence: 10, ..request };
    assert_eq!(
        refusal(assemble(MAINNET, &sender(), &other_nonce, &vector.signature())),
        "the payload does not hold the sequence number of the request"
    );
}

#[test]
fn bytes_filed_under_another_hash_are_noticed() {
    let [vector, other] = vectors();
    let raw = hex::decode(vector.raw).unwrap();
    assert!(hash_of(&SignedTx { raw: raw.clone(), hash: format!("0x{}", other.hash) }).is_err());
    assert!(hash_of(&SignedTx { raw, hash: vector.hash.to_owned() }).is_err());
}
