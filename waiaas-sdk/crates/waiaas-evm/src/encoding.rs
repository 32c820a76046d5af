//! Bytes of transactions: templates, signing payloads, signed transactions. Pure.

use crate::abi::{Call, parse_hash};
use crate::fees::GasPrice;
use crate::recovery::signer_of;
use alloy::consensus::{SignableTransaction, TxEip1559, TxLegacy, TypedTransaction};
use alloy::eips::eip2718::Encodable2718;
use alloy::primitives::{B256, Signature as AlloySignature, TxKind, keccak256};
use waiaas_core::address::Address;
use waiaas_engine::ports::chain::{ChainError, SignedTx, SigningRequest};
use waiaas_engine::ports::keystore::Signature;

/// First byte of a template: this encoding, version 1. What follows is the unsigned transaction
/// (EIP-2718, or EIP-155 for legacy ones) with nonce 0.
const TEMPLATE_V1: u8 = 1;

/// Encodes everything but the nonce.
pub(crate) fn template(chain_id: u64, call: &Call, gas_limit: u64, price: GasPrice) -> Vec<u8> {
    let mut bytes = vec![TEMPLATE_V1];
    bytes.extend(payload(&unsigned(chain_id, call, gas_limit, price)));
    bytes
}

/// Puts the nonce in.
pub(crate) fn seal(chain_id: u64, template: &[u8], sequence: u64) -> Result<SigningRequest, ChainError> {
    let Some((&TEMPLATE_V1, unsigned)) = template.split_first() else {
        return Err(refused("the draft was made by another version of the adapter"));
    };
    let mut tx = decode(chain_id, unsigned)?;
    match &mut tx {
        TypedTransaction::Legacy(tx) => tx.nonce = sequence,
        TypedTransaction::Eip1559(tx) => tx.nonce = sequence,
        _ => return Err(refused("unexpected transaction type")),
    }
    Ok(SigningRequest { payload: payload(&tx), sequence })
}

/// Joins payload and signature. Everything is checked again: what leaves here will be sent.
pub(crate) fn assemble(
    chain_id: u64,
    from: &Address,
    request: &SigningRequest,
    signature: &Signature,
) -> Result<SignedTx, ChainError> {
    let tx = decode(chain_id, &request.payload)?;
    if nonce(&tx) != Some(request.sequence) {
        return Err(refused("the payload does not hold the sequence number of the request"));
    }
    let Signature::Secp256k1 { rs, y_odd } = signature else {
        return Err(refused("an EVM transaction needs a secp256k1 signature"));
    };
    let signer = signer_of(keccak256(&request.payload), rs, *y_odd);
    if signer.map(Address::Evm).as_ref() != Some(from) {
        return Err(refused("the signature is not the sender's"));
    }
    let envelope = tx.into_envelope(AlloySignature::from_bytes_and_parity(rs, *y_odd));
    let raw = envelope.encoded_2718();
    let hash = keccak256(&raw);
    Ok(SignedTx { raw, hash: format!("{hash:#x}") })
}

/// The hash of signed bytes, which must be the one that they are filed under.
pub(crate) fn hash_of(signed: &SignedTx) -> Result<B256, ChainError> {
    let hash = keccak256(&signed.raw);
    if parse_hash(&signed.hash)? == hash {
        Ok(hash)
    } else {
        Err(refused("the signed bytes do not have the hash that they are filed under"))
    }
}

fn unsigned(chain_id: u64, call: &Call, gas_limit: u64, price: GasPrice) -> TypedTransaction {
    let (to, value, input) = (TxKind::Call(call.to), call.value, call.data.clone());
    match price {
        GasPrice::Dynamic { max_fee, tip } => TypedTransaction::Eip1559(TxEip1559 {
            chain_id,
            nonce: 0,
            gas_limit,
            max_fee_per_gas: max_fee,
            max_priority_fee_per_gas: tip,
            to,
            value,
            access_list: Default::default(),
            input,
        }),
        GasPrice::Legacy { price } => TypedTransaction::Legacy(TxLegacy {
            chain_id: Some(chain_id),
            nonce: 0,
            gas_price: price,
            gas_limit,
            to,
            value,
            input,
        }),
    }
}

fn payload(tx: &TypedTransaction) -> Vec<u8> {
    tx.encoded_for_signing()
}

/// Reads an unsigned transaction of a kind that this adapter makes, for its own chain, and nothing after it.
fn decode(chain_id: u64, mut bytes: &[u8]) -> Result<TypedTransaction, ChainError> {
    let tx = TypedTransaction::decode_unsigned(&mut bytes).map_err(|_| refused("not an unsigned transaction"))?;
    let chain = match &tx {
        TypedTransaction::Legacy(tx) => tx.chain_id,
        TypedTransaction::Eip1559(tx) => Some(tx.chain_id),
        _ => return Err(refused("unexpected transaction type")),
    };
    if !bytes.is_empty() {
        return Err(refused("bytes after the transaction"));
    }
    if chain != Some(chain_id) {
        return Err(refused("the transaction is for another chain"));
    }
    Ok(tx)
}

fn nonce(tx: &TypedTransaction) -> Option<u64> {
    match tx {
        TypedTransaction::Legacy(tx) => Some(tx.nonce),
        TypedTransaction::Eip1559(tx) => Some(tx.nonce),
        _ => None,
    }
}

fn refused(reason: &str) -> ChainError {
    ChainError::Refused(reason.to_owned())
}

#[cfg(test)]
mod tests;
