//! Host names in rules.

use crate::policy::frozen::{FrozenMap, digest};
use crate::policy::rules::{Issues, Node};
use crate::tx::Host;

/// Hosts, and suffixes under which every host is listed. Letter case does not matter.
#[derive(Clone, Debug, Default)]
pub(super) struct Domains {
    hosts: FrozenMap<Host, ()>,
    /// Of `*.example.com`: `example.com`. The root itself is not listed by it.
    roots: FrozenMap<Host, ()>,
}

impl Domains {
    /// Reads an array of at least one bare host name, each optionally behind `*.`.
    pub(super) fn read(node: &Node<'_>, issues: &mut Issues) -> Option<Self> {
        let entries = node.list(issues)?;
        if entries.is_empty() {
            issues.add(node, "expected at least one host");
        }
        let (mut hosts, mut roots) = (Vec::new(), Vec::new());
        for entry in &entries {
            let Some(text) = entry.text(issues) else { continue };
            let (name, wildcard) = text.strip_prefix("*.").map_or((text, false), |name| (name, true));
            match Host::parse(name) {
                Some(host) if wildcard => roots.push((host, ())),
                Some(host) => hosts.push((host, ())),
                None => issues.add(entry, "expected a bare host name such as `api.example.com` or `*.example.com`"),
            }
        }
        let collect = |hosts| FrozenMap::collect_by(|host: &Host| digest(host.as_str()), hosts, |(), ()| ());
        Some(Self { hosts: collect(hosts), roots: collect(roots) })
    }

    /// Whether the host is listed.
    pub(super) fn contain(&self, host: &Host) -> bool {
        let listed =
            |list: &FrozenMap<Host, ()>, name: &str| list.find(digest(name), |host| host.as_str() == name).is_some();
        let mut above = host.as_str();
        let mut covered = listed(&self.hosts, above);
        while let Some((_, root)) = above.split_once('.').filter(|_| !covered) {
            covered = listed(&self.roots, root);
            above = root;
        }
        covered
    }
}
