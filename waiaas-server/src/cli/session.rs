//! `waiaas session`: what an agent's access rests on.

use super::client::{Client, array, text};
use super::context::Context;
use super::failure::{Exit, Failure};
use super::report::{Report, cell, expiry, printable, table, utc};
use super::wallet;
use serde_json::{Value, json};
use std::fs::{File, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use waiaas_sdk::core::id::SessionId;

/// What to do with sessions.
#[derive(Clone, Debug, clap::Subcommand)]
pub(super) enum Command {
    /// Create a session and print its token, once
    Create(CreateArgs),
    /// List sessions that are not revoked
    List(ListArgs),
    /// Revoke sessions, at once
    Revoke(RevokeArgs),
}

const CREATE_EXAMPLES: &str = "\
Examples:
  waiaas session create --wallet-id trading-bot --ttl 86400
  waiaas session create --wallet-id 0190b1a2-…,0190b1a3-…
  waiaas session create --output /run/agent/token       the token goes to a file with mode 0600
  waiaas session create --json | jq -r .token

The agent sends the token as `Authorization: Bearer wai_sess_…`. Without --ttl it never expires.";

/// Options of `waiaas session create`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = CREATE_EXAMPLES)]
pub(super) struct CreateArgs {
    /// Wallets the session may use, by id or name; repeat it or separate with commas [default: all active wallets]
    #[arg(long = "wallet-id", visible_alias = "wallet", value_name = "ID|NAME", value_delimiter = ',')]
    wallets: Vec<String>,

    /// Seconds until the token expires, 300 to 31536000 [default: never]
    #[arg(long, value_name = "SECONDS")]
    ttl: Option<u64>,

    /// How often the agent may renew the token; 0 = without limit
    #[arg(long, value_name = "COUNT")]
    max_renewals: Option<u64>,

    /// Seconds after which no renewal helps; 0 = without limit
    #[arg(long, value_name = "SECONDS")]
    lifetime: Option<u64>,

    /// Write the token to this file (mode 0600) instead of printing it
    #[arg(long, value_name = "PATH")]
    output: Option<PathBuf>,
}

/// Options of `waiaas session list`.
#[derive(Clone, Debug, clap::Args)]
pub(super) struct ListArgs {
    /// Only sessions of this wallet
    #[arg(long, visible_alias = "wallet-id", value_name = "ID|NAME")]
    wallet: Option<String>,
}

const REVOKE_EXAMPLES: &str = "\
Examples:
  waiaas session revoke 0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1
  waiaas session revoke --wallet trading-bot            every session that may use this wallet";

/// Options of `waiaas session revoke`.
#[derive(Clone, Debug, clap::Args)]
#[command(after_long_help = REVOKE_EXAMPLES)]
pub(super) struct RevokeArgs {
    /// Ids of the sessions
    #[arg(value_name = "SESSION_ID", required_unless_present = "wallet")]
    ids: Vec<SessionId>,

    /// Every session of this wallet, in an emergency
    #[arg(long, visible_alias = "wallet-id", value_name = "ID|NAME", conflicts_with = "ids")]
    wallet: Option<String>,
}

/// Runs one of the commands.
///
/// # Errors
/// See [`Client`]; an unknown wallet; a token file that cannot be written.
pub(super) async fn run(context: &Context, command: &Command) -> Result<Report, Failure> {
    let client = context.master_client()?;
    match command {
        Command::Create(args) => create(&client, args).await,
        Command::List(args) => list(&client, args).await,
        Command::Revoke(args) => revoke(&client, args).await,
    }
}

async fn create(client: &Client, args: &CreateArgs) -> Result<Report, Failure> {
    let wallets = wallet::all(client).await?;
    let chosen: Vec<&Value> = if args.wallets.is_empty() {
        wallets.iter().filter(|wallet| wallet::is_active(wallet)).collect()
    } else {
        args.wallets.iter().map(|meant| wallet::find(&wallets, meant.trim())).collect::<Result<_, _>>()?
    };
    if chosen.is_empty() {
        return Err(Failure::new(Exit::NotFound, "there is no active wallet to create a session for")
            .hint("create one first: waiaas wallet create --help"));
    }
    let ids = chosen.iter().map(|wallet| text(wallet, "id")).collect::<Result<Vec<_>, _>>()?;
    // Opened before the session exists: a token that cannot be written would be lost.
    let file = args.output.as_deref().map(TokenFile::create).transpose()?;
    let mut answer = client.create("/v1/sessions", &request(&ids, args)).await?;
    let token = text(&answer, "token")?.to_owned();
    let expires = answer.get("expiresAt").and_then(Value::as_i64).unwrap_or_default();
    let shown = match file {
        Some(file) => {
            let path = file.finish(&token)?;
            if let Some(fields) = answer.as_object_mut() {
                fields.remove("token");
                fields.insert("tokenFile".to_owned(), json!(path.display().to_string()));
            }
            format!("written to {}", path.display())
        }
        None => printable(&token),
    };
    // One space after each colon: scripts cut the token out of this line.
    let report = format!("Session ID: {}\nToken: {shown}\nExpires: {}\n", cell(&answer, "id"), expiry(expires));
    Ok(Report::new(format!("{report}Wallets: {}\n", names(&answer)), answer))
}

fn request(ids: &[&str], args: &CreateArgs) -> Value {
    let mut body = serde_json::Map::new();
    match ids {
        [id] => body.insert("walletId".to_owned(), json!(id)),
        several => body.insert("walletIds".to_owned(), json!(several)),
    };
    for (key, value) in [("ttl", args.ttl), ("maxRenewals", args.max_renewals), ("absoluteLifetime", args.lifetime)] {
        if let Some(value) = value {
            body.insert(key.to_owned(), json!(value));
        }
    }
    Value::Object(body)
}

fn names(session: &Value) -> String {
    let wallets = session.get("wallets").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    wallets.iter().map(|wallet| cell(wallet, "name")).collect::<Vec<_>>().join(", ")
}

async fn list(client: &Client, args: &ListArgs) -> Result<Report, Failure> {
    let query = match &args.wallet {
        Some(meant) => format!("walletId={}&", text(wallet::find(&wallet::all(client).await?, meant)?, "id")?),
        None => String::new(),
    };
    let sessions = client.pages("/v1/sessions", &query).await?;
    let time = |session: &Value, key: &str| session.get(key).and_then(Value::as_i64).unwrap_or_default();
    let row = |session: &Value| {
        vec![
            cell(session, "id"),
            cell(session, "status"),
            names(session),
            expiry(time(session, "expiresAt")),
            cell(session, "renewalCount"),
            cell(session, "source"),
            utc(time(session, "createdAt")),
        ]
    };
    let text = if sessions.is_empty() {
        "No sessions.\n".to_owned()
    } else {
        let rows: Vec<Vec<String>> = sessions.iter().map(row).collect();
        table(&["ID", "STATUS", "WALLETS", "EXPIRES", "RENEWALS", "SOURCE", "CREATED"], &rows)
    };
    Ok(Report::new(text, json!({ "total": sessions.len(), "data": sessions })))
}

async fn revoke(client: &Client, args: &RevokeArgs) -> Result<Report, Failure> {
    if let Some(meant) = &args.wallet {
        let wallets = wallet::all(client).await?;
        let wallet = wallet::find(&wallets, meant)?;
        let answer = client.delete(&format!("/v1/sessions/wallet/{}", text(wallet, "id")?)).await?;
        let count = array(&answer, "sessionIds")?.len();
        return Ok(Report::new(format!("Revoked {count} session(s) of wallet {}\n", cell(wallet, "name")), answer));
    }
    let mut report = Report::new("", json!({}));
    let mut answers = Vec::new();
    for id in &args.ids {
        match client.delete(&format!("/v1/sessions/{id}")).await {
            Ok(answer) => {
                report.text.push_str(&format!("Session {id}: {}\n", cell(&answer, "status")));
                answers.push(answer);
            }
            Err(failure) => report.failures.push(failure),
        }
    }
    report.json = json!({ "data": answers });
    Ok(report)
}

/// A file that gets a token: written beside its place, moved there when complete, readable by nobody else.
struct TokenFile {
    file: File,
    temporary: PathBuf,
    path: PathBuf,
}

impl TokenFile {
    fn create(path: &Path) -> Result<Self, Failure> {
        let mut name = path.as_os_str().to_owned();
        name.push(format!(".{}.tmp", std::process::id()));
        let temporary = PathBuf::from(name);
        let file = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&temporary)
            .map_err(|error| Failure::failed(format!("cannot write {}: {error}", path.display())))?;
        Ok(Self { file, temporary, path: path.to_owned() })
    }

    fn finish(mut self, token: &str) -> Result<PathBuf, Failure> {
        let written = self
            .file
            .write_all(token.as_bytes())
            .and_then(|()| self.file.sync_all())
            .and_then(|()| std::fs::rename(&self.temporary, &self.path));
        match written {
            Ok(()) => Ok(self.path.clone()),
            Err(error) => Err(Failure::failed(format!("cannot write {}: {error}", self.path.display()))
                .hint("the session exists: revoke it and create another")),
        }
    }
}

impl Drop for TokenFile {
    fn drop(&mut self) {
        // After a completed move there is nothing left under this name.
        let _ = std::fs::remove_file(&self.temporary);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt;

    fn args() -> CreateArgs {
        CreateArgs { wallets: Vec::new(), ttl: None, max_renewals: None, lifetime: None, output: None }
    }

    #[test]
    fn only_what_was_asked_for_is_sent() {
        assert_eq!(request(&["a"], &args()), json!({"walletId": "a"}));
        let all = CreateArgs { ttl: Some(600), max_renewals: Some(0), lifetime: Some(7200), ..args() };
        assert_eq!(
            request(&["a", "b"], &all),
            json!({"walletIds": ["a", "b"], "ttl": 600, "maxRenewals": 0, "absoluteLifetime": 7200})
        );
    }

    #[test]
    fn a_token_file_is_private_and_complete_or_absent() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("token");
        drop(TokenFile::create(&path).unwrap());
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 0);

        TokenFile::create(&path).unwrap().finish("wai_sess_x").unwrap();
        assert_eq!(std::fs::read_to_string(&path).unwrap(), "wai_sess_x");
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(dir.path()).unwrap().count(), 1);
    }
}
