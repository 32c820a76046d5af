//! The `waiaas` program.

fn main() {}
