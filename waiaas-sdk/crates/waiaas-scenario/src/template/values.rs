//! Parameters of templates, and values for them.

use crate::node::{Faults, Node};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use waiaas_core::address::Address;
use waiaas_core::chain::{AssetId, ChainKind, Network};
use waiaas_core::money::Usd;
use waiaas_core::tx::Host;
use waiaas_core::wire::IssueCode;

/// What can be chosen about a template.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// Its name.
    pub name: &'static str,
    /// What it decides, for people.
    pub about: &'static str,
    /// What is accepted.
    pub kind: ParameterKind,
    /// The value when nothing is chosen: of a list its entries, of anything else one text. `None` must be chosen.
    pub default: Option<&'static [&'static str]>,
}

/// What a parameter accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParameterKind {
    /// US dollars above zero.
    Usd,
    /// A whole number above zero.
    Count,
    /// An IANA time zone.
    TimeZone,
    /// A list of addresses.
    Addresses,
    /// A list of CAIP-19 ids of tokens.
    Assets,
    /// A list of networks, by name or CAIP-2 id.
    Networks,
    /// A list of hosts, each possibly after `*.`.
    Hosts,
}

impl ParameterKind {
    /// The name in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usd => "usd",
            Self::Count => "count",
            Self::TimeZone => "time_zone",
            Self::Addresses => "addresses",
            Self::Assets => "assets",
            Self::Networks => "networks",
            Self::Hosts => "hosts",
        }
    }

    /// Whether it takes several values.
    #[must_use]
    pub const fn is_list(self) -> bool {
        matches!(self, Self::Addresses | Self::Assets | Self::Networks | Self::Hosts)
    }

    const fn expected(self) -> &'static str {
        match self {
            Self::Usd => "US dollars above 0",
            Self::Count => "a whole number above 0",
            Self::TimeZone => "the name of a time zone such as `Europe/Berlin`",
            Self::Addresses => "an address",
            Self::Assets => "the CAIP-19 id of a token such as `eip155:1/erc20:0x…`",
            Self::Networks => "a network such as `base-mainnet`",
            Self::Hosts => "a host name such as `api.example.com` or `*.example.com`",
        }
    }

    /// The value as rules take it.
    fn read(self, text: &str) -> Option<String> {
        let given = text.to_owned();
        match self {
            Self::Usd => Usd::parse(text).ok().filter(|usd| !usd.is_zero()).map(|usd| usd.to_string()),
            Self::Count => text.parse::<u32>().ok().filter(|count| *count > 0).map(|count| count.to_string()),
            // Which zones exist is checked when the rows are stored.
            Self::TimeZone => (!text.is_empty() && text.is_ascii()).then_some(given),
            Self::Addresses => {
                let known = ChainKind::ALL.into_iter().find_map(|chain| Address::parse(chain, text).ok());
                known.map(|address| address.to_string())
            }
            Self::Assets => AssetId::parse(text).ok().filter(|asset| !asset.is_native()).map(|asset| asset.to_string()),
            Self::Networks => Network::parse(text).ok().map(|network| network.as_str().to_owned()),
            Self::Hosts => Host::parse(text.strip_prefix("*.").unwrap_or(text)).map(|_| given.to_ascii_lowercase()),
        }
    }
}

impl Parameter {
    pub(super) fn to_json(&self) -> Value {
        let default = self.default.map(|values| match self.kind.is_list() {
            true => json!(values),
            false => json!(values.first()),
        });
        json!({ "name": self.name, "about": self.about, "kind": self.kind.as_str(), "default": default })
    }
}

/// Values for all parameters of a template, checked.
#[derive(Debug)]
pub(super) struct Values(BTreeMap<&'static str, Vec<String>>);

impl Values {
    /// Reads an object of values over the defaults.
    pub(super) fn read(parameters: &'static [Parameter], node: &Node<'_>, faults: &mut Faults) -> Self {
        let names: Vec<&str> = parameters.iter().map(|parameter| parameter.name).collect();
        node.only(&names, faults);
        let mut values = BTreeMap::new();
        for parameter in parameters {
            let texts = match (node.given(parameter.name), parameter.default) {
                (Some(given), default) => {
                    if is_empty(given.value) && default != Some(&[]) {
                        let message = format!("expected {}", parameter.kind.expected());
                        given.fault(faults, IssueCode::TooSmall, message);
                    }
                    given_texts(&given, parameter.kind, faults)
                }
                (None, Some(default)) => default.iter().map(|text| (*text).to_owned()).collect(),
                (None, None) => {
                    let message = format!("is required: {}", parameter.about);
                    faults.add(waiaas_core::wire::Issue::at(parameter.name, IssueCode::Required, message));
                    continue;
                }
            };
            values.insert(parameter.name, texts);
        }
        Self(values)
    }

    /// The values of a list.
    pub(super) fn list(&self, name: &str) -> &[String] {
        self.0.get(name).map(Vec::as_slice).unwrap_or_default()
    }

    /// The single value of a parameter.
    pub(super) fn text(&self, name: &str) -> &str {
        self.list(name).first().map(String::as_str).unwrap_or_default()
    }

    /// A whole number. Of a parameter that is none it is the smallest that a rule takes.
    pub(super) fn count(&self, name: &str) -> u32 {
        self.text(name).parse().unwrap_or(1)
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_array().is_some_and(Vec::is_empty) || value.as_str().is_some_and(|text| text.trim().is_empty())
}

/// What was given, as texts that the kind accepts.
fn given_texts(node: &Node<'_>, kind: ParameterKind, faults: &mut Faults) -> Vec<String> {
    let one = |node: &Node<'_>, faults: &mut Faults| -> Vec<String> {
        let text = match node.value {
            Value::Number(number) => number.to_string(),
            _ => node.text(faults).unwrap_or_default().to_owned(),
        };
        let parts: Vec<&str> = if kind.is_list() { text.split(',').map(str::trim).collect() } else { vec![&text] };
        let mut read = Vec::new();
        for part in parts.into_iter().filter(|part| !part.is_empty()) {
            match kind.read(part) {
                Some(value) => read.push(value),
                None => drop(node.invalid::<()>(faults, format!("expected {}, not `{part}`", kind.expected()))),
            }
        }
        read
    };
    match node.value {
        Value::Array(_) if kind.is_list() => {
            node.list(faults).unwrap_or_default().iter().flat_map(|entry| one(entry, faults)).collect()
        }
        _ => one(node, faults),
    }
}
