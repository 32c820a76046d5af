//! Money: exact integers with their unit in the type.
//!
//! [`BaseUnits`] counts the smallest unit of one asset (wei, lamports, drops, token units), [`Usd`]
//! counts 10⁻⁶ US dollars, [`Price`] is US dollars per whole unit, [`Ratio`] has no unit. None of them can
//! be added to another, none derives serde: every field that crosses a border names its unit.

mod base_units;
mod decimal;
mod power;
mod price;
mod ratio;
mod usd;

pub use base_units::{AmountError, BaseUnits};
pub use decimal::{Decimal, DecimalError};
pub(crate) use power::{power_of_ten, small_power_of_ten};
pub use price::{Price, PriceError};
pub use ratio::Ratio;
pub use usd::{Usd, UsdError};
