//! Policies.

use crate::engine::Inner;
use crate::error::EngineError;
use crate::ports::store::{Actor, AuditEntry, AuditEvent, GuardFailure, Page, PolicyPatch, Severity, StoreError};
use serde_json::Value;
use waiaas_core::chain::Network;
use waiaas_core::error::ErrorCode;
use waiaas_core::id::{PolicyId, WalletId};
use waiaas_core::policy::{PolicyRow, PolicyType, RuleIssue, validate_rules_in};
use waiaas_core::time::UnixMillis;

/// A policy that is to be made.
#[derive(Clone, Debug, PartialEq)]
pub struct NewPolicy {
    /// For this wallet; `None` = for all.
    pub wallet: Option<WalletId>,
    /// On this network; `None` = on all.
    pub network: Option<Network>,
    /// Type.
    pub policy_type: PolicyType,
    /// Rules, as posted.
    pub rules: Value,
    /// Among rows of one type and scope the highest priority wins.
    pub priority: i64,
    /// Disabled rows are as good as absent.
    pub enabled: bool,
    /// A maximum that more specific rows cannot loosen.
    pub ceiling: bool,
}

/// What is to change in a policy; `None` leaves a part alone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PolicyChange {
    /// Replaces the rules as a whole.
    pub rules: Option<Value>,
    /// Priority.
    pub priority: Option<i64>,
    /// On or off.
    pub enabled: Option<bool>,
    /// Ceiling or not.
    pub ceiling: Option<bool>,
}

/// Policies.
#[derive(Clone, Copy)]
pub struct Policies<'a> {
    pub(crate) inner: &'a Inner,
}

impl Policies<'_> {
    /// Makes a policy. Rules that cannot be enforced exactly as written are refused here, not ignored later.
    ///
    /// # Errors
    /// `ACTION_VALIDATION_FAILED` with the issues, `WALLET_NOT_FOUND`, `WALLET_TERMINATED`.
    pub async fn create(&self, new: NewPolicy) -> Result<PolicyRow, EngineError> {
        self.check(new.policy_type, &new.rules)?;
        if let Some(wallet) = new.wallet {
            let wallet = self.inner.wallet(wallet).await?;
            if let Some(network) = new.network
                && (network.chain(), network.environment()) != (wallet.chain, wallet.environment)
            {
                return Err(EngineError::invalid(
                    "network",
                    format!("`{network}` is not a network of this wallet, so the policy would never act"),
                ));
            }
        }
        let at = self.inner.clock.now();
        let row = PolicyRow {
            id: PolicyId::v7(at, self.inner.id_bytes()?),
            wallet: new.wallet,
            network: new.network,
            policy_type: new.policy_type,
            rules: new.rules.to_string(),
            priority: new.priority,
            enabled: new.enabled,
            ceiling: new.ceiling,
            created_at: at,
            updated_at: at,
        };
        let details = serde_json::json!({ "policyId": row.id.to_string(), "after": describe(&row) });
        let audit = [entry(row.wallet, AuditEvent::PolicyCreated, details, at)];
        match self.inner.store.insert_policy(&row, &audit).await {
            Ok(()) => Ok(row),
            Err(StoreError::Guard(GuardFailure::WalletNotActive)) => {
                Err(EngineError::new(ErrorCode::WalletTerminated, "the wallet was terminated"))
            }
            Err(StoreError::NotFound) => Err(EngineError::new(ErrorCode::WalletNotFound, "no such wallet")),
            Err(error) => Err(error.into()),
        }
    }

    /// One policy.
    ///
    /// # Errors
    /// `POLICY_NOT_FOUND`.
    pub async fn get(&self, id: PolicyId) -> Result<PolicyRow, EngineError> {
        self.inner.store.policy(id).await.map_err(|error| missing(id, error))
    }

    /// Policies of a wallet and the global ones, or all; and how many there are.
    ///
    /// # Errors
    /// `INTERNAL_ERROR`.
    pub async fn list(&self, wallet: Option<WalletId>, page: Page) -> Result<(Vec<PolicyRow>, u64), EngineError> {
        Ok(self.inner.store.policies(wallet, page).await?)
    }

    /// Changes a policy.
    ///
    /// # Errors
    /// `POLICY_NOT_FOUND`, `ACTION_VALIDATION_FAILED`.
    pub async fn update(&self, id: PolicyId, change: PolicyChange) -> Result<PolicyRow, EngineError> {
        let before = self.get(id).await?;
        if let Some(rules) = &change.rules {
            self.check(before.policy_type, rules)?;
        }
        let patch = PolicyPatch {
            rules: change.rules.as_ref().map(Value::to_string),
            priority: change.priority,
            enabled: change.enabled,
            ceiling: change.ceiling,
        };
        let at = self.inner.clock.now();
        let details = serde_json::json!({
            "policyId": id.to_string(),
            "before": describe(&before),
            "change": { "rules": change.rules, "priority": change.priority, "enabled": change.enabled, "ceiling": change.ceiling },
        });
        let audit = [entry(before.wallet, AuditEvent::PolicyUpdated, details, at)];
        self.inner.store.update_policy(id, &patch, at, &audit).await.map_err(|error| missing(id, error))
    }

    /// Removes a policy.
    ///
    /// # Errors
    /// `POLICY_NOT_FOUND`.
    pub async fn delete(&self, id: PolicyId) -> Result<(), EngineError> {
        let before = self.get(id).await?;
        let details = serde_json::json!({ "policyId": id.to_string(), "before": describe(&before) });
        let audit = [entry(before.wallet, AuditEvent::PolicyDeleted, details, self.inner.clock.now())];
        self.inner.store.delete_policy(id, &audit).await.map_err(|error| missing(id, error))
    }

    /// Refuses rows for what would keep them from being stored.
    pub(super) fn check_candidate(&self, rows: Option<&[PolicyRow]>) -> Result<(), EngineError> {
        for (position, row) in rows.unwrap_or_default().iter().enumerate() {
            // Rules that are no JSON at all deny what they concern, as stored ones would.
            let Ok(rules) = serde_json::from_str(&row.rules) else { continue };
            self.check_at(&["policies", &position.to_string()], row.policy_type, &rules)?;
        }
        Ok(())
    }

    fn check(&self, policy_type: PolicyType, rules: &Value) -> Result<(), EngineError> {
        self.check_at(&[], policy_type, rules)
    }

    /// `place` is where the row stands in what was posted.
    fn check_at(&self, place: &[&str], policy_type: PolicyType, rules: &Value) -> Result<(), EngineError> {
        let now = self.inner.clock.now();
        let knows_zone = |zone: &str| self.inner.time_zones.utc_offset(zone, now).is_some();
        validate_rules_in(policy_type, rules, &knows_zone).map_err(|mut issues| {
            for issue in &mut issues {
                issue.path.splice(0..0, place.iter().map(|&step| step.to_owned()));
            }
            let message =
                issues.first().map_or_else(String::new, |issue| format!("{}: {}", issue.path.join("."), issue.message));
            let list: Vec<_> = issues.iter().map(issue).collect();
            EngineError::new(ErrorCode::ActionValidationFailed, message).with_detail("issues", list)
        })
    }
}

fn issue(issue: &RuleIssue) -> Value {
    serde_json::json!({ "path": issue.path, "pathString": issue.path.join("."), "message": issue.message, "code": "custom" })
}

fn describe(row: &PolicyRow) -> Value {
    serde_json::json!({
        "type": row.policy_type.as_str(),
        "network": row.network.map(Network::as_str),
        "rules": serde_json::from_str::<Value>(&row.rules).unwrap_or(Value::Null),
        "priority": row.priority,
        "enabled": row.enabled,
        "ceiling": row.ceiling,
    })
}

fn entry(wallet: Option<WalletId>, event: AuditEvent, details: Value, at: UnixMillis) -> AuditEntry {
    AuditEntry {
        at,
        event,
        actor: Actor::Master,
        severity: Severity::Warning,
        wallet,
        session: None,
        tx: None,
        details,
    }
}

fn missing(id: PolicyId, error: StoreError) -> EngineError {
    match error {
        StoreError::NotFound => EngineError::new(ErrorCode::PolicyNotFound, format!("no policy `{id}`")),
        other => other.into(),
    }
}
