//! Table `spend_holds`: amounts that count against limits.

use super::dollars;
use crate::failure::Failure;
use crate::row::{Fields, integer};
use sqlx::sqlite::{SqliteConnection, SqliteRow};
use waiaas_core::chain::AssetId;
use waiaas_core::id::TxId;
use waiaas_core::money::{BaseUnits, Usd};
use waiaas_engine::ports::store::{Hold, HoldEffect, TxRow};

/// They count at any age.
const HELD: &str = "HELD";
/// They count while their transaction's admission is inside the window.
const SETTLED: &str = "SETTLED";
/// They do not count.
const RELEASED: &str = "RELEASED";

pub(super) async fn insert(connection: &mut SqliteConnection, row: &TxRow, holds: &[Hold]) -> Result<(), Failure> {
    for (position, hold) in holds.iter().enumerate() {
        let (micros, large) = dollars::columns(hold.usd);
        sqlx::query(
            "INSERT INTO spend_holds (tx_id, position, wallet_id, asset, amount, usd_micros, usd_micros_large, state,
                 created_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
        )
        .bind(row.id.to_string())
        .bind(integer(position, "number of holds")?)
        .bind(row.wallet.to_string())
        .bind(hold.asset.to_string())
        .bind(hold.amount.to_string())
        .bind(micros)
        .bind(large)
        .bind(if row.status.holds_funds() { HELD } else { RELEASED })
        .bind(row.created_at.as_millis())
        .execute(&mut *connection)
        .await?;
    }
    Ok(())
}

/// What was held for a transaction, in the order of its valuation, whatever became of it.
pub(super) async fn of(connection: &mut SqliteConnection, tx: TxId) -> Result<Vec<Hold>, Failure> {
    let rows = sqlx::query(
        "SELECT tx_id, asset, amount, usd_micros, usd_micros_large FROM spend_holds WHERE tx_id = $1 ORDER BY position",
    )
    .bind(tx.to_string())
    .fetch_all(connection)
    .await?;
    let hold = |row: &SqliteRow| {
        let fields = Fields::new(row, "spend_holds", "tx_id");
        Ok(Hold {
            asset: fields.parsed("asset", |text| AssetId::parse(text).ok())?,
            amount: fields.parsed("amount", |text| BaseUnits::parse_digits(text).ok())?,
            usd: dollars::read_opt(&fields)?.unwrap_or(Usd::ZERO),
        })
    };
    rows.iter().map(hold).collect()
}

pub(super) async fn apply(connection: &mut SqliteConnection, tx: TxId, effect: HoldEffect) -> Result<(), Failure> {
    let state = match effect {
        HoldEffect::Keep => return Ok(()),
        HoldEffect::Settle => SETTLED,
        HoldEffect::Release => RELEASED,
    };
    sqlx::query("UPDATE spend_holds SET state = $2 WHERE tx_id = $1")
        .bind(tx.to_string())
        .bind(state)
        .execute(connection)
        .await?;
    Ok(())
}
