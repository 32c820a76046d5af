//! CONTRACT_CALL on Solana: the call of a program, with the instructions around it.

use crate::request::Refused;
use crate::world::World;
use serde_json::Value;
use waiaas_core::address::SolanaAddress;
use waiaas_core::policy::DeniedBy;
use waiaas_core::tx::solana::{AccountMeta, ProgramCall, ProgramCallError, ProgramInstruction};
use waiaas_core::tx::{Action, Effects};
use waiaas_core::wire::{Issue, IssueCode, PathStep};

/// What the call does. `action` is what the service's provider declares about it.
pub(crate) fn effects(request: &Value, world: &World, action: Option<Action>) -> Result<Effects, Refused> {
    let top = Part { value: request, path: Vec::new() };
    let call = ProgramCall {
        to: top.address("to")?,
        program: top.given("programId").map(|_| top.address("programId")).transpose()?,
        data: top.base64("instructionData")?,
        accounts: top.accounts()?,
        before: top.instructions("preInstructions")?,
        after: top.instructions("postInstructions")?,
    };
    call.effects(world.subject.network, world.solana_wallet, &world.token_accounts, action).map_err(refused)
}

fn refused(error: ProgramCallError) -> Refused {
    let key = match error {
        ProgramCallError::NoProgram => "programId",
        ProgramCallError::WrongNetwork { .. } => "network",
        ProgramCallError::ForeignSigner { .. } | ProgramCallError::UnknownTokenAccount { .. } => "accounts",
        _ => "instructionData",
    };
    let issues = vec![Issue::at(key, IssueCode::InvalidValue, error.to_string())];
    if error.is_missing_input() {
        // What runs cannot be told, which is for the list of programs to say (`policy.md` section 5.6).
        return Refused { denied_by: DeniedBy::ContractWhitelist, why: "MISSING_INPUT", issues };
    }
    Refused { denied_by: DeniedBy::Validation, why: Refused::INVALID, issues }
}

/// A part of the request and its place.
struct Part<'v> {
    value: &'v Value,
    path: Vec<PathStep>,
}

impl<'v> Part<'v> {
    fn given(&self, key: &str) -> Option<&'v Value> {
        self.value.get(key).filter(|value| !value.is_null())
    }

    fn refuse<T>(&self, key: &str, message: &str) -> Result<T, Refused> {
        let mut path = self.path.clone();
        path.push(key.into());
        let issue = Issue { path, code: IssueCode::InvalidValue, message: message.to_owned() };
        Err(Refused { denied_by: DeniedBy::Validation, why: Refused::INVALID, issues: vec![issue] })
    }

    fn address(&self, key: &str) -> Result<SolanaAddress, Refused> {
        let text = self.given(key).and_then(Value::as_str).unwrap_or_default();
        SolanaAddress::parse(text).or_else(|error| self.refuse(key, &error.to_string()))
    }

    fn base64(&self, key: &str) -> Result<Vec<u8>, Refused> {
        let Some(value) = self.given(key) else { return Ok(Vec::new()) };
        value.as_str().and_then(from_base64).map_or_else(|| self.refuse(key, "expected base64"), Ok)
    }

    fn list(&self, key: &str) -> Result<Vec<Part<'v>>, Refused> {
        let Some(value) = self.given(key) else { return Ok(Vec::new()) };
        let Some(entries) = value.as_array() else { return self.refuse(key, "expected an array") };
        let part = |(index, value)| {
            let place = [PathStep::from(key), PathStep::from(index)];
            Part { value, path: self.path.iter().cloned().chain(place).collect() }
        };
        Ok(entries.iter().enumerate().map(part).collect())
    }

    fn accounts(&self) -> Result<Vec<AccountMeta>, Refused> {
        let flag = |part: &Part<'_>, key: &str| part.given(key).and_then(Value::as_bool).unwrap_or(false);
        let account = |part: Part<'_>| {
            let (signer, writable) = (flag(&part, "isSigner"), flag(&part, "isWritable"));
            Ok(AccountMeta { address: part.address("pubkey")?, signer, writable })
        };
        self.list("accounts")?.into_iter().map(account).collect()
    }

    fn instructions(&self, key: &str) -> Result<Vec<ProgramInstruction>, Refused> {
        let instruction = |part: Part<'_>| {
            let (program, data) = (part.address("programId")?, part.base64("data")?);
            Ok(ProgramInstruction { program, data, accounts: part.accounts()? })
        };
        self.list(key)?.into_iter().map(instruction).collect()
    }
}

/// Bytes of base64 with padding (RFC 4648 section 4); `None` for anything that no encoder writes.
fn from_base64(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(4) {
        return None;
    }
    let digits = text.trim_end_matches('=');
    let padding = text.len().saturating_sub(digits.len());
    let mut bytes = Vec::with_capacity(text.len());
    let (mut bits, mut held) = (0_u32, 0_u32);
    for digit in digits.bytes() {
        let value = match digit {
            b'A'..=b'Z' => digit.wrapping_sub(b'A'),
            b'a'..=b'z' => digit.wrapping_sub(b'a').wrapping_add(26),
            b'0'..=b'9' => digit.wrapping_sub(b'0').wrapping_add(52),
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = (bits << 6) | u32::from(value);
        held = held.saturating_add(6);
        if held >= 8 {
            held = held.saturating_sub(8);
            bytes.push(u8::try_from((bits >> held) & 0xff).ok()?);
        }
        bits &= 0x3f;
    }
    let left = bits & ((1_u32 << held).saturating_sub(1));
    let fits = matches!((padding, held), (0, 0) | (1, 2) | (2, 4));
    (fits && left == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64() {
        for (text, bytes) in [
            ("", &[] as &[u8]),
            ("AQ==", &[1]),
            ("AQI=", &[1, 2]),
            ("AQID", &[1, 2, 3]),
            ("/+8A", &[0xff, 0xef, 0]),
            ("AQIDBAUG", &[1, 2, 3, 4, 5, 6]),
        ] {
            assert_eq!(from_base64(text).as_deref(), Some(bytes), "{text}");
        }
        for text in ["A", "AQ", "AQ=", "AQ===", "AR==", "AQJ=", "A===", "====", "AQ-_", "AQ=A", " AQI="] {
            assert_eq!(from_base64(text), None, "{text}");
        }
    }
}
