//! Stage 2, authenticate: whoever asks may still ask, at the very moment of the decision.
//!
//! The HTTP edge has verified a token; between that and the ledger's lock the session may have been
//! revoked, the wallet suspended or the kill switch thrown. Here nothing can change any more.

use super::s1_validate::Validated;
use crate::ports::store::{AdmissionState, GuardFailure, KillSwitchState, SessionRow};
use waiaas_core::id::{SessionId, WalletId};
use waiaas_core::time::UnixMillis;
use waiaas_core::wallet::WalletStatus;

/// A validated request whose caller is entitled to it.
pub(crate) struct Authenticated<'a> {
    pub(crate) request: &'a Validated,
    pub(crate) session: SessionId,
    pub(crate) state: &'a AdmissionState,
}

/// Runs the stage. Pure.
pub(crate) fn authenticate<'a>(
    request: &'a Validated,
    state: &'a AdmissionState,
    now: UnixMillis,
) -> Result<Authenticated<'a>, GuardFailure> {
    let session = may_act(state, state.session.as_ref(), now)?;
    Ok(Authenticated { request, session, state })
}

/// Whether `session` may act on the wallet of `state` at `now`.
pub(crate) fn may_act(
    state: &AdmissionState,
    session: Option<&SessionRow>,
    now: UnixMillis,
) -> Result<SessionId, GuardFailure> {
    if state.kill_switch != KillSwitchState::Active {
        return Err(GuardFailure::KillSwitch);
    }
    if state.wallet.status != WalletStatus::Active {
        return Err(GuardFailure::WalletNotActive);
    }
    match session {
        Some(session) if session.is_live(now) && linked(session, state.wallet.id) => Ok(session.id),
        _ => Err(GuardFailure::SessionDead),
    }
}

fn linked(session: &SessionRow, wallet: WalletId) -> bool {
    session.wallets.contains(&wallet)
}
