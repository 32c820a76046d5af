//! How long opening a vault takes and how many signatures a second one thread makes:
//! `cargo bench -p waiaas-keystore`.

use std::sync::Arc;
use std::time::{Duration, Instant};
use waiaas_core::chain::ChainKind;
use waiaas_core::id::WalletId;
use waiaas_core::time::UnixMillis;
use waiaas_engine::pipeline::permit::{SignPermit, SignPurpose};
use waiaas_engine::ports::keystore::{KeyStore, Sealer};
use waiaas_keystore::{KdfParams, LocalKeyStore, LocalSealer, MasterPassword, Vault};

type Failure = Box<dyn std::error::Error>;

fn main() -> Result<(), Failure> {
    for (memory_kib, passes) in [(19_456, 2), (47_104, 1), (65_536, 3)] {
        let root = tempfile::tempdir()?;
        let dir = root.path().join("keystore");
        let password = MasterPassword::new("a password for measuring".to_owned());
        Vault::create_with(&dir, &password, KdfParams::new(memory_kib, passes, 1)?)?;
        report(&format!("open a vault, {memory_kib} KiB x {passes}"), 20, || {
            Vault::open(&dir, &password).map(drop).map_err(Into::into)
        })?;
    }

    let root = tempfile::tempdir()?;
    let vault = Vault::create(root.path(), &MasterPassword::new("a password for measuring".to_owned()))?;
    let keys = Arc::new(LocalKeyStore::new(&vault)?);
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let wallet = WalletId::from_bytes([1; 16]);
    runtime.block_on(keys.create(wallet, ChainKind::Ethereum))?;
    let payload = [0xc0; 120];
    report("sign 120 bytes", 5_000, || {
        let permit = SignPermit::for_tests(wallet, &payload, SignPurpose::Transaction, UnixMillis::from_millis(1));
        runtime.block_on(keys.sign(permit, &payload, UnixMillis::EPOCH)).map(drop).map_err(Into::into)
    })?;
    let sealer = LocalSealer::new(&vault)?;
    report("seal and open 200 bytes", 50_000, || {
        let sealed = sealer.seal("tx/1", &[7; 200])?;
        sealer.open("tx/1", &sealed).map(drop).map_err(Into::into)
    })?;
    let mut next = 1_u64;
    report("create a key", 50, || {
        next += 1;
        let mut id = [0; 16];
        id[..8].copy_from_slice(&next.to_be_bytes());
        runtime.block_on(keys.create(WalletId::from_bytes(id), ChainKind::Ethereum)).map(drop).map_err(Into::into)
    })
}

/// Runs `work` `times` times and prints the mean and the number a second.
fn report(name: &str, times: u32, mut work: impl FnMut() -> Result<(), Failure>) -> Result<(), Failure> {
    work()?;
    let start = Instant::now();
    for _ in 0..times {
        work()?;
    }
    let mean = start.elapsed() / times;
    let per_second = Duration::from_secs(1).as_nanos() / mean.as_nanos().max(1);
    println!("{name}: {mean:?} each, {per_second}/s");
    Ok(())
}
