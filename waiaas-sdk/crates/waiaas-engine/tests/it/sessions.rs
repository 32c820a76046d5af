//! Sessions and their tokens.

use crate::world::{Tokens, World, code, new_session, new_wallet};
use futures_util::future::join_all;
use waiaas_core::error::ErrorCode;
use waiaas_core::id::SessionId;
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::clock::Clock;
use waiaas_engine::ports::store::{Page, SessionRow, TokenHash};
use waiaas_engine::services::sessions::NewSession;
use waiaas_engine::services::transactions::{check_access, resolve_wallet};

/// A session of a day, and its first token.
async fn started(change: impl FnOnce(&mut NewSession)) -> (World, SessionRow, TokenHash) {
    let world = World::new().await;
    let mut new = new_session(world.wallet);
    change(&mut new);
    let (row, token) = world.engine.sessions().create(new, &world.tokens).await.unwrap();
    (world, row, token.hash)
}

async fn authenticate(world: &World, id: SessionId, hash: TokenHash) -> Result<(), ErrorCode> {
    world.engine.sessions().authenticate(id, hash).await.map(|_| ()).map_err(|error| error.code())
}

async fn renew(world: &World, row: &SessionRow, hash: TokenHash) -> Result<(SessionRow, TokenHash), ErrorCode> {
    let renewed = world.engine.sessions().renew(row.id, row, hash, &world.tokens).await;
    renewed.map(|(row, token)| (row, token.hash)).map_err(|error| error.code())
}

#[tokio::test]
async fn a_token_works_until_its_session_ends() {
    let (world, row, token) = started(|_| {}).await;
    assert_eq!(authenticate(&world, row.id, token).await, Ok(()));
    assert_eq!(authenticate(&world, row.id, TokenHash([0; 32])).await, Err(ErrorCode::InvalidToken));
    let unknown = SessionId::v7(crate::world::START, [9; 10]);
    assert_eq!(authenticate(&world, unknown, token).await, Err(ErrorCode::SessionNotFound));
    world.clock.advance_millis(86_400_000 - 1);
    assert_eq!(authenticate(&world, row.id, token).await, Ok(()));
    world.clock.advance_millis(1);
    assert_eq!(authenticate(&world, row.id, token).await, Err(ErrorCode::SessionExpired));

    let (world, row, token) = started(|_| {}).await;
    assert!(world.engine.sessions().revoke(row.id).await.unwrap());
    assert!(!world.engine.sessions().revoke(row.id).await.unwrap(), "ended before");
    assert_eq!(authenticate(&world, row.id, token).await, Err(ErrorCode::SessionRevoked));
    assert_eq!(world.log().await.iter().filter(|event| *event == "SESSION_REVOKED").count(), 1);
}

#[tokio::test]
async fn the_first_end_does_not_lie_beyond_the_absolute_one() {
    let (_, row, _) = started(|new| new.absolute_lifetime_seconds = Some(600)).await;
    assert_eq!(row.expires_at, row.absolute_expires_at);
    let (world, row, token) = started(|new| new.ttl_seconds = None).await;
    assert_eq!(row.expires_at, None);
    world.clock.advance_secs(30 * 86_400);
    assert_eq!(authenticate(&world, row.id, token).await, Err(ErrorCode::SessionExpired));
}

#[tokio::test]
async fn a_renewal_exchanges_the_token_and_leaves_the_old_one_half_a_minute() {
    let (world, row, first) = started(|_| {}).await;
    world.clock.advance_secs(43_200);
    let (renewed, second) = renew(&world, &row, first).await.unwrap();
    assert_eq!(renewed.expires_at, Some(world.clock.now().plus_secs(86_400)));
    assert_eq!((renewed.renewal_count, renewed.token_issued_count), (1, 2));
    assert_eq!(authenticate(&world, row.id, second).await, Ok(()));
    assert_eq!(authenticate(&world, row.id, first).await, Ok(()), "requests on their way");
    assert_eq!(renew(&world, &row, first).await.err(), Some(ErrorCode::SessionRenewalMismatch));
    world.clock.advance_millis(29_999);
    assert_eq!(authenticate(&world, row.id, first).await, Ok(()));
    world.clock.advance_millis(1);
    assert_eq!(authenticate(&world, row.id, first).await, Err(ErrorCode::InvalidToken));
    assert_eq!(authenticate(&world, row.id, second).await, Ok(()));
}

#[tokio::test]
async fn a_renewal_follows_its_rules() {
    let check = async |change: fn(&mut NewSession), wait: i64, expect: Result<i64, ErrorCode>| {
        let (world, row, token) = started(change).await;
        world.clock.advance_secs(wait);
        let end = renew(&world, &row, token).await.map(|(row, _)| row.expires_at.unwrap());
        let end = end.map(|end: UnixMillis| end.millis_since(crate::world::START) / 1_000);
        assert_eq!(end, expect, "after {wait} s");
    };
    check(|_| {}, 43_199, Err(ErrorCode::RenewalTooEarly)).await;
    check(|_| {}, 43_200, Ok(43_200 + 86_400)).await;
    check(|_| {}, 86_400, Err(ErrorCode::SessionExpired)).await;
    check(|new| new.ttl_seconds = None, 1, Err(ErrorCode::RenewalNotRequired)).await;
    check(|new| new.absolute_lifetime_seconds = Some(100_000), 43_200, Ok(100_000)).await;
    check(|new| new.absolute_lifetime_seconds = None, 43_200, Ok(43_200 + 86_400)).await;

    let (world, row, mut token) = started(|_| {}).await;
    for _ in 0..3 {
        world.clock.advance_secs(43_200);
        token = renew(&world, &row, token).await.unwrap().1;
    }
    world.clock.advance_secs(43_200);
    assert_eq!(renew(&world, &row, token).await.err(), Some(ErrorCode::RenewalLimitReached));
    world.engine.sessions().revoke(row.id).await.unwrap();
    assert_eq!(renew(&world, &row, token).await.err(), Some(ErrorCode::SessionRevoked));
}

#[tokio::test]
async fn a_refused_renewal_says_when_to_come_back() {
    let (world, row, token) = started(|_| {}).await;
    world.clock.advance_secs(43_000);
    let refusal = world.engine.sessions().renew(row.id, &row, token, &world.tokens).await.err().unwrap();
    assert_eq!((refusal.code(), refusal.retry_after_seconds()), (ErrorCode::RenewalTooEarly, Some(200)));
}

#[tokio::test]
async fn a_session_renews_itself_only() {
    let (world, row, token) = started(|_| {}).await;
    world.clock.advance_secs(43_200);
    let other = world.session_row().await;
    let renewed = world.engine.sessions().renew(row.id, &other, token, &world.tokens).await;
    assert_eq!(code(renewed), ErrorCode::SessionNotFound);
}

#[tokio::test]
async fn of_two_renewals_at_once_one_wins() {
    for seed in 0..20 {
        let (world, row, token) = started(|_| {}).await;
        world.clock.advance_secs(43_200);
        world.gate.take_turns(seed);
        let results = join_all((0..3).map(|_| renew(&world, &row, token))).await;
        world.gate.open();
        let won: Vec<_> = results.iter().filter_map(|result| result.as_ref().ok()).collect();
        assert_eq!(won.len(), 1, "seed {seed}");
        assert_eq!(authenticate(&world, row.id, won[0].1).await, Ok(()), "seed {seed}");
        assert!(results.iter().flat_map(Result::as_ref).count() == 1);
    }
}

#[tokio::test]
async fn a_rotation_kills_every_older_token_at_once() {
    let (world, row, first) = started(|_| {}).await;
    world.clock.advance_secs(43_200);
    let (_, second) = renew(&world, &row, first).await.unwrap();
    let (rotated, third) = world.engine.sessions().rotate(row.id, &world.tokens).await.unwrap();
    assert_eq!((rotated.token_issued_count, rotated.renewal_count), (3, 1));
    for dead in [first, second] {
        assert_eq!(authenticate(&world, row.id, dead).await, Err(ErrorCode::InvalidToken));
    }
    assert_eq!(authenticate(&world, row.id, third.hash).await, Ok(()));
    assert_eq!(rotated.expires_at, Some(world.clock.now().plus_secs(86_400)), "the end stays");

    world.clock.advance_secs(86_400);
    assert_eq!(code(world.engine.sessions().rotate(row.id, &world.tokens).await), ErrorCode::SessionNotFound);
    world.engine.sessions().revoke(row.id).await.unwrap();
    assert_eq!(code(world.engine.sessions().rotate(row.id, &world.tokens).await), ErrorCode::SessionRevoked);
}

#[tokio::test]
async fn a_wallet_has_only_so_many_live_sessions() {
    let world = World::new().await;
    let create = async || world.engine.sessions().create(new_session(world.wallet), &world.tokens).await;
    let mut last = world.session;
    for _ in 0..4 {
        last = create().await.unwrap().0.id;
    }
    assert_eq!(code(create().await), ErrorCode::SessionLimitExceeded);
    world.engine.sessions().revoke(last).await.unwrap();
    create().await.unwrap();
    assert_eq!(code(create().await), ErrorCode::SessionLimitExceeded);
    world.clock.advance_secs(86_400);
    create().await.unwrap();
}

#[tokio::test]
async fn the_limit_holds_when_sessions_are_made_at_once() {
    for seed in 0..20 {
        let world = World::new().await;
        world.gate.take_turns(seed);
        let made = join_all((0..10).map(|_| world.engine_session())).await;
        assert_eq!(made.into_iter().filter(|made| *made).count(), 4, "seed {seed}");
    }
}

impl World {
    async fn engine_session(&self) -> bool {
        self.engine.sessions().create(new_session(self.wallet), &self.tokens).await.is_ok()
    }
}

#[tokio::test]
async fn a_session_needs_wallets_that_exist() {
    let world = World::new().await;
    let create = async |wallets| {
        let new = NewSession { wallets, ..new_session(world.wallet) };
        world.engine.sessions().create(new, &Tokens::default()).await
    };
    assert_eq!(code(create(vec![]).await), ErrorCode::ActionValidationFailed);
    let unknown = waiaas_core::id::WalletId::v7(crate::world::START, [9; 10]);
    assert_eq!(code(create(vec![world.wallet, unknown]).await), ErrorCode::WalletNotFound);
    let gone = world.engine.wallets().create(new_wallet("gone")).await.unwrap().id;
    world.engine.wallets().terminate(gone).await.unwrap();
    assert_eq!(code(create(vec![gone]).await), ErrorCode::WalletTerminated);
}

#[tokio::test]
async fn all_sessions_of_a_wallet_end_together() {
    let world = World::new().await;
    let other = world.engine.wallets().create(new_wallet("other")).await.unwrap().id;
    let (elsewhere, _) = world.engine.sessions().create(new_session(other), &world.tokens).await.unwrap();
    let (second, _) = world.engine.sessions().create(new_session(world.wallet), &world.tokens).await.unwrap();
    let mut ended = world.engine.sessions().revoke_for_wallet(world.wallet).await.unwrap();
    ended.sort();
    let mut expected = vec![world.session, second.id];
    expected.sort();
    assert_eq!(ended, expected);
    let (live, count) = world.engine.sessions().list(None, Page { limit: 10, offset: 0 }).await.unwrap();
    assert_eq!((live.len(), count, live[0].id), (1, 1, elsewhere.id));
}

#[test]
fn a_request_means_a_wallet_of_its_session() {
    let ids: Vec<_> = (0..3).map(|tail| waiaas_core::id::WalletId::v7(crate::world::START, [tail; 10])).collect();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let world = runtime.block_on(World::new());
    let row = runtime.block_on(world.session_row());
    let with = |wallets: &[_]| SessionRow { wallets: wallets.to_vec(), ..row.clone() };
    assert_eq!(resolve_wallet(&with(&ids[..1]), None).unwrap(), ids[0]);
    assert_eq!(resolve_wallet(&with(&ids[..2]), Some(ids[1])).unwrap(), ids[1]);
    assert_eq!(code(resolve_wallet(&with(&ids[..2]), Some(ids[2]))), ErrorCode::WalletAccessDenied);
    assert_eq!(code(resolve_wallet(&with(&ids[..2]), None)), ErrorCode::WalletIdRequired);
    assert_eq!(code(resolve_wallet(&with(&[]), None)), ErrorCode::WalletIdRequired);
    let wallet = runtime.block_on(world.engine.wallets().get(world.wallet)).unwrap();
    assert!(check_access(&row, &wallet).is_ok());
    assert_eq!(code(check_access(&with(&ids), &wallet)), ErrorCode::WalletAccessDenied);
}
