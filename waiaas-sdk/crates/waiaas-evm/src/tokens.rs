//! ERC-20 contracts: what they say about themselves and about balances.

use crate::EvmAdapter;
use crate::abi::{MULTICALL3, account, interfaces, view};
use crate::rpc::Failure;
use alloy::primitives::{Address as Account, B256, Bytes, U256};
use alloy::sol_types::SolCall;
use waiaas_core::address::Address;
use waiaas_core::money::BaseUnits;
use waiaas_engine::ports::chain::{ChainError, TokenInfo};

/// Longest ticker or name that is kept.
const LONGEST_TEXT: usize = 64;
/// Balances per multicall; keeps a call below the gas limits that public nodes put on `eth_call`.
const BALANCES_PER_CALL: usize = 200;

/// Decimals, ticker and name.
pub(crate) async fn info(adapter: &EvmAdapter, token: &Address) -> Result<TokenInfo, ChainError> {
    let contract = account(token)?;
    adapter.ready().await?;
    let (decimals, symbol, name) = futures_util::future::try_join3(
        answer(adapter, contract, &interfaces::decimalsCall {}),
        answer(adapter, contract, &interfaces::symbolCall {}),
        answer(adapter, contract, &interfaces::nameCall {}),
    )
    .await?;
    // DIFFERS: the original takes 18 decimals when the contract does not answer; a wrong guess moves the
    // value of an amount by powers of ten.
    let decimals = decimals.as_ref().and_then(|answer| word(answer)).and_then(|word| u8::try_from(word).ok());
    let Some(decimals) = decimals else {
        return Err(ChainError::NotAToken {
            token: *token,
            network: adapter.network,
            reason: "it does not tell its decimals".to_owned(),
        });
    };
    let text = |answer: Option<Bytes>| answer.map(|answer| text(&answer)).unwrap_or_default();
    Ok(TokenInfo { decimals, symbol: text(symbol), name: text(name) })
}

/// Balances of `owner`, in the order of `tokens`.
pub(crate) async fn balances(
    adapter: &EvmAdapter,
    owner: &Address,
    tokens: &[Address],
) -> Result<Vec<Option<BaseUnits>>, ChainError> {
    let owner = account(owner)?;
    let tokens = tokens.iter().map(account).collect::<Result<Vec<_>, _>>()?;
    adapter.ready().await?;
    let chunks = tokens.chunks(BALANCES_PER_CALL).map(|chunk| chunk_balances(adapter, owner, chunk));
    Ok(futures_util::future::try_join_all(chunks).await?.into_iter().flatten().collect())
}

async fn chunk_balances(
    adapter: &EvmAdapter,
    owner: Account,
    tokens: &[Account],
) -> Result<Vec<Option<BaseUnits>>, ChainError> {
    if tokens.len() > 1
        && let Some(balances) = multicall(adapter, owner, tokens).await?
    {
        return Ok(balances);
    }
    let single = tokens.iter().map(async |token| {
        let answer = answer(adapter, *token, &interfaces::balanceOfCall { owner }).await?;
        Ok(answer.as_ref().and_then(|answer| word(answer)).map(BaseUnits::new))
    });
    futures_util::future::try_join_all(single).await
}

/// All balances in one call; `None` when the chain has no Multicall3 or the call failed as a whole (one
/// contract can burn all its gas), and each token must be asked by itself.
async fn multicall(
    adapter: &EvmAdapter,
    owner: Account,
    tokens: &[Account],
) -> Result<Option<Vec<Option<BaseUnits>>>, ChainError> {
    if adapter.multicall.get() == Some(&false) {
        return Ok(None);
    }
    let data = Bytes::from(interfaces::balanceOfCall { owner }.abi_encode());
    let calls = tokens
        .iter()
        .map(|token| interfaces::Call3 { target: *token, allowFailure: true, callData: data.clone() })
        .collect();
    let Some(answer) = answer(adapter, MULTICALL3, &interfaces::aggregate3Call { calls }).await? else {
        return Ok(None);
    };
    if answer.is_empty() {
        // No code there.
        adapter.multicall.get_or_init(|| false);
        return Ok(None);
    }
    let Ok(results) = interfaces::aggregate3Call::abi_decode_returns(&answer) else { return Ok(None) };
    if results.len() != tokens.len() {
        return Ok(None);
    }
    adapter.multicall.get_or_init(|| true);
    let balance = |result: interfaces::Result3| word(&result.returnData).filter(|_| result.success).map(BaseUnits::new);
    Ok(Some(results.into_iter().map(balance).collect()))
}

/// What `contract` answers; `None` when the call failed inside the EVM.
async fn answer(adapter: &EvmAdapter, contract: Account, call: &impl SolCall) -> Result<Option<Bytes>, ChainError> {
    match adapter.rpc.read::<Bytes>("eth_call", view(contract, call)).await {
        Ok(answer) => Ok(Some(answer)),
        Err(Failure::Node(error)) if error.revert_data.is_some() || error.is_execution_failure() => Ok(None),
        Err(failure) => Err(adapter.unreachable(failure)),
    }
}

/// An answer that is one 32-byte integer.
fn word(answer: &[u8]) -> Option<U256> {
    <&[u8; 32]>::try_from(answer).ok().map(|bytes| U256::from_be_bytes(*bytes))
}

/// A `string`, or the `bytes32` of tokens older than the standard; cleaned.
fn text(answer: &[u8]) -> String {
    if let Ok(bytes) = B256::try_from(answer) {
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
        return clean(&String::from_utf8_lossy(bytes.get(..end).unwrap_or_default()));
    }
    interfaces::symbolCall::abi_decode_returns(answer).map(|text| clean(&text)).unwrap_or_default()
}

/// Without control characters and without the invisible ones that reorder or hide text, so that a token
/// cannot dress up as another in a list or a log.
fn clean(text: &str) -> String {
    let visible = |letter: &char| {
        !letter.is_control()
            && !matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    text.trim().chars().filter(visible).take(LONGEST_TEXT).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloy::hex;

    #[test]
    fn tickers_old_and_new() {
        // `string` "USDC", and MKR's bytes32 "MKR".
        let new = hex::decode(concat!(
            "0000000000000000000000000000000000000000000000000000000000000020",
            "0000000000000000000000000000000000000000000000000000000000000004",
            "5553444300000000000000000000000000000000000000000000000000000000",
        ))
        .unwrap();
        let old = hex::decode("4d4b520000000000000000000000000000000000000000000000000000000000").unwrap();
        for (answer, expect) in [(new, "USDC"), (old, "MKR"), (vec![], ""), (vec![0; 32], ""), (vec![1; 40], "")] {
            assert_eq!(text(&answer), expect);
        }
    }

    #[test]
    fn names_are_cleaned() {
        assert_eq!(clean(" US\u{202e}DC\n\u{0} "), "USDC");
        assert_eq!(clean(&"x".repeat(1000)).len(), LONGEST_TEXT);
    }

    #[test]
    fn only_one_whole_word_is_a_number() {
        assert_eq!(word(&[0; 32]), Some(U256::ZERO));
        for answer in [&[][..], &[0; 31], &[0; 33], &[0; 64]] {
            assert_eq!(word(answer), None);
        }
    }
}
