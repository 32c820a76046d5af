//! The programs of Solana that this build knows (`pipeline.md` section 6.2).

use crate::address::{Address, SolanaAddress};

/// Accounts and native coin.
pub const SYSTEM: SolanaAddress = SolanaAddress::ZERO;
/// Tokens.
pub const TOKEN: SolanaAddress = SolanaAddress::literal("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
/// Tokens with extensions.
pub const TOKEN_2022: SolanaAddress = SolanaAddress::literal("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
/// What a transaction may compute, and what it pays for that.
pub const COMPUTE_BUDGET: SolanaAddress = SolanaAddress::literal("ComputeBudget111111111111111111111111111111");
/// Accounts that hold tokens, at an address that follows from owner and mint.
pub const ASSOCIATED_TOKEN: SolanaAddress = SolanaAddress::literal("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
/// Texts in transactions.
pub const MEMO: SolanaAddress = SolanaAddress::literal("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

/// Whether the address is a program that belongs to nearly every transaction and that no list needs to name
/// (`policy.md` section 5.6): compute budget, associated token accounts, memo.
#[must_use]
pub fn is_implicit(address: &Address) -> bool {
    matches!(address, Address::Solana(program) if [COMPUTE_BUDGET, ASSOCIATED_TOKEN, MEMO].contains(program))
}
