//! In-memory adapters for every port: for tests, demonstrations, and embedding without a database.
//!
//! They follow the contracts of [`crate::ports`] to the letter and pass the suites of
//! `crate::conformance`, but nothing survives the process: a service that moves real money needs a
//! durable store. What only tests may use (a key store with worthless signatures, a sealer that does not
//! encrypt) is compiled with feature `test-util` only.

pub mod chain;
mod clock;
#[cfg(any(test, feature = "test-util"))]
mod keystore;
mod notifier;
mod prices;
mod random;
#[cfg(any(test, feature = "test-util"))]
mod sealer;
pub mod signature;
mod store;
mod time_zones;

pub use chain::MemoryChain;
pub use clock::ManualClock;
#[cfg(any(test, feature = "test-util"))]
pub use keystore::MemoryKeyStore;
pub use notifier::RecordingNotifier;
pub use prices::FixedPrices;
pub use random::SequenceRandom;
#[cfg(any(test, feature = "test-util"))]
pub use sealer::PlainSealer;
pub use store::MemoryStore;
pub use time_zones::FixedTimeZones;
