//! The ways by which something to sign comes in.

/// By which way a request came. Rules of some ways differ: what cannot wait is refused instead.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Channel {
    /// Built, signed and sent by this service.
    Send,
    /// A transaction, an operation of a smart account or typed data that is only signed here.
    Sign,
    /// A text is signed. Nothing can move by it.
    Message,
    /// A payment for an HTTP resource (x402).
    X402(Host),
    /// An HTTP request is signed (ERC-8128). Nothing can move by it.
    Erc8128(Host),
    /// An action outside of any chain, at a venue that its provider names.
    External,
}

impl Channel {
    /// Whether the request does something on its network.
    #[must_use]
    pub const fn is_on_chain(&self) -> bool {
        matches!(self, Self::Send | Self::Sign | Self::X402(_))
    }
}

/// The host of a URL: ASCII, lower case, without a trailing dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Host(String); // INVARIANT: labels of letters, digits, `-` and `_`, separated by single dots

impl Host {
    /// Reads a bare host name. Names in other scripts must be in their ASCII form (IDNA) already.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        let byte = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        let label = |label: &str| !label.is_empty() && label.len() <= 63 && label.bytes().all(byte);
        (name.len() <= 253 && name.split('.').all(label)).then_some(Self(name))
    }

    /// The host of an absolute `http` or `https` URL, however its user, port and path try to look like one.
    /// `None` for other schemes, addresses in brackets, and bytes that readers of URLs disagree about.
    #[must_use]
    pub fn of_url(url: &str) -> Option<Self> {
        let odd = |byte: u8| byte.is_ascii_control() || byte == b' ' || byte == b'\\';
        if url.bytes().any(odd) {
            return None;
        }
        let (scheme, rest) = url.split_once("://")?;
        if !["http", "https"].iter().any(|known| scheme.eq_ignore_ascii_case(known)) {
            return None;
        }
        let authority = rest.split(['/', '?', '#']).next()?;
        let host_and_port = authority.rsplit('@').next()?;
        let host = match host_and_port.split_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => host,
            Some(_) => return None,
            None => host_and_port,
        };
        Self::parse(host)
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl core::fmt::Display for Host {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hosts_of_urls() {
        for (given, expect) in [
            ("https://api.example.com/v1", Some("api.example.com")),
            ("HTTPS://API.Example.COM:443?x", Some("api.example.com")),
            ("https://api.example.com./", Some("api.example.com")),
            ("https://api.example.com@evil.io/", Some("evil.io")),
            ("https://a:b@evil.io#api.example.com", Some("evil.io")),
            ("http://127.0.0.1:80", Some("127.0.0.1")),
            ("https://evil.io\\@api.example.com/", None),
            ("https://api.example.com:80:80/", None),
            ("https://api..example.com/", None),
            ("https://b\u{fc}cher.example/", None),
            ("https://[::1]/", None),
            ("https:///x", None),
            ("ftp://api.example.com/", None),
            ("api.example.com", None),
        ] {
            assert_eq!(Host::of_url(given).as_ref().map(Host::as_str), expect, "{given}");
        }
    }
}
