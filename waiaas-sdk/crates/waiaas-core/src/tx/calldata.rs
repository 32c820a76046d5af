//! Reading EVM calldata: the token operations that hide inside contract calls.
//!
//! Selectors are the first four bytes of the Keccak-256 hash of the signature (Solidity ABI
//! specification); a test recomputes each of them.

use super::effects::Operation;
use crate::address::{Address, EvmAddress};
use crate::chain::{AssetId, Network};
use crate::money::BaseUnits;

/// Why calldata is refused although it is long enough to be a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CalldataError {
    /// It starts like a token function, but its arguments are short or have stray bits. Contracts of
    /// different ages read such bytes differently, so nobody can say what it would do.
    #[error("starts like `{function}`, but the arguments are not encoded cleanly")]
    Malformed {
        /// Signature of the function.
        function: &'static str,
    },
    /// It moves an NFT, which this build cannot judge.
    #[error("`{function}` moves NFTs, which is not supported by this build yet")]
    NftTransfer {
        /// Signature of the function.
        function: &'static str,
    },
}

/// Functions with an effect that policies know. Sources: ERC-20, ERC-721, ERC-1155, EIP-2612,
/// OpenZeppelin's `increaseAllowance`, and Permit2's `approve` (the allowance-transfer half).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Function {
    Transfer,
    TransferFrom,
    Approve,
    IncreaseAllowance,
    Permit2Approve,
    Permit,
    SetApprovalForAll,
    NftSafeTransfer,
    NftSafeTransferWithData,
    MultiSafeTransfer,
    MultiSafeBatchTransfer,
}

const FUNCTIONS: [([u8; 4], &str, Function); 11] = [
    ([0xa9, 0x05, 0x9c, 0xbb], "transfer(address,uint256)", Function::Transfer),
    ([0x23, 0xb8, 0x72, 0xdd], "transferFrom(address,address,uint256)", Function::TransferFrom),
    ([0x09, 0x5e, 0xa7, 0xb3], "approve(address,uint256)", Function::Approve),
    ([0x39, 0x50, 0x93, 0x51], "increaseAllowance(address,uint256)", Function::IncreaseAllowance),
    ([0x87, 0x51, 0x7c, 0x45], "approve(address,address,uint160,uint48)", Function::Permit2Approve),
    ([0xd5, 0x05, 0xac, 0xcf], "permit(address,address,uint256,uint256,uint8,bytes32,bytes32)", Function::Permit),
    ([0xa2, 0x2c, 0xb4, 0x65], "setApprovalForAll(address,bool)", Function::SetApprovalForAll),
    ([0x42, 0x84, 0x2e, 0x0e], "safeTransferFrom(address,address,uint256)", Function::NftSafeTransfer),
    ([0xb8, 0x8d, 0x4f, 0xde], "safeTransferFrom(address,address,uint256,bytes)", Function::NftSafeTransferWithData),
    ([0xf2, 0x42, 0x43, 0x2a], "safeTransferFrom(address,address,uint256,uint256,bytes)", Function::MultiSafeTransfer),
    (
        [0x2e, 0xb2, 0xc2, 0xd6],
        "safeBatchTransferFrom(address,address,uint256[],uint256[],bytes)",
        Function::MultiSafeBatchTransfer,
    ),
];

/// What a call of `contract` with `calldata` does beside the call itself: at most one operation.
///
/// Bytes after the arguments are ignored, as contracts do. `transferFrom` counts as a transfer of the
/// wallet whoever the payer is, and on an ERC-721 contract its last argument, a token id, counts as an
/// amount: both are on the strict side. A revoked `setApprovalForAll` is an allowance of nothing.
///
/// # Errors
/// See [`CalldataError`]. Calldata of functions that are not in the list is never an error.
pub fn derived_operation(
    network: Network,
    contract: &Address,
    calldata: &[u8],
) -> Result<Option<Operation>, CalldataError> {
    let Some(selector) = calldata.first_chunk::<4>().copied() else { return Ok(None) };
    let Some((_, signature, function)) = FUNCTIONS.into_iter().find(|(bytes, _, _)| *bytes == selector) else {
        return Ok(None);
    };
    let malformed = CalldataError::Malformed { function: signature };
    let words = Words { arguments: calldata.get(4..).unwrap_or_default() };
    let decoded = match function {
        Function::NftSafeTransfer
        | Function::NftSafeTransferWithData
        | Function::MultiSafeTransfer
        | Function::MultiSafeBatchTransfer => return Err(CalldataError::NftTransfer { function: signature }),
        other => words.decode(other, network, contract),
    };
    decoded.map(Some).ok_or(malformed)
}

/// The arguments of a call in words of 32 bytes.
struct Words<'a> {
    arguments: &'a [u8],
}

impl Words<'_> {
    fn decode(&self, function: Function, network: Network, contract: &Address) -> Option<Operation> {
        let Address::Evm(_) = contract else { return None };
        let asset = AssetId::token(network, contract)?;
        let transfer = |to: Option<Address>, amount: Option<BaseUnits>| {
            Some(Operation::TokenTransfer { asset, to: to?, amount: amount? })
        };
        let allowance = |spender: Option<Address>, amount: Option<BaseUnits>| {
            Some(Operation::Approval { asset, spender: spender?, amount: amount?, collection: false })
        };
        match function {
            Function::Transfer => transfer(self.address(0), self.amount(1)),
            Function::TransferFrom => {
                self.address(0)?;
                transfer(self.address(1), self.amount(2))
            }
            Function::Approve | Function::IncreaseAllowance => allowance(self.address(0), self.amount(1)),
            Function::Permit2Approve => {
                self.fits(3, 6)?;
                let asset = AssetId::token(network, &self.address(0)?)?;
                Some(Operation::Approval {
                    asset,
                    spender: self.address(1)?,
                    amount: self.permit2_amount(2)?,
                    collection: false,
                })
            }
            Function::Permit => {
                self.address(0)?;
                // Deadline, v, r and s must be there, whatever they are.
                self.word(6)?;
                allowance(self.address(1), self.amount(2))
            }
            Function::SetApprovalForAll => {
                let granted = self.boolean(1)?;
                let amount = if granted { BaseUnits::MAX } else { BaseUnits::ZERO };
                Some(Operation::Approval { asset, spender: self.address(0)?, amount, collection: granted })
            }
            Function::NftSafeTransfer
            | Function::NftSafeTransferWithData
            | Function::MultiSafeTransfer
            | Function::MultiSafeBatchTransfer => None,
        }
    }

    fn word(&self, index: usize) -> Option<[u8; 32]> {
        let start = index.checked_mul(32)?;
        self.arguments.get(start..)?.first_chunk::<32>().copied()
    }

    /// The word, when only its last `bytes` bytes are in use.
    fn fits(&self, index: usize, bytes: usize) -> Option<[u8; 32]> {
        let word = self.word(index)?;
        let upper = word.get(..32_usize.checked_sub(bytes)?)?;
        upper.iter().all(|byte| *byte == 0).then_some(word)
    }

    fn address(&self, index: usize) -> Option<Address> {
        let word = self.fits(index, 20)?;
        word.last_chunk::<20>().map(|bytes| Address::Evm(EvmAddress::from_bytes(*bytes)))
    }

    fn amount(&self, index: usize) -> Option<BaseUnits> {
        self.word(index).map(BaseUnits::from_be_bytes)
    }

    /// Permit2 takes 2¹⁶⁰ − 1 for "unlimited", tokens take 2²⁵⁶ − 1: the former becomes the latter, so
    /// that the rule against unlimited approvals sees it.
    fn permit2_amount(&self, index: usize) -> Option<BaseUnits> {
        let word = self.fits(index, 20)?;
        let unlimited = word.last_chunk::<20>().is_some_and(|bytes| bytes.iter().all(|byte| *byte == 0xff));
        Some(if unlimited { BaseUnits::MAX } else { BaseUnits::from_be_bytes(word) })
    }

    fn boolean(&self, index: usize) -> Option<bool> {
        match self.fits(index, 1)?.last()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests;
