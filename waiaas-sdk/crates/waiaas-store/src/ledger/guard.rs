//! The guard of everything that leads to a signature.

use crate::failure::Failure;
use crate::{sessions, system, wallets};
use sqlx::sqlite::SqliteConnection;
use waiaas_core::id::{SessionId, WalletId};
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::WalletStatus;
use waiaas_engine::ports::store::{GuardFailure, KillSwitchState};

/// Normal operation, an ACTIVE wallet, and a session (if one asked) that is live and linked to it.
pub(super) async fn may_sign(
    connection: &mut SqliteConnection,
    wallet: WalletId,
    session: Option<SessionId>,
    at: UnixMillis,
) -> Result<(), Failure> {
    if system::kill_switch::read(connection).await?.state != KillSwitchState::Active {
        return Err(Failure::guard(GuardFailure::KillSwitch));
    }
    if wallets::read(connection, wallet).await?.status != WalletStatus::Active {
        return Err(Failure::guard(GuardFailure::WalletNotActive));
    }
    let Some(session) = session else { return Ok(()) };
    match sessions::find(connection, session).await? {
        Some(session) if session.is_live(at) && session.wallets.contains(&wallet) => Ok(()),
        _ => Err(Failure::guard(GuardFailure::SessionDead)),
    }
}
