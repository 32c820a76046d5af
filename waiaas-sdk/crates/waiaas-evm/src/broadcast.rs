//! Handing signed bytes to the node, and reading its answer without wishful thinking.
//!
//! An explicit refusal lets the engine give up on a transaction; calling something a refusal that is not
//! one could pay twice. So only answers that are known to be refusals count as such, and even then the
//! node is asked whether it knows the transaction from an earlier attempt.

use crate::EvmAdapter;
use crate::encoding::hash_of;
use crate::rpc::{Cause, Failure, NodeError};
use alloy::primitives::{B256, Bytes};
use serde_json::{Value, json};
use waiaas_engine::ports::chain::{SignedTx, SubmitError};

pub(crate) async fn broadcast(adapter: &EvmAdapter, signed: &SignedTx) -> Result<(), SubmitError> {
    let hash = hash_of(signed).map_err(|error| SubmitError::Rejected(error.to_string()))?;
    // An endpoint of the wrong chain is not asked. The bytes may have reached a right one before.
    adapter.ready().await.map_err(|error| SubmitError::Unknown(Box::new(error)))?;
    let raw = Bytes::copy_from_slice(&signed.raw);
    match adapter.rpc.send_once::<B256>("eth_sendRawTransaction", json!([raw])).await {
        Ok(answer) if answer == hash => Ok(()),
        Ok(_) => Err(SubmitError::Unknown(Box::new(adapter.rpc.no_answer(Cause::Malformed)))),
        Err(failure @ Failure::NoAnswer(_)) => Err(SubmitError::Unknown(Box::new(failure))),
        Err(Failure::Node(error)) => match verdict(&error) {
            Verdict::AlreadyKnown => Ok(()),
            Verdict::Unclear => Err(SubmitError::Unknown(Box::new(Failure::Node(error)))),
            Verdict::SequenceUsed => unless_known(adapter, hash, SubmitError::SequenceUsed(error.message)).await,
            Verdict::Refused => unless_known(adapter, hash, SubmitError::Rejected(error.message)).await,
        },
    }
}

/// A refusal counts only when the node does not have the transaction.
async fn unless_known(adapter: &EvmAdapter, hash: B256, refusal: SubmitError) -> Result<(), SubmitError> {
    match adapter.rpc.read::<Option<Value>>("eth_getTransactionByHash", json!([hash])).await {
        Ok(Some(_)) => Ok(()),
        Ok(None) => Err(refusal),
        Err(failure) => Err(SubmitError::Unknown(Box::new(failure))),
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verdict {
    AlreadyKnown,
    SequenceUsed,
    Refused,
    Unclear,
}

fn verdict(error: &NodeError) -> Verdict {
    let says_any = |words: &[&str]| words.iter().any(|word| error.says(word));
    if says_any(&KNOWN) {
        Verdict::AlreadyKnown
    } else if says_any(&SEQUENCE_USED) {
        Verdict::SequenceUsed
    } else if error.is_temporary() || says_any(&POOL_FULL) {
        Verdict::Unclear
    } else if REFUSAL_CODES.contains(&error.code) || says_any(&REFUSALS) {
        Verdict::Refused
    } else {
        Verdict::Unclear
    }
}

/// Transaction rejected and invalid parameters (EIP-1474), method unknown (JSON-RPC 2.0), method not
/// supported (EIP-1474), and the code of Nethermind and older nodes for refused transactions.
const REFUSAL_CODES: [i64; 5] = [-32003, -32602, -32601, -32004, -32010];

/// go-ethereum and its descendants, reth; anvil and Nethermind's older text; Nethermind; Besu.
const KNOWN: [&str; 5] = ["already known", "already imported", "alreadyknown", "known transaction", "already_exists"];

/// go-ethereum and most others; Nethermind; OpenEthereum's text, still used by gateways.
const SEQUENCE_USED: [&str; 3] = ["nonce too low", "oldnonce", "nonce is too low"];

/// The pool may have room a moment later.
const POOL_FULL: [&str; 4] = ["pool is full", "pool full", "pool overflow", "queue is full"];

/// Refusals of the transaction itself, in lower case; most nodes give them all the code -32000.
const REFUSALS: [&str; 24] = [
    "insufficient funds",
    "insufficient balance",
    "intrinsic gas",
    "exceeds block gas limit",
    "gas limit",
    "underpriced",
    "max fee per gas less than",
    "feecap",
    "fee cap",
    "feetoolow",
    "gas price too low",
    "gas price below",
    "exceeds the configured cap",
    "invalid sender",
    "sender not an eoa",
    "invalid signature",
    "chain id",
    "chainid",
    "not supported",
    "oversized data",
    "nonce too high",
    "nonce has max value",
    "invalid transaction",
    "rlp",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_real_nodes() {
        for (code, message, expect) in [
            (-32000, "already known", Verdict::AlreadyKnown),
            (-32010, "AlreadyKnown", Verdict::AlreadyKnown),
            (-32003, "transaction already imported", Verdict::AlreadyKnown),
            (-32000, "Known transaction", Verdict::AlreadyKnown),
            (-32000, "nonce too low: next nonce 5, tx nonce 4", Verdict::SequenceUsed),
            (-32001, "Nonce too low", Verdict::SequenceUsed),
            (-32010, "OldNonce, Current nonce: 7, nonce of rejected tx: 6", Verdict::SequenceUsed),
            (-32000, "insufficient funds for gas * price + value: balance 0", Verdict::Refused),
            (-32000, "replacement transaction underpriced", Verdict::Refused),
            (-32000, "intrinsic gas too low: gas 1, minimum needed 21000", Verdict::Refused),
            (-32000, "invalid chain id for signer: have 1 want 5", Verdict::Refused),
            (-32003, "Insufficient funds for gas * price + value", Verdict::Refused),
            (-32602, "invalid argument 0: hex string has length 3", Verdict::Refused),
            (-32000, "txpool is full", Verdict::Unclear),
            (-32000, "something that no node has said before", Verdict::Unclear),
            (-32005, "limit exceeded", Verdict::Unclear),
            (-32603, "Internal error", Verdict::Unclear),
            (-32000, "upstream request timeout", Verdict::Unclear),
            (-32600, "Must be authenticated!", Verdict::Unclear),
        ] {
            let error = NodeError { code, message: message.to_owned(), revert_data: None };
            assert_eq!(verdict(&error), expect, "{message}");
        }
    }
}
