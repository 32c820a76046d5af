//! Identifiers: one distinct type per noun, all UUIDs.
//!
//! Text form is the lowercase hyphenated UUID. Parsing accepts any RFC 4122 / RFC 9562 text in either
//! case. Ids are minted by the engine as UUID version 7 (RFC 9562 section 5.7) from its clock and its
//! random source; this crate only lays out the bits.

use crate::time::UnixMillis;

/// The text is not a UUID.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected a UUID such as `0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1`")]
pub struct IdParseError;

/// Byte positions that are followed by a hyphen in the text form.
const HYPHEN_AFTER: [usize; 4] = [3, 5, 7, 9];

fn parse_uuid(text: &str) -> Result<[u8; 16], IdParseError> {
    let groups = [8_usize, 4, 4, 4, 12];
    let mut digits = String::with_capacity(32);
    let mut parts = text.split('-');
    for length in groups {
        let part = parts.next().ok_or(IdParseError)?;
        if part.len() != length {
            return Err(IdParseError);
        }
        digits.push_str(part);
    }
    if parts.next().is_some() {
        return Err(IdParseError);
    }
    let mut bytes = [0_u8; 16];
    hex::decode_to_slice(&digits, &mut bytes).map_err(|_| IdParseError)?;
    Ok(bytes)
}

fn format_uuid(bytes: &[u8; 16], f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
    for (position, byte) in bytes.iter().enumerate() {
        write!(f, "{byte:02x}")?;
        if HYPHEN_AFTER.contains(&position) {
            f.write_str("-")?;
        }
    }
    Ok(())
}

fn uuid_v7(now: UnixMillis, random: [u8; 10]) -> [u8; 16] {
    let [_, _, t0, t1, t2, t3, t4, t5] = now.as_millis().max(0).to_be_bytes();
    let [r0, r1, r2, r3, r4, r5, r6, r7, r8, r9] = random;
    [t0, t1, t2, t3, t4, t5, (r0 & 0x0f) | 0x70, r1, (r2 & 0x3f) | 0x80, r3, r4, r5, r6, r7, r8, r9]
}

macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// Wraps 16 raw UUID bytes, most significant first.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The 16 raw UUID bytes, most significant first.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Lays out a UUID version 7: `now` in the first 48 bits, `random` in the rest.
            #[must_use]
            pub fn v7(now: UnixMillis, random: [u8; 10]) -> Self {
                Self(uuid_v7(now, random))
            }
        }

        impl core::str::FromStr for $name {
            type Err = IdParseError;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                parse_uuid(text).map(Self)
            }
        }

        impl core::fmt::Display for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                format_uuid(&self.0, f)
            }
        }

        impl core::fmt::Debug for $name {
            fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    };
}

id_type!(
    /// A wallet: one key, one chain, one environment.
    WalletId
);
id_type!(
    /// A session: what an agent's token stands for.
    SessionId
);
id_type!(
    /// A transaction: one request, from validation to its final status.
    TxId
);
id_type!(
    /// A policy row.
    PolicyId
);
id_type!(
    /// An open or closed owner approval.
    ApprovalId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_round_trips_and_accepts_upper_case() {
        let id: WalletId = "0190B1A2-7C3D-7E4F-8A5B-6C7D8E9FA0B1".parse().unwrap();
        assert_eq!(id.to_string(), "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1");
        assert_eq!(id.to_string().parse::<WalletId>(), Ok(id));
    }

    #[test]
    fn refuses_other_shapes() {
        for text in [
            "",
            "0190b1a27c3d7e4f8a5b6c7d8e9fa0b1",
            "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b",
            "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0bg",
            "{0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1}",
            "0190b1a2-7c3d-7e4f-8a5b-6c7d8e9fa0b1-00",
        ] {
            assert_eq!(text.parse::<TxId>(), Err(IdParseError), "{text}");
        }
    }

    #[test]
    fn version_seven_sorts_by_time_and_carries_the_version_bits() {
        let early = TxId::v7(UnixMillis::from_millis(1_000), [0xff; 10]);
        let late = TxId::v7(UnixMillis::from_millis(1_001), [0; 10]);
        assert!(early < late);
        assert_eq!(early.to_string(), "00000000-03e8-7fff-bfff-ffffffffffff");
    }
}
