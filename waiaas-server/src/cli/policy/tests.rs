use super::super::context::GlobalOptions;
use super::super::failure::Exit;
use super::super::{Cli, Command as Top};
use super::*;
use clap::Parser;

/// What `waiaas create-policy <line>` would send, or the exit code of its failure.
fn built(line: &str) -> Result<Value, Exit> {
    let words = ["waiaas", "create-policy"].into_iter().chain(line.split_whitespace());
    let cli = Cli::try_parse_from(words).map_err(|_| Exit::Usage)?;
    let Some(Top::CreatePolicy(args)) = cli.command else { panic!("{line}") };
    let rules =
        args.flags.rules(&args.policy_type, args.network, Environment::Mainnet).map_err(|failure| failure.exit)?;
    Ok(request(&args, &rules, None))
}

#[track_caller]
fn check(line: &str, expect: Value) {
    assert_eq!(built(line).unwrap(), expect, "{line}");
}

#[track_caller]
fn refused(line: &str) {
    assert_eq!(built(line), Err(Exit::Usage), "{line}");
}

#[test]
fn spending_limits_are_dollars_unless_said_otherwise() {
    check(
        "--type SPENDING_LIMIT --instant-max 10 --notify-max 100",
        json!({"type": "SPENDING_LIMIT", "rules": {"instant_max_usd": 10, "notify_max_usd": 100}}),
    );
    check(
        "--type spending-limit --instant-max-usd $0.5 --delay-max 1000 --delay-seconds 900 --daily-limit 500 \
         --monthly-limit-usd 5000 --approval-timeout 7200",
        json!({"type": "SPENDING_LIMIT", "rules": {"instant_max_usd": 0.5, "delay_max_usd": 1000, "delay_seconds": 900,
            "daily_limit_usd": 500, "monthly_limit_usd": 5000, "approval_timeout": 7200}}),
    );
    check(
        "--type SPENDING_LIMIT --instant-max-raw 1000000000000000000 --instant-max 1234567890.1234567",
        json!({"type": "SPENDING_LIMIT", "rules": {"instant_max": "1000000000000000000",
            "instant_max_usd": "1234567890.1234567"}}),
    );
    for line in ["--instant-max -1", "--instant-max 1e3", "--instant-max ten", "--instant-max-raw 0.5", ""] {
        refused(&format!("--type SPENDING_LIMIT {line}"));
    }
}

const USDC_ON: [(&str, &str, &str); 5] = [
    ("ethereum-mainnet", "0xA0b86991c6218b36c1d19D4a2e9Eb0cE3606eB48", "eip155:1"),
    ("polygon-mainnet", "0x3c499c542cEF5E3811e1192ce70d8cC03d5c3359", "eip155:137"),
    ("arbitrum-mainnet", "0xaf88d065e77c8cC2239327C5EDb3A432268e5831", "eip155:42161"),
    ("optimism-mainnet", "0x0b2C639c533813f4Aa9D7837CAf62653d097Ff85", "eip155:10"),
    ("base-mainnet", "0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", "eip155:8453"),
];

fn usdc(address: &str, chain_id: &str) -> Value {
    let id = format!("{chain_id}/erc20:{}", address.to_lowercase());
    json!({"address": address, "chain": "ethereum", "assetId": id, "symbol": "USDC"})
}

#[test]
fn symbols_stand_for_every_address_of_the_registry() {
    let mut tokens: Vec<Value> = USDC_ON.iter().map(|(_, address, chain_id)| usdc(address, chain_id)).collect();
    tokens.push(json!({"address": "native:solana", "symbol": "SOL", "chain": "solana"}));
    check("--type ALLOWED_TOKENS --tokens USDC,SOL", json!({"type": "ALLOWED_TOKENS", "rules": {"tokens": tokens}}));

    check(
        "--type ALLOWED_TOKENS --tokens usdc --environment testnet --network base-sepolia",
        json!({"type": "ALLOWED_TOKENS", "network": "base-sepolia", "rules": {"tokens": [
            usdc("0x036CbD53842c5426634e7929541eC2318f3dCF7e", "eip155:84532")]}}),
    );
    check(
        "--type ALLOWED_TOKENS --tokens USDC@eip155:8453,ETH@base-mainnet",
        json!({"type": "ALLOWED_TOKENS", "rules": {"tokens": [
            usdc("0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913", "eip155:8453"),
            {"address": "native:ethereum", "chain": "ethereum", "assetId": "eip155:8453/slip44:60", "symbol": "ETH"}]}}),
    );
    for line in ["NOPE", "USDC,NOPE", "USDC@mars", "LINK@base-mainnet", "0x12", "eip155:1/erc20:0x12"] {
        refused(&format!("--type ALLOWED_TOKENS --tokens {line}"));
    }
}

#[test]
fn addresses_and_asset_ids_are_taken_as_typed() {
    let (_, address, chain_id) = USDC_ON[0];
    let id = format!("{chain_id}/erc20:{}", address.to_lowercase());
    check(
        &format!("--type ALLOWED_TOKENS --tokens {address},{id}"),
        json!({"type": "ALLOWED_TOKENS", "rules": {"tokens": [
            {"address": address, "chain": "ethereum"},
            {"address": address, "chain": "ethereum", "assetId": id}]}}),
    );
}

#[test]
fn contracts_and_spenders_may_have_names() {
    let router = "0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D";
    let jupiter = "JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4";
    check(
        &format!("--type CONTRACT_WHITELIST --contracts {jupiter},uniswap={router}"),
        json!({"type": "CONTRACT_WHITELIST", "rules": {"contracts": [
            {"address": jupiter, "chain": "solana"},
            {"address": router, "chain": "ethereum", "name": "uniswap"}]}}),
    );
    check(
        &format!("--type APPROVED_SPENDERS --spenders {router}"),
        json!({"type": "APPROVED_SPENDERS", "rules": {"spenders": [{"address": router, "chain": "ethereum"}]}}),
    );
    check(
        &format!("--type WHITELIST --addresses {router}"),
        json!({"type": "WHITELIST", "rules": {"allowed_addresses": [router]}}),
    );
    // The last letter of the checksum has the wrong case.
    refused("--type WHITELIST --addresses 0x7a250d5630B4cF539739dF2C5dAcb4c659F2488d");
    refused("--type WHITELIST --addresses alice");
    refused(&format!("--type CONTRACT_WHITELIST --chain solana --contracts {router}"));
}

#[test]
fn networks_and_rates() {
    check(
        "--type ALLOWED_NETWORKS --networks ethereum-sepolia,eip155:84532",
        json!({"type": "ALLOWED_NETWORKS", "rules": {"networks": [
            {"network": "ethereum-sepolia"}, {"network": "base-sepolia"}]}}),
    );
    check(
        "--type RATE_LIMIT --max-transactions 10 --period hourly",
        json!({"type": "RATE_LIMIT", "rules": {"maxTransactions": 10, "period": "hourly"}}),
    );
    refused("--type RATE_LIMIT --max-transactions 10");
    refused("--type ALLOWED_NETWORKS --networks mars");
}

#[test]
fn any_type_takes_json_and_scope_options() {
    check(
        r#"--type TIME_RESTRICTION --rules {"allowedHours":{"start":9,"end":17}} --priority -5 --disabled --ceiling"#,
        json!({"type": "TIME_RESTRICTION", "rules": {"allowedHours": {"start": 9, "end": 17}}, "priority": -5,
            "enabled": false, "ceiling": true}),
    );
    for line in [
        "--type WHITELIST --rules []",
        "--type WHITELIST --rules {",
        "--type WHITELIST --rules {} --addresses 0x7a250d5630B4cF539739dF2C5dAcb4c659F2488D",
        "--type WHITELIST --instant-max 10",
        "--type TIME_RESTRICTION",
        "--instant-max 10",
    ] {
        refused(line);
    }
}

#[tokio::test]
async fn a_dry_run_asks_no_service_and_shows_the_resolved_list() {
    let words = "waiaas create-policy --dry-run --type ALLOWED_TOKENS --tokens USDC --network base-mainnet";
    let Some(Top::CreatePolicy(args)) = Cli::try_parse_from(words.split_whitespace()).unwrap().command else {
        panic!()
    };
    let context =
        Context::new(GlobalOptions { data_dir: Some("/nowhere".into()), ..GlobalOptions::default() }, |_| None);
    let report = create(&context.unwrap(), &args).await.unwrap();
    assert!(report.text.contains("Scope:    every wallet (global)\n"), "{}", report.text);
    assert!(
        report.text.contains("USDC    base-mainnet  0x833589fCD6eDb6E08f4c7C32D4f71b54bdA02913\n"),
        "{}",
        report.text
    );
    assert_eq!(report.json["dryRun"], true);
}

#[test]
fn a_dry_run_finds_what_the_service_would_refuse() {
    let refused = |policy_type: &str, rules: Value| {
        let args = CreateArgs {
            policy_type: policy_type.to_owned(),
            wallet: None,
            network: None,
            priority: None,
            disabled: false,
            ceiling: false,
            dry_run: true,
            flags: RuleFlags::default(),
        };
        let rules = Rules { json: rules, expanded: Vec::new() };
        dry_run(&args, &rules, &request(&args, &rules, None), &[]).unwrap_err()
    };
    assert!(refused("NO_SUCH_TYPE", json!({})).hint.unwrap().contains("SPENDING_LIMIT"));
    assert_eq!(
        refused("WHITELIST", json!({"allowed_addresses": []})).refusal.unwrap().issues[0].path,
        "rules.allowed_addresses"
    );
    assert_eq!(refused("LENDING_LTV_LIMIT", json!({})).refusal.unwrap().issues[0].path, "rules.maxLtv");
}
