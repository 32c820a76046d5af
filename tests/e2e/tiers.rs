//! What happens to an amount, by its size.

use crate::world::{CENT, ETHER, World, id, stranger, transfer};
use serde_json::{Value, json};
use waiaas_tests::anvil::NETWORK;
use waiaas_tests::api::text;

#[test]
fn up_to_ten_dollars_go_at_once_and_up_to_a_hundred_with_a_notice() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    let agent = world.agent(&wallet);
    for (cents, tier) in [(1, "INSTANT"), (1_000, "INSTANT"), (1_001, "NOTIFY"), (10_000, "NOTIFY")] {
        let to = stranger();
        let answer = world.send(&wallet, &to, cents).expect(201).unwrap();
        assert_eq!((text(&answer, "status").unwrap(), text(&answer, "tier").unwrap()), ("PENDING", tier), "{cents}");
        let done = agent.until(&id(&answer), &["CONFIRMED"]).unwrap();
        assert_eq!(text(&done, "tier").unwrap(), tier);
        assert_eq!(world.chain.balance(&to).unwrap(), cents * CENT);
        let mined = world.chain.transaction(text(&done, "txHash").unwrap()).unwrap();
        assert_eq!(text(&mined, "from").unwrap().to_lowercase(), wallet.address.to_lowercase());
    }
}

#[test]
fn up_to_a_thousand_dollars_wait_and_can_be_cancelled() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    let agent = world.agent(&wallet);
    let to = stranger();
    let held = world.send(&wallet, &to, 50_000).expect(201).unwrap();
    assert_eq!((text(&held, "status").unwrap(), text(&held, "tier").unwrap()), ("QUEUED", "DELAY"));
    assert!(held["executeAt"].is_i64(), "{held}");
    let pending = agent.get("/v1/transactions/pending").unwrap().expect(200).unwrap();
    assert!(pending.to_string().contains(&id(&held)), "{pending}");

    let path = format!("/v1/transactions/{}/cancel", id(&held));
    let cancelled = agent.post(&path, &json!({})).unwrap().expect(200).unwrap();
    assert_eq!(text(&cancelled, "status").unwrap(), "CANCELLED");
    assert_eq!(agent.post(&path, &json!({})).unwrap().code(), "TX_ALREADY_PROCESSED");
    agent.until(&id(&held), &["CANCELLED"]).unwrap();
    assert_eq!(world.chain.balance(&to).unwrap(), 0);
}

#[test]
fn without_an_owner_the_largest_amounts_wait_like_the_large_ones() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    let held = world.send(&wallet, &stranger(), 200_000).expect(201).unwrap();
    assert_eq!((text(&held, "status").unwrap(), text(&held, "tier").unwrap()), ("QUEUED", "DELAY"));
}

#[test]
fn what_no_policy_allows_is_denied_in_words_that_a_program_can_use() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    let friend = stranger();
    world.policy(&wallet, "WHITELIST", &json!({ "allowed_addresses": [friend] }));
    let to = stranger();
    let answer = world.send(&wallet, &to, 100);
    let body = answer.expect(403).unwrap();
    assert_eq!(body["code"], "POLICY_DENIED");
    let nested = &body["error"];
    assert_eq!(nested["code"], "POLICY_DENIED");
    assert_eq!(nested["domain"], "POLICY");
    assert_eq!(nested["retryable"], false);
    assert!(!text(nested, "message").unwrap().is_empty());
    let details = &body["details"];
    assert_eq!(details["policyType"], "WHITELIST", "{body}");
    let denied = text(details, "transactionId").unwrap();
    let row = world.agent(&wallet).until(denied, &["CANCELLED"]).unwrap();
    assert!(row["txHash"].is_null());
    assert_eq!(world.chain.balance(&to).unwrap(), 0);
    world.send(&wallet, &friend, 100).expect(201).unwrap();
}

#[test]
fn a_wallet_without_policies_may_send_nothing() {
    let world = World::start();
    let wallet = world.wallet();
    let answer = world.send(&wallet, &stranger(), 1);
    assert_eq!((answer.status, answer.code().as_str()), (403, "POLICY_DENIED"), "{}", answer.text());
}

#[test]
fn a_dry_run_tells_what_would_happen_and_does_nothing() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    let agent = world.agent(&wallet);
    let to = stranger();
    for (cents, tier) in [(500, "INSTANT"), (5_000, "NOTIFY"), (50_000, "DELAY")] {
        let mut body = transfer(&to, cents * CENT);
        body["dryRun"] = json!(true);
        let told = agent.post("/v1/transactions/send", &body).unwrap().expect(200).unwrap();
        assert_eq!(told["success"], true, "{told}");
        assert_eq!(told["policy"]["tier"], tier, "{told}");
        assert_eq!(told["policy"]["allowed"], true, "{told}");
        assert_eq!(told["simulation"]["success"], true, "{told}");
        assert!(told["fee"]["estimatedFee"].is_string(), "{told}");
    }
    let by_query = agent.post("/v1/transactions/send?dryRun=true", &transfer(&to, CENT)).unwrap();
    by_query.expect(200).unwrap();
    agent.post("/v1/transactions/simulate", &transfer(&to, CENT)).unwrap().expect(200).unwrap();

    let listed = agent.get("/v1/transactions").unwrap().expect(200).unwrap();
    assert_eq!(listed["items"], json!([]), "a dry run was stored");
    assert_eq!(world.chain.nonce(&wallet.address).unwrap(), 0);
    assert_eq!(world.chain.balance(&wallet.address).unwrap(), 100 * ETHER);
}

#[test]
fn an_amount_with_a_point_is_in_coins_and_one_without_is_in_the_smallest_unit() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    let agent = world.agent(&wallet);
    for (key, amount, wei) in
        [("amount", "0.1", ETHER / 10), ("amount", "1000", 1_000), ("humanAmount", "0.25", ETHER / 4)]
    {
        let to = stranger();
        let mut body = json!({ "type": "TRANSFER", "to": to, "network": NETWORK });
        body[key] = json!(amount);
        let answer = agent.post("/v1/transactions/send", &body).unwrap().expect(201).unwrap();
        let done = agent.until(&id(&answer), &["CONFIRMED"]).unwrap();
        assert_eq!(text(&done, "amount").unwrap(), wei.to_string());
        assert_eq!(world.chain.balance(&to).unwrap(), wei, "{key} {amount}");
    }
}

#[test]
fn the_same_key_pays_once() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    let agent = world.agent(&wallet);
    let to = stranger();
    let request = |cents: u128| {
        waiaas_tests::http::Request::new("POST", "/v1/transactions/send")
            .header("Idempotency-Key", "invoice-17")
            .json(&transfer(&to, cents * CENT))
    };
    let first = agent.send(request(10)).unwrap().expect(201).unwrap();
    let again = agent.send(request(10)).unwrap();
    assert!(matches!(again.status, 200 | 201), "{}", again.text());
    assert_eq!(id(&again.json()), id(&first));
    let other = agent.send(request(11)).unwrap();
    assert_eq!((other.status, other.code().as_str()), (409, "IDEMPOTENCY_CONFLICT"), "{}", other.text());
    agent.until(&id(&first), &["CONFIRMED"]).unwrap();
    assert_eq!(world.chain.balance(&to).unwrap(), 10 * CENT);
    assert_eq!(world.chain.nonce(&wallet.address).unwrap(), 1);
}

#[test]
fn a_transfer_that_the_chain_cannot_make_fails_and_frees_its_limit() {
    let world = World::start();
    let wallet = world.wallet();
    let rules = json!({ "instant_max_usd": 1_000_000, "daily_limit_usd": 1_000_000 });
    world.policy(&wallet, "SPENDING_LIMIT", &rules);
    world.chain.set_balance(&wallet.address, ETHER).unwrap();
    // 400 ETH are $800,000: within the limit once, not twice.
    for _ in 0..2 {
        let answer = world.send(&wallet, &stranger(), 80_000_000);
        let id = match answer.status {
            201 => id(&answer.json()),
            _ => panic!("{}", answer.text()),
        };
        let row = world.agent(&wallet).until(&id, &["FAILED"]).unwrap();
        assert!(row["error"].as_str().is_some_and(|error| !error.is_empty()), "{row}");
    }
    let done: Value = world.send(&wallet, &stranger(), 100).expect(201).unwrap();
    world.agent(&wallet).until(&id(&done), &["CONFIRMED"]).unwrap();
}
