//! The commands of the tutorials, typed into a shell with the real `curl`.

use crate::world::World;
use serde_json::Value;
use std::collections::BTreeMap;
use std::process::{Command, Stdio};
use waiaas_tests::anvil::CHAIN_ID;
use waiaas_tests::api::text;
use waiaas_tests::owner::OwnerKey;
use waiaas_tests::server::PASSWORD;
use waiaas_tests::tools::on_path;

/// A shell with some variables, as a reader of a tutorial has it.
struct Shell {
    variables: BTreeMap<&'static str, String>,
}

impl Shell {
    /// `$BASE` and `$PASSWORD`.
    fn of(world: &World) -> Self {
        assert!(on_path("curl").is_some(), "curl is missing: install it (it is what the tutorials use)");
        let base = format!("http://{}", world.server.address());
        Self { variables: BTreeMap::from([("BASE", base), ("PASSWORD", PASSWORD.to_owned())]) }
    }

    fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.variables.insert(name, value.into());
    }

    /// Runs a line; answers the status and the JSON.
    fn run(&self, line: &str) -> (u16, Value) {
        let line = format!("{} -w '\\n%{{http_code}}'", line.trim_end());
        let output =
            Command::new("sh").arg("-c").arg(&line).envs(&self.variables).stdin(Stdio::null()).output().unwrap();
        assert!(output.status.success(), "{line}: {}", String::from_utf8_lossy(&output.stderr));
        let said = String::from_utf8(output.stdout).unwrap();
        let (body, status) = said.rsplit_once('\n').unwrap();
        let json = serde_json::from_str(body).unwrap_or_else(|_| Value::from(body));
        (status.parse().unwrap(), json)
    }

    /// Runs a line that must be answered with `status`.
    fn expect(&self, status: u16, line: &str) -> Value {
        let (got, body) = self.run(line);
        assert_eq!(got, status, "{line}\n{body}");
        body
    }
}

#[test]
fn the_first_tutorial_works_as_typed() {
    let world = World::start();
    let mut shell = Shell::of(&world);
    assert_eq!(shell.expect(200, "curl -s $BASE/health")["status"], "ok");

    let wallet = shell.expect(
        201,
        r#"curl -s -X POST $BASE/v1/wallets \
  -H "Content-Type: application/json" \
  -H "X-Master-Password: $PASSWORD" \
  -d '{"name": "trading-bot", "chain": "ethereum", "environment": "testnet"}'"#,
    );
    for key in [
        "id",
        "name",
        "chain",
        "network",
        "environment",
        "publicKey",
        "status",
        "ownerAddress",
        "ownerState",
        "monitorIncoming",
        "accountType",
        "createdAt",
        "session",
    ] {
        assert!(wallet.get(key).is_some(), "no `{key}` in {wallet}");
    }
    let address = text(&wallet, "publicKey").unwrap();
    world.chain.set_balance(address, crate::world::ETHER).unwrap();
    shell.set("WALLET", text(&wallet, "id").unwrap());

    let session = shell.expect(
        201,
        r#"curl -s -X POST $BASE/v1/sessions \
  -H "Content-Type: application/json" \
  -H "X-Master-Password: $PASSWORD" \
  -d "{\"walletId\": \"$WALLET\"}""#,
    );
    shell.set("TOKEN", text(&session, "token").unwrap());
    assert!(text(&session, "token").unwrap().starts_with("wai_sess_"));

    let policy = shell.expect(
        201,
        r#"curl -s -X POST $BASE/v1/policies \
  -H "X-Master-Password: $PASSWORD" -H "Content-Type: application/json" \
  -d "{\"walletId\": \"$WALLET\", \"type\": \"SPENDING_LIMIT\", \"rules\": {\"instant_max_usd\": 10,
       \"notify_max_usd\": 100, \"delay_max_usd\": 1000, \"delay_seconds\": 300,
       \"daily_limit_usd\": 500, \"monthly_limit_usd\": 5000}}""#,
    );
    assert_eq!(policy["rules"]["delay_seconds"], 300);

    let balance = shell
        .expect(200, r#"curl -s "$BASE/v1/wallet/balance?network=ethereum-sepolia" -H "Authorization: Bearer $TOKEN""#);
    assert_eq!((&balance["balance"], &balance["symbol"]), (&Value::from("1000000000000000000"), &Value::from("ETH")));
    assert_eq!((&balance["decimals"], &balance["balanceFormatted"]), (&Value::from(18), &Value::from("1")));
    let told = shell.expect(200, r#"curl -s $BASE/v1/wallet/address -H "Authorization: Bearer $TOKEN""#);
    assert_eq!(text(&told, "address").unwrap(), address);
    shell.expect(200, r#"curl -s "$BASE/v1/wallet/assets?network=eip155:11155111" -H "Authorization: Bearer $TOKEN""#);

    let dry = shell.expect(
        200,
        r#"curl -s -X POST $BASE/v1/transactions/send \
  -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" \
  -d '{"type": "TRANSFER", "to": "0x70997970C51812dc3A010C7d01b50e0d17dc79C8", "amount": "0.1",
       "network": "ethereum-sepolia", "dryRun": true}'"#,
    );
    assert_eq!((&dry["policy"]["tier"], &dry["policy"]["allowed"]), (&Value::from("DELAY"), &Value::from(true)));

    // The line without a content type: curl names a form, and the body is JSON all the same.
    let sent = shell.expect(
        201,
        r#"curl -s -X POST $BASE/v1/transactions/send -H "Authorization: Bearer $TOKEN" \
  -d '{"type":"TRANSFER","to":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","amount":"0.001","network":"ethereum-sepolia"}'"#,
    );
    shell.set("TX", text(&sent, "id").unwrap());
    world.server.agent(&shell.variables["TOKEN"]).until(text(&sent, "id").unwrap(), &["CONFIRMED"]).unwrap();
    let row = shell.expect(200, r#"curl -s $BASE/v1/transactions/$TX -H "Authorization: Bearer $TOKEN""#);
    for (key, value) in [
        ("status", "CONFIRMED"),
        ("type", "TRANSFER"),
        ("tier", "INSTANT"),
        ("chain", "ethereum"),
        ("network", "ethereum-sepolia"),
        ("amount", "1000000000000000"),
        ("amountFormatted", "0.001"),
        ("amountSymbol", "ETH"),
        ("chainId", "eip155:11155111"),
    ] {
        assert_eq!(row[key], value, "{row}");
    }
    shell.expect(200, r#"curl -s "$BASE/v1/transactions?limit=5" -H "Authorization: Bearer $TOKEN""#);
    shell.expect(200, r#"curl -s $BASE/v1/transactions/pending -H "Authorization: Bearer $TOKEN""#);

    let revoked =
        shell.expect(200, r#"curl -s -X DELETE $BASE/v1/sessions/wallet/$WALLET -H "X-Master-Password: $PASSWORD""#);
    assert_eq!(revoked["walletId"], wallet["id"]);
    let (status, refused) = shell.run(r#"curl -s $BASE/v1/wallet/address -H "Authorization: Bearer $TOKEN""#);
    assert_eq!((status, &refused["error"]["code"]), (401, &Value::from("SESSION_REVOKED")));
}

#[test]
fn an_approval_needs_the_two_owner_headers_only() {
    let world = World::start();
    let wallet = world.tiered_wallet();
    let mut shell = Shell::of(&world);
    let owner = OwnerKey::well_known(0x46).unwrap();
    shell.set("WALLET", &wallet.id);
    shell.set("TOKEN", &wallet.token);
    shell.set("OWNER", owner.address());
    shell.expect(
        200,
        r#"curl -s -X PUT $BASE/v1/wallets/$WALLET/owner -H "X-Master-Password: $PASSWORD" \
  -H "Content-Type: application/json" -d "{\"owner_address\": \"$OWNER\"}""#,
    );
    let sent = shell.expect(
        201,
        r#"curl -s -X POST $BASE/v1/transactions/send -H "Authorization: Bearer $TOKEN" \
  -H "Content-Type: application/json" \
  -d '{"type":"TRANSFER","to":"0x70997970C51812dc3A010C7d01b50e0d17dc79C8","amount":"1.5","network":"ethereum-sepolia"}'"#,
    );
    assert_eq!((&sent["status"], &sent["tier"]), (&Value::from("QUEUED"), &Value::from("APPROVAL")));
    let transaction = text(&sent, "id").unwrap();
    shell.set("TX", transaction);
    let nonce = shell.expect(200, "curl -s $BASE/v1/nonce");
    let headers =
        owner.headers(&format!("Approve transaction {transaction}"), text(&nonce, "nonce").unwrap(), CHAIN_ID).unwrap();
    shell.set("SIGNATURE", &headers[0].1);
    shell.set("MESSAGE", &headers[1].1);
    let approve = r#"curl -s -X POST $BASE/v1/transactions/$TX/approve \
  -H "X-Owner-Signature: $SIGNATURE" -H "X-Owner-Message: $MESSAGE""#;
    assert_eq!(shell.expect(200, approve)["status"], "EXECUTING");
    world.agent(&wallet).until(transaction, &["CONFIRMED"]).unwrap();
    let (status, body) = shell.run(approve);
    assert!(matches!(status, 401 | 409), "{status} {body}");
}

#[test]
fn both_spellings_of_a_rate_limit_are_understood() {
    let world = World::start();
    let wallet = world.wallet();
    let mut shell = Shell::of(&world);
    shell.set("WALLET", &wallet.id);
    for rules in
        [r#"{\"maxTransactions\": 10, \"period\": \"hourly\"}"#, r#"{\"max_requests\": 10, \"window_seconds\": 3600}"#]
    {
        let policy = shell.expect(
            201,
            &format!(
                r#"curl -s -X POST $BASE/v1/policies -H "X-Master-Password: $PASSWORD" \
  -H "Content-Type: application/json" \
  -d "{{\"walletId\": \"$WALLET\", \"type\": \"RATE_LIMIT\", \"rules\": {rules}}}""#
            ),
        );
        assert_eq!(policy["type"], "RATE_LIMIT");
    }
}

#[test]
fn every_policy_of_the_tutorials_is_accepted_or_plainly_refused() {
    let world = World::start();
    let wallet = world.wallet();
    let mut shell = Shell::of(&world);
    shell.set("WALLET", &wallet.id);
    let accepted = [
        ("SPENDING_LIMIT", r#"{\"instant_max_usd\": 50, \"daily_limit_usd\": 1000}"#),
        ("WHITELIST", r#"{\"allowed_addresses\": [\"0x70997970C51812dc3A010C7d01b50e0d17dc79C8\"]}"#),
        (
            "ALLOWED_TOKENS",
            r#"{\"tokens\": [{\"address\": \"0x1c7D4B196Cb0C7B01d743Fbc6116a902379C7238\", \"symbol\": \"USDC\",
                \"chain\": \"ethereum\"}, {\"address\": \"native:ethereum\", \"symbol\": \"ETH\",
                \"chain\": \"ethereum\"}]}"#,
        ),
        (
            "CONTRACT_WHITELIST",
            r#"{\"contracts\": [{\"address\": \"0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D\",
                \"name\": \"router\", \"chain\": \"ethereum\"}]}"#,
        ),
        (
            "APPROVED_SPENDERS",
            r#"{\"spenders\": [{\"address\": \"0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D\",
                \"name\": \"router\", \"maxAmount\": \"1000000000\"}]}"#,
        ),
        ("ALLOWED_NETWORKS", r#"{\"networks\": [{\"network\": \"ethereum-sepolia\"}]}"#),
        ("TIME_RESTRICTION", r#"{\"allowedHours\": {\"start\": 9, \"end\": 17}, \"timezone\": \"Asia/Seoul\"}"#),
        ("APPROVE_AMOUNT_LIMIT", r#"{\"maxAmount\": \"1000000000\"}"#),
        ("APPROVE_TIER_OVERRIDE", r#"{\"tier\": \"APPROVAL\"}"#),
        (
            "METHOD_WHITELIST",
            r#"{\"methods\": [{\"contractAddress\": \"0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D\",
                \"selectors\": [\"0x38ed1739\"]}]}"#,
        ),
    ];
    let create = |policy_type: &str, rules: &str| {
        format!(
            r#"curl -s -X POST $BASE/v1/policies -H "X-Master-Password: $PASSWORD" \
  -H "Content-Type: application/json" \
  -d "{{\"walletId\": \"$WALLET\", \"type\": \"{policy_type}\", \"rules\": {rules}}}""#
        )
    };
    for (policy_type, rules) in accepted {
        assert_eq!(shell.expect(201, &create(policy_type, rules))["type"], policy_type);
    }
    // What cannot be enforced as written is refused: a stored rule that nobody applies is a trap.
    for (policy_type, rules) in [
        ("TIME_RESTRICTION", r#"{\"allowedHours\": {\"start\": 9, \"end\": 17}, \"timezone\": \"Mars/Base\"}"#),
        ("LENDING_LTV_LIMIT", r#"{\"maxLtv\": 1.7}"#),
        ("PERP_MAX_LEVERAGE", r#"{\"maxLeverage\": 0}"#),
    ] {
        let refused = shell.expect(400, &create(policy_type, rules));
        assert_eq!(refused["code"], "ACTION_VALIDATION_FAILED", "{refused}");
    }
}

#[test]
fn the_documentation_is_served_and_names_every_route_that_the_tutorials_use() {
    let world = World::start();
    let shell = Shell::of(&world);
    let document = shell.expect(200, "curl -s $BASE/doc");
    assert!(text(&document, "openapi").unwrap().starts_with("3."));
    for (path, method) in [
        ("/v1/wallets", "post"),
        ("/v1/sessions", "post"),
        ("/v1/policies", "post"),
        ("/v1/transactions/send", "post"),
        ("/v1/transactions/{id}", "get"),
        ("/v1/transactions/{id}/approve", "post"),
        ("/v1/sessions/wallet/{walletId}", "delete"),
        ("/v1/admin/kill-switch", "post"),
    ] {
        assert!(document["paths"][path][method].is_object(), "no {method} {path}");
    }
    let page = shell.expect(200, "curl -s $BASE/reference");
    let page = page.as_str().unwrap();
    assert!(page.contains("<html"), "{page}");
    // It works offline: nothing is loaded from elsewhere.
    assert!(!page.contains("src=\"http") && !page.contains("src=\"//"), "{page}");
}
