//! Who may use the controls: programs on this machine and the sandbox's own page, but no page from elsewhere.
//!
//! The controls need no login, so a browser on this machine must not be made to use them by some other web page.
//! The `Host` check stops names that were rebound to this machine, the `Origin` check everything else.

use http::{HeaderMap, Uri, header};

/// Why a request may not use the controls; `None` when it may. `also` are names beside this machine's own.
pub(crate) fn refusal(headers: &HeaderMap, also: &[String]) -> Option<String> {
    let text = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let host = text(header::HOST).unwrap_or_default();
    if !is_ours(host, also) {
        return Some(format!(
            "the Host {host:?} is not this machine: ask 127.0.0.1 or localhost, or allow the name when starting"
        ));
    }
    match text(header::ORIGIN) {
        Some(origin) if !is_same(origin, host) => Some(format!(
            "the page at {origin:?} may not use the sandbox: only its own page and programs may"
        )),
        _ => None,
    }
}

fn is_ours(host: &str, also: &[String]) -> bool {
    let Ok(uri) = host.parse::<Uri>() else { return false };
    let name = uri.host().unwrap_or_default();
    let address = name.trim_start_matches('[').trim_end_matches(']').parse::<std::net::IpAddr>();
    address.is_ok_and(|address| address.is_loopback())
        || name.eq_ignore_ascii_case("localhost")
        || also.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// Whether an origin is the one of this host. Behind a port that adds TLS it is https.
fn is_same(origin: &str, host: &str) -> bool {
    let authority = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
    authority.is_some_and(|authority| authority.eq_ignore_ascii_case(host))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn programs_and_the_own_page_pass_and_other_pages_do_not() {
        let also = ["Sandbox.test".to_owned()];
        for (host, origin, passes) in [
            ("127.0.0.1:4010", None, true),
            ("127.9.9.9", None, true),
            ("localhost:4010", None, true),
            ("[::1]:4010", None, true),
            ("sandbox.test:80", None, true),
            ("127.0.0.1:4010", Some("http://127.0.0.1:4010"), true),
            ("sandbox.test", Some("https://sandbox.test"), true),
            ("127.0.0.1:4010", Some("http://127.0.0.1:4011"), false),
            ("127.0.0.1:4010", Some("http://localhost:4010"), false),
            ("127.0.0.1:4010", Some("https://evil.test"), false),
            ("127.0.0.1:4010", Some("null"), false),
            ("127.0.0.1.evil.test:4010", None, false),
            ("evil.test:4010", Some("http://evil.test:4010"), false),
            ("10.0.0.1", None, false),
            ("a b", None, false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            if let Some(origin) = origin {
                headers.insert(header::ORIGIN, origin.parse().unwrap());
            }
            assert_eq!(refusal(&headers, &also).is_none(), passes, "{host} {origin:?}");
        }
        assert!(refusal(&HeaderMap::new(), &also).is_some());
    }
}
