//! What a request is about: which policy types it can concern.

use super::case::Phase;
use crate::tx::action::{LendingOp, PerpOp};
use crate::tx::{Action, Channel, Effects, Operation};

/// A set of topics. A policy type names those that concern it, a request has those that occur in it, and the rows of a
/// type are consulted when the two meet. This is the *kind* of a request: two requests of one kind are judged by the
/// same rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Topics(u32);

impl Topics {
    /// Native coin leaves the wallet.
    pub(super) const NATIVE: Self = Self(1);
    /// A fungible token leaves the wallet.
    pub(super) const TOKEN: Self = Self(1 << 1);
    /// Somebody gets an allowance.
    pub(super) const APPROVAL: Self = Self(1 << 2);
    /// Some contract runs.
    pub(super) const CALL: Self = Self(1 << 3);
    /// An NFT leaves the wallet.
    pub(super) const NFT: Self = Self(1 << 4);
    /// Something that no provider of this service vouches for runs a contract or takes an NFT.
    pub(super) const UNVOUCHED_CODE: Self = Self(1 << 5);
    /// Something happens on a network.
    pub(super) const ON_CHAIN: Self = Self(1 << 6);
    /// Something happens outside of any chain.
    pub(super) const EXTERNAL: Self = Self(1 << 7);
    /// An HTTP resource is paid.
    pub(super) const X402: Self = Self(1 << 8);
    /// An HTTP request is signed.
    pub(super) const ERC8128: Self = Self(1 << 9);
    /// Something is requested, now, that the hours of the day matter for.
    pub(super) const TIMED: Self = Self(1 << 10);
    /// Something is requested, now, that counts as a request.
    pub(super) const COUNTED: Self = Self(1 << 11);
    /// Something may be spent.
    pub(super) const SPENDING: Self = Self(1 << 12);
    /// A lending protocol is used.
    pub(super) const LENDING: Self = Self(1 << 13);
    /// A loan is taken.
    pub(super) const BORROWING: Self = Self(1 << 14);
    /// A perpetual position is dealt with by more than making it smaller.
    pub(super) const PERP: Self = Self(1 << 15);
    /// The leverage of a perpetual position may change.
    pub(super) const LEVERAGE: Self = Self(1 << 16);
    /// The size of a perpetual position may change.
    pub(super) const POSITION: Self = Self(1 << 17);
    /// The action happens at a venue.
    pub(super) const VENUE: Self = Self(1 << 18);
    /// The action belongs to a category, or takes something out.
    pub(super) const CATEGORY: Self = Self(1 << 19);

    /// What decides whether a way of coming in is open at all.
    pub(super) const GATES: Self = Self::X402.or(Self::ERC8128);

    /// Everything in either.
    pub(super) const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether something is in both.
    pub(super) const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// The topics of `operations`, which are all of the request's or those of one instruction of it.
    pub(super) fn of(effects: &Effects, operations: &[Operation], phase: Phase) -> Self {
        let action = effects.action.as_ref();
        let channel = Self::of_channel(&effects.channel, phase);
        let vouched = action.is_some_and(|action| action.trusted);
        let topics =
            operations.iter().fold(channel, |topics, operation| topics.or(Self::of_operation(operation, vouched)));
        action.map_or(topics, |action| topics.or(Self::of_action(action)))
    }

    fn of_channel(channel: &Channel, phase: Phase) -> Self {
        let (on, spends, timed, counted) = match channel {
            Channel::Send | Channel::Sign => (Self::ON_CHAIN, true, true, true),
            Channel::X402(_) => (Self::ON_CHAIN.or(Self::X402), true, true, true),
            Channel::External => (Self::EXTERNAL, true, true, true),
            Channel::Message => (Self::default(), false, false, true),
            Channel::Erc8128(_) => (Self::ERC8128, false, false, false),
        };
        let requested = phase == Phase::Admission;
        on.or_if(spends, Self::SPENDING)
            .or_if(timed && requested, Self::TIMED)
            .or_if(counted && requested, Self::COUNTED)
    }

    fn of_operation(operation: &Operation, vouched: bool) -> Self {
        match operation {
            Operation::NativeTransfer { .. } => Self::NATIVE,
            Operation::TokenTransfer { .. } => Self::TOKEN,
            Operation::Approval { .. } => Self::APPROVAL,
            Operation::ContractCall { .. } => Self::CALL.or_if(!vouched, Self::UNVOUCHED_CODE),
            Operation::NftTransfer { .. } => Self::NFT.or_if(!vouched, Self::UNVOUCHED_CODE),
            // Concerns what is on a chain at all, no more.
            Operation::Deployment => Self::default(),
        }
    }

    fn of_action(action: &Action) -> Self {
        let borrows = action.lending.is_some_and(|lending| lending.op == LendingOp::Borrow);
        let perp = action.perp.as_ref().map(|perp| perp.op);
        let grows = action.perp.as_ref().is_some_and(|perp| !perp.reduce_only);
        let sizes = matches!(perp, Some(PerpOp::OpenPosition | PerpOp::ModifyPosition | PerpOp::PlaceOrder));
        Self::default()
            .or_if(action.lending.is_some(), Self::LENDING)
            .or_if(borrows, Self::BORROWING)
            .or_if(grows, Self::PERP)
            .or_if(sizes, Self::POSITION)
            .or_if(sizes || perp == Some(PerpOp::SetLeverage), Self::LEVERAGE)
            .or_if(action.venue.is_some(), Self::VENUE)
            .or_if(action.category.is_some() || action.withdrawal, Self::CATEGORY)
    }

    const fn or_if(self, condition: bool, other: Self) -> Self {
        if condition { self.or(other) } else { self }
    }
}
