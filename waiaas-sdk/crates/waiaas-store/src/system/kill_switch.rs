//! Table `kill_switch`.

use crate::failure::Failure;
use crate::ledger::cascade;
use crate::open::SqliteStore;
use crate::row::Fields;
use crate::{audit, sessions, wallets};
use async_trait::async_trait;
use sqlx::sqlite::SqliteConnection;
use waiaas_core::id::WalletId;
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::{
    AuditEntry, Cascade, FailureNote, KillSwitch, KillSwitchState, KillSwitchStore, StoreError,
};

#[async_trait]
impl KillSwitchStore for SqliteStore {
    async fn kill_switch(&self) -> Result<KillSwitch, StoreError> {
        self.read(|connection| Box::pin(read(connection))).await
    }

    async fn throw_kill_switch(
        &self,
        by: &str,
        reason: &str,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<Cascade, StoreError> {
        let (by, reason, audit) = (by.to_owned(), reason.to_owned(), audit.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                let present = read(connection).await?.state;
                if present != KillSwitchState::Active {
                    return Err(Failure::stale(present.as_str()));
                }
                let thrown =
                    KillSwitch { state: KillSwitchState::Suspended, activated_at: Some(at), activated_by: Some(by) };
                write(connection, &thrown).await?;
                let note = FailureNote { code: reason.clone(), message: "the kill switch was activated".to_owned() };
                let cascade = Cascade {
                    sessions: sessions::revoke_live(connection, None, at).await?,
                    transactions: cascade::cancel_unsigned(connection, None, &note, at).await?,
                    wallets: wallets::suspend_all(connection, &reason, at).await?,
                };
                audit::append(connection, &audit).await?;
                Ok(cascade)
            })
        })
        .await
    }

    async fn move_kill_switch(
        &self,
        from: &[KillSwitchState],
        to: KillSwitchState,
        resume_wallets: Option<&str>,
        at: UnixMillis,
        audit: &[AuditEntry],
    ) -> Result<Vec<WalletId>, StoreError> {
        let (from, resume, audit) = (from.to_vec(), resume_wallets.map(str::to_owned), audit.to_vec());
        self.write(move |connection| {
            Box::pin(async move {
                let present = read(connection).await?;
                // Normal operation ends only by throwing the switch, with everything that goes with it.
                if present.state == KillSwitchState::Active || !from.contains(&present.state) {
                    return Err(Failure::stale(present.state.as_str()));
                }
                let moved = match to {
                    KillSwitchState::Active => KillSwitch { state: to, activated_at: None, activated_by: None },
                    KillSwitchState::Suspended | KillSwitchState::Locked => KillSwitch { state: to, ..present },
                };
                write(connection, &moved).await?;
                let resumed = match resume {
                    Some(reason) => wallets::resume_all(connection, &reason, at).await?,
                    None => Vec::new(),
                };
                audit::append(connection, &audit).await?;
                Ok(resumed)
            })
        })
        .await
    }
}

/// The present state. A missing row is damage, never "normal operation".
pub(crate) async fn read(connection: &mut SqliteConnection) -> Result<KillSwitch, Failure> {
    let row = sqlx::query("SELECT * FROM kill_switch WHERE id = 1").fetch_optional(connection).await?;
    let row = row.ok_or_else(lost)?;
    let fields = Fields::new(&row, "kill_switch", "id");
    Ok(KillSwitch {
        state: fields.parsed("state", KillSwitchState::parse)?,
        activated_at: fields.instant_opt("activated_at")?,
        activated_by: fields.text_opt("activated_by")?,
    })
}

async fn write(connection: &mut SqliteConnection, switch: &KillSwitch) -> Result<(), Failure> {
    let written = sqlx::query("UPDATE kill_switch SET state = $1, activated_at = $2, activated_by = $3 WHERE id = 1")
        .bind(switch.state.as_str())
        .bind(switch.activated_at.map(UnixMillis::as_millis))
        .bind(switch.activated_by.as_deref())
        .execute(connection)
        .await?;
    if written.rows_affected() == 1 { Ok(()) } else { Err(lost().into()) }
}

fn lost() -> StoreError {
    StoreError::Corrupt("table `kill_switch` has lost its row".to_owned())
}
