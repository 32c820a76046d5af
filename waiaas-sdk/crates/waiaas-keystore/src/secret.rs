//! Types for values that must not be copied, printed or left behind in memory.

use subtle::ConstantTimeEq;
use zeroize::Zeroize;

/// A secret. It lives on the heap, so moving it moves a pointer and leaves no copy behind; it is overwritten
/// when dropped; it cannot be cloned or serialised; `Debug` shows `***`.
///
/// ```compile_fail
/// let secret = waiaas_keystore::Secret::new([1_u8; 32]);
/// let copy = secret.clone();
/// ```
pub struct Secret<T: Zeroize>(Box<T>);

impl<T: Zeroize> Secret<T> {
    /// Takes over a secret. The caller's own copies, if any, stay the caller's to wipe.
    pub fn new(value: T) -> Self {
        Self(Box::new(value))
    }

    /// The secret itself. Keep the reference short-lived and do not copy out of it.
    pub const fn expose(&self) -> &T {
        &self.0
    }
}

impl<const N: usize> Secret<[u8; N]> {
    /// Makes `N` zero bytes on the heap and lets `fill` write the secret in place.
    pub(crate) fn filled<E>(fill: impl FnOnce(&mut [u8; N]) -> Result<(), E>) -> Result<Self, E> {
        let mut secret = Self(Box::new([0; N]));
        fill(&mut secret.0)?;
        Ok(secret)
    }
}

impl<T: Zeroize + AsRef<[u8]>> Secret<T> {
    /// Whether both hold the same bytes, in time that depends on their lengths only.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        let (ours, theirs): (&[u8], &[u8]) = ((*self.0).as_ref(), (*other.0).as_ref());
        ours.ct_eq(theirs).into()
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<T: Zeroize> zeroize::ZeroizeOnDrop for Secret<T> {}

impl<T: Zeroize> core::fmt::Debug for Secret<T> {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("***")
    }
}

/// The master password, as the operator typed it (UTF-8, not normalised, not trimmed).
#[derive(Debug)]
pub struct MasterPassword(Secret<String>);

/// The password is too short for a new vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the master password needs at least {} characters", MasterPassword::MIN_CHARS)]
pub struct WeakPassword;

impl MasterPassword {
    /// Shortest password accepted for a new vault or a password change, in Unicode characters.
    /// DIFFERS: the original demands this on a change only, so a first start could set an empty password.
    pub const MIN_CHARS: usize = 8;

    /// Wraps a password of any length: an existing vault may be opened with whatever protects it.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Secret::new(text))
    }

    /// Whether the password may protect a new vault.
    ///
    /// # Errors
    /// [`WeakPassword`] when it is shorter than [`MasterPassword::MIN_CHARS`].
    pub fn check_new(&self) -> Result<(), WeakPassword> {
        if self.0.expose().chars().count() < Self::MIN_CHARS { Err(WeakPassword) } else { Ok(()) }
    }

    /// Whether both are the same password, in time that depends on their lengths only.
    #[must_use]
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.same_as(&other.0)
    }

    pub(crate) fn as_bytes(&self) -> &[u8] {
        self.0.expose().as_bytes()
    }
}

impl From<String> for MasterPassword {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_never_shows_the_secret() {
        let password = MasterPassword::new("correct horse battery".to_owned());
        assert_eq!(format!("{password:?}"), "MasterPassword(***)");
        assert_eq!(format!("{:?}", Secret::new([0x41_u8; 32])), "***");
    }

    #[test]
    fn comparison_is_by_content() {
        let password = |text: &str| MasterPassword::new(text.to_owned());
        assert!(password("one and two").same_as(&password("one and two")));
        assert!(!password("one and two").same_as(&password("one and twp")));
        assert!(!password("one").same_as(&password("one ")));
        assert!(!password("").same_as(&password(" ")));
    }

    #[test]
    fn length_counts_characters_not_bytes() {
        let check = |text: &str| MasterPassword::new(text.to_owned()).check_new();
        assert_eq!(check("1234567"), Err(WeakPassword));
        assert_eq!(check("12345678"), Ok(()));
        assert_eq!(check("ääää"), Err(WeakPassword), "eight bytes, four characters");
        assert_eq!(check(""), Err(WeakPassword));
    }
}
