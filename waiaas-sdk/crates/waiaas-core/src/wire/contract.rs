//! The shapes against the contract, and the registry of named schemas.

use super::schema::{Components, Schema};
use crate::error::ErrorResponse;

macro_rules! shapes {
    ($($module:ident::{$($name:ident),* $(,)?}),* $(,)?) => {
        /// Every named schema of the API, for `components.schemas` of an OpenAPI document.
        #[must_use]
        pub fn all_components() -> Components {
            let mut components = Components::new();
            ErrorResponse::register(&mut components);
            super::ValidationDetails::register(&mut components);
            $($(super::$module::$name::register(&mut components);)*)*
            components
        }
    };
}

shapes! {
    admin::{AdminStatusResponse, SessionStatusResponse},
    balances::{
        WalletAddressResponse, WalletBalanceResponse, WalletBalanceAllResponse, WalletAssetsResponse,
        WalletAssetsAllResponse,
    },
    health::{HealthResponse},
    kill_switch::{
        KillSwitchResponse, KillSwitchActivateResponse, KillSwitchEscalateResponse, RecoverResponse,
        KillSwitchRecoverRequest,
    },
    nonce::{NonceResponse},
    owners::{WalletOwnerResponse, OwnerVerifyResponse, SetOwnerRequest},
    policies::{
        PolicyResponse, PaginatedPolicyList, PolicyDeleteResponse, CreatePolicyRequest, UpdatePolicyRequest,
    },
    policy_tools::{PolicyExplainRequest, PolicyExplanation, PolicyReplayRequest, PolicyReplay},
    sessions::{
        SessionCreateResponse, PaginatedSessionList, SessionRenewResponse, SessionRotateResponse,
        SessionRevokeResponse, SessionRevokeByWalletResponse, CreateSessionRequest,
    },
    transactions::{
        SendBody, TxSendResponse, DryRunSimulationResult, TxDetailResponse, TxListResponse, TxPendingListResponse,
        TxApproveResponse, TxRejectResponse, TxCancelResponse,
    },
    wallets::{
        WalletCrudResponse, WalletListResponse, WalletCreateResponse, WalletDetailResponse, WalletNetworksResponse,
        WalletSuspendResponse, WalletResumeResponse, WalletDeleteResponse, CreateWalletRequest,
        UpdateWalletRequest, WalletSuspendRequest,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    /// Every `$ref` inside a schema.
    fn references(schema: &Value, found: &mut Vec<String>) {
        match schema {
            Value::Object(members) => {
                if let Some(Value::String(target)) = members.get("$ref") {
                    found.push(target.clone());
                }
                members.values().for_each(|member| references(member, found));
            }
            Value::Array(items) => items.iter().for_each(|item| references(item, found)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let components = all_components();
        for (name, schema) in &components {
            let mut found = Vec::new();
            references(schema, &mut found);
            for target in found {
                let target = target.strip_prefix("#/components/schemas/").unwrap();
                assert!(components.contains_key(target), "{name} -> {target}");
            }
        }
    }

    /// Whether a property schema is of the JSON type that the contract gives.
    fn is_type(property: &Value, expected: &str) -> bool {
        match (property.get("type").and_then(Value::as_str), expected) {
            (Some(actual), expected) if actual == expected => true,
            // A whole number is a number.
            (Some("integer"), "number") => true,
            // Named objects are referenced.
            (None, "object") => property.get("$ref").is_some() || property.get("allOf").is_some(),
            _ => false,
        }
    }

    #[test]
    fn shapes_have_every_member_of_the_contract() {
        let text = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../tests/compat/shapes.json"));
        let contract: Value = serde_json::from_str(text).unwrap();
        let components = all_components();
        for (name, members) in contract.as_object().unwrap() {
            let schema = components.get(name.as_str()).unwrap_or_else(|| panic!("no shape `{name}`"));
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            for (key, rule) in members.as_object().unwrap() {
                let property = &schema["properties"][key];
                assert!(!property.is_null(), "{name}.{key} is missing");
                if rule["required"] == true {
                    assert!(required.contains(&Value::from(key.as_str())), "{name}.{key} must always be sent");
                }
                if let Some(expected) = rule["type"].as_str() {
                    assert!(is_type(property, expected), "{name}.{key}: {property} is no {expected}");
                }
                let answer = !name.ends_with("Request");
                if answer && property["nullable"] == true {
                    let allowed = rule["nullable"] == true || rule["type"].is_null();
                    assert!(allowed, "{name}.{key} must not be null");
                }
            }
        }
    }
}
