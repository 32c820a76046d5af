//! Policies that are not stored: bodies of `POST /v1/policies`, or rows as `GET /v1/policies` lists them.

use crate::id::PolicyId;
use crate::policy::PolicyRow;
use crate::time::UnixMillis;
use crate::wire::body::{self, Body, Refusal};
use crate::wire::issue::{Issue, Issues, PathStep};
use crate::wire::policies::CreatePolicyRequest;
use serde_json::Value;

/// What a row may say. The last three are in a listing; a change of the row says nothing about its effect.
const KEYS: [&str; 11] = [
    "type",
    "rules",
    "walletId",
    "wallet_id",
    "network",
    "priority",
    "enabled",
    "ceiling",
    "id",
    "createdAt",
    "updatedAt",
];

/// A policy that is not stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CandidatePolicy {
    /// Its id, when it is a copy of a stored one.
    pub id: Option<PolicyId>,
    /// When it was created, likewise.
    pub created_at: Option<UnixMillis>,
    /// The policy.
    pub policy: CreatePolicyRequest,
}

impl CandidatePolicy {
    fn parse(json: &Value) -> Result<Self, Issues> {
        let mut body = Body::of(json)?;
        // Unlike the route that stores policies: a misspelt `ceiling` would make the answer one to another question.
        body.refuse_unknown(&KEYS);
        let id = body.nullable("id", body::parsed);
        let created_at = body.nullable("createdAt", seconds);
        body.nullable("updatedAt", seconds);
        let policy = match CreatePolicyRequest::parse(json) {
            Ok(policy) => Some(policy),
            Err(issues) => {
                issues.as_slice().iter().cloned().for_each(|issue| body.add(issue));
                None
            }
        };
        body.finish(policy.map(|policy| Self { id, created_at, policy }))
    }

    /// The row that it would be, at this place of the list, if all of the list were stored at `now`: without an id
    /// of its own its number is its id, and it is newer than the rows before it.
    #[must_use]
    pub fn row(&self, position: usize, now: UnixMillis) -> PolicyRow {
        let number = u64::try_from(position).unwrap_or(u64::MAX);
        let mut id = [0_u8; 16];
        for (place, byte) in id.iter_mut().rev().zip(number.to_le_bytes()) {
            *place = byte;
        }
        let place = i64::try_from(position).unwrap_or(i64::MAX);
        let created_at = self.created_at.unwrap_or_else(|| now.plus_millis(place));
        PolicyRow {
            id: self.id.unwrap_or_else(|| PolicyId::from_bytes(id)),
            wallet: self.policy.wallet_id,
            network: self.policy.network,
            policy_type: self.policy.policy_type,
            rules: Value::Object(self.policy.rules.clone()).to_string(),
            priority: self.policy.priority,
            enabled: self.policy.enabled,
            ceiling: self.policy.ceiling,
            created_at,
            updated_at: created_at,
        }
    }
}

/// Reads the optional list `policies`; null is as good as absent.
pub(super) fn read(body: &mut Body<'_>) -> Option<Vec<CandidatePolicy>> {
    let rows = body.nullable("policies", body::array)?;
    let mut all = Vec::with_capacity(rows.len());
    for (position, row) in rows.iter().enumerate() {
        match CandidatePolicy::parse(row) {
            Ok(policy) => all.push(policy),
            Err(issues) => {
                for issue in issues.as_slice() {
                    let mut path: Vec<PathStep> = vec!["policies".into(), position.into()];
                    path.extend(issue.path.iter().cloned());
                    body.add(Issue { path, ..issue.clone() });
                }
            }
        }
    }
    Some(all)
}

/// Seconds since 1970, not before it: a date that a person would write.
pub(super) fn seconds(value: &Value) -> Result<UnixMillis, Refusal> {
    // The end of the year 9999, beyond which instants have no usual text.
    body::integer(0, 253_402_300_799)(value).map(UnixMillis::from_secs)
}
