//! Stopping: a session, a wallet, everything.

use crate::world::{CENT, World, id, stranger, transfer};
use serde_json::json;
use waiaas_tests::api::text;

#[test]
fn the_kill_switch_stops_everything_and_recovery_brings_it_back() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    let (agent, master, anyone) = (world.agent(&wallet), world.server.master(), world.server.anyone());
    let held = id(&world.send(&wallet, &stranger(), 50_000).expect(201).unwrap());
    assert_eq!(anyone.get("/v1/admin/kill-switch").unwrap().expect(200).unwrap()["state"], "ACTIVE");

    let activated = master.post("/v1/admin/kill-switch", &json!({})).unwrap().expect(200).unwrap();
    assert_eq!(activated["state"], "SUSPENDED");
    assert_eq!(master.post("/v1/admin/kill-switch", &json!({})).unwrap().code(), "KILL_SWITCH_ACTIVE");
    for answer in [
        world.send(&wallet, &stranger(), 1),
        agent.get("/v1/transactions").unwrap(),
        master.get("/v1/wallets").unwrap(),
        master.post("/v1/policies", &json!({})).unwrap(),
    ] {
        assert_eq!((answer.status, answer.code().as_str()), (503, "SYSTEM_LOCKED"), "{}", answer.text());
    }
    for open in ["/health", "/doc", "/reference", "/v1/nonce", "/v1/admin/kill-switch"] {
        assert_eq!(anyone.get(open).unwrap().status, 200, "{open}");
    }
    assert_eq!(master.get("/v1/admin/status").unwrap().expect(200).unwrap()["killSwitchState"], "SUSPENDED");

    let recovered = master.post("/v1/admin/recover", &json!({ "resumeWallets": true })).unwrap().expect(200).unwrap();
    assert_eq!(recovered["state"], "ACTIVE");
    assert_eq!(master.post("/v1/admin/recover", &json!({})).unwrap().code(), "KILL_SWITCH_NOT_ACTIVE");
    let row = master.get(&format!("/v1/transactions/{held}")).unwrap().expect(200).unwrap();
    assert_eq!(row["status"], "CANCELLED");
    // The session is gone for good; a new one works.
    assert_eq!(world.send(&wallet, &stranger(), 1).code(), "SESSION_REVOKED");
    let session = master.post("/v1/sessions", &json!({ "walletId": wallet.id })).unwrap().expect(201).unwrap();
    let agent = world.server.agent(text(&session, "token").unwrap());
    let to = stranger();
    let sent = agent.post("/v1/transactions/send", &transfer(&to, CENT)).unwrap().expect(201).unwrap();
    agent.until(&id(&sent), &["CONFIRMED"]).unwrap();
    assert_eq!(world.chain.balance(&to).unwrap(), CENT);
}

#[test]
fn the_kill_switch_survives_a_crash() {
    let mut world = World::start();
    let wallet = world.unlimited_wallet();
    world.server.master().post("/v1/admin/kill-switch", &json!({})).unwrap().expect(200).unwrap();
    world.server.kill().unwrap();
    world.server.restart().unwrap();
    assert_eq!(world.send(&wallet, &stranger(), 1).code(), "SYSTEM_LOCKED");
    world.server.master().post("/v1/admin/recover", &json!({})).unwrap().expect(200).unwrap();
}

#[test]
fn a_revoked_session_ends_at_once_and_others_go_on() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    let master = world.server.master();
    let other = master.post("/v1/sessions", &json!({ "walletId": wallet.id })).unwrap().expect(201).unwrap();
    let other = (text(&other, "id").unwrap().to_owned(), text(&other, "token").unwrap().to_owned());
    let agent = world.server.agent(&other.1);
    agent.get("/v1/transactions").unwrap().expect(200).unwrap();
    let revoked = master.delete(&format!("/v1/sessions/{}", other.0)).unwrap().expect(200).unwrap();
    assert_eq!(revoked["status"], "REVOKED");
    let refused = agent.get("/v1/transactions").unwrap();
    assert_eq!((refused.status, refused.code().as_str()), (401, "SESSION_REVOKED"));
    world.send(&wallet, &stranger(), 1).expect(201).unwrap();

    let revoked = master.delete(&format!("/v1/sessions/wallet/{}", wallet.id)).unwrap().expect(200).unwrap();
    assert_eq!((&revoked["walletId"], &revoked["revoked"]), (&json!(wallet.id), &json!(1)));
    assert_eq!(revoked["sessionIds"].as_array().unwrap().len(), 1);
    assert_eq!(world.send(&wallet, &stranger(), 1).code(), "SESSION_REVOKED");
}

#[test]
fn a_rotated_token_replaces_the_old_one() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    let master = world.server.master();
    let list = master.get("/v1/sessions").unwrap().expect(200).unwrap();
    let session = text(&list["data"][0], "id").unwrap().to_owned();
    let rotated = master.post(&format!("/v1/sessions/{session}/rotate"), &json!({})).unwrap().expect(200).unwrap();
    assert_eq!(world.send(&wallet, &stranger(), 1).status, 401);
    let agent = world.server.agent(text(&rotated, "token").unwrap());
    agent.get("/v1/transactions").unwrap().expect(200).unwrap();
}

#[test]
fn a_suspended_wallet_sends_nothing_until_it_is_resumed() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    let (master, path) = (world.server.master(), format!("/v1/wallets/{}", wallet.id));
    let suspended = master.post(&format!("{path}/suspend"), &json!({})).unwrap().expect(200).unwrap();
    assert_eq!(suspended["status"], "SUSPENDED");
    let refused = world.send(&wallet, &stranger(), 1);
    assert_eq!((refused.status, refused.code().as_str()), (409, "WALLET_SUSPENDED"), "{}", refused.text());
    assert_eq!(master.post(&format!("{path}/suspend"), &json!({})).unwrap().code(), "INVALID_STATE_TRANSITION");
    master.post(&format!("{path}/resume"), &json!({})).unwrap().expect(200).unwrap();
    world.send(&wallet, &stranger(), 1).expect(201).unwrap();
}

#[test]
fn a_terminated_wallet_is_over_and_takes_what_waits_with_it() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    let master = world.server.master();
    let held = id(&world.send(&wallet, &stranger(), 50_000).expect(201).unwrap());
    let path = format!("/v1/wallets/{}", wallet.id);
    assert_eq!(master.delete(&path).unwrap().expect(200).unwrap()["status"], "TERMINATED");
    let row = master.get(&format!("/v1/transactions/{held}")).unwrap().expect(200).unwrap();
    assert_eq!(row["status"], "CANCELLED");
    let refused = world.send(&wallet, &stranger(), 1);
    assert!(matches!(refused.status, 401 | 410), "{}", refused.text());
    assert_eq!(master.delete(&path).unwrap().code(), "WALLET_TERMINATED");
}

#[test]
fn a_session_sees_its_own_wallets_only() {
    let world = World::start();
    let (mine, yours) = (world.unlimited_wallet(), world.unlimited_wallet());
    let sent = id(&world.send(&yours, &stranger(), 1).expect(201).unwrap());
    let agent = world.agent(&mine);
    let foreign = [
        agent.get(&format!("/v1/transactions/{sent}")).unwrap(),
        agent.get(&format!("/v1/wallets/{}", yours.id)).unwrap(),
        agent.get(&format!("/v1/wallet/address?walletId={}", yours.id)).unwrap(),
        agent.post(&format!("/v1/transactions/{sent}/cancel"), &json!({})).unwrap(),
        {
            let mut body = transfer(&stranger(), CENT);
            body["walletId"] = json!(yours.id);
            agent.post("/v1/transactions/send", &body).unwrap()
        },
    ];
    for answer in foreign {
        assert_eq!((answer.status, answer.code().as_str()), (403, "WALLET_ACCESS_DENIED"), "{}", answer.text());
    }
}

#[test]
fn an_agent_may_not_do_what_operators_do() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    let agent = world.agent(&wallet);
    let path = format!("/v1/wallets/{}", wallet.id);
    let refused = [
        agent.post("/v1/policies", &json!({ "type": "SPENDING_LIMIT", "rules": { "instant_max_usd": 1 } })).unwrap(),
        agent.post("/v1/wallets", &json!({ "name": "x", "chain": "ethereum" })).unwrap(),
        agent.post("/v1/sessions", &json!({ "walletId": wallet.id })).unwrap(),
        agent.post(&format!("{path}/suspend"), &json!({})).unwrap(),
        agent.delete(&path).unwrap(),
        agent.post("/v1/admin/kill-switch", &json!({})).unwrap(),
        agent.post("/v1/admin/recover", &json!({})).unwrap(),
    ];
    for answer in refused {
        assert_eq!(answer.status, 401, "{}", answer.text());
    }
}
