//! Values that several commands accept on the command line.

use waiaas_sdk::core::chain::{ChainKind, Environment, Network};

/// A chain by its wire name or by the name people use.
///
/// # Errors
/// A sentence that lists the names.
pub(super) fn chain(text: &str) -> Result<ChainKind, String> {
    match text.to_lowercase().as_str() {
        "evm" => Ok(ChainKind::Ethereum),
        "xrpl" => Ok(ChainKind::Ripple),
        name => ChainKind::parse(name).ok_or_else(|| "expected solana, ethereum (or evm), ripple (or xrpl)".to_owned()),
    }
}

/// `testnet` or `mainnet`.
///
/// # Errors
/// A sentence that lists both.
pub(super) fn environment(text: &str) -> Result<Environment, String> {
    Environment::parse(&text.to_lowercase()).ok_or_else(|| "expected testnet or mainnet".to_owned())
}

/// A network by name or CAIP-2 id.
///
/// # Errors
/// A sentence with examples.
pub(super) fn network(text: &str) -> Result<Network, String> {
    Network::parse(text).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chains_have_the_names_that_people_type() {
        for (text, expect) in [
            ("solana", Some(ChainKind::Solana)),
            ("evm", Some(ChainKind::Ethereum)),
            ("Ethereum", Some(ChainKind::Ethereum)),
            ("ripple", Some(ChainKind::Ripple)),
            ("xrpl", Some(ChainKind::Ripple)),
            ("bitcoin", None),
        ] {
            assert_eq!(chain(text).ok(), expect, "{text}");
        }
    }
}
