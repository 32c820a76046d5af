//! What the provider of an action declares about it.
//!
//! Only this service attaches these declarations, after one of its own providers resolved the call; nothing that an
//! agent writes becomes one.

use crate::chain::AssetId;
use crate::money::{BaseUnits, Ratio, Usd};
use crate::policy::Tier;
use crate::wallet::wire_enum;

/// An action of a provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// The provider is part of this service and switched on: its contracts need no entry in CONTRACT_WHITELIST.
    pub trusted: bool,
    /// The least tier: the operator's setting for the action, or else the provider's own.
    pub floor: Tier,
    /// Where it happens, if that is somewhere with a name.
    pub venue: Option<String>,
    /// What kind of action it is, such as `swap` or `lending`.
    pub category: Option<String>,
    /// Takes something back out of a protocol.
    pub withdrawal: bool,
    /// What it is worth; `None` when nobody knows.
    pub notional: Option<Usd>,
    /// What it moves stays the wallet's own (supply, repay, withdraw, close, add margin), so its worth is not spent.
    pub non_spending: bool,
    /// What leaves the wallet by it beyond the operations that can be seen.
    pub outflows: Vec<(AssetId, BaseUnits)>,
    /// What it does with a loan.
    pub lending: Option<Lending>,
    /// What it does with a perpetual position.
    pub perp: Option<Perp>,
}

/// What an action does with a loan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lending {
    /// Which operation.
    pub op: LendingOp,
    /// Of which asset; `None` when the provider did not say.
    pub asset: Option<AssetId>,
    /// What it is worth; `None` when nobody knows.
    pub usd: Option<Usd>,
}

wire_enum! {
    /// Operations of lending protocols.
    LendingOp {
        /// Puts collateral in.
        Supply => "supply",
        /// Takes a loan.
        Borrow => "borrow",
        /// Pays a loan back.
        Repay => "repay",
        /// Takes collateral out.
        Withdraw => "withdraw",
    }
}

/// What an action does with a perpetual position.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Perp {
    /// Which operation.
    pub op: PerpOp,
    /// In which market; `None` when the provider did not say.
    pub market: Option<String>,
    /// The leverage of the position afterwards.
    pub leverage: Option<Ratio>,
    /// The size of the position afterwards.
    pub size: Option<Usd>,
    /// It can only make a position smaller.
    pub reduce_only: bool,
}

wire_enum! {
    /// Operations of perpetual exchanges.
    PerpOp {
        /// Begins a position.
        OpenPosition => "open_position",
        /// Changes one.
        ModifyPosition => "modify_position",
        /// Ends one.
        ClosePosition => "close_position",
        /// Puts an order into the book.
        PlaceOrder => "place_order",
        /// Changes the leverage.
        SetLeverage => "set_leverage",
        /// Puts margin in.
        AddMargin => "add_margin",
        /// Takes margin out.
        WithdrawMargin => "withdraw_margin",
    }
}
