//! The alphabet of the byte form: whole numbers, texts, lists and maps.

use std::collections::BTreeMap;
use std::fmt;

/// Why bytes were refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BytesError {
    /// They do not begin as a prepared request does.
    Foreign,
    /// They were written in a version of the form that this build does not read.
    Version(u8),
    /// They end too early.
    CutShort,
    /// Something in them is not as it is written, or cannot be.
    Invalid,
    /// Something stands behind the end.
    TooLong,
}

impl fmt::Display for BytesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Foreign => f.write_str("these bytes are no prepared request"),
            Self::Version(version) => {
                write!(f, "the prepared request has format {version}, which is not known here: prepare it anew")
            }
            Self::CutShort => f.write_str("the prepared request is cut short"),
            Self::Invalid => f.write_str("the prepared request is damaged"),
            Self::TooLong => f.write_str("something stands behind the prepared request"),
        }
    }
}

impl std::error::Error for BytesError {}

/// The largest number that is its own byte.
const SMALL: u8 = 223;

/// A value with a place in the form.
pub(super) trait Part: Sized {
    /// Appends the value.
    fn write(&self, into: &mut Vec<u8>);

    /// Takes the value from the front.
    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError>;
}

/// What is left to read.
#[derive(Debug)]
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    /// The next byte.
    pub(super) fn byte(&mut self) -> Result<u8, BytesError> {
        let (byte, rest) = self.0.split_first().ok_or(BytesError::CutShort)?;
        self.0 = rest;
        Ok(*byte)
    }

    /// The next `length` bytes.
    pub(super) fn take(&mut self, length: usize) -> Result<&'a [u8], BytesError> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(BytesError::CutShort)?;
        self.0 = rest;
        Ok(taken)
    }

    /// A whole number of at most `N` bytes, little-endian.
    #[inline]
    pub(super) fn number<const N: usize>(&mut self) -> Result<[u8; N], BytesError> {
        let mut bytes = [0; N];
        let first = self.byte()?;
        let length = match first.checked_sub(SMALL) {
            None | Some(0) => {
                *bytes.first_mut().ok_or(BytesError::Invalid)? = first;
                return Ok(bytes);
            }
            Some(length) => usize::from(length),
        };
        let taken = self.take(length)?;
        // Every number has one form only.
        let shortest = match taken {
            [single] => *single > SMALL,
            [.., last] => *last != 0,
            [] => false,
        };
        let place = bytes.get_mut(..length).filter(|_| shortest).ok_or(BytesError::Invalid)?;
        place.copy_from_slice(taken);
        Ok(bytes)
    }

    /// How many entries follow. Each has at least a byte, so more than what is left cannot be.
    fn count(&mut self) -> Result<usize, BytesError> {
        let count = usize::try_from(u32::read(self)?).map_err(|_| BytesError::CutShort)?;
        if count > self.0.len() { Err(BytesError::CutShort) } else { Ok(count) }
    }
}

/// Appends a whole number that is given little-endian.
pub(super) fn write_number(bytes: &[u8], into: &mut Vec<u8>) {
    let length = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last.saturating_add(1));
    match bytes.get(..length).unwrap_or_default() {
        [] => into.push(0),
        [single] if *single <= SMALL => into.push(*single),
        several => {
            // At most 32 bytes are ever written.
            into.push(u8::try_from(several.len()).map_or(u8::MAX, |length| SMALL.saturating_add(length)));
            into.extend_from_slice(several);
        }
    }
}

fn write_count(count: usize, into: &mut Vec<u8>) {
    // A list of four billion entries is refused when it is read.
    u32::try_from(count).unwrap_or(u32::MAX).write(into);
}

macro_rules! whole_numbers {
    ($($number:ident)*) => { $(
        impl Part for $number {
            fn write(&self, into: &mut Vec<u8>) {
                write_number(&self.to_le_bytes(), into);
            }

            fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
                from.number().map(Self::from_le_bytes)
            }
        }
    )* };
}

whole_numbers!(u8 u16 u32 u64 u128);

impl Part for i64 {
    fn write(&self, into: &mut Vec<u8>) {
        let doubled = self.unsigned_abs().wrapping_shl(1);
        // −2⁶³ becomes the largest number.
        if self.is_negative() { doubled.wrapping_sub(1) } else { doubled }.write(into);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        let number = u64::read(from)?;
        let half = i64::try_from(number >> 1).map_err(|_| BytesError::Invalid)?;
        Ok(if number & 1 == 0 { half } else { !half })
    }
}

impl Part for i32 {
    fn write(&self, into: &mut Vec<u8>) {
        i64::from(*self).write(into);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        Self::try_from(i64::read(from)?).map_err(|_| BytesError::Invalid)
    }
}

impl Part for usize {
    fn write(&self, into: &mut Vec<u8>) {
        write_count(*self, into);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        Self::try_from(u32::read(from)?).map_err(|_| BytesError::Invalid)
    }
}

impl Part for bool {
    fn write(&self, into: &mut Vec<u8>) {
        into.push(u8::from(*self));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        match from.byte()? {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(BytesError::Invalid),
        }
    }
}

impl Part for String {
    fn write(&self, into: &mut Vec<u8>) {
        write_count(self.len(), into);
        into.extend_from_slice(self.as_bytes());
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        let length = from.count()?;
        core::str::from_utf8(from.take(length)?).map(ToOwned::to_owned).map_err(|_| BytesError::Invalid)
    }
}

impl<T: Part> Part for Option<T> {
    fn write(&self, into: &mut Vec<u8>) {
        self.is_some().write(into);
        if let Some(value) = self {
            value.write(into);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        Ok(if bool::read(from)? { Some(T::read(from)?) } else { None })
    }
}

impl<T: Part> Part for Vec<T> {
    fn write(&self, into: &mut Vec<u8>) {
        write_count(self.len(), into);
        self.iter().for_each(|entry| entry.write(into));
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        let count = from.count()?;
        (0..count).map(|_| T::read(from)).collect()
    }
}

impl<K: Part + Ord, V: Part> Part for BTreeMap<K, V> {
    fn write(&self, into: &mut Vec<u8>) {
        write_count(self.len(), into);
        for (key, value) in self {
            key.write(into);
            value.write(into);
        }
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        let mut all = Self::new();
        for _ in 0..from.count()? {
            let (key, value) = (K::read(from)?, V::read(from)?);
            // Every map has one form only.
            if all.last_key_value().is_some_and(|(last, _)| *last >= key) {
                return Err(BytesError::Invalid);
            }
            all.insert(key, value);
        }
        Ok(all)
    }
}

impl<A: Part, B: Part> Part for (A, B) {
    fn write(&self, into: &mut Vec<u8>) {
        self.0.write(into);
        self.1.write(into);
    }

    fn read(from: &mut Reader<'_>) -> Result<Self, BytesError> {
        Ok((A::read(from)?, B::read(from)?))
    }
}
