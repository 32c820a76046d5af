//! Wrong inputs: each gets its code, and none gets a 5xx.

use crate::world::{CENT, ETHER, Wallet, World, stranger, transfer};
use serde_json::{Value, json};
use waiaas_tests::api::Caller;
use waiaas_tests::http::{Answer, Request};

/// A good address in its three spellings, and what makes an address bad.
const GOOD: &str = "0x70997970C51812dc3A010C7d01b50e0d17dc79C8";

fn check(what: &str, answer: &Answer, status: u16, code: &str) {
    let body = answer.json();
    assert_eq!((answer.status, answer.code().as_str()), (status, code), "{what}: {}", answer.text());
    assert_eq!(body["error"]["code"], code, "{what}: both shapes of an error");
    for key in ["message", "retryable", "requestId", "domain"] {
        assert!(body.get(key).is_some(), "{what}: no `{key}` in {body}");
    }
    assert_eq!(answer.header("content-type"), Some("application/json"), "{what}");
}

fn send_raw(caller: &Caller, body: &str) -> Answer {
    let request = Request::new("POST", "/v1/transactions/send").header("Content-Type", "application/json");
    caller.send(request.body(body)).unwrap()
}

/// A transfer with one key replaced, or removed when the value is null.
fn with(key: &str, value: Value) -> Value {
    let mut body = transfer(GOOD, CENT);
    match value {
        Value::Null => drop(body.as_object_mut().unwrap().remove(key)),
        value => body[key] = value,
    }
    body
}

#[test]
fn bodies_that_do_not_make_sense_are_refused_by_name() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    let agent = world.agent(&wallet);
    let token = |decimals: Value| {
        json!({
            "type": "TOKEN_TRANSFER", "to": GOOD, "amount": "1", "network": "ethereum-sepolia",
            "token": { "address": "0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238", "symbol": "USDC", "decimals": decimals },
        })
    };
    const INVALID: &str = "ACTION_VALIDATION_FAILED";
    let table = [
        ("no recipient", with("to", json!(null)), INVALID),
        ("a recipient that is a number", with("to", json!(5)), INVALID),
        ("an address that is too short", with("to", json!("0x1234")), "INVALID_ADDRESS"),
        ("an address that is not hexadecimal", with("to", json!(format!("0x{}", "zz".repeat(20)))), "INVALID_ADDRESS"),
        ("a name", with("to", json!("vitalik.eth")), "INVALID_ADDRESS"),
        ("a Solana address", with("to", json!("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v")), "INVALID_ADDRESS"),
        ("a wrong checksum", with("to", json!("0x70997970c51812dc3A010C7d01b50e0d17dc79C8")), "INVALID_ADDRESS"),
        ("nobody", with("to", json!(format!("0x{}", "00".repeat(20)))), "INVALID_ADDRESS"),
        ("no amount", with("amount", json!(null)), INVALID),
        ("an amount that is a number", with("amount", json!(5)), INVALID),
        ("a negative amount", with("amount", json!("-1")), INVALID),
        ("an amount with a plus", with("amount", json!("+1")), INVALID),
        ("an exponent", with("amount", json!("1e18")), INVALID),
        ("hexadecimal", with("amount", json!("0x10")), INVALID),
        ("two points", with("amount", json!("1.5.7")), INVALID),
        ("thousands", with("amount", json!("1,000")), INVALID),
        ("an empty amount", with("amount", json!("")), INVALID),
        ("nineteen decimals", with("amount", json!("0.0000000000000000001")), INVALID),
        ("more than 256 bits", with("amount", json!("9".repeat(80))), INVALID),
        ("an amount in two units", with("humanAmount", json!("1")), INVALID),
        ("an unknown type", with("type", json!("TELEPORT")), INVALID),
        ("a type that is a list", with("type", json!(["TRANSFER"])), INVALID),
        ("an unknown key", with("amonut", json!("1")), INVALID),
        ("a provider of one's own", with("actionProvider", json!("lifi")), INVALID),
        ("a long memo", with("memo", json!("x".repeat(257))), INVALID),
        ("a dry run that is a word", with("dryRun", json!("yes")), INVALID),
        ("a wallet id that is none", with("walletId", json!("mine")), INVALID),
        ("an unknown network", with("network", json!("ethereum-ropsten")), INVALID),
        ("no network", with("network", json!(null)), "NETWORK_REQUIRED"),
        ("a mainnet", with("network", json!("ethereum-mainnet")), "ENVIRONMENT_NETWORK_MISMATCH"),
        ("a network of another chain", with("network", json!("solana-devnet")), INVALID),
        ("a token whose decimals are a word", token(json!("six")), INVALID),
        ("a token with too many decimals", token(json!(99)), INVALID),
        ("a list", json!([1, 2]), INVALID),
        ("a text", json!("send it all"), INVALID),
        ("nothing", json!({}), INVALID),
    ];
    for (what, body, code) in table {
        check(what, &agent.post("/v1/transactions/send", &body).unwrap(), 400, code);
        let simulated = agent.post("/v1/transactions/simulate", &body).unwrap();
        assert_eq!(simulated.status, 400, "simulate, {what}: {}", simulated.text());
    }
    assert_eq!(agent.get("/v1/transactions").unwrap().expect(200).unwrap()["items"], json!([]), "something was stored");
    assert_eq!(world.chain.balance(&wallet.address).unwrap(), 100 * ETHER);
}

#[test]
fn bytes_that_are_not_a_body_are_refused() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    let agent = world.agent(&wallet);
    for (what, body) in [
        ("cut off", r#"{"type":"TRANSFER","#),
        ("a key twice", r#"{"to":"0x1","to":"0x2"}"#),
        ("two values", "{} {}"),
        ("not JSON", "type=TRANSFER&to=me"),
        ("deep", &"[".repeat(100_000)),
        ("not Unicode", "\u{0}\u{1}"),
    ] {
        check(what, &send_raw(&agent, body), 400, "VALIDATION_FAILED");
    }
    for content_type in ["text/plain", "multipart/form-data", "application/xml"] {
        let request = Request::new("POST", "/v1/transactions/send").header("Content-Type", content_type);
        let answer = agent.send(request.body(transfer(GOOD, CENT).to_string())).unwrap();
        check(content_type, &answer, 415, "UNSUPPORTED_MEDIA_TYPE");
    }
    let form = agent.send(Request::new("POST", "/v1/transactions/send").body("type=TRANSFER")).unwrap();
    check("a form without a type", &form, 415, "UNSUPPORTED_MEDIA_TYPE");
    let huge = format!(r#"{{"memo":"{}"}}"#, "x".repeat(5 * 1_048_576));
    check("5 MB", &send_raw(&agent, &huge), 413, "PAYLOAD_TOO_LARGE");
    let wide = format!(r#"{{"name":"{}"}}"#, "x".repeat(100_000));
    let request = Request::new("POST", "/v1/wallets").header("Content-Type", "application/json").body(wide);
    check("100 kB for a wallet", &world.server.master().send(request).unwrap(), 413, "PAYLOAD_TOO_LARGE");
}

#[test]
fn tokens_that_are_not_live_are_refused() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    let get = |token: &str| world.server.agent(token).get("/v1/wallet/address").unwrap();
    let token = &wallet.token;
    let (head, signature) = token.rsplit_once('.').unwrap();
    let forged = format!("{head}.{}", signature.chars().rev().collect::<String>());
    let unsigned = "wai_sess_eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.";
    for (what, token) in [
        ("no token", ""),
        ("not ours", "sk-12345"),
        ("without its prefix", token.trim_start_matches("wai_sess_")),
        ("forged", &forged),
        ("cut off", head),
        ("unsigned", unsigned),
        ("nonsense", "wai_sess_"),
    ] {
        check(what, &get(token), 401, "INVALID_TOKEN");
    }
    check("no header", &world.server.anyone().get("/v1/wallet/address").unwrap(), 401, "INVALID_TOKEN");
    get(token).expect(200).unwrap();
}

#[test]
fn a_token_of_another_installation_is_refused() {
    let (ours, theirs) = (World::start(), World::start());
    let wallet = theirs.wallet();
    check("foreign", &ours.server.agent(&wallet.token).get("/v1/wallet/address").unwrap(), 401, "INVALID_TOKEN");
}

#[test]
fn passwords_that_are_wrong_are_refused_and_then_locked_out() {
    let world = World::start();
    let wrong = Caller::master(world.server.address(), "not the password");
    check("none", &world.server.anyone().get("/v1/wallets").unwrap(), 401, "INVALID_MASTER_PASSWORD");
    let mut codes: Vec<String> = Vec::new();
    for _ in 0..8 {
        let answer = wrong.get("/v1/wallets").unwrap();
        assert!(matches!(answer.status, 401 | 429), "{}", answer.text());
        codes.push(answer.code());
    }
    assert_eq!(codes[0], "INVALID_MASTER_PASSWORD");
    assert_eq!(codes[7], "MASTER_PASSWORD_LOCKED", "{codes:?}");
}

#[test]
fn routes_methods_ids_and_hosts_that_do_not_exist() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    let (agent, master) = (world.agent(&wallet), world.server.master());
    check("a route", &agent.get("/v1/teapots").unwrap(), 404, "NOT_FOUND");
    check("the root", &agent.get("/").unwrap(), 404, "NOT_FOUND");
    check("a path that climbs", &agent.get("/v1/../../etc/passwd").unwrap(), 404, "NOT_FOUND");
    check("a method", &agent.put("/v1/transactions/send", &json!({})).unwrap(), 405, "METHOD_NOT_ALLOWED");
    let absent = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1";
    for (what, answer, status, code) in [
        ("a transaction id", agent.get("/v1/transactions/17").unwrap(), 400, "ACTION_VALIDATION_FAILED"),
        ("a wallet id", master.get("/v1/wallets/mine").unwrap(), 400, "ACTION_VALIDATION_FAILED"),
        ("a policy id", master.get("/v1/policies/%00").unwrap(), 400, "ACTION_VALIDATION_FAILED"),
        ("no such transaction", agent.get(&format!("/v1/transactions/{absent}")).unwrap(), 404, "TX_NOT_FOUND"),
        ("no such wallet", master.get(&format!("/v1/wallets/{absent}")).unwrap(), 404, "WALLET_NOT_FOUND"),
        ("no such policy", master.get(&format!("/v1/policies/{absent}")).unwrap(), 404, "POLICY_NOT_FOUND"),
        ("no such session", master.delete(&format!("/v1/sessions/{absent}")).unwrap(), 404, "SESSION_NOT_FOUND"),
        ("a limit", agent.get("/v1/transactions?limit=0").unwrap(), 400, "ACTION_VALIDATION_FAILED"),
        ("a limit in words", agent.get("/v1/transactions?limit=ten").unwrap(), 400, "ACTION_VALIDATION_FAILED"),
        ("a cursor", agent.get("/v1/transactions?cursor=first").unwrap(), 400, "ACTION_VALIDATION_FAILED"),
        (
            "a balance of nowhere",
            agent.get("/v1/wallet/balance?network=moon").unwrap(),
            400,
            "ACTION_VALIDATION_FAILED",
        ),
        ("a balance of no network", agent.get("/v1/wallet/balance").unwrap(), 400, "NETWORK_REQUIRED"),
    ] {
        check(what, &answer, status, code);
    }
    for host in ["wallet.evil.example", "127.0.0.1.evil.example:3100", "localhost.", ""] {
        let answer = world.server.anyone().send(Request::new("GET", "/health").header("Host", host)).unwrap();
        assert!(matches!(answer.status, 400 | 503), "host `{host}`: {}", answer.text());
        if !host.is_empty() {
            check(host, &answer, 503, "SYSTEM_LOCKED");
        }
    }
}

#[test]
fn bodies_of_operators_are_checked_too() {
    let world = World::start();
    let wallet = world.wallet();
    let master = world.server.master();
    let policy = |rules: Value| json!({ "walletId": wallet.id, "type": "SPENDING_LIMIT", "rules": rules });
    let owner = format!("/v1/wallets/{}/owner", wallet.id);
    let absent = "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1";
    let table = [
        ("/v1/wallets", json!({}), 400),
        ("/v1/wallets", json!({ "name": "" }), 400),
        ("/v1/wallets", json!({ "name": "x".repeat(101), "chain": "ethereum" }), 400),
        ("/v1/wallets", json!({ "name": "x", "chain": "bitcoin" }), 400),
        ("/v1/wallets", json!({ "name": "x", "chain": "ethereum", "environment": "staging" }), 400),
        ("/v1/wallets", json!({ "name": 7, "chain": "ethereum" }), 400),
        ("/v1/sessions", json!({}), 400),
        ("/v1/sessions", json!({ "walletId": "mine" }), 400),
        ("/v1/sessions", json!({ "walletId": absent }), 404),
        ("/v1/sessions", json!({ "walletId": wallet.id, "ttl": 1 }), 400),
        ("/v1/sessions", json!({ "walletId": wallet.id, "ttl": "1h" }), 400),
        ("/v1/sessions", json!({ "walletId": wallet.id, "maxRenewals": -1 }), 400),
        ("/v1/policies", json!({}), 400),
        ("/v1/policies", json!({ "type": "NO_SUCH", "rules": {} }), 400),
        ("/v1/policies", json!({ "type": "SPENDING_LIMIT" }), 400),
        ("/v1/policies", policy(json!({})), 400),
        ("/v1/policies", policy(json!([])), 400),
        ("/v1/policies", policy(json!({ "daily_limit_usd": 5 })), 400),
        ("/v1/policies", policy(json!({ "instant_max_usd": -5 })), 400),
        ("/v1/policies", policy(json!({ "instant_max_usd": "ten" })), 400),
        ("/v1/policies", policy(json!({ "instant_max_usd": 10, "notify_max_usd": 5 })), 400),
        ("/v1/policies", policy(json!({ "instant_max_usd": 10, "delay_seconds": 5 })), 400),
        (
            "/v1/policies",
            json!({ "walletId": absent, "type": "SPENDING_LIMIT", "rules": { "instant_max_usd": 1 } }),
            404,
        ),
        ("/v1/policies", json!({ "type": "WHITELIST", "rules": { "allowed_addresses": [] } }), 400),
        ("/v1/policies", json!({ "type": "WHITELIST", "rules": { "allowed_addresses": [17] } }), 400),
        ("/v1/policies", json!({ "type": "ALLOWED_NETWORKS", "rules": { "networks": [{ "network": "moon" }] } }), 400),
    ];
    for (path, body, status) in table {
        let answer = master.post(path, &body).unwrap();
        assert_eq!(answer.status, status, "{path} {body}: {}", answer.text());
        assert!(!answer.code().is_empty(), "{path} {body}: {}", answer.text());
    }
    for address in ["", "0x12", "vitalik.eth", "0x70997970c51812dc3A010C7d01b50e0d17dc79C8"] {
        let answer = master.put(&owner, &json!({ "owner_address": address })).unwrap();
        assert_eq!(answer.status, 400, "{address}: {}", answer.text());
    }
    // Seven policies for one wallet were refused, and none of them is in force.
    assert_eq!(master.get("/v1/policies").unwrap().expect(200).unwrap()["total"], 0);
}

#[test]
fn limits_on_requests_say_when_to_come_back() {
    let world = World::start();
    let wallet = world.unlimited_wallet();
    let answer = world.send(&wallet, &stranger(), 1);
    answer.expect(201).unwrap();
    assert!(answer.header("x-request-id").is_some_and(|id| !id.is_empty()));
    let echoed = Request::new("GET", "/health").header("X-Request-Id", "my-request.1");
    assert_eq!(world.server.anyone().send(echoed).unwrap().header("x-request-id"), Some("my-request.1"));
    let odd = Request::new("GET", "/health").header("X-Request-Id", "a b<script>");
    assert_ne!(world.server.anyone().send(odd).unwrap().header("x-request-id"), Some("a b<script>"));
    // A policy that counts requests: the third within the hour is denied.
    let limited: Wallet = world.unlimited_wallet();
    world.policy(&limited, "RATE_LIMIT", &json!({ "maxTransactions": 2, "period": "hourly" }));
    let statuses: Vec<u16> = (0..3).map(|_| world.send(&limited, &stranger(), 1).status).collect();
    assert!(matches!(statuses.as_slice(), [201, 201, 403 | 429]), "{statuses:?}");
}
