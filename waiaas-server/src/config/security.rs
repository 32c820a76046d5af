//! `[security]`: limits and the network surface.

use super::layers::Raw;
use super::read::{Outcome, integer, texts};
use super::section::section;
use core::net::IpAddr;

// DIFFERS: the three request limits may be set to 1,000,000 a minute where the original stops at 10000,
// 5000 and 100: an operator whose agents share one session or one proxy needs more than that.
section! {
    /// Limits and the network surface.
    Security in "security" {
        /// Live sessions that one wallet may have, 1 to 50.
        max_sessions_per_wallet: u32 = 5, integer(1, 50), "10";
        /// Requests a minute from one address, 100 to 1000000.
        rate_limit_global_ip_rpm: u32 = 1_000, integer(100, 1_000_000), "2000";
        /// Requests a minute of one session, 10 to 1000000.
        rate_limit_session_rpm: u32 = 300, integer(10, 1_000_000), "600";
        /// Requests a minute of one session that may move money, 1 to 1000000.
        rate_limit_tx_rpm: u32 = 10, integer(1, 1_000_000), "20";
        /// Origins of web pages that may call the API from a browser.
        cors_origins: Vec<String> = vec!["http://localhost:3100".to_owned(), "http://127.0.0.1:3100".to_owned()],
            texts, "[\"https://wallet.example\"]";
        /// Host names that requests may name besides 127.0.0.1, localhost and [::1], without port.
        allowed_hosts: Vec<String> = Vec::new(), texts, "[\"wallet.example\"]";
        /// Addresses or ranges of proxies whose X-Forwarded-For header is believed.
        trusted_proxies: Vec<AddressRange> = Vec::new(), ranges, "[\"10.0.0.0/8\"]";
        /// Domains that owners' signed messages may name, as they stand in the first line of the message.
        owner_domains: Vec<String> =
            vec!["waiaas.local".to_owned(), "localhost:3100".to_owned(), "127.0.0.1:3100".to_owned()],
            texts, "[\"wallet.example\"]";
        /// Seconds that a DELAY waits when its policy does not say, 60 to 3600.
        policy_defaults_delay_seconds: u32 = 300, integer(60, 3_600), "900";
        /// Seconds that an approval stays open when its policy does not say, 300 to 86400.
        policy_defaults_approval_timeout: u32 = 3_600, integer(300, 86_400), "7200";
        /// Owner nonces that are remembered, 100 to 10000.
        nonce_cache_max: u32 = 1_000, integer(100, 10_000), "2000";
    }
}

/// A range of IP addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AddressRange {
    base: IpAddr,
    prefix: u8,
}

impl AddressRange {
    /// Reads `10.1.2.3`, `10.0.0.0/8`, `fd00::/8`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = text.split_once('/').map_or((text, None), |(address, prefix)| (address, Some(prefix)));
        let base: IpAddr = address.parse().ok()?;
        let longest = if base.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Some(longest), |prefix| prefix.parse().ok())?;
        (prefix <= longest).then_some(Self { base, prefix })
    }

    /// Whether `address` is in the range.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match (self.base, address) {
            (IpAddr::V4(base), IpAddr::V4(address)) => {
                let ignored = 32_u32.saturating_sub(self.prefix.into());
                base.to_bits().checked_shr(ignored) == address.to_bits().checked_shr(ignored)
            }
            (IpAddr::V6(base), IpAddr::V6(address)) => {
                let ignored = 128_u32.saturating_sub(self.prefix.into());
                base.to_bits().checked_shr(ignored) == address.to_bits().checked_shr(ignored)
            }
            _ => false,
        }
    }
}

fn ranges(raw: &Raw) -> Outcome<Vec<AddressRange>> {
    texts(raw)?
        .iter()
        .map(|text| {
            AddressRange::parse(text).ok_or_else(|| format!("has `{text}`, which is neither an IP address nor a range"))
        })
        .collect()
}
