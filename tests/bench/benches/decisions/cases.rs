//! Transfers around every limit, for which all engines must come to the same outcome.

use crate::scene::{NETWORK, World, address, token};
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, Network};
use waiaas_core::money::{BaseUnits, Ratio, Usd};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::{Effects, Operation, TxType};

/// One transfer, in the terms that all engines share.
#[derive(Clone, Copy)]
pub(crate) struct Case {
    pub(crate) name: &'static str,
    /// `None` for the native coin.
    pub(crate) token: Option<u64>,
    pub(crate) to: Address,
    /// Smallest units.
    pub(crate) amount: u64,
    pub(crate) network: Network,
    /// Seconds since the epoch; day zero was a Thursday.
    pub(crate) now: i64,
    /// Requests in the last hour.
    pub(crate) recent: u64,
    /// Millionths of dollars spent in a day.
    pub(crate) daily: u64,
    /// And in a month.
    pub(crate) monthly: u64,
    /// Millionths, of at most 100; `None` when nobody rated the recipient.
    pub(crate) score: Option<u64>,
    /// A tier, or `DENIED`.
    pub(crate) expect: &'static str,
}

const ETHER: u64 = 1_000_000_000_000_000_000;
const DOLLAR: u64 = 1_000_000;
const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;
/// A Wednesday.
const MIDNIGHT: i64 = 6 * DAY;

/// A hundredth of an ether to somebody listed.
pub(crate) fn native_transfer() -> Case {
    Case {
        name: "native transfer",
        token: None,
        to: address(1),
        amount: ETHER / 100,
        network: NETWORK,
        now: MIDNIGHT + 12 * HOUR,
        recent: 7,
        daily: 1_000 * DOLLAR,
        monthly: 10_000 * DOLLAR,
        score: Some(80 * DOLLAR),
        expect: "INSTANT",
    }
}

/// Five dollars of a listed token to somebody listed.
pub(crate) fn token_transfer() -> Case {
    Case { name: "token transfer", token: Some(2), to: address(2), amount: 5 * DOLLAR, ..native_transfer() }
}

/// All of them.
pub(crate) fn all() -> Vec<Case> {
    let (native, token) = (native_transfer(), token_transfer());
    let amount = |name, amount, expect| Case { name, amount, expect, ..native };
    let of_token = |name, number, amount, expect| Case { name, token: Some(number), amount, expect, ..token };
    let at = |name, now, expect| Case { name, now, expect, ..native };
    let scored = |name, score, expect| Case { name, score, expect, ..native };
    vec![
        native,
        token,
        amount("one ether", ETHER, "INSTANT"),
        amount("one ether and a wei", ETHER + 1, "NOTIFY"),
        amount("two ether", 2 * ETHER, "NOTIFY"),
        amount("two ether and a wei", 2 * ETHER + 1, "DELAY"),
        amount("three ether", 3 * ETHER, "DELAY"),
        amount("three ether and a wei", 3 * ETHER + 1, "APPROVAL"),
        Case { name: "up to the daily limit", daily: 9_980 * DOLLAR, ..native },
        Case { name: "past the daily limit", daily: 9_980 * DOLLAR + 1, expect: "APPROVAL", ..native },
        Case { name: "up to the monthly limit", monthly: 99_980 * DOLLAR, ..native },
        Case { name: "past the monthly limit", monthly: 99_980 * DOLLAR + 1, expect: "APPROVAL", ..native },
        // What is in flight counts: ten of the token.
        of_token("a token up to its limit", 2, 90 * DOLLAR, "INSTANT"),
        of_token("a token past its limit", 2, 90 * DOLLAR + 1, "NOTIFY"),
        of_token("a token past its second limit", 2, 190 * DOLLAR + 1, "DELAY"),
        of_token("a token past its last limit", 2, 290 * DOLLAR + 1, "APPROVAL"),
        // The first token has no limit of its own.
        of_token("dollars up to the limit", 0, 2_500 * DOLLAR, "INSTANT"),
        of_token("dollars past the limit", 0, 2_500 * DOLLAR + 1, "NOTIFY"),
        of_token("dollars past the second limit", 0, 5_000 * DOLLAR + 1, "DELAY"),
        of_token("dollars past the last limit", 0, 8_000 * DOLLAR + 1, "APPROVAL"),
        of_token("a token that is not listed", u64::from(u32::MAX), 5 * DOLLAR, "DENIED"),
        Case { name: "to a stranger", to: address(u64::MAX / 5), expect: "DENIED", ..native },
        Case { name: "a token to a stranger", to: address(u64::MAX / 5), expect: "DENIED", ..token },
        at("when the hours begin", MIDNIGHT + 8 * HOUR, "INSTANT"),
        at("before the hours", MIDNIGHT + 8 * HOUR - 1, "DENIED"),
        at("at the end of the hours", MIDNIGHT + 20 * HOUR - 1, "INSTANT"),
        at("after the hours", MIDNIGHT + 20 * HOUR, "DENIED"),
        at("on a Saturday", MIDNIGHT + 3 * DAY + 12 * HOUR, "DENIED"),
        Case { name: "the last request of the hour", recent: 99, ..native },
        Case { name: "one request too many", recent: 100, expect: "DENIED", ..native },
        Case { name: "on another network", network: Network::ArbitrumMainnet, expect: "DENIED", ..native },
        scored("reputation of the threshold", Some(50 * DOLLAR), "INSTANT"),
        scored("reputation below the threshold", Some(50 * DOLLAR - 1), "APPROVAL"),
        scored("no reputation", None, "APPROVAL"),
    ]
}

impl Case {
    /// The network's coin or the token.
    pub(crate) fn asset(&self) -> AssetId {
        self.token.map_or(self.network.native_asset(), token)
    }

    /// In flight, in smallest units.
    pub(crate) fn held(&self) -> u64 {
        self.token.map_or(0, |_| 10 * DOLLAR)
    }

    /// Millionths of dollars, rounded up: ether at 2,000 dollars, tokens with six places at one.
    pub(crate) fn usd(&self) -> u64 {
        self.token.map_or(self.amount.div_ceil(ETHER / (2_000 * DOLLAR)), |_| self.amount)
    }

    /// On the clock on the wall.
    pub(crate) fn hour(&self) -> u64 {
        self.now.rem_euclid(DAY).div_euclid(HOUR) as u64
    }

    /// From Sunday.
    pub(crate) fn weekday(&self) -> u64 {
        (self.now.div_euclid(DAY) + 4).rem_euclid(7) as u64
    }

    /// What our evaluator is told.
    pub(crate) fn ours(&self) -> (World, Effects) {
        let amount = BaseUnits::from_u128(self.amount.into());
        let operation = match self.token {
            Some(number) => Operation::TokenTransfer { asset: token(number), to: self.to, amount },
            None => Operation::NativeTransfer { to: self.to, amount },
        };
        let tx_type = if self.token.is_some() { TxType::TokenTransfer } else { TxType::Transfer };
        let mut world = World::new();
        world.subject.network = self.network;
        world.now = UnixMillis::from_secs(self.now);
        world.ledger.daily_usd = Usd::from_micros(self.daily.into());
        world.ledger.monthly_usd = Usd::from_micros(self.monthly.into());
        world.ledger.rates.iter_mut().for_each(|rate| rate.count = self.recent);
        let score = self.score.map(|score| (self.to, Ratio::from_millionths(score)));
        world.actions.reputation = Some(score.into_iter().collect());
        (world, Effects::of(self.network, tx_type, vec![operation]))
    }
}
