//! Where a request comes from.

use crate::config::AddressRange;
use axum::extract::connect_info::ConnectInfo;
use axum::http::Extensions;
use axum::http::HeaderMap;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// The address that limits and lock-outs count for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source(IpAddr);

impl Source {
    /// The peer of the connection; behind a trusted proxy, the last address in `X-Forwarded-For` that is
    /// not a trusted proxy itself.
    ///
    /// DIFFERS: the original believes the first entry of that header from anybody, so a caller chooses
    /// whom its requests are counted for.
    pub(crate) fn of(extensions: &Extensions, headers: &HeaderMap, trusted: &[AddressRange]) -> Self {
        let peer = extensions.get::<ConnectInfo<SocketAddr>>().map_or(Ipv4Addr::UNSPECIFIED.into(), |info| info.0.ip());
        let peer = peer.to_canonical();
        if !is_trusted(peer, trusted) {
            return Self(peer);
        }
        let hops: Vec<&str> = headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|text| text.split(','))
            .collect();
        for hop in hops.into_iter().rev() {
            match hop.trim().parse::<IpAddr>() {
                Ok(address) if is_trusted(address.to_canonical(), trusted) => {}
                Ok(address) => return Self(address.to_canonical()),
                // What a trusted proxy did not write as an address cannot be believed.
                Err(_) => break,
            }
        }
        Self(peer)
    }

    /// A request that came over no socket.
    pub(crate) const fn unknown() -> Self {
        Self(IpAddr::V4(Ipv4Addr::UNSPECIFIED))
    }

    /// A source by its address.
    #[must_use]
    pub const fn from_ip(address: IpAddr) -> Self {
        Self(address)
    }

    /// The address.
    #[must_use]
    pub const fn ip(self) -> IpAddr {
        self.0
    }

    /// Whether it is this machine.
    #[must_use]
    pub const fn is_loopback(self) -> bool {
        self.0.is_loopback()
    }

    /// What limits count by: the address, and of IPv6 addresses the /64 network, because one customer
    /// owns all of it.
    #[must_use]
    pub fn bucket(self) -> IpAddr {
        match self.0 {
            IpAddr::V6(address) if !address.is_loopback() => {
                IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)))
            }
            address => address,
        }
    }
}

fn is_trusted(address: IpAddr, trusted: &[AddressRange]) -> bool {
    trusted.iter().any(|range| range.contains(address))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn check(peer: &str, forwarded: Option<&str>, expect: &str) {
        let trusted = [AddressRange::parse("10.0.0.0/8").unwrap()];
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        if let Some(text) = forwarded {
            headers.insert("x-forwarded-for", HeaderValue::from_str(text).unwrap());
        }
        let source = Source::of(&extensions, &headers, &trusted);
        assert_eq!(source.ip().to_string(), expect, "{peer} {forwarded:?}");
    }

    #[test]
    fn forwarded_addresses_count_only_from_trusted_proxies() {
        check("127.0.0.1", None, "127.0.0.1");
        check("127.0.0.1", Some("203.0.113.7"), "127.0.0.1");
        check("10.0.0.1", Some("203.0.113.7"), "203.0.113.7");
        check("10.0.0.1", Some("198.51.100.1, 203.0.113.7, 10.0.0.9"), "203.0.113.7");
        check("10.0.0.1", Some("203.0.113.7, junk"), "10.0.0.1");
        check("10.0.0.1", None, "10.0.0.1");
        check("::ffff:10.0.0.1", Some("203.0.113.7"), "203.0.113.7");
    }

    #[test]
    fn an_ipv6_network_is_one_bucket() {
        let bucket = |text: &str| Source::from_ip(text.parse().unwrap()).bucket();
        assert_eq!(bucket("2001:db8::1"), bucket("2001:db8::ffff:1"));
        assert_ne!(bucket("2001:db8::1"), bucket("2001:db8:0:1::1"));
    }
}
