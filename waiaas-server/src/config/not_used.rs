//! Keys of the original's `config.toml` that this build accepts and does not use. Setting one is a
//! warning, so that an existing file starts and nobody believes that a setting works when it does not.

/// Section and keys.
pub(super) const KEYS: &[(&str, &[&str])] = &[
    (
        "daemon",
        &["log_file", "log_max_size", "log_max_files", "dev_mode", "admin_ui", "update_check", "update_check_interval"],
    ),
    ("keystore", &["backup_on_rotate"]),
    ("database", &["wal_checkpoint_interval", "mmap_size"]),
    (
        "rpc",
        &[
            "solana_mainnet",
            "solana_devnet",
            "solana_testnet",
            "solana_ws_mainnet",
            "solana_ws_devnet",
            "xrpl_mainnet",
            "xrpl_testnet",
            "xrpl_devnet",
        ],
    ),
    (
        "security",
        &[
            "jwt_secret",
            "max_pending_tx",
            "nonce_storage",
            "nonce_cache_ttl",
            "autostop_consecutive_failures_threshold",
            "autostop_unusual_activity_threshold",
            "autostop_unusual_activity_window_sec",
            "autostop_idle_timeout_sec",
            "autostop_idle_check_interval_sec",
            "autostop_enabled",
            "monitoring_check_interval_sec",
            "monitoring_low_balance_threshold_sol",
            "monitoring_low_balance_threshold_eth",
            "monitoring_cooldown_hours",
            "monitoring_enabled",
            "kill_switch_recovery_cooldown",
            "kill_switch_max_recovery_attempts",
            "outbound_allowlist",
        ],
    ),
    (
        "notifications",
        &[
            "enabled",
            "min_channels",
            "health_check_interval",
            "log_retention_days",
            "dedup_ttl",
            "telegram_bot_token",
            "telegram_chat_id",
            "discord_webhook_url",
            "slack_webhook_url",
            "locale",
            "rate_limit_rpm",
        ],
    ),
    ("walletconnect", &["project_id", "relay_url"]),
    ("policy", &["signed_reservation_ttl_seconds"]),
    ("display", &["currency"]),
    ("telegram", &["enabled", "bot_token", "locale"]),
    (
        "incoming",
        &[
            "enabled",
            "poll_interval",
            "retention_days",
            "suspicious_dust_usd",
            "suspicious_amount_multiplier",
            "cooldown_minutes",
            "wss_url",
        ],
    ),
    ("backup", &["dir", "interval", "retention_count"]),
    (
        "actions",
        &[
            "jupiter_swap_enabled",
            "jupiter_swap_api_base_url",
            "jupiter_swap_api_key",
            "jupiter_swap_default_slippage_bps",
            "jupiter_swap_max_slippage_bps",
            "jupiter_swap_max_price_impact_pct",
            "jupiter_swap_jito_tip_lamports",
            "jupiter_swap_request_timeout_ms",
            "zerox_swap_enabled",
            "zerox_swap_api_key",
            "zerox_swap_default_slippage_bps",
            "zerox_swap_max_slippage_bps",
            "zerox_swap_request_timeout_ms",
            "lifi_enabled",
            "lifi_api_key",
            "lifi_api_base_url",
            "lifi_default_slippage_pct",
            "lifi_max_slippage_pct",
        ],
    ),
];

/// Whether the key is accepted without effect.
pub(super) fn contains(section: &str, key: &str) -> bool {
    KEYS.iter().any(|(name, keys)| *name == section && keys.contains(&key))
}
