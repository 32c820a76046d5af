//! The master password: verified once with full work, then recognised for a while by a keyed hash.
//!
//! While a source is locked (see [`super::lockout`]) no password is put through the slow verification.
//! The one that was verified last is still recognised: otherwise any process that can reach the service
//! could keep the operator from throwing the kill switch by guessing five times. So that this does not
//! become a way to guess at full speed, [`MISSES_WHILE_LOCKED`] wrong passwords during locks make the
//! service forget the recognised password until it is verified again.

use super::lockout::Lockout;
use crate::http::source::Source;
use core::time::Duration;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;
use subtle::ConstantTimeEq;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;

/// How long a verified password is recognised without full work.
const RECOGNISED_FOR: Duration = Duration::from_secs(300);
/// Slow verifications at a time: each costs 19 MiB by default.
const MOST_VERIFICATIONS: usize = 2;
/// How long a request waits for its turn at the slow verification.
const TURN_WAIT: Duration = Duration::from_secs(10);
/// Wrong passwords during locks after which the recognised one is forgotten.
const MISSES_WHILE_LOCKED: u32 = 50;

/// Checks a password against the key store. Slow on purpose.
pub trait PasswordVerifier: Send + Sync {
    /// Whether `password` opens the key store. Blocks for the length of one key derivation, tens of milliseconds by default.
    fn verify(&self, password: &str) -> bool;
}

/// Why a password was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterRefusal {
    /// It is wrong. The failure was counted.
    Wrong,
    /// Too many were wrong before; try again after this time.
    Locked(Duration),
    /// Too many are being verified; try again soon.
    Busy,
}

/// Verifies master passwords.
pub struct MasterGate {
    inner: Arc<Inner>,
    turns: Arc<Semaphore>,
}

struct Inner {
    verifier: Arc<dyn PasswordVerifier>,
    /// Makes the remembered hash useless outside this process.
    hash_key: Zeroizing<[u8; 32]>,
    started: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    lockout: Lockout,
    recognised: Option<Recognised>,
    misses_while_locked: u32,
}

struct Recognised {
    tag: [u8; 32],
    until: Duration,
}

impl MasterGate {
    /// A gate with nothing recognised yet. `hash_key` must be random and used nowhere else.
    #[must_use]
    pub fn new(verifier: Arc<dyn PasswordVerifier>, hash_key: Zeroizing<[u8; 32]>) -> Self {
        let inner = Inner { verifier, hash_key, started: Instant::now(), state: Mutex::default() };
        Self { inner: Arc::new(inner), turns: Arc::new(Semaphore::new(MOST_VERIFICATIONS)) }
    }

    /// Checks `password`, presented by `source`.
    ///
    /// # Errors
    /// [`MasterRefusal`].
    pub async fn check(&self, source: Source, password: Zeroizing<String>) -> Result<(), MasterRefusal> {
        if self.inner.is_recognised(&password) {
            return Ok(());
        }
        self.inner.refuse_while_locked(source)?;
        let turn = tokio::time::timeout(TURN_WAIT, Arc::clone(&self.turns).acquire_owned());
        let Ok(Ok(turn)) = turn.await else { return Err(MasterRefusal::Busy) };
        let inner = Arc::clone(&self.inner);
        // On a thread of its own to the end, whether or not the caller waits for it: a guess counts even
        // when the guesser hangs up, and the next one has its turn only after it was counted.
        let verified = tokio::task::spawn_blocking(move || {
            let outcome = inner.verify(source, &password);
            drop(turn);
            outcome
        });
        // A verification that panicked proves nothing.
        verified.await.unwrap_or(Err(MasterRefusal::Wrong))
    }
}

impl Inner {
    fn verify(&self, source: Source, password: &str) -> Result<(), MasterRefusal> {
        // Others of the same source may have failed while this one waited.
        self.refuse_while_locked(source)?;
        let right = self.verifier.verify(password);
        let now = self.now();
        let mut state = self.state();
        if right {
            let until = now.saturating_add(RECOGNISED_FOR);
            state.recognised = self.tag(password).map(|tag| Recognised { tag, until });
            state.lockout.succeed(source);
            state.misses_while_locked = 0;
            Ok(())
        } else {
            state.lockout.fail(source, now);
            Err(MasterRefusal::Wrong)
        }
    }

    fn is_recognised(&self, password: &str) -> bool {
        let Some(tag) = self.tag(password) else { return false };
        let now = self.now();
        let state = self.state();
        state.recognised.as_ref().is_some_and(|known| now < known.until && bool::from(known.tag.ct_eq(&tag)))
    }

    fn refuse_while_locked(&self, source: Source) -> Result<(), MasterRefusal> {
        let now = self.now();
        let mut state = self.state();
        let Some(pause) = state.lockout.pause(source, now) else { return Ok(()) };
        state.misses_while_locked = state.misses_while_locked.saturating_add(1);
        if state.misses_while_locked >= MISSES_WHILE_LOCKED {
            state.recognised = None;
        }
        Err(MasterRefusal::Locked(pause))
    }

    fn tag(&self, password: &str) -> Option<[u8; 32]> {
        // HMAC takes keys of any length; were it to refuse ours, nothing would ever be recognised.
        let mut mac = Hmac::<Sha256>::new_from_slice(&*self.hash_key).ok()?;
        mac.update(password.as_bytes());
        Some(mac.finalize().into_bytes().into())
    }

    fn now(&self) -> Duration {
        self.started.elapsed()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering};

    struct Counting(AtomicU32);

    impl PasswordVerifier for Counting {
        fn verify(&self, password: &str) -> bool {
            self.0.fetch_add(1, Ordering::SeqCst);
            password == "right"
        }
    }

    fn gate() -> (MasterGate, Arc<Counting>) {
        let verifier = Arc::new(Counting(AtomicU32::new(0)));
        (MasterGate::new(verifier.clone(), Zeroizing::new([7; 32])), verifier)
    }

    fn here() -> Source {
        Source::from_ip("127.0.0.1".parse().unwrap())
    }

    async fn check(gate: &MasterGate, password: &str) -> Result<(), MasterRefusal> {
        gate.check(here(), Zeroizing::new(password.to_owned())).await
    }

    #[tokio::test]
    async fn full_work_is_done_once_for_the_right_password() {
        let (gate, verifier) = gate();
        for _ in 0..10 {
            assert_eq!(check(&gate, "right").await, Ok(()));
        }
        assert_eq!(verifier.0.load(Ordering::SeqCst), 1);
    }

    #[tokio::test]
    async fn five_wrong_ones_lock_but_the_recognised_one_passes() {
        let (gate, verifier) = gate();
        assert_eq!(check(&gate, "right").await, Ok(()));
        for _ in 0..5 {
            assert_eq!(check(&gate, "wrong").await, Err(MasterRefusal::Wrong));
        }
        assert!(matches!(check(&gate, "wrong").await, Err(MasterRefusal::Locked(_))));
        assert_eq!(check(&gate, "right").await, Ok(()));
        assert_eq!(verifier.0.load(Ordering::SeqCst), 6);
    }

    #[tokio::test]
    async fn guessing_during_a_lock_forgets_the_recognised_one() {
        let (gate, verifier) = gate();
        assert_eq!(check(&gate, "right").await, Ok(()));
        for _ in 0..55 {
            assert!(check(&gate, "wrong").await.is_err());
        }
        assert!(matches!(check(&gate, "right").await, Err(MasterRefusal::Locked(_))));
        assert_eq!(verifier.0.load(Ordering::SeqCst), 6);
    }

    #[tokio::test]
    async fn concurrent_guesses_do_not_outrun_the_lock() {
        let (gate, verifier) = gate();
        let gate = Arc::new(gate);
        let guesses = (0..40).map(|_| {
            let gate = Arc::clone(&gate);
            tokio::spawn(async move { check(&gate, "wrong").await })
        });
        for guess in guesses.collect::<Vec<_>>() {
            assert!(guess.await.unwrap().is_err());
        }
        assert!(verifier.0.load(Ordering::SeqCst) <= 6, "{:?}", verifier.0);
    }
}
