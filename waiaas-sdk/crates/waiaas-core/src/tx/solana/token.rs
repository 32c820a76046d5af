//! The token programs: the original one and Token-2022.

use super::programs::TOKEN_2022;
use super::{ProgramCallError, Scene, Step};
use crate::address::{Address, SolanaAddress};
use crate::chain::{AssetId, AssetKind};
use crate::money::BaseUnits;
use crate::tx::effects::Operation;

/// What an instruction of a token program moves or approves. The first byte is the number of the instruction, the
/// layouts are those of `TokenInstruction` in the interface crates of both programs; amounts are little-endian.
///
/// Instructions that give a token account away (SetAuthority), empty it (CloseAccount in favour of somebody else,
/// which of wrapped native coin is all of it), burn tokens, or are not known here are refused: versions of the programs
/// differ in what they know, up to instructions that carry others inside.
pub(super) fn derived(step: &Step<'_>, scene: &Scene<'_>) -> Result<Option<Operation>, ProgramCallError> {
    let (&tag, rest) = step.data.split_first().ok_or(step.malformed())?;
    match tag {
        // Transfer: source, destination.
        3 => {
            let amount = amount(step, rest)?;
            let mint = scene.mint_of(step.account(0)?)?;
            scene.transfer(mint, step.account(1)?, amount).map(Some)
        }
        // Approve: source, delegate.
        4 => {
            let amount = amount(step, rest)?;
            let mint = scene.mint_of(step.account(0)?)?;
            scene.approval(mint, step.account(1)?, amount).map(Some)
        }
        // TransferChecked: source, mint, destination; the amount is followed by the decimals.
        12 => scene.transfer(checked_mint(step, scene)?, step.account(2)?, checked_amount(step, rest)?).map(Some),
        // ApproveChecked: source, mint, delegate.
        13 => scene.approval(checked_mint(step, scene)?, step.account(2)?, checked_amount(step, rest)?).map(Some),
        // TransferFeeExtension with TransferCheckedWithFee: source, mint, destination; amount, decimals, fee. The fee is
        // part of the amount.
        26 if step.program == TOKEN_2022 => {
            let Some((1, rest)) = rest.split_first() else { return Err(step.unjudgeable(tag.into())) };
            let (rest, _fee) = rest.split_last_chunk::<8>().ok_or(step.malformed())?;
            scene.transfer(checked_mint(step, scene)?, step.account(2)?, checked_amount(step, rest)?).map(Some)
        }
        // CloseAccount: account, recipient of what it holds.
        9 if step.account(1)? == scene.wallet => Ok(None),
        // Initialisations (0, 1, 2, 16, 18, 19, 20, 22), Revoke (5), MintTo (7, 14), FreezeAccount and ThawAccount
        // (10, 11), SyncNative (17), questions (21, 23, 24): nothing of the wallet's leaves.
        0..=2 | 5 | 7 | 10 | 11 | 14 | 16..=24 => Ok(None),
        _ => Err(step.unjudgeable(tag.into())),
    }
}

fn amount(step: &Step<'_>, rest: &[u8]) -> Result<BaseUnits, ProgramCallError> {
    let bytes = <[u8; 8]>::try_from(rest).map_err(|_| step.malformed())?;
    Ok(BaseUnits::from_u128(u64::from_le_bytes(bytes).into()))
}

fn checked_amount(step: &Step<'_>, rest: &[u8]) -> Result<BaseUnits, ProgramCallError> {
    let (_decimals, rest) = rest.split_last().ok_or(step.malformed())?;
    amount(step, rest)
}

/// The mint that the instruction names, which must be that of the source when the source is known.
fn checked_mint(step: &Step<'_>, scene: &Scene<'_>) -> Result<SolanaAddress, ProgramCallError> {
    let (source, mint) = (step.account(0)?, step.account(1)?);
    let known = scene.accounts.get(&source);
    if known.is_some_and(|account| account.mint != mint) { Err(step.malformed()) } else { Ok(mint) }
}

impl Scene<'_> {
    fn mint_of(&self, account: SolanaAddress) -> Result<SolanaAddress, ProgramCallError> {
        let known = self.accounts.get(&account).ok_or(ProgramCallError::UnknownTokenAccount { account })?;
        Ok(known.mint)
    }

    fn transfer(
        &self,
        mint: SolanaAddress,
        destination: SolanaAddress,
        amount: BaseUnits,
    ) -> Result<Operation, ProgramCallError> {
        let to = self.accounts.get(&destination).map_or(destination, |account| account.owner);
        Ok(Operation::TokenTransfer { asset: self.asset(mint)?, to: Address::Solana(to), amount })
    }

    fn approval(
        &self,
        mint: SolanaAddress,
        delegate: SolanaAddress,
        amount: BaseUnits,
    ) -> Result<Operation, ProgramCallError> {
        let spender = Address::Solana(delegate);
        Ok(Operation::Approval { asset: self.asset(mint)?, spender, amount, collection: false })
    }

    fn asset(&self, mint: SolanaAddress) -> Result<AssetId, ProgramCallError> {
        let network = self.network;
        AssetId::new(network, AssetKind::Spl(mint)).ok_or(ProgramCallError::WrongNetwork { network })
    }
}
