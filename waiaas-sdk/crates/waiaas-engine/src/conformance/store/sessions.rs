//! Session rows.

use super::world::{
    active_wallet, assert_guard, assert_not_found, assert_stale, at, audit_length, entry, live_session, refused,
    session_id, session_row, wallet_id, wallet_row,
};
use crate::ports::store::{
    AuditEvent, GuardFailure, Page, SessionSource, Store, StoreError, TokenHash, TokenReplacement,
};

cases! {
    a_row_comes_back_as_it_went_in,
    wallets_must_exist_and_not_be_terminated,
    the_limit_counts_live_sessions_of_each_wallet,
    lists_leave_out_revoked_sessions,
    a_token_is_replaced_only_from_the_expected_one,
    a_replacement_without_grace_ends_the_old_token,
    revoking_counts_once,
    all_live_sessions_of_a_wallet_end_together,
    liveness_ends_at_the_very_instant,
}

async fn a_row_comes_back_as_it_went_in<S: Store>(store: S) {
    let wallets = [active_wallet(&store, 2).await, active_wallet(&store, 1).await];
    let mut row = session_row(1, &wallets);
    row.source = SessionSource::Mcp;
    row.previous_token = Some((TokenHash([3; 32]), at(60)));
    row.absolute_expires_at = Some(at(2_000_000));
    row.last_renewed_at = Some(at(1));
    store.insert_session(&row, 5, &[entry(AuditEvent::SessionCreated)]).await.unwrap();
    assert_eq!(store.session(row.id).await.unwrap(), row);
    assert_not_found(&store.session(session_id(9)).await.unwrap_err());
    assert_eq!(audit_length(&store).await, 1);

    let mut endless = session_row(2, &wallets);
    endless.expires_at = None;
    store.insert_session(&endless, 5, &[]).await.unwrap();
    assert_eq!(store.session(endless.id).await.unwrap(), endless);
}

async fn wallets_must_exist_and_not_be_terminated<S: Store>(store: S) {
    let audit = [entry(AuditEvent::SessionCreated)];
    let active = active_wallet(&store, 1).await;
    let with_unknown = session_row(1, &[active, wallet_id(9)]);
    assert_not_found(&refused(&store, store.insert_session(&with_unknown, 5, &audit)).await);
    let ended = active_wallet(&store, 2).await;
    store.terminate_wallet(ended, at(1), &[]).await.unwrap();
    let with_ended = session_row(1, &[active, ended]);
    let refusal = refused(&store, store.insert_session(&with_ended, 5, &audit)).await;
    assert_guard(&refusal, GuardFailure::WalletNotActive);
    store.insert_wallet(&wallet_row(3)).await.unwrap();
    let with_keyless = session_row(1, &[wallet_id(3)]);
    let refusal = refused(&store, store.insert_session(&with_keyless, 5, &audit)).await;
    assert_guard(&refusal, GuardFailure::WalletNotActive);
    assert_not_found(&store.session(session_id(1)).await.unwrap_err());
}

async fn the_limit_counts_live_sessions_of_each_wallet<S: Store>(store: S) {
    let (full, free) = (active_wallet(&store, 1).await, active_wallet(&store, 2).await);
    live_session(&store, 1, &[full]).await;
    let mut expired = session_row(2, &[full]);
    expired.expires_at = Some(at(0));
    store.insert_session(&expired, 2, &[]).await.unwrap();
    store.insert_session(&session_row(3, &[full]), 2, &[]).await.unwrap();
    let both = session_row(4, &[free, full]);
    let refusal = refused(&store, store.insert_session(&both, 2, &[entry(AuditEvent::SessionCreated)])).await;
    assert!(matches!(refusal, StoreError::LimitReached { limit: 2 }), "{refusal:?}");
    store.revoke_session(session_id(3), at(1), &[]).await.unwrap();
    store.insert_session(&both, 2, &[]).await.unwrap();
}

async fn lists_leave_out_revoked_sessions<S: Store>(store: S) {
    let (one, two) = (active_wallet(&store, 1).await, active_wallet(&store, 2).await);
    for (number, wallets) in [(1, vec![one]), (2, vec![two]), (3, vec![one, two]), (4, vec![one])] {
        let mut row = session_row(number, &wallets);
        row.created_at = at(i64::from(number));
        if number == 1 {
            row.expires_at = Some(at(1));
        }
        store.insert_session(&row, 9, &[]).await.unwrap();
    }
    store.revoke_session(session_id(4), at(5), &[]).await.unwrap();
    let listed = async |wallet, limit, offset| {
        let (rows, total) = store.sessions(wallet, Page { limit, offset }).await.unwrap();
        (rows.into_iter().map(|row| row.id).collect::<Vec<_>>(), total)
    };
    // Expired sessions stay on the list; it is for their readers to say what they are.
    assert_eq!(listed(None, 10, 0).await, (vec![session_id(3), session_id(2), session_id(1)], 3));
    assert_eq!(listed(Some(one), 10, 0).await, (vec![session_id(3), session_id(1)], 2));
    assert_eq!(listed(None, 1, 1).await, (vec![session_id(2)], 3));
    assert_eq!(listed(None, 10, 3).await, (vec![], 3));
}

fn replacement(old: TokenHash, new: u8) -> TokenReplacement {
    TokenReplacement {
        expected: old,
        token_hash: TokenHash([new; 32]),
        grace_until: Some(at(160)),
        expires_at: Some(at(2_000_000)),
        renewal: true,
        at: at(100),
    }
}

async fn a_token_is_replaced_only_from_the_expected_one<S: Store>(store: S) {
    let wallet = active_wallet(&store, 1).await;
    let id = live_session(&store, 1, &[wallet]).await;
    let old = store.session(id).await.unwrap();
    let audit = [entry(AuditEvent::SessionRenewed)];
    let change = replacement(old.token_hash, 0xaa);
    let new = store.replace_token(id, &change, &audit).await.unwrap();
    assert_eq!(new.token_hash, change.token_hash);
    assert_eq!(new.previous_token, Some((old.token_hash, at(160))));
    assert_eq!((new.issued_at, new.expires_at), (at(100), Some(at(2_000_000))));
    assert_eq!((new.renewal_count, new.last_renewed_at, new.token_issued_count), (1, Some(at(100)), 2));
    assert_eq!((new.created_at, new.wallets.clone()), (old.created_at, old.wallets));
    assert_eq!(store.session(id).await.unwrap(), new);

    // The same swap again: its token is not the current one any more.
    assert_stale(&refused(&store, store.replace_token(id, &change, &audit)).await);
    assert_eq!(store.session(id).await.unwrap(), new);
    store.revoke_session(id, at(101), &[]).await.unwrap();
    assert_stale(&refused(&store, store.replace_token(id, &replacement(new.token_hash, 0xbb), &audit)).await);
}

async fn a_replacement_without_grace_ends_the_old_token<S: Store>(store: S) {
    let wallet = active_wallet(&store, 1).await;
    let id = live_session(&store, 1, &[wallet]).await;
    let first = store.session(id).await.unwrap().token_hash;
    let second = store.replace_token(id, &replacement(first, 0xaa), &[]).await.unwrap().token_hash;
    let rotation = TokenReplacement { grace_until: None, renewal: false, at: at(110), ..replacement(second, 0xbb) };
    let row = store.replace_token(id, &rotation, &[]).await.unwrap();
    assert_eq!((row.previous_token, row.renewal_count, row.token_issued_count), (None, 1, 3));
    assert_eq!(row.last_renewed_at, Some(at(100)));
}

async fn revoking_counts_once<S: Store>(store: S) {
    let wallet = active_wallet(&store, 1).await;
    let id = live_session(&store, 1, &[wallet]).await;
    let audit = [entry(AuditEvent::SessionRevoked)];
    assert!(store.revoke_session(id, at(5), &audit).await.unwrap());
    assert!(!store.revoke_session(id, at(6), &audit).await.unwrap());
    assert_eq!(store.session(id).await.unwrap().revoked_at, Some(at(5)));
    assert_eq!(audit_length(&store).await, 1);
    assert_not_found(&refused(&store, store.revoke_session(session_id(9), at(5), &audit)).await);
}

async fn all_live_sessions_of_a_wallet_end_together<S: Store>(store: S) {
    let (one, two) = (active_wallet(&store, 1).await, active_wallet(&store, 2).await);
    let shared = live_session(&store, 1, &[two, one]).await;
    let own = live_session(&store, 2, &[one]).await;
    let other = live_session(&store, 3, &[two]).await;
    let mut expired = session_row(4, &[one]);
    expired.expires_at = Some(at(5));
    store.insert_session(&expired, 9, &[]).await.unwrap();
    let audit = entry(AuditEvent::SessionRevoked);
    let mut ended = store.revoke_sessions_of(one, at(5), &audit).await.unwrap();
    ended.sort();
    assert_eq!(ended, [shared, own]);
    assert_eq!(store.session(other).await.unwrap().revoked_at, None);
    let mut named: Vec<_> = store.entries(None, None, 10).await.unwrap().iter().map(|record| record.session).collect();
    named.sort();
    assert_eq!(named, [Some(shared), Some(own)]);
    assert_not_found(&refused(&store, store.revoke_sessions_of(wallet_id(9), at(5), &audit)).await);
}

async fn liveness_ends_at_the_very_instant<S: Store>(store: S) {
    let wallet = active_wallet(&store, 1).await;
    let mut row = session_row(1, &[wallet]);
    row.expires_at = Some(at(100));
    store.insert_session(&row, 9, &[]).await.unwrap();
    let mut row = session_row(2, &[wallet]);
    row.expires_at = None;
    row.absolute_expires_at = Some(at(200));
    store.insert_session(&row, 9, &[]).await.unwrap();
    for (now, live) in [(99, 2), (100, 1), (199, 1), (200, 0)] {
        assert_eq!(store.live_session_count(at(now)).await.unwrap(), live, "at {now}");
    }
}
