//! Calls of programs and what they are taken for.

use super::programs::{ASSOCIATED_TOKEN, COMPUTE_BUDGET, MEMO, SYSTEM, TOKEN, TOKEN_2022};
use super::*;
use crate::chain::AssetId;
use crate::money::BaseUnits;
use crate::policy::Tier;

const NETWORK: Network = Network::SolanaMainnet;
const WALLET: SolanaAddress = SolanaAddress::from_bytes([9; 32]);
const JUPITER: SolanaAddress = SolanaAddress::literal("JUP6LkbZbjS1jKKwapdHNy74zcZ3tLUZoi5QNyVTaV4");
const STRANGER: SolanaAddress = SolanaAddress::literal("Evi1111111111111111111111111111111111111111");
const MINT: SolanaAddress = SolanaAddress::literal("EPjFWdd5AufqSSqeM2qN1xzybapC8G4wEGGkZwyTDt1v");
const OWN_TOKENS: SolanaAddress = SolanaAddress::from_bytes([1; 32]);
const THEIR_TOKENS: SolanaAddress = SolanaAddress::from_bytes([2; 32]);
const THEM: SolanaAddress = SolanaAddress::from_bytes([3; 32]);
const UNKNOWN: SolanaAddress = SolanaAddress::from_bytes([4; 32]);

fn metas(addresses: &[SolanaAddress]) -> Vec<AccountMeta> {
    let meta = |address: &SolanaAddress| AccountMeta { address: *address, signer: *address == WALLET, writable: true };
    addresses.iter().map(meta).collect()
}

fn call(program: SolanaAddress, data: &[u8], accounts: &[SolanaAddress]) -> ProgramCall {
    ProgramCall {
        to: program,
        program: Some(program),
        data: data.to_vec(),
        accounts: metas(accounts),
        before: Vec::new(),
        after: Vec::new(),
    }
}

fn beside(program: SolanaAddress, data: &[u8]) -> ProgramInstruction {
    ProgramInstruction { program, data: data.to_vec(), accounts: Vec::new() }
}

fn run(program: SolanaAddress, data: &[u8]) -> Operation {
    Operation::ContractCall { contract: Address::Solana(program), head: CallHead::of(data) }
}

fn effects(call: &ProgramCall) -> Result<Vec<Operation>, ProgramCallError> {
    let accounts = TokenAccounts::from([
        (OWN_TOKENS, TokenAccount { mint: MINT, owner: WALLET }),
        (THEIR_TOKENS, TokenAccount { mint: MINT, owner: THEM }),
    ]);
    call.effects(NETWORK, WALLET, &accounts, None).map(|effects| effects.operations)
}

/// The operation beside the call itself.
fn derived(
    program: SolanaAddress,
    data: &[u8],
    accounts: &[SolanaAddress],
) -> Result<Option<Operation>, ProgramCallError> {
    let mut operations = effects(&call(program, data, accounts))?.into_iter();
    assert_eq!(operations.next(), Some(run(program, data)));
    let second = operations.next();
    assert_eq!(operations.next(), None);
    Ok(second)
}

fn tokens(to: SolanaAddress, amount: u128) -> Operation {
    let asset = AssetId::token(NETWORK, &Address::Solana(MINT)).unwrap();
    Operation::TokenTransfer { asset, to: Address::Solana(to), amount: BaseUnits::from_u128(amount) }
}

fn allowance(spender: SolanaAddress, amount: u128) -> Operation {
    let asset = AssetId::token(NETWORK, &Address::Solana(MINT)).unwrap();
    let (spender, amount) = (Address::Solana(spender), BaseUnits::from_u128(amount));
    Operation::Approval { asset, spender, amount, collection: false }
}

fn coins(to: SolanaAddress, amount: u128) -> Operation {
    Operation::NativeTransfer { to: Address::Solana(to), amount: BaseUnits::from_u128(amount) }
}

fn trusted(trusted: bool) -> Action {
    Action {
        trusted,
        floor: Tier::Instant,
        venue: None,
        category: None,
        withdrawal: false,
        notional: None,
        non_spending: false,
        outflows: Vec::new(),
        lending: None,
        perp: None,
    }
}

fn bytes(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

#[test]
fn every_program_that_runs_is_judged() {
    let mut given = call(JUPITER, &[1, 2, 3], &[]);
    assert_eq!(effects(&given), Ok(vec![run(JUPITER, &[1, 2, 3])]));
    given.before = vec![beside(COMPUTE_BUDGET, &[1]), beside(ASSOCIATED_TOKEN, &[1])];
    given.after = vec![beside(STRANGER, &[7]), beside(MEMO, b"hello")];
    assert_eq!(
        effects(&given),
        Ok(vec![
            run(COMPUTE_BUDGET, &[1]),
            run(ASSOCIATED_TOKEN, &[1]),
            run(JUPITER, &[1, 2, 3]),
            run(STRANGER, &[7]),
            run(MEMO, b"hello"),
        ])
    );
    // The named target counts too when it is not the program.
    let other = ProgramCall { to: JUPITER, ..call(STRANGER, &[1, 2, 3], &[]) };
    assert_eq!(effects(&other), Ok(vec![run(STRANGER, &[1, 2, 3]), run(JUPITER, &[])]));
}

#[test]
fn what_was_built_elsewhere_needs_a_trusted_provider() {
    let built = ProgramCall { program: None, ..call(JUPITER, &[1, 2, 3, 4, 5, 6], &[]) };
    let judged = |call: &ProgramCall, action| call.effects(NETWORK, WALLET, &TokenAccounts::new(), action);
    for action in [None, Some(trusted(false))] {
        let refused = judged(&built, action).unwrap_err();
        assert_eq!(refused, ProgramCallError::NoProgram);
        assert!(refused.is_missing_input());
    }
    let accepted = judged(&built, Some(trusted(true))).unwrap();
    assert_eq!(accepted.operations, [run(JUPITER, &[])]);
    assert_eq!(accepted.action, Some(trusted(true)));
    let mixed = ProgramCall { before: vec![beside(STRANGER, &[])], ..built };
    assert_eq!(judged(&mixed, Some(trusted(true))), Err(ProgramCallError::NoProgram));
}

#[test]
fn token_instructions_are_seen() {
    let five = 5_u64.to_le_bytes();
    let check = |data: &[&[u8]], accounts: &[SolanaAddress], expect: Operation| {
        for program in [TOKEN, TOKEN_2022] {
            assert_eq!(derived(program, &bytes(data), accounts), Ok(Some(expect.clone())), "{data:?}");
        }
    };
    check(&[&[3], &five], &[OWN_TOKENS, THEIR_TOKENS, WALLET], tokens(THEM, 5));
    check(&[&[3], &five], &[OWN_TOKENS, UNKNOWN, WALLET], tokens(UNKNOWN, 5));
    check(&[&[4], &five], &[OWN_TOKENS, THEM, WALLET], allowance(THEM, 5));
    check(&[&[12], &five, &[6]], &[OWN_TOKENS, MINT, THEIR_TOKENS, WALLET], tokens(THEM, 5));
    check(&[&[12], &five, &[6]], &[UNKNOWN, MINT, UNKNOWN, WALLET], tokens(UNKNOWN, 5));
    check(&[&[13], &[0xff; 8], &[6]], &[OWN_TOKENS, MINT, THEM, WALLET], allowance(THEM, u64::MAX.into()));
    let with_fee = bytes(&[&[26, 1], &five, &[6], &five]);
    let accounts = [OWN_TOKENS, MINT, THEIR_TOKENS, WALLET];
    assert_eq!(derived(TOKEN_2022, &with_fee, &accounts), Ok(Some(tokens(THEM, 5))));
    for harmless in [&[5][..], &[17], &[18], &[1]] {
        assert_eq!(derived(TOKEN, harmless, &[OWN_TOKENS]), Ok(None), "{harmless:?}");
    }
    assert_eq!(derived(TOKEN, &[9], &[OWN_TOKENS, WALLET, WALLET]), Ok(None));
    // Hidden beside a harmless call.
    let mut hidden = call(JUPITER, &[1], &[]);
    let accounts = metas(&[OWN_TOKENS, THEIR_TOKENS, WALLET]);
    hidden.after = vec![ProgramInstruction { program: TOKEN, data: bytes(&[&[3], &five]), accounts }];
    assert_eq!(effects(&hidden).unwrap().last(), Some(&tokens(THEM, 5)));
}

#[test]
fn token_instructions_that_cannot_be_judged_are_refused() {
    let five = 5_u64.to_le_bytes();
    let malformed = |program| ProgramCallError::Malformed { program };
    let unjudgeable = |program, index| ProgramCallError::Unjudgeable { program, index };
    for (program, data, accounts, expect) in [
        (TOKEN, bytes(&[]), vec![], malformed(TOKEN)),
        (TOKEN, bytes(&[&[3], &five[..7]]), vec![OWN_TOKENS, THEIR_TOKENS], malformed(TOKEN)),
        (TOKEN, bytes(&[&[3], &five, &[0]]), vec![OWN_TOKENS, THEIR_TOKENS], malformed(TOKEN)),
        (TOKEN, bytes(&[&[3], &five]), vec![OWN_TOKENS], malformed(TOKEN)),
        (TOKEN, bytes(&[&[12], &five]), vec![OWN_TOKENS, MINT, THEIR_TOKENS], malformed(TOKEN)),
        (TOKEN, bytes(&[&[12], &five, &[6]]), vec![OWN_TOKENS, STRANGER, THEIR_TOKENS], malformed(TOKEN)),
        (
            TOKEN,
            bytes(&[&[3], &five]),
            vec![UNKNOWN, THEIR_TOKENS],
            ProgramCallError::UnknownTokenAccount { account: UNKNOWN },
        ),
        (TOKEN, bytes(&[&[4], &five]), vec![UNKNOWN, THEM], ProgramCallError::UnknownTokenAccount { account: UNKNOWN }),
        // SetAuthority, Burn, BurnChecked, CloseAccount in favour of somebody else, and what came later.
        (TOKEN, vec![6, 2, 1], vec![OWN_TOKENS, WALLET], unjudgeable(TOKEN, 6)),
        (TOKEN, bytes(&[&[8], &five]), vec![OWN_TOKENS, MINT], unjudgeable(TOKEN, 8)),
        (TOKEN, bytes(&[&[15], &five, &[6]]), vec![OWN_TOKENS, MINT], unjudgeable(TOKEN, 15)),
        (TOKEN, vec![9], vec![OWN_TOKENS, THEM, WALLET], unjudgeable(TOKEN, 9)),
        (TOKEN, vec![9], vec![OWN_TOKENS], malformed(TOKEN)),
        (TOKEN, vec![255, 1], vec![], unjudgeable(TOKEN, 255)),
        (TOKEN, bytes(&[&[26, 1], &five, &[6], &five]), vec![OWN_TOKENS, MINT, THEIR_TOKENS], unjudgeable(TOKEN, 26)),
        (TOKEN_2022, vec![26, 3], vec![], unjudgeable(TOKEN_2022, 26)),
        (TOKEN_2022, bytes(&[&[26, 1], &five, &[6]]), vec![OWN_TOKENS, MINT, THEIR_TOKENS], malformed(TOKEN_2022)),
        (TOKEN_2022, vec![27, 7], vec![], unjudgeable(TOKEN_2022, 27)),
    ] {
        assert_eq!(derived(program, &data, &accounts), Err(expect), "{data:?}");
    }
    assert!(ProgramCallError::UnknownTokenAccount { account: UNKNOWN }.is_missing_input());
    assert!(!malformed(TOKEN).is_missing_input());
}

#[test]
fn native_coin_is_seen() {
    let seven = 7_u64.to_le_bytes();
    let seed = bytes(&[&4_u64.to_le_bytes(), b"seed"]);
    let owner = [5; 32];
    let check = |data: &[&[u8]], accounts: &[SolanaAddress], expect: Option<Operation>| {
        assert_eq!(derived(SYSTEM, &bytes(data), accounts), Ok(expect), "{data:?}");
    };
    check(&[&[2, 0, 0, 0], &seven], &[WALLET, THEM], Some(coins(THEM, 7)));
    check(&[&[0, 0, 0, 0], &seven, &seven, &owner], &[WALLET, THEM], Some(coins(THEM, 7)));
    check(&[&[5, 0, 0, 0], &seven], &[UNKNOWN, THEM], Some(coins(THEM, 7)));
    check(&[&[3, 0, 0, 0], &owner, &seed, &seven, &seven, &owner], &[WALLET, THEM], Some(coins(THEM, 7)));
    check(&[&[11, 0, 0, 0], &seven, &seed, &owner], &[UNKNOWN, WALLET, THEM], Some(coins(THEM, 7)));
    check(&[&[4, 0, 0, 0]], &[UNKNOWN], None);
    for (data, accounts, expect) in [
        (bytes(&[&[2, 0, 0]]), vec![WALLET, THEM], None),
        (bytes(&[&[2, 0, 0, 0], &seven, &[0]]), vec![WALLET, THEM], None),
        (bytes(&[&[2, 0, 0, 0], &seven]), vec![WALLET], None),
        (bytes(&[&[11, 0, 0, 0], &seven, &[0xff; 8], b"seed", &owner]), vec![UNKNOWN, WALLET, THEM], None),
        // Assign, AuthorizeNonceAccount, Allocate, AssignWithSeed, and one that does not exist.
        (bytes(&[&[1, 0, 0, 0], &owner]), vec![WALLET], Some(1)),
        (bytes(&[&[7, 0, 0, 0], &owner]), vec![UNKNOWN], Some(7)),
        (bytes(&[&[8, 0, 0, 0], &seven]), vec![WALLET], Some(8)),
        (bytes(&[&[10, 0, 0, 0], &owner, &seed, &owner]), vec![UNKNOWN], Some(10)),
        (vec![13, 0, 0, 0], vec![WALLET], Some(13)),
    ] {
        let malformed = ProgramCallError::Malformed { program: SYSTEM };
        let expect = expect.map_or(malformed, |index| ProgramCallError::Unjudgeable { program: SYSTEM, index });
        assert_eq!(derived(SYSTEM, &data, &accounts), Err(expect), "{data:?}");
    }
}

#[test]
fn priority_fees_leave_the_wallet() {
    let price = |price: u64| beside(COMPUTE_BUDGET, &bytes(&[&[3], &price.to_le_bytes()]));
    let limit = |limit: u32| beside(COMPUTE_BUDGET, &bytes(&[&[2], &limit.to_le_bytes()]));
    let largest = u128::from(u64::MAX) * 1_400_000 / 1_000_000;
    for (before, expect) in [
        (vec![], None),
        (vec![limit(200_000)], None),
        (vec![price(0)], None),
        (vec![price(1), limit(1)], Some(1)),
        (vec![limit(200_000), price(5_000)], Some(1_000)),
        (vec![price(5_000)], Some(7_000)),
        (vec![price(5_000), limit(u32::MAX)], Some(7_000)),
        (vec![price(u64::MAX)], Some(largest)),
        (vec![beside(COMPUTE_BUDGET, &[3, 1])], None),
        (vec![beside(STRANGER, &bytes(&[&[3], &[0xff; 8]]))], None),
    ] {
        let given = ProgramCall { before, ..call(JUPITER, &[], &[]) };
        let fees: Vec<Operation> = effects(&given)
            .unwrap()
            .into_iter()
            .filter(|operation| matches!(operation, Operation::NativeTransfer { .. }))
            .collect();
        assert_eq!(fees, Vec::from_iter(expect.map(|fee| coins(COMPUTE_BUDGET, fee))), "{:?}", given.before);
    }
}

#[test]
fn only_the_wallet_signs_and_only_on_solana() {
    let mut given = call(JUPITER, &[1], &[WALLET]);
    assert!(effects(&given).is_ok());
    given.accounts.push(AccountMeta { address: THEM, signer: true, writable: false });
    assert_eq!(effects(&given), Err(ProgramCallError::ForeignSigner { account: THEM }));
    let network = Network::EthereumMainnet;
    assert_eq!(
        call(JUPITER, &[1], &[]).effects(network, WALLET, &TokenAccounts::new(), None),
        Err(ProgramCallError::WrongNetwork { network })
    );
}

#[test]
fn implicit_programs() {
    for (program, expect) in [
        (COMPUTE_BUDGET, true),
        (ASSOCIATED_TOKEN, true),
        (MEMO, true),
        (SYSTEM, false),
        (TOKEN, false),
        (TOKEN_2022, false),
        (JUPITER, false),
    ] {
        assert_eq!(programs::is_implicit(&Address::Solana(program)), expect, "{program}");
    }
}
