//! The kill switch.

use super::body::{self, Body};
use super::issue::Issues;
use super::number::UnixSecs;
use super::schema::wire_struct;
use super::text::wire_names;
use crate::chain::ChainKind;
use crate::wallet::wire_enum;
use serde_json::Value;

wire_enum! {
    /// State of the kill switch. ACTIVE is normal operation: the service is active, not the switch.
    KillSwitchState {
        /// Normal operation.
        Active => "ACTIVE",
        /// Stopped; the master password recovers it.
        Suspended => "SUSPENDED",
        /// Stopped for good measure; recovery may also need an owner.
        Locked => "LOCKED",
    }
}
wire_names!(KillSwitchState);

wire_struct! {
    /// The kill switch as it stands.
    read KillSwitchResponse {
        /// ACTIVE means normal operation.
        state: KillSwitchState,
        /// When it was engaged, in unix seconds; null in normal operation.
        activated_at: Option<UnixSecs>,
        /// Who engaged it; null in normal operation.
        activated_by: Option<String>,
    }
}

wire_struct! {
    /// The kill switch was engaged.
    read KillSwitchActivateResponse {
        /// SUSPENDED.
        state: KillSwitchState,
        /// When, in unix seconds.
        activated_at: UnixSecs,
    }
}

wire_struct! {
    /// The kill switch was raised to its second level.
    read KillSwitchEscalateResponse {
        /// LOCKED.
        state: KillSwitchState,
        /// When, in unix seconds.
        escalated_at: UnixSecs,
    }
}

wire_struct! {
    /// Normal operation was restored.
    read RecoverResponse {
        /// ACTIVE.
        state: KillSwitchState,
        /// When, in unix seconds.
        recovered_at: UnixSecs,
    }
}

wire_struct! {
    /// Body of the recovery call. All of it is optional.
    KillSwitchRecoverRequest {
        /// Signature of an owner over `message`.
        [optional] owner_signature: Option<String>,
        /// Address of that owner.
        [optional] owner_address: Option<String>,
        /// Chain of that owner.
        [optional] chain: Option<ChainKind>,
        /// The message that was signed.
        [optional] message: Option<String>,
        /// Also resumes the wallets that the kill switch suspended.
        resume_wallets: bool = false,
    }
}

impl KillSwitchRecoverRequest {
    /// Reads the body; a missing body is `{}`.
    ///
    /// # Errors
    /// All faults of the body.
    pub fn parse(json: &Value) -> Result<Self, Issues> {
        let mut body = Body::of(json)?;
        let request = Self {
            owner_signature: body.nullable("ownerSignature", body::text(1, 4_096)),
            owner_address: body.nullable("ownerAddress", body::text(1, 128)),
            chain: body.nullable("chain", body::chain),
            message: body.nullable("message", body::text(1, 4_096)),
            resume_wallets: body.optional("resumeWallets", body::boolean).unwrap_or_default(),
        };
        body.finish(Some(request))
    }
}
