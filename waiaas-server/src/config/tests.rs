use super::*;

fn load(toml: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Result<Config, ConfigError> {
    let own = |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    Config::parse(Path::new("data"), toml, &Sources { environment: own(environment), flags: own(flags) })
}

fn problem(toml: &str) -> String {
    load(toml, &[], &[]).unwrap_err().to_string()
}

#[test]
fn every_key_changes_the_configuration_or_is_listed_as_not_used() {
    let default = load("", &[], &[]).unwrap();
    for (section, keys) in Config::reference() {
        for key in keys {
            assert!(!key.text.is_empty(), "{section}.{} has no documentation", key.name);
            assert!(!not_used::contains(section, &key.name), "{section}.{} is listed as not used", key.name);
            let toml = format!("[{section}]\n{} = {}", key.name, key.example);
            let changed = load(&toml, &[], &[]).unwrap();
            assert!(changed.warnings.is_empty(), "{toml}: {:?}", changed.warnings);
            assert_ne!(changed, default, "{toml} changes nothing");
        }
    }
}

#[test]
fn every_key_is_read_by_the_service() {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut text = String::new();
    collect_source(&source, &mut text);
    // Endpoints are reached by network, not by key.
    for (section, keys) in Config::reference().into_iter().filter(|(section, _)| *section != "rpc") {
        for key in keys {
            assert!(text.contains(&format!(".{}", key.name)), "{section}.{} is read nowhere", key.name);
        }
    }
    assert!(text.contains("rpc.url("));
}

fn collect_source(folder: &Path, text: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() && !path.ends_with("config") {
            collect_source(&path, text);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            text.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}

#[test]
fn the_keys_of_the_original_are_all_known() {
    // Section and number of keys of the original's config.toml (interfaces.md section 7.1).
    let counts = [
        ("daemon", 13),
        ("keystore", 4),
        ("database", 5),
        ("rpc", 20),
        ("notifications", 11),
        ("walletconnect", 2),
        ("x402", 2),
        ("display", 1),
        ("telegram", 3),
        ("incoming", 7),
        ("backup", 3),
        ("actions", 18),
    ];
    for (section, count) in counts {
        let used = section::known_keys().into_iter().filter(|(name, _)| *name == section).flat_map(|(_, keys)| keys);
        let unused = not_used::KEYS.iter().filter(|(name, _)| *name == section).flat_map(|(_, keys)| keys.iter());
        assert_eq!(used.count() + unused.count(), count, "[{section}]");
    }
}

#[test]
fn flags_win_over_the_environment_which_wins_over_the_file() {
    let toml = "[daemon]\nport = 4000\nlog_level = \"warn\"\nadmin_timeout = 100";
    let environment = [("WAIAAS_DAEMON_PORT", "5000"), ("WAIAAS_DAEMON_ADMIN_TIMEOUT", "200"), ("HOME", "x")];
    let config = load(toml, &environment, &[("daemon.port", "0")]).unwrap();
    assert_eq!((config.daemon.port, config.daemon.admin_timeout), (0, 200));
    assert_eq!(config.daemon.log_level, LogLevel::Warn);
    assert!(config.warnings.is_empty());
}

#[test]
fn environment_values_are_read_by_the_type_of_their_key() {
    let config = load(
        "",
        &[
            ("WAIAAS_SECURITY_CORS_ORIGINS", "[\"https://a.example\"]"),
            ("WAIAAS_POLICY_DEFAULT_DENY_TOKENS", "false"),
            ("WAIAAS_RPC_ETHEREUM_SEPOLIA", "http://127.0.0.1:8545"),
            ("WAIAAS_ORACLE_FIXED", "{\"eip155:1/slip44:60\":\"3000.50\"}"),
            ("WAIAAS_DATABASE_PATH", "12345"),
        ],
        &[],
    )
    .unwrap();
    assert_eq!(config.security.cors_origins, ["https://a.example"]);
    assert!(!config.policy.default_deny_tokens);
    assert_eq!(config.rpc.url(waiaas_sdk::core::chain::Network::EthereumSepolia), "http://127.0.0.1:8545");
    assert_eq!(config.oracle.fixed.len(), 1);
    assert_eq!(config.database.path, "12345");
}

#[test]
fn unknown_sections_and_bad_values_stop_the_start_all_at_once() {
    let text =
        problem("[deamon]\nport = 1\n[daemon]\nport = 80\nhostname = \"10.0.0.1\"\n[security]\nrate_limit_tx_rpm = 0");
    for part in [
        "unknown section [deamon]",
        "daemon, database",
        "daemon.port must be 0 (any free port) or a whole number from 1024 to 65535",
        "daemon.hostname must be one of 127.0.0.1, 0.0.0.0",
        "security.rate_limit_tx_rpm must be a whole number from 1 to 1000000",
    ] {
        assert!(text.contains(part), "`{part}` is not in: {text}");
    }
    assert!(problem("port = 1").contains("unknown section [port]"));
    assert!(problem("daemon = 1").contains("must be a section"));
    assert!(problem("[daemon]\n[daemon.port]\nx = 1").contains("daemon.port must be"));
    assert!(problem("[daemon]\nport =\n").contains("line 2"));
    assert!(problem("[oracle.fixed]\n\"eip155:1/slip44:60\" = \"12.x\"").contains("eip155:1/slip44:60"));
    assert!(problem("[rpc]\nevm_base_mainnet = \"ftp://x\"").contains("http:// or https://"));
    assert!(problem("[security]\ntrusted_proxies = [\"10.0.0.0/33\"]").contains("10.0.0.0/33"));
}

#[test]
fn unknown_and_unused_keys_are_warnings() {
    let config = load("[daemon]\nprot = 4000\nlog_file = \"x\"\n[backup]\ndir = \"b\"", &[], &[]).unwrap();
    let text = config.warnings.join("\n");
    assert!(text.contains("unknown key `prot` in section [daemon]"), "{text}");
    assert!(text.contains("did you mean `port`?"), "{text}");
    assert!(text.contains("daemon.log_file is accepted but has no effect"), "{text}");
    assert!(text.contains("backup.dir is accepted"), "{text}");
    assert_eq!(config.daemon.port, 3100);
}

#[test]
fn the_venue_switch_has_two_names_and_is_given_once() {
    let on =
        |toml: &str, environment: &[(&str, &str)]| load(toml, environment, &[]).unwrap().policy.venue_whitelist_enabled;
    assert!(on("venue_whitelist_enabled = true\n[policy]\ndefault_deny_tokens = true", &[]));
    assert!(on("", &[("WAIAAS_VENUE_WHITELIST_ENABLED", "true")]));
    assert!(on("", &[("WAIAAS_POLICY_VENUE_WHITELIST_ENABLED", "true")]));
    assert!(!on("venue_whitelist_enabled = true", &[("WAIAAS_POLICY_VENUE_WHITELIST_ENABLED", "false")]));
    let twice = problem("venue_whitelist_enabled = true\n[policy]\nvenue_whitelist_enabled = false");
    assert!(twice.contains("policy.venue_whitelist_enabled is set twice"), "{twice}");
    let both = [("WAIAAS_VENUE_WHITELIST_ENABLED", "true"), ("WAIAAS_POLICY_VENUE_WHITELIST_ENABLED", "true")];
    assert!(load("", &both, &[]).is_err());
    assert!(problem("venue_whitelist_enabled = \"yes\"").contains("must be true or false"));
}

#[test]
fn settings_of_policies_are_strict_and_have_variables() {
    for (toml, expect) in [
        ("[policy]\ndefault_deny_x402_domains = \"false\"", "policy.default_deny_x402_domains must be true or false"),
        ("[policy]\nnft_transfer_default_tier = \"instant\"", "must be one of INSTANT, NOTIFY, DELAY, APPROVAL"),
        ("[rpc_proxy]\ndeploy_default_tier = \"\"", "rpc_proxy.deploy_default_tier must be one of"),
        ("[x402]\nrequest_timeout = 4", "x402.request_timeout must be a whole number from 5 to 120"),
        ("[x402]\nrequest_timeout = 121", "x402.request_timeout must be a whole number from 5 to 120"),
        ("[erc8128]\ndefault_rate_limit_rpm = 0", "erc8128.default_rate_limit_rpm must be a whole number from 1"),
    ] {
        let text = problem(toml);
        assert!(text.contains(expect), "{toml}: {text}");
    }
    let environment = [
        ("WAIAAS_X402_REQUEST_TIMEOUT", "5"),
        ("WAIAAS_ERC8128_ENABLED", "true"),
        ("WAIAAS_RPC_PROXY_DEPLOY_DEFAULT_TIER", "NOTIFY"),
        ("WAIAAS_POLICY_DEFAULT_DENY_PERP_MARKETS", "false"),
    ];
    let config = load("", &environment, &[]).unwrap();
    assert!(config.warnings.is_empty(), "{:?}", config.warnings);
    assert_eq!((config.x402.request_timeout, config.erc8128.enabled), (5, true));
    assert_eq!(config.rpc_proxy.deploy_default_tier, waiaas_sdk::core::policy::Tier::Notify);
    assert!(!config.policy.default_deny_perp_markets);
}

#[test]
fn address_ranges_contain_what_they_say() {
    let check = |range: &str, address: &str, expect: bool| {
        let contains = AddressRange::parse(range).unwrap().contains(address.parse().unwrap());
        assert_eq!(contains, expect, "{address} in {range}");
    };
    check("10.0.0.0/8", "10.255.0.1", true);
    check("10.0.0.0/8", "11.0.0.1", false);
    check("0.0.0.0/0", "203.0.113.9", true);
    check("127.0.0.1", "127.0.0.2", false);
    check("fd00::/8", "fd12::1", true);
    check("fd00::/8", "10.0.0.1", false);
}
