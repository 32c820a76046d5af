use super::*;
use crate::secret::MasterPassword;
use std::fs;
use std::path::{Path, PathBuf};
use waiaas_engine::pipeline::permit::SignPurpose;

const NOW: UnixMillis = UnixMillis::from_millis(1_000);
const LATER: UnixMillis = UnixMillis::from_millis(2_000);

/// A vault in a directory of its own.
struct Bench {
    root: tempfile::TempDir,
    vault: Vault,
}

impl Bench {
    fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let vault = Vault::create(&root.path().join("keystore"), &password("first password")).unwrap();
        Self { root, vault }
    }

    /// A key store that has read nothing yet.
    fn fresh(&self) -> LocalKeyStore {
        LocalKeyStore::new(&self.vault).unwrap()
    }

    fn path(&self, wallet: WalletId) -> PathBuf {
        self.dir().join(format!("{wallet}.json"))
    }

    fn dir(&self) -> PathBuf {
        self.root.path().join("keystore")
    }
}

fn password(text: &str) -> MasterPassword {
    MasterPassword::new(text.to_owned())
}

const fn wallet(number: u8) -> WalletId {
    WalletId::from_bytes([number; 16])
}

async fn sign(keys: &LocalKeyStore, wallet: WalletId, payload: &[u8]) -> Result<Signature, KeyStoreError> {
    let permit = SignPermit::for_tests(wallet, payload, SignPurpose::Transaction, LATER);
    keys.sign(permit, payload, NOW).await
}

fn reason(result: Result<Signature, KeyStoreError>) -> String {
    match result.unwrap_err() {
        KeyStoreError::Corrupt { reason, .. } => reason,
        other => panic!("expected damage, got {other:?}"),
    }
}

#[tokio::test]
async fn a_known_key_signs_as_eip_155_says_through_file_and_permit() {
    let bench = Bench::new();
    let secret = Secret::new([0x46; 32]);
    bench.fresh().files.store(wallet(1), ChainKind::Ethereum, Curve::Secp256k1, &secret).unwrap();
    let signing_data =
        hex::decode("ec098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a764000080018080")
            .unwrap();
    let signature = sign(&bench.fresh(), wallet(1), &signing_data).await.unwrap();
    let Signature::Secp256k1 { rs, y_odd } = signature else { panic!("another curve") };
    assert_eq!(
        hex::encode(rs),
        "28ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276\
         67cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
    );
    assert!(!y_odd);
    let Some(PublicKey::Secp256k1(public)) = bench.fresh().public_key(wallet(1)).await.unwrap() else {
        panic!("another curve")
    };
    // The sender that EIP-155's signed example recovers to.
    assert_eq!(
        waiaas_core::address::EvmAddress::from_public_key(&public).to_string(),
        "0x9d8A62f656a8d1615C1294fd71e9CFb3E4855A4F"
    );
}

#[tokio::test]
async fn signing_survives_a_restart_and_does_not_rewrite_the_file() {
    let bench = Bench::new();
    let keys = bench.fresh();
    let public = keys.create(wallet(1), ChainKind::Ethereum).await.unwrap();
    let signature = sign(&keys, wallet(1), b"payload").await.unwrap();
    let before = (fs::read(bench.path(wallet(1))).unwrap(), modified(&bench.path(wallet(1))));

    let vault = Vault::open(&bench.dir(), &password("first password")).unwrap();
    let keys = LocalKeyStore::new(&vault).unwrap();
    assert_eq!(keys.public_key(wallet(1)).await.unwrap(), Some(public));
    assert_eq!(sign(&keys, wallet(1), b"payload").await.unwrap(), signature);
    assert_eq!((fs::read(bench.path(wallet(1))).unwrap(), modified(&bench.path(wallet(1)))), before);
}

fn modified(path: &Path) -> std::time::SystemTime {
    fs::metadata(path).unwrap().modified().unwrap()
}

#[tokio::test]
async fn a_password_change_keeps_every_key_usable() {
    let bench = Bench::new();
    let keys = bench.fresh();
    let public = keys.create(wallet(1), ChainKind::Ethereum).await.unwrap();
    let signature = sign(&keys, wallet(1), b"payload").await.unwrap();
    let file = fs::read(bench.path(wallet(1))).unwrap();

    bench.vault.rewrap(&password("second password")).unwrap();
    assert_eq!(sign(&keys, wallet(1), b"payload").await.unwrap(), signature, "the running store goes on");
    assert_eq!(fs::read(bench.path(wallet(1))).unwrap(), file);
    let refused = Vault::open(&bench.dir(), &password("first password"));
    assert!(matches!(refused, Err(VaultError::WrongPassword)));
    let reopened = LocalKeyStore::new(&Vault::open(&bench.dir(), &password("second password")).unwrap()).unwrap();
    assert_eq!(reopened.public_key(wallet(1)).await.unwrap(), Some(public));
    assert_eq!(sign(&reopened, wallet(1), b"payload").await.unwrap(), signature);
}

#[tokio::test]
async fn only_a_matching_permit_signs() {
    let bench = Bench::new();
    let keys = bench.fresh();
    keys.create(wallet(1), ChainKind::Ethereum).await.unwrap();
    let permit = || SignPermit::for_tests(wallet(1), b"permitted", SignPurpose::Transaction, LATER);
    for (payload, now, accepted) in
        [(&b"permitted"[..], NOW, true), (b"permitteD", NOW, false), (b"", NOW, false), (b"permitted", LATER, false)]
    {
        let result = keys.sign(permit(), payload, now).await;
        match result {
            Ok(_) => assert!(accepted),
            Err(KeyStoreError::Permit(_)) => assert!(!accepted),
            Err(other) => panic!("{other:?}"),
        }
    }
    let foreign = SignPermit::for_tests(wallet(2), b"permitted", SignPurpose::Transaction, LATER);
    assert!(matches!(keys.sign(foreign, b"permitted", NOW).await, Err(KeyStoreError::NotFound(id)) if id == wallet(2)));
}

#[tokio::test]
async fn swapped_files_are_noticed_even_when_the_id_is_corrected() {
    let bench = Bench::new();
    let keys = bench.fresh();
    keys.create(wallet(1), ChainKind::Ethereum).await.unwrap();
    keys.create(wallet(2), ChainKind::Ethereum).await.unwrap();
    let (one, two) = (bench.path(wallet(1)), bench.path(wallet(2)));
    let (first, second) = (fs::read_to_string(&one).unwrap(), fs::read_to_string(&two).unwrap());

    fs::write(&one, &second).unwrap();
    fs::write(&two, &first).unwrap();
    assert_eq!(reason(sign(&bench.fresh(), wallet(1), b"x").await), "the file is another wallet's");
    assert!(matches!(bench.fresh().public_key(wallet(2)).await, Err(KeyStoreError::Corrupt { .. })));

    fs::write(&one, second.replace(&wallet(2).to_string(), &wallet(1).to_string())).unwrap();
    assert_eq!(reason(sign(&bench.fresh(), wallet(1), b"x").await), "authentication failed");
}

#[tokio::test]
async fn a_file_of_another_vault_is_refused() {
    let (bench, other) = (Bench::new(), Bench::new());
    other.fresh().create(wallet(1), ChainKind::Ethereum).await.unwrap();
    fs::copy(other.path(wallet(1)), bench.path(wallet(1))).unwrap();
    assert_eq!(reason(sign(&bench.fresh(), wallet(1), b"x").await), "the file was written under another vault");
}

#[tokio::test]
async fn a_private_key_that_does_not_match_its_public_key_is_refused() {
    let bench = Bench::new();
    let keys = bench.fresh();
    keys.create(wallet(1), ChainKind::Ethereum).await.unwrap();
    let mut file = keys.files.known(wallet(1)).unwrap().as_ref().clone();
    file.wrapped = keys.files.wrapping_key.wrap(&file.header(), &Secret::new([9; 32])).unwrap();
    fs::write(bench.path(wallet(1)), file.to_json().unwrap()).unwrap();
    assert_eq!(reason(sign(&bench.fresh(), wallet(1), b"x").await), "the key does not belong to the public key");
}

#[tokio::test]
async fn every_flipped_bit_is_noticed_or_means_the_same() {
    let bench = Bench::new();
    let keys = bench.fresh();
    let public = keys.create(wallet(1), ChainKind::Ethereum).await.unwrap();
    let original = fs::read(bench.path(wallet(1))).unwrap();
    let mut harmless = Vec::new();
    for position in 0..original.len() {
        for bit in 0..8 {
            let mut altered = original.clone();
            altered[position] ^= 1 << bit;
            fs::write(bench.path(wallet(1)), &altered).unwrap();
            match bench.fresh().public_key(wallet(1)).await {
                Err(KeyStoreError::Corrupt { .. } | KeyStoreError::Unsupported(_)) => {}
                Ok(Some(found)) if found == public => harmless.push(char::from(original[position])),
                other => panic!("bit {bit} of byte {position}: {other:?}"),
            }
        }
    }
    // One white space for another, and letter case in the wallet id.
    assert!(harmless.iter().all(|letter| letter.is_whitespace() || letter.is_ascii_hexdigit()), "{harmless:?}");
    assert!(harmless.len() < original.len() / 4);
}

#[tokio::test]
async fn every_shortened_file_is_refused() {
    let bench = Bench::new();
    bench.fresh().create(wallet(1), ChainKind::Ethereum).await.unwrap();
    let original = fs::read(bench.path(wallet(1))).unwrap();
    // Without the last line feed the file is whole.
    for length in 0..original.len() - 1 {
        fs::write(bench.path(wallet(1)), &original[..length]).unwrap();
        let result = bench.fresh().public_key(wallet(1)).await;
        assert!(matches!(result, Err(KeyStoreError::Corrupt { .. })), "{length}: {result:?}");
    }
}

#[tokio::test]
async fn a_key_is_never_overwritten() {
    let bench = Bench::new();
    let public = bench.fresh().create(wallet(1), ChainKind::Ethereum).await.unwrap();
    let again = bench.fresh().create(wallet(1), ChainKind::Ethereum).await;
    assert!(matches!(again, Err(KeyStoreError::Exists(id)) if id == wallet(1)));
    assert_eq!(bench.fresh().public_key(wallet(1)).await.unwrap(), Some(public));

    // Also not a damaged one: somebody may be able to repair it.
    fs::write(bench.path(wallet(1)), b"").unwrap();
    let again = bench.fresh().create(wallet(1), ChainKind::Ethereum).await;
    assert!(matches!(again, Err(KeyStoreError::Exists(_))));
}

#[tokio::test]
async fn concurrent_creation_makes_one_key() {
    let bench = Bench::new();
    let attempts: Vec<_> = (0..8)
        .map(|_| {
            let keys = bench.fresh();
            tokio::spawn(async move { keys.create(wallet(1), ChainKind::Ethereum).await })
        })
        .collect();
    let mut made = Vec::new();
    for attempt in attempts {
        match attempt.await.unwrap() {
            Ok(public) => made.push(public),
            Err(KeyStoreError::Exists(_)) => {}
            Err(other) => panic!("{other:?}"),
        }
    }
    assert_eq!(made.len(), 1);
    assert_eq!(bench.fresh().public_key(wallet(1)).await.unwrap(), made.pop());
}

#[tokio::test]
async fn chains_without_keys_are_refused() {
    let bench = Bench::new();
    for chain in ChainKind::ALL {
        let result = bench.fresh().create(wallet(1), chain).await;
        match chain {
            ChainKind::Ethereum => assert!(result.is_ok()),
            _ => assert!(matches!(result, Err(KeyStoreError::Unsupported(refused)) if refused == chain)),
        }
        bench.fresh().destroy(wallet(1)).await.unwrap();
    }
}

#[tokio::test]
async fn a_destroyed_key_is_gone_at_once_and_for_good() {
    let bench = Bench::new();
    let keys = bench.fresh();
    keys.create(wallet(1), ChainKind::Ethereum).await.unwrap();
    sign(&keys, wallet(1), b"x").await.unwrap();
    keys.destroy(wallet(1)).await.unwrap();
    assert!(matches!(sign(&keys, wallet(1), b"x").await, Err(KeyStoreError::NotFound(_))));
    assert_eq!(keys.public_key(wallet(1)).await.unwrap(), None);
    assert!(!bench.path(wallet(1)).exists());
    keys.destroy(wallet(1)).await.unwrap();
}

#[tokio::test]
async fn key_files_and_debug_output_hold_no_key() {
    let bench = Bench::new();
    let keys = bench.fresh();
    let secret = Secret::new([0x46; 32]);
    keys.files.store(wallet(1), ChainKind::Ethereum, Curve::Secp256k1, &secret).unwrap();
    let shown = format!(
        "{:?} {:?} {:?} {}",
        bench.vault,
        keys,
        crate::LocalSealer::new(&bench.vault).unwrap(),
        fs::read_to_string(bench.path(wallet(1))).unwrap()
    );
    let subkey = bench.vault.subkey(Purpose::WalletKeys).unwrap();
    for forbidden in ["46464646", "70, 70, 70", "first password", &hex::encode(subkey.expose())] {
        assert!(!shown.contains(forbidden), "{forbidden}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn key_files_are_for_the_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let bench = Bench::new();
    bench.fresh().create(wallet(1), ChainKind::Ethereum).await.unwrap();
    for (path, mode) in [(bench.dir(), 0o700), (bench.path(wallet(1)), 0o600), (bench.dir().join("vault.json"), 0o600)]
    {
        assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, mode, "{path:?}");
    }
}

#[tokio::test]
async fn memory_for_files_is_bounded() {
    let bench = Bench::new();
    let keys = bench.fresh();
    keys.create(wallet(1), ChainKind::Ethereum).await.unwrap();
    let file = keys.files.known(wallet(1)).unwrap();
    {
        let mut known = keys.files.known.write().unwrap();
        for number in 0..u32::try_from(CACHED_FILES).unwrap() {
            let mut id = [0xff; 16];
            id[..4].copy_from_slice(&number.to_be_bytes());
            known.insert(WalletId::from_bytes(id), Arc::clone(&file));
        }
        known.remove(&wallet(1));
        assert_eq!(known.len(), CACHED_FILES);
    }
    sign(&keys, wallet(1), b"x").await.unwrap();
    assert_eq!(keys.files.known.read().unwrap().len(), CACHED_FILES);
    assert!(keys.files.known(wallet(1)).is_some());
}
