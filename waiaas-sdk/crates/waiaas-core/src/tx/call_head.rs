//! The beginning of what a contract is called with.

/// The first bytes of calldata (EVM) or of the data of a program's instruction (Solana): what tells which method runs.
///
/// [`Self::CAPACITY`] bytes are kept, enough for every selector and discriminator in use: 4 on the EVM (Solidity ABI
/// specification), 1 for the programs of SPL, 8 for those built with Anchor.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CallHead {
    bytes: [u8; Self::CAPACITY], // INVARIANT: zero from `len` on
    len: usize,
}

impl CallHead {
    /// How many bytes are kept.
    pub const CAPACITY: usize = 32;

    /// The beginning of `data`.
    #[must_use]
    pub fn of(data: &[u8]) -> Self {
        let mut head = Self::default();
        for (kept, byte) in head.bytes.iter_mut().zip(data) {
            *kept = *byte;
            head.len = head.len.saturating_add(1);
        }
        head
    }

    /// The kept bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        self.bytes.get(..self.len).unwrap_or_default()
    }

    /// The first four bytes, which name the method on the EVM; `None` when there are fewer.
    #[must_use]
    pub fn selector(&self) -> Option<[u8; 4]> {
        self.as_bytes().first_chunk::<4>().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keeps_the_beginning() {
        for len in [0, 1, 3, 4, 5, 31, 32, 33, 100] {
            let data: Vec<u8> = (1..=100).take(len).collect();
            let head = CallHead::of(&data);
            assert_eq!(head.as_bytes(), &data[..len.min(CallHead::CAPACITY)]);
            assert_eq!(head.selector().is_some(), len >= 4);
        }
        assert_eq!(CallHead::of(&[0xa9, 0x05, 0x9c, 0xbb, 7]).selector(), Some([0xa9, 0x05, 0x9c, 0xbb]));
        assert_eq!(CallHead::of(&[]), CallHead::default());
    }
}
