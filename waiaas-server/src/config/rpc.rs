//! `[rpc]`: one endpoint per network.

use super::layers::Raw;
use super::read::{Outcome, text};
use super::section::{KeyDoc, Reader, Section};
use std::collections::BTreeMap;
use waiaas_sdk::core::chain::{ChainKind, Network};

/// Endpoints by network. Networks without an entry use [`Network::default_rpc`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rpc {
    chosen: BTreeMap<Network, String>,
}

impl Rpc {
    /// The endpoint of `network`.
    #[must_use]
    pub fn url(&self, network: Network) -> &str {
        self.chosen.get(&network).map_or(network.default_rpc(), String::as_str)
    }

    /// The networks whose endpoint the operator named.
    pub fn chosen(&self) -> impl Iterator<Item = (Network, &str)> {
        self.chosen.iter().map(|(network, url)| (*network, url.as_str()))
    }
}

/// Networks that this build reaches.
fn networks() -> impl Iterator<Item = Network> {
    Network::ALL.iter().copied().filter(|network| network.chain() == ChainKind::Ethereum)
}

impl Section for Rpc {
    const NAME: &'static str = "rpc";

    fn keys() -> Vec<KeyDoc> {
        networks()
            .map(|network| KeyDoc {
                name: network.rpc_key().to_owned(),
                text: format!("JSON-RPC endpoint of {} (http or https).", network.display_name()),
                example: "\"http://127.0.0.1:8545\"".to_owned(),
            })
            .collect()
    }

    fn read(reader: &mut Reader) -> Self {
        let mut chosen = BTreeMap::new();
        for network in networks() {
            let key = network.rpc_key();
            // Templates of the original and its documentation leave out the prefix.
            let short = key.strip_prefix("evm_").unwrap_or(key);
            for key in [short, key] {
                if let Some(url) = reader.value(Self::NAME, key, None, |raw| endpoint(raw).map(Some)) {
                    chosen.insert(network, url);
                }
            }
        }
        Self { chosen }
    }
}

fn endpoint(raw: &Raw) -> Outcome<String> {
    let url = text(raw)?;
    let host = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
    if host.is_some_and(|host| !host.is_empty() && !host.starts_with('/')) {
        Ok(url)
    } else {
        Err("must be a URL that begins with http:// or https://".to_owned())
    }
}
