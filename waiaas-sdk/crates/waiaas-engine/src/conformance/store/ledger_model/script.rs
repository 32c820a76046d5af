//! What can happen to a ledger, and how such histories are drawn.

use super::model::{DAY_MS, MONTH_MS};
use crate::conformance::store::world::{NETWORK, address, native, token};
use crate::ports::store::{ApprovalEffect, Hold, HoldEffect};
use proptest::prelude::*;
use waiaas_core::chain::AssetId;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_core::tx::TxStatus;

/// How long a history is at most.
const STEPS: usize = 40;

/// A history.
#[derive(Clone, Debug)]
pub(super) struct Script {
    /// Limits that a judge holds the wallets to; `None` admits everything.
    pub(super) limits: Option<Limits>,
    pub(super) steps: Vec<Step>,
}

/// Dollars that may count in any day and in any 30 days.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) daily: Usd,
    pub(super) monthly: Usd,
}

/// One event, and where to look afterwards.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) event: Event,
    /// The sums are read at this moment too, whatever the clock shows.
    pub(super) look: Moment,
}

#[derive(Clone, Debug)]
pub(super) enum Event {
    Admit {
        wallet: usize,
        birth: Birth,
        holds: Vec<Hold>,
        counts_for_rate: bool,
    },
    /// A signature is recorded for the n-th newest request.
    Sign {
        back: usize,
    },
    /// The n-th newest request moves, or is too late to.
    Move {
        back: usize,
        by: Motion,
    },
    Clock(Moment),
    Terminate {
        wallet: usize,
    },
    KillSwitch,
}

/// The first status of a request.
#[derive(Clone, Copy, Debug)]
pub(super) enum Birth {
    Pending,
    Delayed,
    ForApproval,
    Denied,
}

/// A moment, in relation to others.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    /// So many milliseconds after what the clock shows; negative is before.
    After(i64),
    /// So many milliseconds after the admission of the n-th newest request.
    AfterAdmission { back: usize, ms: i64 },
}

/// The moves that the pipeline makes, each with what it does to the holds.
#[derive(Clone, Copy, Debug)]
pub(super) enum Motion {
    Execute,
    WaitForGas,
    Submit,
    Confirm,
    FailInPart,
    HandOut,
    Fail,
    Cancel,
    Expire,
    Approve,
    Expedite,
    /// The chain has what a node had called dead.
    Correct,
}

impl Motion {
    /// The way to the chain is long: its steps come more often, so that some requests arrive.
    const DRAWN: [Self; 22] = [
        Self::Execute,
        Self::Execute,
        Self::Submit,
        Self::Submit,
        Self::Submit,
        Self::Confirm,
        Self::Confirm,
        Self::Confirm,
        Self::HandOut,
        Self::HandOut,
        Self::Execute,
        Self::WaitForGas,
        Self::Submit,
        Self::Confirm,
        Self::FailInPart,
        Self::HandOut,
        Self::Fail,
        Self::Cancel,
        Self::Expire,
        Self::Approve,
        Self::Expedite,
        Self::Correct,
    ];

    /// Where it starts, where it ends, and what becomes of holds and approval.
    pub(super) fn parts(self) -> (&'static [TxStatus], TxStatus, HoldEffect, ApprovalEffect) {
        use TxStatus::{
            Cancelled, Confirmed, Executing, Expired, Failed, GasWaiting, PartialFailure, Pending, Queued, Signed,
            Submitted,
        };
        let (keep, settle, release) = (HoldEffect::Keep, HoldEffect::Settle, HoldEffect::Release);
        let none = ApprovalEffect::None;
        match self {
            Self::Execute => (&[Pending, Queued, GasWaiting], Executing, keep, none),
            Self::WaitForGas => (&[Pending, Queued], GasWaiting, keep, none),
            Self::Submit => (&[Executing], Submitted, keep, none),
            Self::Confirm => (&[Submitted], Confirmed, settle, none),
            Self::FailInPart => (&[Submitted], PartialFailure, settle, none),
            Self::HandOut => (&[Pending], Signed, settle, none),
            Self::Fail => (&[Pending, Executing, Submitted], Failed, release, none),
            Self::Cancel => (
                &[Pending, Queued, GasWaiting, Executing],
                Cancelled,
                release,
                ApprovalEffect::Reject { by_owner: false },
            ),
            Self::Expire => (&[Queued], Expired, release, ApprovalEffect::Expire),
            Self::Approve => (&[Queued], Executing, keep, ApprovalEffect::Approve { signature: vec![1] }),
            Self::Expedite => (&[Queued], Executing, keep, ApprovalEffect::Expedite),
            Self::Correct => (&[Failed], Confirmed, settle, none),
        }
    }
}

/// Assets that requests hold.
pub(super) fn assets() -> [AssetId; 3] {
    let other = AssetId::token(NETWORK, &address(0x71)).unwrap();
    [native(), token(), other]
}

pub(super) fn script() -> impl Strategy<Value = Script> {
    prop_oneof![unlimited(), limited()]
}

/// Any amounts, up to the largest numbers, and nobody to refuse them.
fn unlimited() -> impl Strategy<Value = Script> {
    let hold = (asset(), any_units(), any_usd()).prop_map(|(asset, amount, usd)| Hold { asset, amount, usd });
    steps(hold, Motion::DRAWN.to_vec()).prop_map(|steps| Script { limits: None, steps })
}

/// Amounts of the size of the limits.
fn limited() -> impl Strategy<Value = Script> {
    let hold =
        (asset(), 0..=60_u128, prop_oneof![Just(0_u128), Just(1), 1..=60_u128]).prop_map(|(asset, amount, micros)| {
            Hold { asset, amount: BaseUnits::from_u128(amount), usd: Usd::from_micros(micros) }
        });
    // Money that was believed dead and has moved after all is spent whatever the limit says.
    let motions = Motion::DRAWN.into_iter().filter(|motion| !matches!(motion, Motion::Correct)).collect();
    (steps(hold, motions), 1..=150_u128, 1..=300_u128).prop_map(|(steps, daily, monthly)| Script {
        limits: Some(Limits { daily: Usd::from_micros(daily), monthly: Usd::from_micros(monthly) }),
        steps,
    })
}

fn steps(hold: impl Strategy<Value = Hold>, motions: Vec<Motion>) -> impl Strategy<Value = Vec<Step>> {
    let step = (event(hold, motions), moment()).prop_map(|(event, look)| Step { event, look });
    prop::collection::vec(step, 1..=STEPS)
}

fn event(hold: impl Strategy<Value = Hold>, motions: Vec<Motion>) -> impl Strategy<Value = Event> {
    let birth = prop_oneof![
        6 => Just(Birth::Pending),
        2 => Just(Birth::Delayed),
        2 => Just(Birth::ForApproval),
        1 => Just(Birth::Denied),
    ];
    let admit = (wallet(), birth, prop::collection::vec(hold, 0..=3), prop::bool::weighted(0.9))
        .prop_map(|(wallet, birth, holds, counts_for_rate)| Event::Admit { wallet, birth, holds, counts_for_rate });
    prop_oneof![
        12 => admit,
        3 => (0..4_usize).prop_map(|back| Event::Sign { back }),
        14 => (0..3_usize, prop::sample::select(motions)).prop_map(|(back, by)| Event::Move { back, by }),
        8 => moment().prop_map(Event::Clock),
        1 => wallet().prop_map(|wallet| Event::Terminate { wallet }),
        1 => Just(Event::KillSwitch),
    ]
}

/// The first wallet mostly, so that its sums grow; the other one must not show in them.
fn wallet() -> impl Strategy<Value = usize> {
    prop_oneof![3 => Just(0_usize), 1 => Just(1)]
}

/// Moments around the edges of the windows, forwards and backwards.
fn moment() -> impl Strategy<Value = Moment> {
    let edge = (prop::sample::select(vec![0, 60_000, DAY_MS, DAY_MS, MONTH_MS, MONTH_MS]), -1..=1_i64)
        .prop_map(|(ms, off)| ms + off);
    let steps = vec![0, 1, 999, 1_000, 60_000, 3_600_000, DAY_MS / 2, DAY_MS, MONTH_MS / 2, MONTH_MS];
    let step = (prop::sample::select(steps), -1..=1_i64).prop_map(|(ms, off)| ms + off);
    prop_oneof![
        6 => (0..5_usize, edge).prop_map(|(back, ms)| Moment::AfterAdmission { back, ms }),
        3 => step.clone().prop_map(Moment::After),
        2 => step.prop_map(|ms| Moment::After(-ms)),
    ]
}

fn asset() -> impl Strategy<Value = AssetId> {
    prop::sample::select(assets().to_vec())
}

/// Amounts at which an addition could go wrong, and others.
fn any_units() -> impl Strategy<Value = BaseUnits> {
    let power = |exponent: usize| {
        let mut bytes = [0_u8; 32];
        bytes[31 - exponent / 8] = 1 << (exponent % 8);
        BaseUnits::from_be_bytes(bytes)
    };
    let mut edges: Vec<BaseUnits> = [53, 63, 64, 127, 128, 255].into_iter().map(power).collect();
    edges.extend([BaseUnits::ZERO, BaseUnits::from_u128(1), BaseUnits::MAX]);
    edges.extend([63, 64, 128, 255].into_iter().filter_map(|exponent| power(exponent).checked_sub(power(0))));
    prop_oneof![
        2 => prop::sample::select(edges),
        1 => any::<[u8; 32]>().prop_map(BaseUnits::from_be_bytes),
        1 => (0..1_000_u128).prop_map(BaseUnits::from_u128),
    ]
}

/// Dollar values at which an addition could go wrong, and others.
fn any_usd() -> impl Strategy<Value = Usd> {
    let edges: Vec<u128> =
        vec![0, 1, 1 << 53, (1 << 62) + 1, (1 << 63) - 1, 1 << 63, (1 << 64) - 1, 1 << 100, u128::MAX - 1, u128::MAX];
    prop_oneof![
        2 => prop::sample::select(edges),
        1 => any::<u128>(),
        1 => any::<u64>().prop_map(u128::from),
        2 => 0..1_000_000_000_u128,
    ]
    .prop_map(Usd::from_micros)
}
