//! What a list lacks.

use super::row::PolicyType;
use crate::id::PolicyId;
use serde_json::{Map, Value};

/// An entry whose absence from a list made a rule refuse.
///
/// It names as little as the request needs: a token on one network rather than an address on all of them, one method
/// rather than a contract. Whether it should be added is the operator's business.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingEntry {
    /// The row with the list; `None` when there is no row of the type, so that one would have to be made.
    pub policy: Option<PolicyId>,
    /// The type of the row.
    pub policy_type: PolicyType,
    /// The member of the rules that holds the list, such as `allowed_addresses`.
    pub field: &'static str,
    /// What to append to that list, in the form in which it stands there.
    pub entry: Value,
}

impl MissingEntry {
    /// The rules of a row with this entry and nothing else.
    #[must_use]
    pub fn rules(&self) -> Value {
        Value::Object(Map::from_iter([(self.field.to_owned(), Value::Array(vec![self.entry.clone()]))]))
    }

    /// Whether both are the same entry of the same list, whichever rows hold it.
    pub(super) fn is_like(&self, other: &Self) -> bool {
        (self.policy_type, self.field, &self.entry) == (other.policy_type, other.field, &other.entry)
    }
}
