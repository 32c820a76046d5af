//! The System program: native coin.

use super::{ProgramCallError, Step};
use crate::address::{Address, SolanaAddress};
use crate::money::BaseUnits;
use crate::tx::effects::Operation;

/// What an instruction of the System program moves. Numbers of the instructions and layouts are those of
/// `SystemInstruction` in Solana's interface crate: a `u32` and the fields behind it, all little-endian, texts with a
/// `u64` length before them.
///
/// Instructions that give the wallet's account or a nonce account to somebody else, or take away what the wallet can
/// do with it, are refused, and so are those that came later.
pub(super) fn derived(step: &Step<'_>) -> Result<Option<Operation>, ProgramCallError> {
    let mut data = Reader(step.data);
    let index = u32::from_le_bytes(data.take(step)?);
    let (lamports, recipient) = match index {
        // CreateAccount: lamports, space, owner; funding and new account.
        0 => {
            let lamports = data.u64(step)?;
            data.u64(step)?;
            data.address(step)?;
            (lamports, 1)
        }
        // Transfer, WithdrawNonceAccount: lamports; source and recipient.
        2 | 5 => (data.u64(step)?, 1),
        // CreateAccountWithSeed: base, seed, lamports, space, owner; funding and new account.
        3 => {
            data.address(step)?;
            data.text(step)?;
            let lamports = data.u64(step)?;
            data.u64(step)?;
            data.address(step)?;
            (lamports, 1)
        }
        // TransferWithSeed: lamports, seed, owner; source, base and recipient.
        11 => {
            let lamports = data.u64(step)?;
            data.text(step)?;
            data.address(step)?;
            (lamports, 2)
        }
        // AdvanceNonceAccount, InitializeNonceAccount, UpgradeNonceAccount: nothing leaves.
        4 | 6 | 12 => return Ok(None),
        _ => return Err(step.unjudgeable(index)),
    };
    if !data.0.is_empty() {
        return Err(step.malformed());
    }
    let to = Address::Solana(step.account(recipient)?);
    Ok(Some(Operation::NativeTransfer { to, amount: BaseUnits::from_u128(lamports.into()) }))
}

/// What is left of the data.
struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self, step: &Step<'_>) -> Result<[u8; N], ProgramCallError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(step.malformed())?;
        self.0 = rest;
        Ok(*taken)
    }

    fn u64(&mut self, step: &Step<'_>) -> Result<u64, ProgramCallError> {
        self.take(step).map(u64::from_le_bytes)
    }

    fn address(&mut self, step: &Step<'_>) -> Result<SolanaAddress, ProgramCallError> {
        self.take(step).map(SolanaAddress::from_bytes)
    }

    fn text(&mut self, step: &Step<'_>) -> Result<(), ProgramCallError> {
        let length = usize::try_from(self.u64(step)?).map_err(|_| step.malformed())?;
        self.0 = self.0.get(length..).ok_or(step.malformed())?;
        Ok(())
    }
}
