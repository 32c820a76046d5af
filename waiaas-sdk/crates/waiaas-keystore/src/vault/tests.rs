use super::*;
use std::fs;
use std::path::PathBuf;

fn password(text: &str) -> MasterPassword {
    MasterPassword::new(text.to_owned())
}

/// Cheap factors, inside the bounds.
fn cheap() -> KdfParams {
    KdfParams::new(19_456, 1, 1).unwrap()
}

fn keystore(root: &tempfile::TempDir) -> PathBuf {
    root.path().join("data/keystore")
}

#[test]
fn opens_with_its_password_and_no_other() {
    let root = tempfile::tempdir().unwrap();
    let dir = keystore(&root);
    assert!(!Vault::exists(&dir).unwrap());
    assert!(matches!(Vault::open(&dir, &password("the password")), Err(VaultError::Missing)));
    let created = Vault::create(&dir, &password("the password")).unwrap();
    assert!(Vault::exists(&dir).unwrap());
    assert_eq!(created.kdf_params(), KdfParams::DEFAULT);

    let opened = Vault::open(&dir, &password("the password")).unwrap();
    assert!(opened.data_key.same_as(&created.data_key));
    for wrong in ["", "the passwor", "the password ", "The password"] {
        assert!(matches!(Vault::open(&dir, &password(wrong)), Err(VaultError::WrongPassword)), "{wrong}");
        assert!(!opened.verify_password(&password(wrong)), "{wrong}");
    }
    assert!(opened.verify_password(&password("the password")));
}

#[test]
fn is_not_created_twice_nor_with_a_short_password_nor_over_orphaned_keys() {
    let root = tempfile::tempdir().unwrap();
    let dir = keystore(&root);
    assert!(matches!(Vault::create(&dir, &password("1234567")), Err(VaultError::WeakPassword(_))));
    assert!(!dir.exists());
    Vault::create(&dir, &password("the password")).unwrap();
    let before = fs::read(dir.join(FILE)).unwrap();
    assert!(matches!(Vault::create(&dir, &password("the password")), Err(VaultError::Exists)));
    assert_eq!(fs::read(dir.join(FILE)).unwrap(), before);

    fs::write(dir.join("01010101-0101-0101-0101-010101010101.json"), b"{}").unwrap();
    fs::remove_file(dir.join(FILE)).unwrap();
    assert!(matches!(Vault::create(&dir, &password("the password")), Err(VaultError::KeysWithoutVault)));
}

#[test]
fn work_factors_are_stored_and_used_as_stored() {
    let root = tempfile::tempdir().unwrap();
    let dir = keystore(&root);
    let params = KdfParams::new(20_000, 2, 2).unwrap();
    let created = Vault::create_with(&dir, &password("the password"), params).unwrap();
    created.rewrap(&password("another password")).unwrap();
    let opened = Vault::open(&dir, &password("another password")).unwrap();
    assert_eq!(opened.kdf_params(), params);
}

#[test]
fn a_password_change_keeps_the_data_key_and_refuses_the_old_password() {
    let root = tempfile::tempdir().unwrap();
    let dir = keystore(&root);
    let vault = Vault::create_with(&dir, &password("old password"), cheap()).unwrap();
    let salt_of = |dir: &Path| {
        let json: serde_json::Value = serde_json::from_slice(&fs::read(dir.join(FILE)).unwrap()).unwrap();
        json["kdf"]["salt"].as_str().unwrap().to_owned()
    };
    let salt = salt_of(&dir);
    assert!(matches!(vault.rewrap(&password("short")), Err(VaultError::WeakPassword(_))));
    assert!(vault.verify_password(&password("old password")));

    vault.rewrap(&password("new password")).unwrap();
    assert_ne!(salt_of(&dir), salt, "a key-encryption key is used once");
    assert!(vault.verify_password(&password("new password")));
    assert!(!vault.verify_password(&password("old password")));
    assert!(matches!(Vault::open(&dir, &password("old password")), Err(VaultError::WrongPassword)));
    let reopened = Vault::open(&dir, &password("new password")).unwrap();
    assert!(reopened.data_key.same_as(&vault.data_key));
}

#[cfg(unix)]
#[test]
fn a_password_change_that_cannot_be_written_changes_nothing() {
    let root = tempfile::tempdir().unwrap();
    let dir = keystore(&root);
    let vault = Vault::create_with(&dir, &password("old password"), cheap()).unwrap();
    // A directory where the file should be put makes the rename fail, for root too.
    let before = fs::read(dir.join(FILE)).unwrap();
    fs::remove_file(dir.join(FILE)).unwrap();
    fs::create_dir(dir.join(FILE)).unwrap();
    assert!(matches!(vault.rewrap(&password("new password")), Err(VaultError::Unavailable(_))));
    assert!(vault.verify_password(&password("old password")));
    assert!(!vault.verify_password(&password("new password")));
    fs::remove_dir(dir.join(FILE)).unwrap();
    fs::write(dir.join(FILE), before).unwrap();
    Vault::open(&dir, &password("old password")).unwrap();
}

#[test]
fn every_flipped_bit_is_damage_and_never_a_wrong_password() {
    let root = tempfile::tempdir().unwrap();
    let dir = keystore(&root);
    Vault::create_with(&dir, &password("the password"), cheap()).unwrap();
    let original = fs::read(dir.join(FILE)).unwrap();
    let intact = VaultHeader::parse(&original).unwrap();
    for position in 0..original.len() {
        for bit in 0..8 {
            let mut altered = original.clone();
            altered[position] ^= 1 << bit;
            match VaultHeader::parse(&altered) {
                Err(VaultError::Damaged(_) | VaultError::UnsupportedVersion(_)) => {}
                Ok(header) => {
                    assert_eq!(header, intact);
                    assert!(original[position].is_ascii_whitespace(), "byte {position}");
                }
                Err(other) => panic!("bit {bit} of byte {position}: {other:?}"),
            }
        }
    }
    for length in 0..original.len() - 1 {
        assert!(matches!(VaultHeader::parse(&original[..length]), Err(VaultError::Damaged(_))), "{length}");
    }
}

#[test]
fn an_altered_file_with_a_corrected_checksum_still_opens_nothing() {
    let root = tempfile::tempdir().unwrap();
    let dir = keystore(&root);
    Vault::create_with(&dir, &password("the password"), cheap()).unwrap();
    let intact = VaultHeader::parse(&fs::read(dir.join(FILE)).unwrap()).unwrap();
    // `to_json` computes the checksum anew, as an attacker would.
    for altered in intact.alterations() {
        fs::write(dir.join(FILE), altered.to_json().unwrap()).unwrap();
        assert!(matches!(Vault::open(&dir, &password("the password")), Err(VaultError::WrongPassword)), "{altered:?}");
    }
}

#[test]
fn work_factors_out_of_bounds_are_refused_before_they_are_run() {
    let root = tempfile::tempdir().unwrap();
    let dir = keystore(&root);
    Vault::create_with(&dir, &password("the password"), cheap()).unwrap();
    let original = fs::read_to_string(dir.join(FILE)).unwrap();
    for (from, to) in [
        ("\"memoryKib\": 19456", "\"memoryKib\": 4294967295"),
        ("\"memoryKib\": 19456", "\"memoryKib\": 8"),
        ("\"passes\": 1", "\"passes\": 4000000000"),
        ("\"lanes\": 1", "\"lanes\": 0"),
    ] {
        assert!(original.contains(from));
        fs::write(dir.join(FILE), original.replace(from, to)).unwrap();
        assert!(matches!(Vault::open(&dir, &password("the password")), Err(VaultError::Damaged(_))), "{to}");
    }
}

#[test]
fn another_file_version_is_named() {
    let root = tempfile::tempdir().unwrap();
    let dir = keystore(&root);
    fs::create_dir_all(&dir).unwrap();
    fs::write(dir.join(FILE), br#"{"version": 7, "anything": true}"#).unwrap();
    assert!(matches!(Vault::open(&dir, &password("the password")), Err(VaultError::UnsupportedVersion(7))));
}

#[test]
fn debug_output_and_errors_hold_no_secret() {
    let root = tempfile::tempdir().unwrap();
    let vault = Vault::create_with(&keystore(&root), &password("the password"), cheap()).unwrap();
    let error = Vault::open(&keystore(&root), &password("a wrong guess")).unwrap_err();
    let shown = format!("{vault:?} {error:?} {error}");
    for secret in ["the password", "a wrong guess", &hex::encode(vault.data_key.expose())] {
        assert!(!shown.contains(secret));
    }
}
