//! Table `spend_holds`: amounts that count against limits.

use super::dollars;
use crate::failure::Failure;
use crate::row::integer;
use sqlx::sqlite::SqliteConnection;
use waiaas_core::id::TxId;
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
