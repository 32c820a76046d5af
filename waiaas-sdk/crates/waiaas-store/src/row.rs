//! Reading rows back, strictly: what cannot be read is [`StoreError::Corrupt`], naming table, row and column.

use crate::failure::Failure;
use sqlx::sqlite::SqliteRow;
use sqlx::{Decode, Row, Sqlite, Type};
use waiaas_core::time::UnixMillis;
use waiaas_engine::ports::store::StoreError;

/// One row of one table, read column by column.
pub(crate) struct Fields<'r> {
    row: &'r SqliteRow,
    table: &'static str,
    key: &'static str,
}

impl<'r> Fields<'r> {
    /// A row of `table` whose column `key` says which.
    pub(crate) fn new(row: &'r SqliteRow, table: &'static str, key: &'static str) -> Self {
        Self { row, table, key }
    }

    /// The error for a column that makes no sense.
    pub(crate) fn damaged(&self, column: &str, why: impl core::fmt::Display) -> Failure {
        let id = self.row.try_get::<String, _>(self.key).unwrap_or_else(|_| {
            self.row.try_get::<i64, _>(self.key).map_or_else(|_| "?".to_owned(), |number| number.to_string())
        });
        StoreError::Corrupt(format!("table `{}`, row `{id}`, column `{column}`: {why}", self.table)).into()
    }

    fn get<T>(&self, column: &str) -> Result<T, Failure>
    where
        T: Decode<'r, Sqlite> + Type<Sqlite>,
    {
        self.row.try_get(column).map_err(|error| match error {
            sqlx::Error::ColumnDecode { source, .. } => self.damaged(column, source),
            other => Failure::Sql(other),
        })
    }

    /// Text.
    pub(crate) fn text(&self, column: &str) -> Result<String, Failure> {
        self.get(column)
    }

    /// Text or nothing.
    pub(crate) fn text_opt(&self, column: &str) -> Result<Option<String>, Failure> {
        self.get(column)
    }

    /// Bytes.
    pub(crate) fn bytes(&self, column: &str) -> Result<Vec<u8>, Failure> {
        self.get(column)
    }

    /// Bytes or nothing.
    pub(crate) fn bytes_opt(&self, column: &str) -> Result<Option<Vec<u8>>, Failure> {
        self.get(column)
    }

    /// An integer.
    pub(crate) fn int(&self, column: &str) -> Result<i64, Failure> {
        self.get(column)
    }

    /// An integer or nothing.
    pub(crate) fn int_opt(&self, column: &str) -> Result<Option<i64>, Failure> {
        self.get(column)
    }

    /// An integer of a narrower range.
    pub(crate) fn number<T: TryFrom<i64>>(&self, column: &str) -> Result<T, Failure> {
        T::try_from(self.int(column)?).map_err(|_| self.damaged(column, "the number is out of range"))
    }

    /// An integer of a narrower range, or nothing.
    pub(crate) fn number_opt<T: TryFrom<i64>>(&self, column: &str) -> Result<Option<T>, Failure> {
        self.int_opt(column)?
            .map(|value| T::try_from(value).map_err(|_| self.damaged(column, "the number is out of range")))
            .transpose()
    }

    /// An instant.
    pub(crate) fn instant(&self, column: &str) -> Result<UnixMillis, Failure> {
        self.int(column).map(UnixMillis::from_millis)
    }

    /// An instant or nothing.
    pub(crate) fn instant_opt(&self, column: &str) -> Result<Option<UnixMillis>, Failure> {
        Ok(self.int_opt(column)?.map(UnixMillis::from_millis))
    }

    /// Yes or no.
    pub(crate) fn flag(&self, column: &str) -> Result<bool, Failure> {
        match self.int(column)? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.damaged(column, "expected 0 or 1")),
        }
    }

    /// Text that `parse` understands.
    pub(crate) fn parsed<T>(&self, column: &str, parse: impl FnOnce(&str) -> Option<T>) -> Result<T, Failure> {
        parse(&self.text(column)?).ok_or_else(|| self.damaged(column, "the text is not understood"))
    }

    /// Text that `parse` understands, or nothing.
    pub(crate) fn parsed_opt<T>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Failure> {
        match self.text_opt(column)? {
            None => Ok(None),
            Some(text) => parse(&text).map(Some).ok_or_else(|| self.damaged(column, "the text is not understood")),
        }
    }

    /// JSON.
    pub(crate) fn json(&self, column: &str) -> Result<serde_json::Value, Failure> {
        self.parsed(column, |text| serde_json::from_str(text).ok())
    }
}

/// Reads the id type `T` from text.
pub(crate) fn id<T: core::str::FromStr>(text: &str) -> Option<T> {
    text.parse().ok()
}

/// 32 bytes as lowercase hexadecimal text.
pub(crate) fn hash_text(hash: &[u8; 32]) -> String {
    hex::encode(hash)
}

/// Reads 32 bytes from hexadecimal text.
pub(crate) fn hash(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0_u8; 32];
    hex::decode_to_slice(text, &mut bytes).ok()?;
    Some(bytes)
}

/// A number for an INTEGER column; one beyond 2⁶³ − 1 is refused.
pub(crate) fn integer<T>(value: T, what: &'static str) -> Result<i64, Failure>
where
    i64: TryFrom<T>,
{
    i64::try_from(value).map_err(|_| Failure::out_of_range(what))
}
