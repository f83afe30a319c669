//! Generated webhook requests for the signature oracles: what Twilio sends, and the same changed by one character.

use fastrand::Rng;
use serde_json::{Value, json};

/// Names as Twilio sends them, with pairs that sort differently as names and as name-value pairs.
const NAMES: &[&str] = &[
    "AccountSid",
    "Attributes",
    "Author",
    "Body",
    "ConversationSid",
    "EventType",
    "From",
    "Index",
    "Media",
    "MessageSid",
    "MessagingBinding.Address",
    "MessagingBinding.ProxyAddress",
    "NumMedia",
    "Reason",
    "ReasonConferenceEnded",
    "Source",
    "To",
    "a",
    "A",
    "a.b",
    "a_b",
    "ab",
];

/// Values that forms, signatures and languages treat differently.
const VALUES: &[&str] = &[
    "",
    " ",
    "+15005550006",
    "whatsapp:+15005550006",
    "hello",
    " leading and trailing ",
    "a+b c",
    "100% sure?",
    "a=b&c=d",
    "it's",
    "\"quoted\"",
    "{\"session\":\"s1\",\"n\":[1,2]}",
    "line one\nline two",
    "carriage\r\nreturn",
    "tab\tbed",
    "naïve café",
    "Ünïcödé",
    "日本語",
    "مرحبا",
    "e\u{301}",
    "😀",
    "👩‍👩‍👧‍👦 family",
    "🇨🇭",
    "\u{feff}mark",
    "%20",
    "%2B",
    "<b>&amp;</b>",
    "\\",
    "0",
    "null",
];

const HOSTS: &[&str] = &["example.com", "hooks.example.org", "a-b.example.net"];
const PATHS: &[&str] = &["/", "/webhooks/conversations", "/webhooks/sms/status", "/my%20app.php", "/a/b/"];
const QUERIES: &[&str] = &[
    "",
    "foo=1&bar=2",
    "name=it's",
    "name=it%27s",
    "q=a+b",
    "q=a%2Bb%20c",
    "empty=&flag",
    "x=1&x=2",
    "e=%F0%9F%98%80",
    "path=%2Fa%2Fb",
    "to=https%3A%2F%2Fexample.com%2F%3Fa%3Db",
];

/// `count` requests as JSON lines. A line has
/// - `name`, `token`, and either `params` (names and values, in the order sent) or `body` (JSON, whose hash
///   the oracle adds to both URLs, as Twilio does);
/// - `signed_url`, what Twilio signs, and `url`, what a receiver sees: they may differ in the default port;
/// - `python`, whether Twilio's client for Python can know the difference between the two;
/// - `disputed`, whether Twilio's clients sort the values of a name that comes twice in different orders
///   (emoji beside the last of the basic plane), so that we cannot sign for both;
/// - `signature_at`, which character of the signature to change;
/// - `tampered`: requests that differ from this one by one character, with `what` was changed.
pub(super) fn lines(count: usize, seed: u64) -> String {
    let mut rng = Rng::with_seed(seed);
    let lines: Vec<String> = (0..count).map(|index| request(index, &mut rng).to_string()).collect();
    lines.join("\n")
}

fn request(index: usize, rng: &mut Rng) -> Value {
    let urls = urls(rng);
    let mut line = json!({
        "token": format!("{:032x}", rng.u128(..)),
        "signed_url": urls.signed,
        "url": urls.seen,
        "python": urls.known_to_python,
        "signature_at": rng.usize(..28),
    });
    let mut tampered: Vec<Value> = tampered_urls(&urls.seen, rng)
        .into_iter()
        .map(|(what, url)| json!({ "what": what, "url": url }))
        .collect();
    let kind = if index % 3 == 2 {
        let body = body(rng);
        let changed = changed(&body, rng);
        line["body"] = json!(body);
        tampered.push(json!({ "what": "body", "url": urls.seen, "body": changed }));
        "json"
    } else {
        let params = if index.is_multiple_of(15) { Vec::new() } else { params(rng) };
        for (what, params) in tampered_params(&params, rng) {
            tampered.push(json!({ "what": what, "url": urls.seen, "params": params }));
        }
        line["disputed"] = json!(disputed(&params));
        line["params"] = json!(params);
        if params.is_empty() { "get" } else { "form" }
    };
    for request in &mut tampered {
        if request.get("params").is_none() && request.get("body").is_none() {
            let same = if kind == "json" { "body" } else { "params" };
            request[same] = line[same].clone();
        }
    }
    line["name"] = json!(format!("{kind} {index}"));
    line["tampered"] = json!(tampered);
    line
}

struct Urls {
    signed: String,
    seen: String,
    known_to_python: bool,
}

fn urls(rng: &mut Rng) -> Urls {
    let secure = rng.u8(..4) > 0;
    let (scheme, default) = if secure { ("https", ":443") } else { ("http", ":80") };
    let host = pick(HOSTS, rng);
    let rest = match pick(QUERIES, rng) {
        "" => pick(PATHS, rng).to_owned(),
        query => format!("{}?{query}", pick(PATHS, rng)),
    };
    let (signed, seen) =
        [("", ""), (default, ""), ("", default), (":8443", ":8443"), ("", ":8443")][rng.usize(..5)];
    // Some back ends sign the other way to write an apostrophe; only Node's client knows.
    let signed_rest = match (rng.bool(), rest.contains("%27")) {
        (false, _) => rest.clone(),
        (true, true) => rest.replace("%27", "'"),
        (true, false) => rest.replace('\'', "%27"),
    };
    Urls {
        signed: format!("{scheme}://{host}{signed}{signed_rest}"),
        seen: format!("{scheme}://{host}{seen}{rest}"),
        known_to_python: rest == signed_rest,
    }
}

fn params(rng: &mut Rng) -> Vec<(String, String)> {
    let mut params: Vec<(String, String)> = (0..rng.usize(1..12)).map(|_| param(rng)).collect();
    // Every fourth has a name twice: with another value, or with the same.
    if rng.u8(..4) == 0 {
        let (name, value) = params[rng.usize(..params.len())].clone();
        let second = if rng.bool() { value } else { pick(VALUES, rng).to_owned() };
        params.push((name, second));
    }
    params
}

/// Whether JavaScript and Python disagree on the order of the values of one name.
fn disputed(params: &[(String, String)]) -> bool {
    params.iter().enumerate().any(|(at, (name, value))| {
        params[..at].iter().any(|(other_name, other)| {
            name == other_name && value.cmp(other) != value.encode_utf16().cmp(other.encode_utf16())
        })
    })
}

fn param(rng: &mut Rng) -> (String, String) {
    let value = match rng.u8(..4) {
        0 => format!("{}{}", pick(VALUES, rng), pick(VALUES, rng)),
        1 => (0..rng.usize(1..40)).map(|_| rng.alphanumeric()).collect(),
        _ => pick(VALUES, rng).to_owned(),
    };
    (pick(NAMES, rng).to_owned(), value)
}

fn body(rng: &mut Rng) -> String {
    let fields: serde_json::Map<_, _> =
        (0..rng.usize(..6)).map(|_| param(rng)).map(|(name, value)| (name, json!(value))).collect();
    match rng.u8(..5) {
        0 => serde_json::to_string_pretty(&fields).expect("texts serialise"),
        1 => json!([fields, rng.i32(..), rng.bool(), null]).to_string(),
        _ => json!(fields).to_string(),
    }
}

fn tampered_urls(url: &str, rng: &mut Rng) -> Vec<(&'static str, String)> {
    let authority_at = url.find("://").map_or(0, |at| at + 3);
    let path_at = url[authority_at..].find('/').map_or(url.len(), |at| authority_at + at);
    let host_end = url[authority_at..path_at].find(':').map_or(path_at, |at| authority_at + at);
    let query_at = url.find('?').unwrap_or(url.len());
    let mut tampered = vec![
        (
            "scheme",
            if url.starts_with("https") {
                url.replacen("https", "http", 1)
            } else {
                url.replacen("http", "https", 1)
            },
        ),
        ("host", changed_in(url, authority_at, host_end, rng)),
        ("slash", format!("{}/{}", &url[..query_at], &url[query_at..])),
    ];
    if url[path_at..query_at].len() > 1 {
        tampered.push(("path", changed_in(url, path_at, query_at, rng)));
    }
    if query_at < url.len() {
        tampered.push(("query", changed_in(url, query_at, url.len(), rng)));
    }
    tampered
}

/// The URL with one letter or digit between two positions changed, escapes left alone.
fn changed_in(url: &str, from: usize, to: usize, rng: &mut Rng) -> String {
    let candidates: Vec<usize> = (from..to)
        .filter(|at| url.as_bytes()[*at].is_ascii_alphanumeric())
        .filter(|at| !url.as_bytes()[at.saturating_sub(2)..*at].contains(&b'%'))
        .collect();
    let at = candidates[rng.usize(..candidates.len())];
    let other = if url[at..].starts_with('x') { "y" } else { "x" };
    format!("{}{other}{}", &url[..at], &url[at + 1..])
}

fn tampered_params(params: &[(String, String)], rng: &mut Rng) -> Vec<(&'static str, Vec<(String, String)>)> {
    if params.is_empty() {
        return vec![("added", vec![("a".to_owned(), String::new())])];
    }
    let at = rng.usize(..params.len());
    let mut value = params.to_vec();
    value[at].1 = changed(&value[at].1, rng);
    let mut name = params.to_vec();
    name[at].0 = changed(&name[at].0, rng);
    vec![("value", value), ("name", name)]
}

/// The text with one character changed to `~`, which nothing generated here contains, or added.
fn changed(text: &str, rng: &mut Rng) -> String {
    let candidates: Vec<usize> =
        text.char_indices().filter(|(_, c)| c.is_ascii()).map(|(at, _)| at).collect();
    match candidates.get(rng.usize(..=candidates.len())) {
        Some(at) => format!("{}~{}", &text[..*at], &text[at + 1..]),
        None => format!("{text}~"),
    }
}

fn pick<'t>(from: &[&'t str], rng: &mut Rng) -> &'t str {
    from[rng.usize(..from.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn requests() -> Vec<Value> {
        lines(600, 1).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn every_kind_of_request_is_generated() {
        let requests = requests();
        let some =
            |holds: &dyn Fn(&Value) -> bool| requests.iter().filter(|request| holds(request)).count() >= 20;
        assert!(some(&|request| request["body"].is_string()));
        assert!(some(&|request| request["params"] == json!([])));
        assert!(some(&|request| request["url"] != request["signed_url"]));
        assert!(some(&|request| request["url"].as_str().unwrap().contains(":8443")));
        assert!(some(&|request| request.to_string().contains('😀')));
        assert!(some(&|request| {
            let params = request["params"].as_array().map_or(&[][..], Vec::as_slice);
            params.iter().enumerate().any(|(at, param)| params[..at].iter().any(|other| other[0] == param[0]))
        }));
    }

    #[test]
    fn only_emoji_beside_the_last_characters_of_the_basic_plane_are_disputed() {
        let twice =
            |one: &str, other: &str| disputed(&[("a".into(), one.into()), ("a".into(), other.into())]);
        assert!(twice("\u{feff}", "😀") && twice("😀", "\u{ff21}"));
        assert!(!twice("😀", "日本語") && !twice("b", "a") && !twice("😀", "😀"));
        assert!(!disputed(&[("a".into(), "\u{feff}".into()), ("b".into(), "😀".into())]));
    }

    #[test]
    fn a_tampered_request_differs_from_its_own() {
        for request in requests() {
            for tampered in request["tampered"].as_array().unwrap() {
                let same =
                    ["url", "params", "body"].iter().all(|field| tampered.get(field) == request.get(field));
                assert!(!same, "{tampered}");
            }
        }
    }
}
