//! What only the owner's signature can do.

use crate::world::{CENT, Wallet, World, id, stranger};
use serde_json::{Value, json};
use waiaas_tests::anvil::CHAIN_ID;
use waiaas_tests::api::{Caller, text};
use waiaas_tests::http::Request;
use waiaas_tests::owner::OwnerKey;

fn key() -> OwnerKey {
    OwnerKey::well_known(0x46).unwrap()
}

/// Makes `owner` the verified owner of the wallet.
fn own(world: &World, wallet: &Wallet, owner: &OwnerKey) {
    let path = format!("/v1/wallets/{}/owner", wallet.id);
    let body = json!({ "owner_address": owner.address() });
    let registered = world.server.master().put(&path, &body).unwrap().expect(200).unwrap();
    assert_eq!(text(&registered, "ownerAddress").unwrap(), owner.address());
    let statement = format!("Verify owner of wallet {}", wallet.id);
    let verified = world.server.anyone().as_owner(owner, &statement, &format!("{path}/verify")).unwrap();
    let verified = verified.expect(200).unwrap();
    assert_eq!((&verified["ownerState"], &verified["ownerVerified"]), (&json!("LOCKED"), &json!(true)));
}

fn ask_for(world: &World, wallet: &Wallet, to: &str, cents: u128) -> String {
    id(&world.send(wallet, to, cents).expect(201).unwrap())
}

#[test]
fn above_a_thousand_dollars_the_owner_decides_and_a_signature_counts_once() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    own(&world, &wallet, &key());
    let to = stranger();
    let asked: Value = world.send(&wallet, &to, 200_000).expect(201).unwrap();
    assert_eq!((text(&asked, "status").unwrap(), text(&asked, "tier").unwrap()), ("QUEUED", "APPROVAL"));
    assert!(asked["expiresAt"].is_i64(), "{asked}");

    let anyone = world.server.anyone();
    let statement = format!("Approve transaction {}", id(&asked));
    let headers = anyone.owner_headers(&key(), &statement).unwrap();
    let path = format!("/v1/transactions/{}/approve", id(&asked));
    let approve = || anyone.send(Request::new("POST", &path).headers(&headers)).unwrap();
    let approved = approve().expect(200).unwrap();
    assert_eq!(approved["status"], "EXECUTING");
    assert!(approved["approvedAt"].is_i64(), "{approved}");
    world.agent(&wallet).until(&id(&asked), &["CONFIRMED"]).unwrap();
    assert_eq!(world.chain.balance(&to).unwrap(), 200_000 * CENT);

    // The same headers again, for the same transaction and for the next one.
    let again = approve();
    assert!(matches!(again.code().as_str(), "INVALID_NONCE" | "TX_ALREADY_PROCESSED"), "{}", again.text());
    let next = ask_for(&world, &wallet, &to, 200_000);
    let path = format!("/v1/transactions/{next}/approve");
    let replayed = anyone.send(Request::new("POST", &path).headers(&headers)).unwrap();
    assert_eq!((replayed.status, replayed.code().as_str()), (401, "INVALID_SIGNATURE"), "{}", replayed.text());
    assert_eq!(world.chain.balance(&to).unwrap(), 200_000 * CENT);
}

#[test]
fn the_owner_may_end_a_delay_early_or_cancel_it() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    own(&world, &wallet, &key());
    let anyone = world.server.anyone();
    let (yes, no) = (stranger(), stranger());
    let approved = ask_for(&world, &wallet, &yes, 50_000);
    let path = format!("/v1/transactions/{approved}/approve");
    anyone.as_owner(&key(), &format!("Approve transaction {approved}"), &path).unwrap().expect(200).unwrap();
    let rejected = ask_for(&world, &wallet, &no, 50_000);
    let path = format!("/v1/transactions/{rejected}/reject");
    let answer = anyone.as_owner(&key(), &format!("Reject transaction {rejected}"), &path).unwrap();
    let answer = answer.expect(200).unwrap();
    assert_eq!(answer["status"], "CANCELLED");
    world.agent(&wallet).until(&approved, &["CONFIRMED"]).unwrap();
    world.agent(&wallet).until(&rejected, &["CANCELLED"]).unwrap();
    assert_eq!(world.chain.balance(&yes).unwrap(), 50_000 * CENT);
    assert_eq!(world.chain.balance(&no).unwrap(), 0);
}

#[test]
fn what_is_not_exactly_the_owners_word_is_refused() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    own(&world, &wallet, &key());
    let to = stranger();
    let transaction = ask_for(&world, &wallet, &to, 200_000);
    let path = format!("/v1/transactions/{transaction}/approve");
    let anyone = world.server.anyone();
    let statement = format!("Approve transaction {transaction}");
    let nonce = |anyone: &Caller| {
        let nonce = anyone.get("/v1/nonce").unwrap().expect(200).unwrap();
        text(&nonce, "nonce").unwrap().to_owned()
    };
    let thief = OwnerKey::well_known(0x47).unwrap();
    let good = |nonce: &str| key().headers(&statement, nonce, CHAIN_ID).unwrap();

    let mut tampered = good(&nonce(&anyone));
    tampered[0].1.replace_range(10..12, "00");
    let never_issued = "00".repeat(32);
    let others_message = thief.headers(&statement, &nonce(&anyone), CHAIN_ID).unwrap();
    let table = [
        ("another key", others_message, "INVALID_SIGNATURE"),
        ("a tampered signature", tampered, "INVALID_SIGNATURE"),
        (
            "another transaction",
            key().headers(&format!("Approve transaction {}", wallet.id), &nonce(&anyone), CHAIN_ID).unwrap(),
            "INVALID_SIGNATURE",
        ),
        (
            "the opposite",
            key().headers(&format!("Reject transaction {transaction}"), &nonce(&anyone), CHAIN_ID).unwrap(),
            "INVALID_SIGNATURE",
        ),
        ("a nonce of their own", good(&never_issued), "INVALID_NONCE"),
        ("another chain", key().headers(&statement, &nonce(&anyone), 1).unwrap(), "INVALID_SIGNATURE"),
        ("no signature", vec![], "INVALID_SIGNATURE"),
    ];
    for (what, headers, code) in table {
        let answer = anyone.send(Request::new("POST", &path).headers(&headers)).unwrap();
        assert_eq!((answer.status, answer.code().as_str()), (401, code), "{what}: {}", answer.text());
    }
    // Nobody but the owner: not the agent, not the operator.
    for caller in [world.agent(&wallet), world.server.master()] {
        let answer = caller.post(&path, &json!({})).unwrap();
        assert_eq!(answer.status, 401, "{}", answer.text());
    }
    assert_eq!(world.chain.balance(&to).unwrap(), 0);
    // The transaction is still open and the owner can still approve it.
    anyone.as_owner(&key(), &statement, &path).unwrap().expect(200).unwrap();
    world.agent(&wallet).until(&transaction, &["CONFIRMED"]).unwrap();
}

#[test]
fn a_nonce_is_good_once_even_for_the_same_words() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    own(&world, &wallet, &key());
    let anyone = world.server.anyone();
    let headers = anyone.owner_headers(&key(), &format!("Verify owner of wallet {}", wallet.id)).unwrap();
    let path = format!("/v1/wallets/{}/owner/verify", wallet.id);
    let verify = || anyone.send(Request::new("POST", &path).headers(&headers)).unwrap();
    verify().expect(200).unwrap();
    let again = verify();
    assert_eq!((again.status, again.code().as_str()), (401, "INVALID_NONCE"), "{}", again.text());
}

#[test]
fn two_approvals_at_once_pay_once() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    own(&world, &wallet, &key());
    let to = stranger();
    let transaction = ask_for(&world, &wallet, &to, 200_000);
    let path = format!("/v1/transactions/{transaction}/approve");
    let statement = format!("Approve transaction {transaction}");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let approvals: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| world.server.anyone().as_owner(&key(), &statement, &path).unwrap().status))
            .collect();
        approvals.into_iter().map(|approval| approval.join().unwrap()).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    world.agent(&wallet).until(&transaction, &["CONFIRMED"]).unwrap();
    assert_eq!(world.chain.balance(&to).unwrap(), 200_000 * CENT);
    assert_eq!(world.chain.nonce(&wallet.address).unwrap(), 1);
}

#[test]
fn a_verified_owner_cannot_be_replaced_by_the_operator() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    own(&world, &wallet, &key());
    let body = json!({ "owner_address": OwnerKey::well_known(0x47).unwrap().address() });
    let answer = world.server.master().put(&format!("/v1/wallets/{}/owner", wallet.id), &body).unwrap();
    assert_eq!((answer.status, answer.code().as_str()), (409, "OWNER_ALREADY_CONNECTED"), "{}", answer.text());
}
