use super::*;
use waiaas_core::address::EvmAddress;

fn account(byte: u8) -> Address {
    Address::Evm(EvmAddress::from_bytes([byte; 20]))
}

fn units(amount: u128) -> BaseUnits {
    BaseUnits::from_u128(amount)
}

/// A chain on which account 1 can pay a lot, account 2 receives, and fees are 10.
fn chain() -> MemoryChain {
    let chain = MemoryChain::new(Network::EthereumSepolia);
    chain.credit(&account(1), units(1_000_000));
    chain.set_fee(units(10));
    chain
}

async fn signed(chain: &MemoryChain, amount: u128, sequence: u64) -> SignedTx {
    let tx = Tx::Transfer { to: account(2), amount: units(amount), memo: None };
    let draft = chain.draft(&account(1), &tx).await.unwrap();
    let request = chain.seal(&draft, sequence).unwrap();
    chain.assemble(&account(1), &request, &signature::sign(&account(1), &request.payload)).unwrap()
}

#[tokio::test]
async fn a_payment_moves_amount_and_fee_once_however_often_it_is_sent() {
    let chain = chain();
    let payment = signed(&chain, 500, 0).await;
    for _ in 0..3 {
        chain.broadcast(&payment).await.unwrap();
    }
    assert_eq!(chain.balance(&account(2)), units(500));
    assert_eq!(chain.balance(&account(1)), units(999_490));
    assert_eq!(chain.included().len(), 1);
    assert_eq!(chain.broadcasts().len(), 3);
}

#[tokio::test]
async fn wrong_sequence_numbers_are_refused() {
    let chain = chain();
    chain.set_automatic_mining(false);
    assert!(matches!(chain.broadcast(&signed(&chain, 1, 1).await).await, Err(SubmitError::Rejected(_))));
    chain.broadcast(&signed(&chain, 1, 0).await).await.unwrap();
    assert!(matches!(chain.broadcast(&signed(&chain, 2, 0).await).await, Err(SubmitError::Rejected(_))));
    chain.mine();
    assert!(matches!(chain.broadcast(&signed(&chain, 2, 0).await).await, Err(SubmitError::SequenceUsed(_))));
}

#[tokio::test]
async fn a_lost_answer_and_a_lost_transaction_look_the_same_to_the_sender() {
    for (fault, landed) in [(BroadcastFault::taken_without_answer(), 1), (BroadcastFault::lost(), 0)] {
        let chain = chain();
        chain.script_broadcast(fault);
        let payment = signed(&chain, 500, 0).await;
        assert!(matches!(chain.broadcast(&payment).await, Err(SubmitError::Unknown(_))));
        assert_eq!(chain.included().len(), landed);
        // The same bytes again settle it either way.
        chain.broadcast(&payment).await.unwrap();
        assert_eq!(chain.balance(&account(2)), units(500));
    }
}

#[tokio::test]
async fn a_dropped_transaction_leaves_a_gap_that_only_its_number_fills() {
    let chain = chain();
    chain.set_automatic_mining(false);
    let (first, second) = (signed(&chain, 1, 0).await, signed(&chain, 2, 1).await);
    chain.broadcast(&first).await.unwrap();
    chain.broadcast(&second).await.unwrap();
    assert!(chain.drop_from_pool(&first.hash));
    chain.mine();
    assert_eq!(chain.find(&first.hash).await.unwrap(), Inclusion::Unknown);
    assert_eq!(chain.find(&second.hash).await.unwrap(), Inclusion::Pending);
    assert_eq!(chain.sequence(&account(1)).await.unwrap(), SequenceState { confirmed: 0, pending: 0 });
    chain.broadcast(&first).await.unwrap();
    chain.mine();
    assert_eq!(chain.balance(&account(2)), units(3));
}

#[tokio::test]
async fn a_reverted_transaction_costs_its_fee_and_nothing_else() {
    let chain = chain();
    chain.revert_next(1);
    let payment = signed(&chain, 500, 0).await;
    chain.broadcast(&payment).await.unwrap();
    assert!(matches!(chain.find(&payment.hash).await.unwrap(), Inclusion::Included { success: false, .. }));
    assert_eq!((chain.balance(&account(1)), chain.balance(&account(2))), (units(999_990), units(0)));
}

#[tokio::test]
async fn the_signature_must_be_the_senders_and_over_this_payload() {
    let chain = chain();
    let tx = Tx::Transfer { to: account(2), amount: units(1), memo: None };
    let draft = chain.draft(&account(1), &tx).await.unwrap();
    let (request, other) = (chain.seal(&draft, 0).unwrap(), chain.seal(&draft, 1).unwrap());
    let wrong_signer = signature::sign(&account(2), &request.payload);
    let wrong_payload = signature::sign(&account(1), &other.payload);
    assert!(chain.assemble(&account(1), &request, &wrong_signer).is_err());
    assert!(chain.assemble(&account(1), &request, &wrong_payload).is_err());
}

#[tokio::test]
async fn tokens_move_and_allowances_are_kept() {
    let (chain, token) = (chain(), account(9));
    chain.add_token(&token, TokenInfo { decimals: 6, symbol: "USDC".to_owned(), name: "USD Coin".to_owned() });
    chain.credit_token(&token, &account(1), units(100));
    let asset = waiaas_core::chain::AssetId::token(Network::EthereumSepolia, &token).unwrap();
    let send = async |tx: Tx, sequence: u64| {
        let draft = chain.draft(&account(1), &tx).await?;
        let request = chain.seal(&draft, sequence)?;
        let signed = chain.assemble(&account(1), &request, &signature::sign(&account(1), &request.payload))?;
        chain.broadcast(&signed).await.map_err(|error| ChainError::Refused(error.to_string()))
    };
    send(Tx::TokenTransfer { to: account(2), asset, amount: units(40) }, 0).await.unwrap();
    send(Tx::Approve { spender: account(3), asset, amount: units(7) }, 1).await.unwrap();
    let too_much = send(Tx::TokenTransfer { to: account(2), asset, amount: units(61) }, 2).await;
    assert!(matches!(too_much, Err(ChainError::WouldRevert(_))));
    assert_eq!(chain.token_balances(&account(1), &[token, account(8)]).await.unwrap(), [Some(units(60)), None]);
    assert_eq!(chain.allowance(&token, &account(1), &account(3)), units(7));
}
