//! The few things that all cases are about.

use super::Random;
use ruint::aliases::U256;
use waiaas_core::address::{Address, EvmAddress};
use waiaas_core::chain::{AssetId, Network};
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::policy::RateWindow;

pub(super) const NETWORKS: [Network; 3] = [Network::EthereumMainnet, Network::PolygonAmoy, Network::BaseSepolia];

/// Windows of rate limits: every row uses one of them.
pub const WINDOWS: [RateWindow; 4] = [
    RateWindow { window_seconds: 60, max_requests: 1 },
    RateWindow { window_seconds: 3_600, max_requests: 3 },
    RateWindow { window_seconds: 86_400, max_requests: 4 },
    RateWindow { window_seconds: 604_800, max_requests: 4 },
];

pub(super) const ZONES: [&str; 4] = ["UTC", "Asia/Seoul", "America/New_York", "Mars/Base"];
pub(super) const HOSTS: [&str; 4] = ["api.example.com", "example.com", "a.b.example.com", "evil-example.com"];
pub(super) const VENUES: [&str; 3] = ["polymarket", "Hyperliquid", "binance"];
pub(super) const MARKETS: [&str; 3] = ["ETH-PERP", "sol-perp", "DOGE-PERP"];
pub(super) const CATEGORIES: [&str; 5] = ["swap", "perp", "prediction", "lending", "staking"];

/// The wallet of all requests, and another one.
pub(super) fn wallet(number: u8) -> WalletId {
    WalletId::from_bytes([number; 16])
}

pub(super) fn policy(number: u64) -> PolicyId {
    let mut bytes = [0; 16];
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    PolicyId::from_bytes(bytes)
}

/// Addresses 0 to 3, with letters in them.
pub(super) fn address(number: u64) -> Address {
    let mut bytes = [0xab; 20];
    bytes[19] = number as u8;
    Address::Evm(EvmAddress::from_bytes(bytes))
}

pub(super) fn any_address(random: &mut Random) -> Address {
    address(random.below(4))
}

/// An address as people write it: in either case of letters, rarely one that is none.
pub(super) fn address_text(random: &mut Random) -> String {
    let lower = format!("0x{}{:02x}", "ab".repeat(19), random.below(4));
    match random.below(12) {
        0 => format!("0x{}", lower[2..].to_uppercase()),
        1 => lower.replacen("abab", "aBAb", 1),
        2 => (*random.pick(&["native", "x", "0xab", "external:polymarket", "external:Hyperliquid"])).to_owned(),
        _ => lower,
    }
}

/// Tokens 0 to 2 share addresses with accounts, which is nothing special.
pub(super) fn token(network: Network, number: u64) -> AssetId {
    AssetId::token(network, &address(number)).unwrap()
}

/// A token, now and then the native coin.
pub(super) fn any_asset(random: &mut Random, network: Network) -> AssetId {
    if random.once_in(4) { network.native_asset() } else { token(network, random.below(3)) }
}

/// Amounts around the thresholds of [`super::rules`] for 0, 6 and 18 decimals, and the ends of the range.
pub(super) fn amount(random: &mut Random) -> BaseUnits {
    let one = U256::from(1);
    let half = (one << 255) - one;
    let figure = U256::from(*random.pick(&[1_u64, 2, 5, 10, 50, 100, 101, 500]));
    let scale = U256::from(*random.pick(&[1_u64, 1_000, 1_000_000, 1_000_000_000_000_000, 1_000_000_000_000_000_000]));
    let near = figure * scale;
    BaseUnits::new(match random.below(24) {
        0 | 1 => U256::ZERO,
        2 => one,
        3 => half - one,
        4 => half,
        5 => U256::MAX,
        6 => U256::MAX - one,
        7..=10 => near + one,
        11..=13 => near - one,
        _ => near,
    })
}

/// Dollars in millionths, around the limits of [`super::rules`].
pub(super) fn dollars(random: &mut Random) -> Usd {
    let whole = u128::from(*random.pick(&[0_u64, 1, 5, 8, 10, 50, 80, 99, 100, 400, 500, 1_000, 5_000]));
    let micros = whole * 1_000_000;
    Usd::from_micros(match random.below(8) {
        0 => micros + 1,
        1 => micros.saturating_sub(1),
        _ => micros,
    })
}

/// A dollar limit as it stands in rules.
pub(super) fn dollar_text(random: &mut Random) -> &'static str {
    random.word(&["1", "10", "10.000001", "50", "99.999999", "100", "500", "1000", "5000", "0.5", "100.0"])
}
