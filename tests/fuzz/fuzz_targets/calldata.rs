//! Any bytes as the calldata of a contract call.
#![no_main]

use libfuzzer_sys::fuzz_target;
use waiaas_core::money::BaseUnits;
use waiaas_core::tx::calldata::derived_operation;
use waiaas_core::tx::{Effects, Operation, Tx};
use waiaas_fuzz::{NETWORK, address};

const TRANSFER: [u8; 4] = [0xa9, 0x05, 0x9c, 0xbb];
const APPROVE: [u8; 4] = [0x09, 0x5e, 0xa7, 0xb3];

fuzz_target!(|input: &[u8]| {
    let contract = address(0);
    let derived = derived_operation(NETWORK, &contract, input);
    if input.len() >= 4 {
        let tx = Tx::ContractCall { to: contract, calldata: input.to_vec(), value: BaseUnits::ZERO };
        let Effects { operations, .. } = tx.effects(NETWORK);
        match &derived {
            Ok(Some(operation)) => assert!(operations.contains(operation), "derived, and not judged: {operation:?}"),
            Ok(None) => assert_eq!(operations.len(), 1, "only the call: {operations:?}"),
            Err(_) => assert!(operations.is_empty(), "refused, and yet: {operations:?}"),
        }
    }
    let Ok(Some(operation)) = derived else { return };
    let longer = [input, &[0xff; 5]].concat();
    assert_eq!(
        derived_operation(NETWORK, &contract, &longer),
        Ok(Some(operation.clone())),
        "bytes after the arguments"
    );
    let selector = input.first_chunk::<4>().copied();
    let encoded = match &operation {
        Operation::TokenTransfer { to, amount, .. } if selector == Some(TRANSFER) => Some((to, amount)),
        Operation::Approval { spender, amount, .. } if selector == Some(APPROVE) => Some((spender, amount)),
        _ => None,
    };
    if let Some((account, amount)) = encoded {
        let mut word = account.to_string().to_lowercase();
        word.replace_range(..2, &"0".repeat(24));
        let arguments: String = input[4..68].iter().map(|byte| format!("{byte:02x}")).collect();
        let amount: String = amount.to_be_bytes().iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(arguments, word + &amount);
    }
});
