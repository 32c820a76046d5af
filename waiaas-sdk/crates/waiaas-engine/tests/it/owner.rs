//! What counts as the owner's word (`security.md` section 4.2), and what does not.

use crate::siwe::{OWNER, STRANGER, Siwe, sign};
use crate::world::{World, code};
use waiaas_core::error::ErrorCode;
use waiaas_core::id::TxId;
use waiaas_core::tx::TxStatus;
use waiaas_core::wallet::OwnerState;
use waiaas_engine::EngineSettings;
use waiaas_engine::ports::clock::Clock;
use waiaas_engine::ports::store::NonceBinding;
use waiaas_engine::services::owner_auth::{OwnerAction, OwnerProof};
use waiaas_engine::services::transactions::digest;
use waiaas_engine::services::wallets::NewOwner;

/// A payment that waits for the owner, and another one.
async fn waiting() -> (World, TxId, TxId) {
    let world = World::with_owner().await;
    let id = world.admit(1, 5_000).await;
    let other = world.admit(2, 5_000).await;
    (world, id, other)
}

async fn approve(world: &World, id: TxId, proof: &OwnerProof) -> Result<TxStatus, ErrorCode> {
    world.engine.transactions().approve(id, proof).await.map(|row| row.status).map_err(|error| error.code())
}

/// A message that a change made bad is refused and recorded, the payment goes on waiting, and the nonce is
/// still good for a proper message.
async fn check_refused(what: &str, change: impl FnOnce(&mut Siwe, &World, TxId)) {
    let (world, id, other) = waiting().await;
    let nonce = world.nonce().await;
    let good = Siwe::new(&OwnerAction::Approve(id), &nonce, world.clock.now());
    let mut bad = good.clone();
    change(&mut bad, &world, other);
    assert_eq!(approve(&world, id, &bad.signed()).await, Err(ErrorCode::InvalidSignature), "{what}");
    assert_eq!(world.status(id).await, TxStatus::Queued, "{what}");
    let entry = world.store_entry(id, "OWNER_AUTH_FAILED").await;
    assert_eq!(entry.actor, "unknown", "{what}");
    assert_eq!(approve(&world, id, &good.signed()).await, Ok(TxStatus::Executing), "{what}: the nonce was used up");
}

#[tokio::test]
async fn a_message_that_is_not_for_this_is_refused() {
    check_refused("another domain", |message, _, _| message.domain = "evil.example".to_owned()).await;
    check_refused("a longer domain", |message, _, _| message.domain = "localhost:3100.evil.example".to_owned()).await;
    check_refused("a domain in other letters", |message, _, _| message.domain = "LOCALHOST:3100".to_owned()).await;
    check_refused("no domain", |message, _, _| message.domain = String::new()).await;
    check_refused("another account", |message, _, _| message.address = STRANGER.to_owned()).await;
    check_refused("no account", |message, _, _| message.address = String::new()).await;
    check_refused("the main network", |message, _, _| message.chain_id = "1".to_owned()).await;
    check_refused("a chain id in other digits", |message, _, _| message.chain_id = "0xaa36a7".to_owned()).await;
    check_refused("the other verb", |message, _, _| {
        message.statement = message.statement.replace("Approve", "Reject");
    })
    .await;
    check_refused("another payment", |message, _, other| {
        message.statement = OwnerAction::Approve(other).statement();
    })
    .await;
    check_refused("two payments", |message, _, other| {
        message.statement = format!("{} and {other}", message.statement);
    })
    .await;
    check_refused("the kill switch", |message, _, _| message.statement = OwnerAction::KillSwitch.statement()).await;
    check_refused("another digest", |message, _, _| message.statement.push_str(", Digest: 00ff")).await;
    check_refused("no digest after all", |message, _, _| message.statement.push_str(" Digest: ")).await;
    check_refused("another request id", |message, _, other| message.request_id = Some(other.to_string())).await;
    check_refused("another resource", |message, _, other| {
        message.resources = vec![format!("urn:waiaas:tx:{other}")];
    })
    .await;
}

#[tokio::test]
async fn a_message_out_of_its_time_is_refused() {
    let at = |world: &World, secs: i64| world.clock.now().plus_secs(secs);
    check_refused("made long ago", |message, world, _| {
        message.issued_at = at(world, -301);
        message.expires_at = Some(at(world, 60));
    })
    .await;
    check_refused("made in the future", |message, world, _| {
        message.issued_at = at(world, 301);
        message.expires_at = Some(at(world, 500));
    })
    .await;
    check_refused("without an end", |message, _, _| message.expires_at = None).await;
    check_refused("with a distant end", |message, world, _| message.expires_at = Some(at(world, 601))).await;
    check_refused("at its end", |message, world, _| {
        message.issued_at = at(world, -60);
        message.expires_at = Some(at(world, 0));
    })
    .await;
    check_refused("before its beginning", |message, world, _| message.not_before = Some(at(world, 1))).await;
}

#[tokio::test]
async fn a_message_that_says_what_it_should_is_accepted() {
    let check = async |what: &str, change: &dyn Fn(&mut Siwe, &World, TxId, String)| {
        let (world, id, _) = waiting().await;
        let mut message = Siwe::new(&OwnerAction::Approve(id), &world.nonce().await, world.clock.now());
        change(&mut message, &world, id, digest(&world.row(id).await));
        assert_eq!(approve(&world, id, &message.signed()).await, Ok(TxStatus::Executing), "{what}");
    };
    check("as made", &|_, _, _, _| {}).await;
    check("a full stop", &|message, _, _, _| message.statement.push('.')).await;
    check("the digest", &|message, _, _, digest| message.statement.push_str(&format!(". Digest: {digest}"))).await;
    check("the digest with 0x", &|message, _, _, digest| message.statement.push_str(&format!(", Digest: 0x{digest}")))
        .await;
    check("its own request id", &|message, _, id, _| message.request_id = Some(id.to_string())).await;
    check("its own resource among others", &|message, _, id, _| {
        message.resources = vec!["https://example.org/".to_owned(), format!("urn:waiaas:tx:{id}")];
    })
    .await;
    check("another network of the environment", &|message, _, _, _| message.chain_id = "84532".to_owned()).await;
    check("a scheme before the domain", &|message, _, _, _| message.domain = "http://localhost:3100".to_owned()).await;
    check("an address in small letters", &|message, _, _, _| message.address = OWNER.to_lowercase()).await;
    check("ten minutes, five of them ago", &|message, world, _, _| {
        message.issued_at = world.clock.now().plus_secs(-300);
        message.expires_at = Some(world.clock.now().plus_secs(300));
    })
    .await;
    check("valid from now", &|message, world, _, _| message.not_before = Some(world.clock.now())).await;
}

#[tokio::test]
async fn a_signature_must_be_the_owners() {
    let (world, id, _) = waiting().await;
    let good = world.owner_says(&OwnerAction::Approve(id)).await;
    let forged = [
        ("a stranger's", OwnerProof { signature: sign(STRANGER, &good.message), ..good.clone() }),
        ("of another text", OwnerProof { signature: sign(OWNER, "hello"), ..good.clone() }),
        ("none", OwnerProof { signature: Vec::new(), ..good.clone() }),
        ("with a stranger's address", OwnerProof { address: Some(STRANGER.to_owned()), ..good.clone() }),
        ("with no address at all", OwnerProof { address: Some(String::new()), ..good.clone() }),
    ];
    for (what, proof) in forged {
        assert_eq!(approve(&world, id, &proof).await, Err(ErrorCode::InvalidSignature), "{what}");
    }
    assert_eq!(world.record(id).await.iter().filter(|event| *event == "OWNER_AUTH_FAILED").count(), 5);
    let silent = OwnerProof { address: None, ..good };
    assert_eq!(approve(&world, id, &silent).await, Ok(TxStatus::Executing), "the header is optional");
}

#[tokio::test]
async fn a_nonce_is_ours_fresh_and_used_once() {
    let (world, id, other) = waiting().await;
    let say = |action: OwnerAction, nonce: &str| Siwe::new(&action, nonce, world.clock.now()).signed();

    let made_up = "00".repeat(32);
    assert_eq!(approve(&world, id, &say(OwnerAction::Approve(id), &made_up)).await, Err(ErrorCode::InvalidNonce));

    let nonce = world.nonce().await;
    assert_eq!(approve(&world, id, &say(OwnerAction::Approve(id), &nonce)).await, Ok(TxStatus::Executing));
    assert_eq!(approve(&world, other, &say(OwnerAction::Approve(other), &nonce)).await, Err(ErrorCode::InvalidNonce));

    let old = world.nonce().await;
    world.clock.advance_secs(299);
    let in_time = world.nonce().await;
    world.clock.advance_secs(1);
    assert_eq!(approve(&world, other, &say(OwnerAction::Approve(other), &old)).await, Err(ErrorCode::InvalidNonce));
    assert_eq!(approve(&world, other, &say(OwnerAction::Approve(other), &in_time)).await, Ok(TxStatus::Executing));
}

#[tokio::test]
async fn a_nonce_that_was_issued_for_one_thing_serves_no_other() {
    let bound = |action: &str, resource: Option<TxId>| NonceBinding {
        action: Some(action.to_owned()),
        resource: resource.map(|id| id.to_string()),
    };
    let check = async |bind: &dyn Fn(TxId, TxId) -> NonceBinding, statement: bool, expect| {
        let (world, id, other) = waiting().await;
        let binding = bind(id, other);
        let (nonce, _) = world.engine.transactions().issue_nonce(&binding).await.unwrap();
        let mut message = Siwe::new(&OwnerAction::Approve(id), &nonce, world.clock.now());
        if !statement {
            message.statement = String::new();
        }
        assert_eq!(approve(&world, id, &message.signed()).await, expect, "{binding:?}, statement: {statement}");
        // Whoever got this far had the owner's signature: the nonce is used up either way.
        let again = Siwe::new(&OwnerAction::Approve(other), &nonce, world.clock.now()).signed();
        assert_eq!(approve(&world, other, &again).await, Err(ErrorCode::InvalidNonce));
    };
    let refused = Err(ErrorCode::InvalidSignature);
    check(&|id, _| bound("approve", Some(id)), true, Ok(TxStatus::Executing)).await;
    check(&|_, _| bound("approve", None), true, Ok(TxStatus::Executing)).await;
    check(&|id, _| bound("reject", Some(id)), true, refused).await;
    check(&|_, other| bound("approve", Some(other)), true, refused).await;
    // Without a sentence the nonce must say everything.
    check(&|id, _| bound("approve", Some(id)), false, Ok(TxStatus::Executing)).await;
    check(&|_, _| bound("approve", None), false, refused).await;
    check(&|_, _| NonceBinding::default(), false, refused).await;
}

#[tokio::test]
async fn a_bare_nonce_is_accepted_only_where_the_operator_wants_it() {
    for compat in [false, true] {
        let settings = EngineSettings { compat_owner_bare_nonce: compat, ..EngineSettings::default() };
        let world = World::without_policy(settings).await;
        world.limit(crate::world::tiers()).await;
        world.register_owner(world.wallet).await;
        let id = world.admit(1, 5_000).await;
        let message = world.nonce().await;
        let proof = OwnerProof { signature: sign(OWNER, &message), message, address: None };
        let expect = if compat { Ok(TxStatus::Executing) } else { Err(ErrorCode::InvalidSignature) };
        assert_eq!(approve(&world, id, &proof).await, expect, "compat: {compat}");
        let other = world.admit(2, 5_000).await;
        let expect = if compat { ErrorCode::InvalidNonce } else { ErrorCode::InvalidSignature };
        assert_eq!(approve(&world, other, &proof).await, Err(expect), "compat: {compat}: once");
    }
}

#[tokio::test]
async fn a_wallet_without_an_owner_has_nobody_to_decide() {
    let world = World::new().await;
    let id = world.admit(1, 500).await;
    assert_eq!(code(world.approve(id).await), ErrorCode::OwnerNotConnected);
    let proof = world.owner_says(&OwnerAction::Verify(world.wallet)).await;
    let verified = world.engine.wallets().verify_owner(world.wallet, &proof).await;
    assert_eq!(code(verified), ErrorCode::OwnerNotConnected);
}

#[tokio::test]
async fn an_owner_of_one_wallet_has_no_say_in_another() {
    let world = World::with_owner().await;
    let other = world.engine.wallets().create(crate::world::new_wallet("other")).await.unwrap().id;
    let owner = NewOwner { address: STRANGER.to_owned(), approval_method: None, wallet_type: None };
    world.engine.wallets().set_owner(other, owner).await.unwrap();
    let proof = world.owner_says(&OwnerAction::Verify(other)).await;
    assert_eq!(code(world.engine.wallets().verify_owner(other, &proof).await), ErrorCode::InvalidSignature);
}

#[tokio::test]
async fn an_owner_who_has_signed_stays() {
    let world = World::with_owner().await;
    let wallets = world.engine.wallets();
    let state = async || wallets.get(world.wallet).await.unwrap().owner_state();
    let owner = |address: &str| NewOwner { address: address.to_owned(), approval_method: None, wallet_type: None };
    // Until then the operator may replace the owner.
    wallets.set_owner(world.wallet, owner(STRANGER)).await.unwrap();
    wallets.set_owner(world.wallet, owner(OWNER)).await.unwrap();
    assert_eq!(state().await, OwnerState::Grace);

    let other =
        world.owner_says(&OwnerAction::Verify(waiaas_core::id::WalletId::v7(crate::world::START, [9; 10]))).await;
    assert_eq!(code(wallets.verify_owner(world.wallet, &other).await), ErrorCode::InvalidSignature);
    let proof = world.owner_says(&OwnerAction::Verify(world.wallet)).await;
    assert_eq!(wallets.verify_owner(world.wallet, &proof).await.unwrap().owner_state(), OwnerState::Locked);
    assert!(world.log().await.contains(&"OWNER_VERIFIED".to_owned()));
    let again = world.owner_says(&OwnerAction::Verify(world.wallet)).await;
    assert_eq!(wallets.verify_owner(world.wallet, &again).await.unwrap().owner_state(), OwnerState::Locked);
    assert_eq!(code(wallets.set_owner(world.wallet, owner(STRANGER)).await), ErrorCode::OwnerAlreadyConnected);
}

#[tokio::test]
async fn an_owners_address_carries_its_checksum() {
    let world = World::new().await;
    for address in [OWNER.to_lowercase(), OWNER.replace("0x", ""), "0x00".to_owned(), String::new()] {
        let owner = NewOwner { address, approval_method: None, wallet_type: None };
        assert_eq!(code(world.engine.wallets().set_owner(world.wallet, owner).await), ErrorCode::InvalidAddress);
    }
}

#[tokio::test]
async fn preferences_of_an_owner_are_kept_cleared_or_set() {
    let world = World::new().await;
    let set = async |approval_method: Option<Option<&str>>| {
        let approval_method = approval_method.map(|value| value.map(str::to_owned));
        let owner = NewOwner { address: OWNER.to_owned(), approval_method, wallet_type: None };
        world.engine.wallets().set_owner(world.wallet, owner).await.unwrap().owner.unwrap().approval_method
    };
    assert_eq!(set(Some(Some("rest"))).await.as_deref(), Some("rest"));
    assert_eq!(set(None).await.as_deref(), Some("rest"));
    assert_eq!(set(Some(None)).await, None);
}

#[tokio::test]
async fn only_so_many_nonces_are_kept() {
    let settings = EngineSettings { nonce_capacity: 3, ..EngineSettings::default() };
    let world = World::without_policy(settings).await;
    world.limit(crate::world::tiers()).await;
    world.register_owner(world.wallet).await;
    let id = world.admit(1, 5_000).await;
    let mut nonces = Vec::new();
    for _ in 0..4 {
        nonces.push(world.nonce().await);
    }
    let say = |nonce: &str| Siwe::new(&OwnerAction::Approve(id), nonce, world.clock.now()).signed();
    assert_eq!(approve(&world, id, &say(&nonces[0])).await, Err(ErrorCode::InvalidNonce), "the oldest went first");
    assert_eq!(approve(&world, id, &say(&nonces[1])).await, Ok(TxStatus::Executing));
}
