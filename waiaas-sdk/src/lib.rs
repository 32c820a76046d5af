//! WAIaaS as a library: every part of the service under one name.

pub use waiaas_core as core;
pub use waiaas_engine as engine;
#[cfg(feature = "evm")]
pub use waiaas_evm as evm;
#[cfg(feature = "keystore")]
pub use waiaas_keystore as keystore;
#[cfg(feature = "sqlite")]
pub use waiaas_store as store;
