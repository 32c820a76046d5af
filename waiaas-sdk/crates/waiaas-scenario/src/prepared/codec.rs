//! The byte form of a prepared request, value by value.

use super::Prepared;
use super::wire::{BytesError, Part, Reader, write_number};
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, AssetKind, ChainKind, Network};
use waiaas_core::id::WalletId;
use waiaas_core::money::{BaseUnits, Price, Ratio, Usd};
use waiaas_core::policy::{
    ActionFacts, CategoryUse, LedgerFacts, PolicySettings, Positions, PriceFact, RateCount, RateWindow, Subject, Tier,
    TokenFact, UnpricedTier,
};
use waiaas_core::time::UnixMillis;
use waiaas_core::tx::action::{Lending, Perp};
use waiaas_core::tx::{Action, CallHead, Channel, Effects, Host, Instruction, Operation};

/// What every prepared request begins with.
const MAGIC: [u8; 4] = *b"WAIp";

/// The version that is written, and the only one that is read.
const VERSION: u8 = 1;

pub(super) fn to_bytes(prepared: &Prepared) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(256);
    bytes.extend_from_slice(&MAGIC);
    bytes.push(VERSION);
    prepared.write(&mut bytes);
    bytes
}

pub(super) fn from_bytes(bytes: &[u8]) -> Result<Prepared, BytesError> {
    let rest = bytes.strip_prefix(&MAGIC).ok_or(BytesError::Foreign)?;
    let mut reader = Reader(rest);
    match reader.byte()? {
        VERSION => {}
        other => return Err(BytesError::Version(other)),
    }
    let prepared = Prepared::read(&mut reader)?;
    if reader.0.is_empty() { Ok(prepared) } else { Err(BytesError::TooLong) }
}

/// Structs whose fields stand one after the other.
macro_rules! in_order {
    ($($name:ident { $($field:ident,)* })*) => { $(
        impl Part for $name {
            fn write(&self, into: &mut Vec<u8>) {
                let Self { $($field,)* } = self;
                $($field.write(into);)*
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
                $(let $field = Part::read(from)?;)*
                Ok(Self { $($field,)* })
            }
        }
    )* };
}

in_order! {
    Prepared { phase, subject, now, effects, prices, tokens, zone_offsets, ledger, actions, settings, }
    Subject { wallet, chain, environment, owner, network, }
    Effects { network, tx_type, operations, channel, action, instructions, floor, }
    Instruction { tx_type, operations, }
    Action {
        trusted, floor, venue, category, withdrawal, notional, non_spending, outflows, lending, perp,
    }
    Lending { op, asset, usd, }
    Perp { op, market, leverage, size, reduce_only, }
    TokenFact { decimals, symbol, }
    LedgerFacts { held, daily_usd, monthly_usd, rates, }
    RateCount { window, count, frees_at_expiry_of, }
    RateWindow { window_seconds, max_requests, }
    ActionFacts { positions, reputation, categories, erc8128_recent, }
    Positions { collateral, debt, }
    CategoryUse { day, month, }
    PolicySettings {
        default_deny_tokens, default_deny_contracts, default_deny_spenders, default_deny_transfers,
        default_deny_x402_domains, default_deny_erc8128_domains, default_deny_lending_assets,
        default_deny_perp_markets, default_deny_venues, nft_transfer_tier, deploy_tier, x402_enabled,
        x402_request_timeout_seconds, erc8128_enabled, erc8128_default_rpm, zero_policy_passthrough,
        legacy_raw_limit_for_tokens, unpriced_tier, default_delay_seconds, default_approval_timeout_seconds,
    }
}

/// Values that are a number with a name.
macro_rules! wrapped {
    ($($name:ident, $wrap:ident, $unwrap:ident;)*) => { $(
        impl Part for $name {
            fn write(&self, into: &mut Vec<u8>) {
                self.$unwrap().write(into);
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
                Part::read(from).map(Self::$wrap)
            }
        }
    )* };
}

wrapped! {
    UnixMillis, from_millis, as_millis;
    Usd, from_micros, micros;
    Ratio, from_millionths, millionths;
}

impl Part for WalletId {
    fn write(&self, into: &mut Vec<u8>) {
        into.extend_from_slice(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        from.take(16)?.try_into().map(Self::from_bytes).map_err(|_| BytesError::Invalid)
    }
}

impl Part for BaseUnits {
    fn write(&self, into: &mut Vec<u8>) {
        let mut bytes = self.to_be_bytes();
        bytes.reverse();
        write_number(&bytes, into);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        let mut bytes = from.number()?;
        bytes.reverse();
        Ok(Self::from_be_bytes(bytes))
    }
}

impl Part for Price {
    fn write(&self, into: &mut Vec<u8>) {
        self.digits_and_places().write(into);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        let (digits, places) = Part::read(from)?;
        Self::new(digits, places).ok_or(BytesError::Invalid)
    }
}

impl Part for PriceFact {
    fn write(&self, into: &mut Vec<u8>) {
        match self {
            Self::Known(price) => {
                into.push(0);
                price.write(into);
            }
            Self::NotListed => into.push(1),
            Self::Unavailable => into.push(2),
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        match from.byte()? {
            0 => Ok(Self::Known(Price::read(from)?)),
            1 => Ok(Self::NotListed),
            2 => Ok(Self::Unavailable),
            _ => Err(BytesError::Invalid),
        }
    }
}

impl Part for UnpricedTier {
    fn write(&self, into: &mut Vec<u8>) {
        match self {
            Self::Tier(tier) => Some(*tier),
            Self::Deny => None,
        }
        .write(into);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        Ok(<Option<Tier>>::read(from)?.map_or(Self::Deny, Self::Tier))
    }
}

impl Part for Address {
    fn write(&self, into: &mut Vec<u8>) {
        self.chain().write(into);
        into.extend_from_slice(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        let chain = ChainKind::read(from)?;
        let length = match chain {
            ChainKind::Ethereum | ChainKind::Ripple => 20,
            ChainKind::Solana => 32,
        };
        Self::from_bytes(chain, from.take(length)?).ok_or(BytesError::Invalid)
    }
}

impl Part for AssetId {
    fn write(&self, into: &mut Vec<u8>) {
        self.network().write(into);
        self.is_native().write(into);
        into.extend_from_slice(&self.kind().reference_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        let network = Network::read(from)?;
        if bool::read(from)? {
            return Ok(Self::native(network));
        }
        let length = match network.chain() {
            ChainKind::Ethereum => 20,
            ChainKind::Solana => 32,
            ChainKind::Ripple => 40,
        };
        let kind = AssetKind::from_reference_bytes(network.chain(), from.take(length)?);
        kind.and_then(|kind| Self::new(network, kind)).ok_or(BytesError::Invalid)
    }
}

impl Part for CallHead {
    fn write(&self, into: &mut Vec<u8>) {
        let bytes = self.as_bytes();
        bytes.len().write(into);
        into.extend_from_slice(bytes);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        let length = usize::read(from)?;
        if length > Self::CAPACITY { Err(BytesError::Invalid) } else { from.take(length).map(Self::of) }
    }
}

impl Part for Host {
    fn write(&self, into: &mut Vec<u8>) {
        self.as_str().to_owned().write(into);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        let text = String::read(from)?;
        Self::parse(&text).filter(|host| host.as_str() == text).ok_or(BytesError::Invalid)
    }
}

impl Part for Channel {
    fn write(&self, into: &mut Vec<u8>) {
        let (number, host) = match self {
            Self::Send => (0, None),
            Self::Sign => (1, None),
            Self::Message => (2, None),
            Self::X402(host) => (3, Some(host)),
            Self::Erc8128(host) => (4, Some(host)),
            Self::External => (5, None),
        };
        into.push(number);
        if let Some(host) = host {
            host.write(into);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        match from.byte()? {
            0 => Ok(Self::Send),
            1 => Ok(Self::Sign),
            2 => Ok(Self::Message),
            3 => Ok(Self::X402(Host::read(from)?)),
            4 => Ok(Self::Erc8128(Host::read(from)?)),
            5 => Ok(Self::External),
            _ => Err(BytesError::Invalid),
        }
    }
}

impl Part for Operation {
    fn write(&self, into: &mut Vec<u8>) {
        match self {
            Self::NativeTransfer { to, amount } => {
                into.push(0);
                to.write(into);
                amount.write(into);
            }
            Self::TokenTransfer { asset, to, amount } => {
                into.push(1);
                asset.write(into);
                to.write(into);
                amount.write(into);
            }
            Self::Approval { asset, spender, amount, collection } => {
                into.push(2);
                asset.write(into);
                spender.write(into);
                amount.write(into);
                collection.write(into);
            }
            Self::ContractCall { contract, head } => {
                into.push(3);
                contract.write(into);
                head.write(into);
            }
            Self::NftTransfer { collection, to } => {
                into.push(4);
                collection.write(into);
                to.write(into);
            }
            Self::Deployment => into.push(5),
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        // Fields are read in the order in which they are written here.
        Ok(match from.byte()? {
            0 => Self::NativeTransfer { to: Part::read(from)?, amount: Part::read(from)? },
            1 => Self::TokenTransfer { asset: Part::read(from)?, to: Part::read(from)?, amount: Part::read(from)? },
            2 => Self::Approval {
                asset: Part::read(from)?,
                spender: Part::read(from)?,
                amount: Part::read(from)?,
                collection: Part::read(from)?,
            },
            3 => Self::ContractCall { contract: Part::read(from)?, head: Part::read(from)? },
            4 => Self::NftTransfer { collection: Part::read(from)?, to: Part::read(from)? },
            5 => Self::Deployment,
            _ => return Err(BytesError::Invalid),
        })
    }
}
