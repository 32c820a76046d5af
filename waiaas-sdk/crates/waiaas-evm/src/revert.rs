//! Why a call reverted, in words.

use crate::abi::interfaces::{ERC20InsufficientAllowance, ERC20InsufficientBalance};
use crate::rpc::NodeError;
use alloy::hex;
use alloy::primitives::U256;
use alloy::sol_types::{Panic, Revert, SolError};

/// Longer reasons are cut: contracts choose the text.
const LONGEST_REASON: usize = 256;

/// The reason in the return data, else what the node says.
pub(crate) fn reason(error: &NodeError) -> String {
    match error.revert_data.as_deref() {
        Some(data) if !data.is_empty() => decode(data),
        _ => error.message.clone(),
    }
}

fn decode(data: &[u8]) -> String {
    if let Ok(Revert { reason }) = Revert::abi_decode(data) {
        let reason: String = reason.chars().filter(|letter| !letter.is_control()).take(LONGEST_REASON).collect();
        return format!("reverted: {reason}");
    }
    if let Ok(Panic { code }) = Panic::abi_decode(data) {
        return format!("reverted: panic 0x{code:02x} ({})", panic_meaning(code));
    }
    if let Ok(error) = ERC20InsufficientBalance::abi_decode(data) {
        let ERC20InsufficientBalance { balance, needed, .. } = error;
        return format!("reverted: token balance {balance} is below {needed} (smallest units)");
    }
    if let Ok(error) = ERC20InsufficientAllowance::abi_decode(data) {
        let ERC20InsufficientAllowance { allowance, needed, .. } = error;
        return format!("reverted: token allowance {allowance} is below {needed} (smallest units)");
    }
    match data.first_chunk::<4>() {
        Some(selector) => format!("reverted with custom error 0x{}", hex::encode(selector)),
        None => "reverted without a reason".to_owned(),
    }
}

/// Panic codes of the Solidity documentation ("Panic via assert and Error via require").
fn panic_meaning(code: U256) -> &'static str {
    match u8::try_from(code) {
        Ok(0x00) => "raised by the compiler",
        Ok(0x01) => "assertion failed",
        Ok(0x11) => "arithmetic overflow or underflow",
        Ok(0x12) => "division by zero",
        Ok(0x21) => "no such enum value",
        Ok(0x22) => "damaged storage byte array",
        Ok(0x31) => "pop of an empty array",
        Ok(0x32) => "array index out of bounds",
        Ok(0x41) => "out of memory",
        Ok(0x51) => "call of an uninitialised function",
        _ => "unknown code",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::primitives::Address;

    #[test]
    fn reasons_are_decoded() {
        // Error(string) with "not today", put together by hand from the ABI specification.
        let text = hex::decode(concat!(
            "08c379a0",
            "0000000000000000000000000000000000000000000000000000000000000020",
            "0000000000000000000000000000000000000000000000000000000000000009",
            "6e6f7420746f6461790000000000000000000000000000000000000000000000",
        ))
        .unwrap();
        let panic = hex::decode("4e487b710000000000000000000000000000000000000000000000000000000000000011").unwrap();
        let poor = ERC20InsufficientBalance { sender: Address::ZERO, balance: U256::from(1), needed: U256::from(2) };
        for (data, expect) in [
            (text, "reverted: not today"),
            (panic, "reverted: panic 0x11 (arithmetic overflow or underflow)"),
            (poor.abi_encode(), "reverted: token balance 1 is below 2 (smallest units)"),
            (hex::decode("deadbeef00").unwrap(), "reverted with custom error 0xdeadbeef"),
            (vec![1], "reverted without a reason"),
        ] {
            assert_eq!(decode(&data), expect);
        }
    }
}
