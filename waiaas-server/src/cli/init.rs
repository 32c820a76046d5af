//! `waiaas init`: makes the data directory.

use super::context::Context;
use super::failure::Failure;
use super::report::Report;
use crate::config::Config;
use serde_json::json;
use std::fmt::Write as _;
use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::io::{ErrorKind, Write as _};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

const EXAMPLES: &str = "\
Examples:
  waiaas init                                  then set WAIAAS_MASTER_PASSWORD and run: waiaas start
  waiaas init --auto-provision                 makes up a master password, for machines without a person
  waiaas --data-dir /srv/waiaas init           somewhere else than ~/.waiaas

Running it again changes nothing that is already there.";

/// Options of `waiaas init`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = EXAMPLES)]
pub(super) struct Args {
    /// Make up a master password and keep it in recovery.key (mode 0600)
    #[arg(long)]
    auto_provision: bool,
}

/// Directories inside the data directory; the names are the original's.
const FOLDERS: [&str; 4] = ["keystore", "data", "logs", "backups"];

/// Creates what is missing: folders 0700, `config.toml` 0644 and, when asked for, `recovery.key` 0600.
///
/// # Errors
/// A folder or file that cannot be made.
pub(super) fn run(context: &Context, args: &Args) -> Result<Report, Failure> {
    let dir = std::path::absolute(&context.data_dir).unwrap_or_else(|_| context.data_dir.clone());
    let blocked = |error: std::io::Error| cannot_write(&dir, &error);
    make_folder(&dir).map_err(blocked)?;
    for folder in FOLDERS {
        make_folder(&dir.join(folder)).map_err(blocked)?;
    }
    let fresh = create(&dir.join("config.toml"), &template(), 0o644).map_err(blocked)?;
    let mut text = if fresh {
        format!("Created {}\n  config.toml, {}/\n", dir.display(), FOLDERS.join("/, "))
    } else {
        format!("Already initialized: {}\n", dir.display())
    };
    let key = dir.join("recovery.key");
    let provisioned = args.auto_provision && provision(&dir, &key, &mut text).map_err(blocked)?;
    if !key.exists() && !args.auto_provision {
        text.push_str(
            "\nChoose a master password of at least 8 characters and make it known to the service:\n  \
             export WAIAAS_MASTER_PASSWORD='…'        or\n  \
             export WAIAAS_MASTER_PASSWORD_FILE=/path/to/file\n",
        );
    }
    text.push_str("\nNext: waiaas start\n");
    let json = json!({
        "dataDir": dir.display().to_string(),
        "created": fresh,
        "recoveryKey": key.exists().then(|| key.display().to_string()),
        "autoProvisioned": provisioned,
    });
    Ok(Report::new(text, json))
}

/// Writes a new recovery key unless a master password exists already; says which.
///
/// DIFFERS: the original returns before it looks at `--auto-provision` when the directory exists.
fn provision(dir: &Path, key: &Path, text: &mut String) -> std::io::Result<bool> {
    if key.exists() {
        let _ = writeln!(text, "The recovery key is already there: {}", key.display());
        return Ok(false);
    }
    if has_master_password(dir)? {
        text.push_str("A master password is already set, so no recovery key was made: it would not open anything.\n");
        return Ok(false);
    }
    let mut bytes = zeroize::Zeroizing::new([0_u8; 32]);
    getrandom::fill(bytes.as_mut_slice()).map_err(|error| std::io::Error::other(error.to_string()))?;
    let hex = zeroize::Zeroizing::new(hex::encode(*bytes));
    if !create(key, &hex, 0o600)? {
        return Ok(false);
    }
    let _ = write!(
        text,
        "\nMade up a master password and wrote it to {}\n\
         It lies unencrypted beside the data that it protects. Move it to a safe place as soon as you can, and give it\n\
         to the service in WAIAAS_MASTER_PASSWORD or WAIAAS_MASTER_PASSWORD_FILE instead.\n",
        key.display()
    );
    Ok(true)
}

/// The first start makes the key store and protects it with the master password of that moment. (The
/// database says nothing: it may be left over from a first start that failed.)
fn has_master_password(dir: &Path) -> std::io::Result<bool> {
    Ok(std::fs::read_dir(dir.join("keystore"))?.next().is_some())
}

fn make_folder(path: &Path) -> std::io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Writes a file that must not exist yet; `false` when it does. The mode is exact, whatever the umask.
fn create(path: &Path, content: &str, mode: u32) -> std::io::Result<bool> {
    let mut file = match OpenOptions::new().write(true).create_new(true).mode(mode).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == ErrorKind::AlreadyExists => return Ok(false),
        Err(error) => return Err(error),
    };
    file.set_permissions(Permissions::from_mode(mode))?;
    file.write_all(content.as_bytes())?;
    file.sync_all()?;
    Ok(true)
}

fn cannot_write(dir: &Path, error: &std::io::Error) -> Failure {
    let failure = Failure::failed(format!("cannot write in {}: {error}", dir.display()));
    if error.kind() == ErrorKind::PermissionDenied {
        let dir = dir.display();
        failure
            .hint(format!("sudo mkdir -p {dir} && sudo chown \"$USER\" {dir}, or name another place with --data-dir"))
    } else {
        failure
    }
}

/// A first `config.toml`: the three keys that people look for, every other key as a comment. Only keys
/// that this build reads are in it, because it is made from their documentation.
fn template() -> String {
    const SET: [(&str, &str, &str); 3] = [
        ("daemon", "port", "3100"),
        ("daemon", "hostname", "\"127.0.0.1\""),
        ("database", "path", "\"data/waiaas.db\""),
    ];
    let mut text =
        "# Configuration of the WAIaaS service. Every key can also be set as WAIAAS_<SECTION>_<KEY> in the\n\
                    # environment, which wins over this file. Lines that begin with # are examples, not defaults.\n"
            .to_owned();
    for (section, keys) in Config::reference() {
        let _ = write!(text, "\n[{section}]\n");
        for key in keys {
            for line in wrap(&key.text, 98) {
                let _ = writeln!(text, "# {line}");
            }
            let set = SET.iter().find(|(in_section, name, _)| *in_section == section && *name == key.name);
            let _ = match set {
                Some((_, name, value)) => writeln!(text, "{name} = {value}"),
                None => writeln!(text, "# {} = {}", key.name, key.example),
            };
        }
    }
    text
}

fn wrap(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        match lines.last_mut() {
            Some(line) if line.chars().count() + word.chars().count() < width => {
                line.push(' ');
                line.push_str(word);
            }
            _ => lines.push(word.to_owned()),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::super::context::GlobalOptions;
    use super::*;
    use crate::config::Sources;

    fn context(dir: &Path) -> Context {
        let options = GlobalOptions { data_dir: Some(dir.to_owned()), ..GlobalOptions::default() };
        Context::new(options, |_| None).unwrap()
    }

    fn init(dir: &Path, auto_provision: bool) -> Report {
        run(&context(dir), &Args { auto_provision }).unwrap()
    }

    fn mode(path: &Path) -> u32 {
        std::fs::metadata(path).unwrap().permissions().mode() & 0o7777
    }

    #[test]
    fn makes_private_folders_a_readable_configuration_and_a_secret_key() {
        let parent = tempfile::tempdir().unwrap();
        let dir = parent.path().join("deep/waiaas");
        let report = init(&dir, true);
        for folder in FOLDERS {
            assert_eq!(mode(&dir.join(folder)), 0o700);
        }
        assert_eq!((mode(&dir), mode(&dir.join("config.toml"))), (0o700, 0o644));
        assert_eq!(mode(&dir.join("recovery.key")), 0o600);
        let key = std::fs::read_to_string(dir.join("recovery.key")).unwrap();
        assert!(key.len() == 64 && key.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')), "{key}");
        assert!(!report.text.contains(&key));
        assert!(report.text.ends_with("Next: waiaas start\n"));
        assert_eq!(report.json["autoProvisioned"], true);
    }

    #[test]
    fn again_changes_nothing() {
        let dir = tempfile::tempdir().unwrap();
        init(dir.path(), true);
        std::fs::write(dir.path().join("config.toml"), "[daemon]\nport = 4000\n").unwrap();
        let key = std::fs::read_to_string(dir.path().join("recovery.key")).unwrap();
        let report = init(dir.path(), true);
        assert!(report.text.starts_with("Already initialized: "), "{}", report.text);
        assert_eq!((&report.json["created"], &report.json["autoProvisioned"]), (&json!(false), &json!(false)));
        assert_eq!(std::fs::read_to_string(dir.path().join("config.toml")).unwrap(), "[daemon]\nport = 4000\n");
        assert_eq!(std::fs::read_to_string(dir.path().join("recovery.key")).unwrap(), key);
    }

    #[test]
    fn auto_provision_is_honoured_later_unless_a_master_password_exists() {
        let dir = tempfile::tempdir().unwrap();
        assert!(init(dir.path(), false).text.contains("WAIAAS_MASTER_PASSWORD"));
        assert_eq!(init(dir.path(), true).json["autoProvisioned"], true);

        let used = tempfile::tempdir().unwrap();
        init(used.path(), false);
        std::fs::write(used.path().join("keystore/vault.json"), "{}").unwrap();
        assert_eq!(init(used.path(), true).json["autoProvisioned"], false);
        assert!(!used.path().join("recovery.key").exists());
    }

    #[test]
    fn the_template_is_the_default_configuration_and_its_comments_are_valid() {
        let (dir, sources) = (Path::new("/data"), Sources::default());
        let default = Config::parse(dir, "", &sources).unwrap();
        assert_eq!(Config::parse(dir, &template(), &sources).unwrap(), default);

        let is_example = |line: &str| {
            line.strip_prefix("# ").is_some_and(|rest| {
                rest.split(" = ").next().is_some_and(|key| {
                    key.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_' || byte.is_ascii_digit())
                }) && rest.contains(" = ")
            })
        };
        let uncommented: String = template()
            .lines()
            .map(|line| if is_example(line) { line.trim_start_matches("# ") } else { line }.to_owned() + "\n")
            .collect();
        let changed = Config::parse(dir, &uncommented, &sources).unwrap();
        assert_eq!(changed.warnings, Vec::<String>::new());
        assert_ne!(changed, default);
    }
}
