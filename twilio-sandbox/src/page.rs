//! The web page with the phones. Its files are part of the program: nothing is built, nothing comes from elsewhere.

use bytes::Bytes;
use http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Response, StatusCode};
use http_body_util::Full;

/// Where the page is.
const HOME: &str = "/sandbox/phones";
/// Everything from the sandbox itself, and pictures that the page has in hand; shown in no frame.
const POLICY: &str = "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; base-uri 'none'; \
                      form-action 'none'; frame-ancestors 'none'";

/// Names, kinds and contents, by the last segment of their path.
macro_rules! assets {
    ($($name:literal),* $(,)?) => { &[$(($name, include_bytes!(concat!("page/", $name)))),*] };
}

const ASSETS: &[(&str, &[u8])] = assets![
    "announce.js",
    "api.js",
    "base.css",
    "bubble.js",
    "clock.js",
    "composer.js",
    "desk.js",
    "dom.js",
    "fault_form.js",
    "fault_kinds.js",
    "faults.js",
    "format.js",
    "icon.svg",
    "icons.js",
    "index.html",
    "layout.css",
    "live.js",
    "log.js",
    "log_entry.js",
    "log_filter.js",
    "looks.css",
    "main.js",
    "memory.js",
    "panel.css",
    "peers.js",
    "phone.css",
    "phone.js",
    "replies.js",
    "theme.js",
    "thread.js",
    "views.js",
];

/// Answers a GET of one of the page's files; `/` and `/sandbox` lead to the page.
pub(crate) fn answer(path: &str) -> Option<Response<Full<Bytes>>> {
    if matches!(path, "/" | "/sandbox" | "/sandbox/") {
        return Some(lead_home());
    }
    let name = match path.strip_prefix(HOME)? {
        "" => "index.html",
        rest => rest.strip_prefix('/')?,
    };
    let (name, content) = ASSETS.iter().find(|(known, _)| *known == name)?;
    let mut answer = Response::new(Full::new(Bytes::from_static(content)));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(kind(name)));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // Another version of the sandbox may answer here next time.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Some(answer)
}

fn lead_home() -> Response<Full<Bytes>> {
    let mut answer = Response::new(Full::default());
    *answer.status_mut() = StatusCode::TEMPORARY_REDIRECT;
    answer.headers_mut().insert(LOCATION, HeaderValue::from_static(HOME));
    answer
}

/// The media type of a file of the page.
fn kind(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("svg") => "image/svg+xml",
        _ => "text/html; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_that_another_names_is_served() {
        let served = |path: &str| answer(path).is_some_and(|answer| answer.status() == StatusCode::OK);
        for (name, content) in ASSETS {
            let text = std::str::from_utf8(content).unwrap();
            for quoted in text.split(['"', '\'', '(', ')']) {
                let path = match quoted.strip_prefix("./") {
                    Some(beside) => format!("{HOME}/{beside}"),
                    None => quoted.to_owned(),
                };
                if path.starts_with(HOME) {
                    assert!(served(&path), "{name} names {path}");
                }
            }
        }
        assert!(served(HOME) && !served("/sandbox/phones/none.js"));
    }

    #[test]
    fn the_page_runs_no_code_but_its_own_and_asks_nobody_else() {
        let page = answer(HOME).unwrap();
        let policy = page.headers()[CONTENT_SECURITY_POLICY].to_str().unwrap();
        assert!(policy.starts_with("default-src 'self';") && !policy.contains("unsafe"), "{policy}");
        for (name, content) in ASSETS {
            let text = std::str::from_utf8(content).unwrap();
            assert!(!text.contains("innerHTML"), "{name}");
            for url in text.split_whitespace().filter(|word| word.contains("https://")) {
                assert!(url.contains("placeholder"), "{name}: {url}");
            }
        }
    }
}
