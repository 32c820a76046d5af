//! Who is calling: the master password and session tokens.
//!
//! Owner signatures are checked by the engine, which knows what exactly is being approved; the HTTP side
//! only decodes their headers.

mod lockout;
pub mod master;
pub mod tokens;
