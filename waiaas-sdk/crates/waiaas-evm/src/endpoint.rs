//! Addresses of nodes. They often hold an access key, in the path, the query or before the `@`.

use reqwest::Url;

/// Where a node is. Shows itself as scheme, host and port only.
#[derive(Clone)]
pub(crate) struct Endpoint {
    url: Url, // INVARIANT: leaves this type only through `url()`, for the HTTP client
    shown: String,
    secrets: Vec<String>,
}

/// The text is not the address of a node. Does not repeat the text: it may hold a credential.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("expected an endpoint such as `https://host/path`, with scheme `http` or `https`")]
pub struct EndpointError;

/// Path segments and query values shorter than this are names such as `v3`, not keys.
const SHORTEST_SECRET: usize = 8;

impl Endpoint {
    pub(crate) fn parse(text: &str) -> Result<Self, EndpointError> {
        let url = Url::parse(text.trim()).map_err(|_| EndpointError)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(EndpointError);
        }
        let host = url.host_str().ok_or(EndpointError)?;
        let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let shown = format!("{}://{host}{port}", url.scheme());
        let secrets = secrets_of(&url);
        Ok(Self { url, shown, secrets })
    }

    pub(crate) fn url(&self) -> Url {
        self.url.clone()
    }

    /// Scheme, host and port.
    pub(crate) fn shown(&self) -> &str {
        &self.shown
    }

    /// `text` with every piece of the address that may be a credential struck out. Some providers repeat
    /// the key in their error messages.
    pub(crate) fn redact(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| text.replace(secret, "***"))
    }
}

fn secrets_of(url: &Url) -> Vec<String> {
    let path = url.path_segments().into_iter().flatten().map(str::to_owned);
    let query = url.query_pairs().map(|(_, value)| value.into_owned());
    let long = path.chain(query).filter(|part| part.len() >= SHORTEST_SECRET);
    let password = url.password().filter(|password| !password.is_empty()).map(str::to_owned);
    let user = Some(url.username()).filter(|user| user.len() >= SHORTEST_SECRET).map(str::to_owned);
    long.chain(password).chain(user).collect()
}

impl core::fmt::Debug for Endpoint {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(f, "Endpoint({})", self.shown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_host_is_shown() {
        let endpoint =
            Endpoint::parse("https://user:hunter2@node.example:8443/v3/0123456789abcdef?key=fedcba98").unwrap();
        assert_eq!(endpoint.shown(), "https://node.example:8443");
        assert_eq!(format!("{endpoint:?}"), "Endpoint(https://node.example:8443)");
        assert_eq!(
            endpoint.redact("project 0123456789abcdef, key fedcba98, password hunter2, path v3"),
            "project ***, key ***, password ***, path v3"
        );
    }

    #[test]
    fn other_schemes_and_nonsense_are_refused_without_repeating_them() {
        for text in ["", "localhost:8545", "wss://node.example", "file:///etc/passwd", "https://", "not an address"] {
            assert_eq!(Endpoint::parse(text).unwrap_err(), EndpointError, "{text}");
        }
    }
}
