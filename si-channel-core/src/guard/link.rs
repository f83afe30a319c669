//! Links, as phones see them, and where they lead.

use std::ops::Range;

use url::Url;

/// Endings that make a word with a dot in it a link.
const ENDINGS: [&str; 42] = [
    "com", "net", "org", "info", "biz", "io", "co", "me", "ly", "gl", "gd", "app", "dev", "ai", "xyz", "top",
    "site", "online", "shop", "store", "link", "click", "live", "page", "web", "club", "vip", "icu", "tk",
    "ru", "cn", "de", "uk", "us", "eu", "fr", "es", "it", "nl", "in", "br", "to",
];

/// The links whose host is not one of these or below one, and their hosts where they have one.
pub(super) fn find(text: &str, allowed: &[String]) -> Vec<(Range<usize>, Option<String>)> {
    let mut found = Vec::new();
    let mut from = 0;
    for chunk in text.split_inclusive(parts_links) {
        let at = link_in(chunk.trim_end());
        if let Some(link) = at {
            let host = host(&chunk[link.clone()]);
            if host.as_deref().is_none_or(|host| !is_allowed(host, allowed)) {
                found.push((from + link.start..from + link.end, host));
            }
        }
        from += chunk.len();
    }
    found
}

/// What no phone takes for a part of a link.
fn parts_links(c: char) -> bool {
    c.is_whitespace() || "<>()[]{}|\"“”«»".contains(c)
}

fn is_allowed(host: &str, allowed: &[String]) -> bool {
    allowed.iter().any(|allowed| {
        let allowed = allowed.trim_start_matches('.').to_ascii_lowercase();
        host == allowed || host.strip_suffix(&allowed).is_some_and(|below| below.ends_with('.'))
    })
}

/// Where the link is in a text without space.
fn link_in(chunk: &str) -> Option<Range<usize>> {
    let lower = chunk.to_ascii_lowercase();
    let start = match lower.find("://") {
        Some(at) => at - lower[..at].bytes().rev().take_while(u8::is_ascii_alphanumeric).count(),
        None => match lower.find("www.") {
            Some(at) => at,
            None => lower.find(|c: char| c.is_alphanumeric())?,
        },
    };
    let end =
        start + chunk[start..].trim_end_matches(|c: char| parts_links(c) || ".,;:!?'’".contains(c)).len();
    let marked = lower[start..].contains("://") || lower[start..].starts_with("www.");
    (marked || is_bare(&lower[start..end])).then_some(start..end)
}

/// Whether a word without a scheme is a link all the same: `example.com/path`.
fn is_bare(word: &str) -> bool {
    let host = word.split(['/', '?', ':', '#']).next().unwrap_or_default();
    let Some((name, ending)) = host.rsplit_once('.') else { return false };
    let label = |label: &str| !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || c == '-');
    let known = ENDINGS.contains(&ending);
    let path = word.len() > host.len()
        && (2..=24).contains(&ending.len())
        && ending.bytes().all(|b| b.is_ascii_alphabetic());
    name.split('.').all(label) && (known || path)
}

fn host(link: &str) -> Option<String> {
    let url = if link.contains("://") { Url::parse(link) } else { Url::parse(&format!("http://{link}")) };
    url.ok()?.host_str().map(|host| host.trim_end_matches('.').to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_are_what_a_phone_makes_one_of() {
        let allowed = ["example.com".to_owned()];
        for (text, expected) in [
            ("see https://evil.test/x.", vec![("https://evil.test/x", Some("evil.test"))]),
            ("see https://example.com/x and http://shop.EXAMPLE.com", vec![]),
            ("https://example.com@evil.test/", vec![("https://example.com@evil.test/", Some("evil.test"))]),
            ("https://notexample.com", vec![("https://notexample.com", Some("notexample.com"))]),
            (
                "https://example.com.evil.test",
                vec![("https://example.com.evil.test", Some("example.com.evil.test"))],
            ),
            ("[here](https://evil.test/a)", vec![("https://evil.test/a", Some("evil.test"))]),
            ("[a](https://example.com/)(https://evil.test)", vec![("https://evil.test", Some("evil.test"))]),
            ("(www.evil.test)", vec![("www.evil.test", Some("www.evil.test"))]),
            ("go to evil.com!", vec![("evil.com", Some("evil.com"))]),
            ("bit.ly/abc", vec![("bit.ly/abc", Some("bit.ly"))]),
            ("evil.museum/a", vec![("evil.museum/a", Some("evil.museum"))]),
            ("https://ｅｖｉｌ.test", vec![("https://ｅｖｉｌ.test", Some("evil.test"))]),
            ("https://", vec![("https://", None)]),
            ("the end.Start again, e.g. at 5.30, 3.50 or ann@evil.com", vec![]),
            ("intent://x#y", vec![("intent://x#y", Some("x"))]),
        ] {
            let found = find(text, &allowed);
            let found: Vec<_> = found.iter().map(|(at, host)| (&text[at.clone()], host.as_deref())).collect();
            assert_eq!(found, expected, "{text:?}");
        }
    }
}
