//! The number of every enum value in the byte form. A number is never given to another value.

use super::wire::{BytesError, Part, Reader};
use waiaas_core::chain::{ChainKind, Environment, Network};
use waiaas_core::policy::{Phase, Tier};
use waiaas_core::tx::TxType;
use waiaas_core::tx::action::{LendingOp, PerpOp};
use waiaas_core::wallet::OwnerState;

macro_rules! numbers {
    ($($name:ident { $($variant:ident = $number:literal,)* })*) => { $(
        impl Part for $name {
            fn write(&self, into: &mut Vec<u8>) {
                into.push(match self { $(Self::$variant => $number,)* });
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
                match from.byte()? {
                    $($number => Ok(Self::$variant),)*
                    _ => Err(BytesError::Invalid),
                }
            }
        }
    )* };
}

numbers! {
    Network {
        SolanaMainnet = 0,
        SolanaDevnet = 1,
        SolanaTestnet = 2,
        EthereumMainnet = 3,
        EthereumSepolia = 4,
        PolygonMainnet = 5,
        PolygonAmoy = 6,
        ArbitrumMainnet = 7,
        ArbitrumSepolia = 8,
        OptimismMainnet = 9,
        OptimismSepolia = 10,
        BaseMainnet = 11,
        BaseSepolia = 12,
        HyperevmMainnet = 13,
        HyperevmTestnet = 14,
        XrplMainnet = 15,
        XrplTestnet = 16,
        XrplDevnet = 17,
    }
    ChainKind { Solana = 0, Ethereum = 1, Ripple = 2, }
    Environment { Testnet = 0, Mainnet = 1, }
    OwnerState { None = 0, Grace = 1, Locked = 2, }
    Tier { Instant = 0, Notify = 1, Delay = 2, Approval = 3, }
    TxType { Transfer = 0, TokenTransfer = 1, ContractCall = 2, Approve = 3, }
    Phase { Admission = 0, Recheck = 1, }
    LendingOp { Supply = 0, Borrow = 1, Repay = 2, Withdraw = 3, }
    PerpOp {
        OpenPosition = 0,
        ModifyPosition = 1,
        ClosePosition = 2,
        PlaceOrder = 3,
        SetLeverage = 4,
        AddMargin = 5,
        WithdrawMargin = 6,
    }
}
