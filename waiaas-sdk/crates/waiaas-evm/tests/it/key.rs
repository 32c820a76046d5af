//! Keys of the tests, and the way of one transaction through the adapter.

use alloy::primitives::keccak256;
use k256::ecdsa::SigningKey;
use std::time::Duration;
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::Tx;
use waiaas_engine::ports::chain::{ChainWriter, Draft, Inclusion, SignedTx};
use waiaas_engine::ports::keystore::Signature;
use waiaas_evm::EvmAdapter;

/// A private key that everybody knows.
pub(crate) struct Key(SigningKey);

impl Key {
    /// The key of the example in EIP-155.
    pub(crate) fn test() -> Self {
        Self::repeated(0x46)
    }

    pub(crate) fn repeated(byte: u8) -> Self {
        Self(SigningKey::from_slice(&[byte; 32]).unwrap())
    }

    pub(crate) fn address(&self) -> Address {
        let point = self.0.verifying_key().to_sec1_point(false);
        Address::Evm(EvmAddress::from_public_key(point.as_bytes()[1..].try_into().unwrap()))
    }

    fn sign(&self, payload: &[u8]) -> Signature {
        let (signature, recovery) = self.0.sign_prehash_recoverable(keccak256(payload).as_slice());
        Signature::Secp256k1 { rs: signature.to_bytes().into(), y_odd: recovery.is_y_odd() }
    }

    /// Seals, signs and assembles.
    pub(crate) fn signed(&self, adapter: &EvmAdapter, draft: &Draft, sequence: u64) -> SignedTx {
        let request = adapter.seal(draft, sequence).unwrap();
        assert_eq!(request.sequence, sequence);
        adapter.assemble(&self.address(), &request, &self.sign(&request.payload)).unwrap()
    }

    /// Drafts `tx` and signs it with the next number.
    pub(crate) async fn prepared(&self, adapter: &EvmAdapter, tx: &Tx) -> SignedTx {
        let draft = adapter.draft(&self.address(), tx).await.unwrap();
        let sequence = adapter.sequence(&self.address()).await.unwrap().pending;
        self.signed(adapter, &draft, sequence)
    }

    /// Drafts, signs and sends `tx`.
    pub(crate) async fn send(&self, adapter: &EvmAdapter, tx: &Tx) -> SignedTx {
        let signed = self.prepared(adapter, tx).await;
        adapter.broadcast(&signed).await.unwrap();
        signed
    }

    /// Sends `tx` and waits for its block.
    pub(crate) async fn settle(&self, adapter: &EvmAdapter, tx: &Tx) -> Settled {
        let signed = self.send(adapter, tx).await;
        settled(adapter, &signed).await
    }
}

/// A transaction in a block.
#[derive(Debug)]
pub(crate) struct Settled {
    pub(crate) success: bool,
    pub(crate) confirmations: u64,
    pub(crate) fee: BaseUnits,
}

/// Waits until `signed` is in a block: anvil answers a send before it mines, even when it mines at once.
pub(crate) async fn settled(adapter: &EvmAdapter, signed: &SignedTx) -> Settled {
    for _ in 0..500 {
        match adapter.find(&signed.hash).await.unwrap() {
            Inclusion::Included { success, confirmations, fee, .. } => return Settled { success, confirmations, fee },
            _ => tokio::time::sleep(Duration::from_millis(20)).await,
        }
    }
    panic!("not in a block after ten seconds: {}", signed.hash);
}
