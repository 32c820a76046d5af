//! Sets and maps that are built once, when a policy is written, and only read by evaluations.
//!
//! Entries lie sorted by a 64-bit digest of their keys, with a table of where each range of digests begins. So a look-up
//! touches three places whatever the length of the list, allocates nothing, and compares whole keys at the end: a
//! collision of digests costs time, never a wrong answer. Who writes the keys is the operator, so the digest needs no
//! secret.

use core::hash::{Hash, Hasher};

/// A map that does not change.
#[derive(Clone, Debug)]
pub(super) struct FrozenMap<K, V> {
    /// Sorted.
    digests: Box<[u64]>,
    /// Beside `digests`.
    entries: Box<[(K, V)]>,
    /// For each range of digests with the same leading bits, the position of its first entry; one more than ranges.
    starts: Box<[u32]>,
    /// How far a digest is shifted for its range.
    shift: u32,
}

/// A set that does not change.
pub(super) type FrozenSet<K> = FrozenMap<K, ()>;

impl<K, V> Default for FrozenMap<K, V> {
    fn default() -> Self {
        Self { digests: Box::default(), entries: Box::default(), starts: Box::default(), shift: 0 }
    }
}

impl<K: Hash + Eq, V> FrozenMap<K, V> {
    /// Collects entries; of two with the same key, `merge` makes one.
    pub(super) fn collect(entries: impl IntoIterator<Item = (K, V)>, merge: impl Fn(&mut V, V)) -> Self {
        Self::collect_by(digest, entries, merge)
    }

    /// The value of a key.
    #[inline]
    pub(super) fn get(&self, key: &K) -> Option<&V> {
        self.find(digest(key), |other| other == key)
    }
}

impl<K: Hash + Eq> FrozenSet<K> {
    /// Collects keys.
    pub(super) fn of(keys: impl IntoIterator<Item = K>) -> Self {
        Self::collect(keys.into_iter().map(|key| (key, ())), |(), ()| ())
    }

    /// Whether the key is there.
    pub(super) fn contains(&self, key: &K) -> bool {
        self.get(key).is_some()
    }
}

impl<K: Eq, V> FrozenMap<K, V> {
    /// As [`Self::collect`], for keys that are looked up by a digest of another form of them.
    pub(super) fn collect_by(
        digest: impl Fn(&K) -> u64,
        entries: impl IntoIterator<Item = (K, V)>,
        merge: impl Fn(&mut V, V),
    ) -> Self {
        let mut entries: Vec<Option<(K, V)>> = entries.into_iter().map(Some).collect();
        let digests = entries.iter().flatten().map(|(key, _)| digest(key)).collect();
        let mut distinct: Vec<(u64, (K, V))> = Vec::with_capacity(entries.len());
        for (digest, position) in in_order(digests) {
            let Some((key, value)) = entries.get_mut(position).and_then(Option::take) else { continue };
            let mut same = distinct.iter_mut().rev().take_while(|(other, _)| *other == digest);
            match same.find(|(_, (other, _))| *other == key) {
                Some((_, (_, known))) => merge(known, value),
                None => distinct.push((digest, (key, value))),
            }
        }
        // One range per entry, rounded up to a power of two.
        let bits = usize::BITS.saturating_sub(distinct.len().leading_zeros());
        let shift = u64::BITS.saturating_sub(bits);
        let ranges = 1_usize.checked_shl(bits).unwrap_or(1);
        let (digests, entries): (Vec<u64>, Vec<(K, V)>) = distinct.into_iter().unzip();
        let begin = |range: usize| digests.partition_point(|digest| range_of(*digest, shift) < range);
        let starts = (0..=ranges).map(|range| u32::try_from(begin(range)).unwrap_or(u32::MAX)).collect();
        Self { digests: digests.into(), entries: entries.into(), starts, shift }
    }

    /// The value of the key with this digest that `is_key` accepts.
    #[inline]
    pub(super) fn find(&self, digest: u64, is_key: impl Fn(&K) -> bool) -> Option<&V> {
        let range = range_of(digest, self.shift);
        let bounds =
            self.starts.get(range..)?.first_chunk::<2>()?.map(|start| usize::try_from(start).unwrap_or(usize::MAX));
        let mut position = bounds[0];
        while position < bounds[1] {
            if *self.digests.get(position)? == digest {
                let (key, value) = self.entries.get(position)?;
                if is_key(key) {
                    return Some(value);
                }
            }
            position = position.saturating_add(1);
        }
        None
    }
}

/// Digests with the positions that they had, the smallest first and equal ones in their order. The entries stay out of
/// it, so that there is one sorting function for all kinds of maps: it is large, and browsers download it.
fn in_order(digests: Vec<u64>) -> Vec<(u64, usize)> {
    let mut order: Vec<(u64, usize)> = digests.into_iter().enumerate().map(|(at, digest)| (digest, at)).collect();
    order.sort_unstable();
    order
}

fn range_of(digest: u64, shift: u32) -> usize {
    // A shift by all 64 bits, for a map without entries, leaves nothing.
    digest.checked_shr(shift).and_then(|range| usize::try_from(range).ok()).unwrap_or(0)
}

/// The digest of a key.
#[inline]
pub(super) fn digest(key: &(impl Hash + ?Sized)) -> u64 {
    let mut state = Folding::default();
    key.hash(&mut state);
    state.finish()
}

/// Mixes by multiplying to twice the width and folding the halves.
#[derive(Default)]
pub(super) struct Folding(u64);

/// 2^64 divided by the golden ratio, rounded to an odd number: the customary multiplier of Fibonacci hashing.
const MULTIPLIER: u64 = 0x9e37_79b9_7f4a_7c15;

impl Folding {
    #[inline]
    fn mix(&mut self, word: u64) {
        let product = u128::from(self.0.rotate_left(23) ^ word ^ MULTIPLIER).wrapping_mul(u128::from(MULTIPLIER));
        let bytes = product.to_le_bytes();
        let half = |at: usize| {
            bytes.get(at..).and_then(|half| half.first_chunk::<8>()).map_or(0, |half| u64::from_le_bytes(*half))
        };
        self.0 = half(0) ^ half(8);
    }
}

impl Hasher for Folding {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, rest) = bytes.as_chunks::<8>();
        for word in words {
            self.mix(u64::from_le_bytes(*word));
        }
        if rest.is_empty() {
            return;
        }
        if let Some(word) = bytes.last_chunk::<8>() {
            // Some bytes count twice, and none has to be moved.
            self.mix(u64::from_le_bytes(*word));
        } else {
            let mut word = [0; 8];
            for (to, from) in word.iter_mut().zip(rest) {
                *to = *from;
            }
            self.mix(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.mix(u64::from(value));
    }

    fn write_u32(&mut self, value: u32) {
        self.mix(u64::from(value));
    }

    fn write_u64(&mut self, value: u64) {
        self.mix(value);
    }

    fn write_usize(&mut self, value: usize) {
        // Lengths and numbers of variants: few, and something to mix follows them or little depends on them.
        self.0 = self.0.rotate_left(7) ^ u64::try_from(value).unwrap_or(u64::MAX);
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_is_there_and_nothing_else() {
        for len in [0_u64, 1, 2, 3, 7, 8, 9, 1_000, 10_000] {
            let map = FrozenMap::collect((0..len).map(|number| (number * 3, number)), |_, _| unreachable!());
            for number in 0..len * 3 + 3 {
                let expect = (number % 3 == 0 && number / 3 < len).then_some(number / 3);
                assert_eq!(map.get(&number).copied(), expect, "{number} of {len}");
            }
        }
    }

    #[test]
    fn equal_keys_become_one() {
        let map = FrozenMap::collect([("a", 1), ("b", 5), ("a", 3)], |known, other| *known += other);
        assert_eq!((map.get(&"a"), map.get(&"b"), map.get(&"c")), (Some(&4), Some(&5), None));
    }

    #[test]
    fn equal_digests_are_told_apart() {
        let same = |_: &&str| 7;
        let map = FrozenMap::collect_by(same, [("a", 1), ("b", 2), ("c", 3), ("b", 4)], |known, other| *known += other);
        for (key, expect) in [("a", Some(&1)), ("b", Some(&6)), ("c", Some(&3)), ("d", None)] {
            assert_eq!(map.find(7, |other| *other == key), expect, "{key}");
        }
    }
}
