//! Which hosts the sandbox may contact, and where public ones really are.

use std::collections::BTreeMap;

use url::{Host, Url};

/// Public origins and the local bases that answer for them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Hosts(BTreeMap<String, String>);

/// Where a webhook really goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Target {
    /// Straight to a loopback address.
    Direct(String),
    /// To a mapped base, with the public `Host` and scheme told to the receiver.
    Mapped { url: String, host: String, scheme: String },
    /// Not contacted.
    Forbidden,
}

impl Hosts {
    /// Replaces the map. Keys are origins; values must be loopback bases.
    pub(crate) fn replace(&mut self, map: BTreeMap<String, String>) -> Result<(), String> {
        let mut checked = BTreeMap::new();
        for (public, local) in map {
            let origin = parse_origin(&public)
                .ok_or_else(|| format!("{public:?} is not an origin such as https://public.host"))?;
            let base = Url::parse(&local).ok().filter(|url| url.scheme() == "http" && is_loopback(url));
            if base.is_none() {
                return Err(format!("{local:?} is not a base on this machine such as http://127.0.0.1:8080"));
            }
            checked.insert(origin, local.trim_end_matches('/').to_owned());
        }
        self.0 = checked;
        Ok(())
    }

    pub(crate) fn map(&self) -> &BTreeMap<String, String> {
        &self.0
    }

    /// Where to send a webhook for a URL.
    pub(crate) fn target(&self, url: &str) -> Target {
        let Ok(parsed) = Url::parse(url) else { return Target::Forbidden };
        if !matches!(parsed.scheme(), "http" | "https") {
            return Target::Forbidden;
        }
        if let Some(base) = self.0.get(&parsed.origin().ascii_serialization()) {
            let host = parsed.host_str().unwrap_or_default();
            let host = parsed.port().map_or(host.to_owned(), |port| format!("{host}:{port}"));
            let query = parsed.query().map(|query| format!("?{query}")).unwrap_or_default();
            return Target::Mapped {
                url: format!("{base}{}{query}", parsed.path()),
                host,
                scheme: parsed.scheme().to_owned(),
            };
        }
        if is_loopback(&parsed) { Target::Direct(url.to_owned()) } else { Target::Forbidden }
    }
}

fn parse_origin(text: &str) -> Option<String> {
    let url = Url::parse(text).ok()?;
    (matches!(url.scheme(), "http" | "https") && url.has_host()).then(|| url.origin().ascii_serialization())
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mapped_hosts_and_this_machine_are_contacted() {
        let mut hosts = Hosts::default();
        let map = [("https://Public.Host", "http://127.0.0.1:9/base/")];
        hosts.replace(map.map(|(a, b)| (a.to_owned(), b.to_owned())).into()).unwrap();
        assert_eq!(
            hosts.target("https://public.host/hook?a=1"),
            Target::Mapped {
                url: "http://127.0.0.1:9/base/hook?a=1".into(),
                host: "public.host".into(),
                scheme: "https".into(),
            }
        );
        assert_eq!(hosts.target("https://public.host:8443/hook"), Target::Forbidden);
        assert_eq!(hosts.target("http://public.host/hook"), Target::Forbidden);
        assert_eq!(hosts.target("https://example.com/"), Target::Forbidden);
        assert_eq!(hosts.target("ftp://127.0.0.1/"), Target::Forbidden);
        assert!(matches!(hosts.target("http://127.0.0.1:1/x"), Target::Direct(_)));
        assert!(matches!(hosts.target("http://[::1]:1/x"), Target::Direct(_)));
        assert!(matches!(hosts.target("http://localhost:1/x"), Target::Direct(_)));
    }

    #[test]
    fn a_host_can_only_be_mapped_to_this_machine() {
        let map = |a: &str, b: &str| [(a.to_owned(), b.to_owned())].into();
        assert!(Hosts::default().replace(map("https://a.test", "http://10.0.0.1")).is_err());
        assert!(Hosts::default().replace(map("a.test", "http://127.0.0.1:1")).is_err());
    }
}
