//! The validator beside one that is slow and plain: it writes out every message that may have been signed, in ordered maps
//! and without shortcuts.

use super::super::candidate::{legacy_query, standard_query};
use super::*;
use proptest::{collection::vec, prelude::*, sample::Index};
use std::collections::{BTreeMap, BTreeSet};

type Param = (Vec<u8>, Vec<u8>);

const TOKENS: [&str; 3] = ["12345", "67890", "12345"];

/// Every form of the URL, each behind every ending of its path.
fn forms(url: &str, endings: &[&str]) -> Vec<String> {
    let url = url.split('#').next().unwrap();
    let (scheme, rest) = url.split_once("://").unwrap();
    let (rest, query) = rest.split_once('?').map_or((rest, None), |(rest, query)| (rest, Some(query)));
    let (authority, path) = rest.find('/').map_or((rest, ""), |slash| rest.split_at(slash));
    let address = authority.rsplit('@').next().unwrap();
    let (host, port) = address.split_once(':').unwrap_or((address, ""));
    let default = if matches!(scheme, "http" | "ws") { "80" } else { "443" };
    let port = if port.is_empty() { default } else { port };
    let queries = query.map_or(vec![String::new()], |query| {
        [query.to_owned(), standard_query(query), legacy_query(query)]
            .map(|query| format!("?{query}"))
            .to_vec()
    });
    let mut forms = Vec::new();
    for (query, ending) in queries.iter().flat_map(|query| endings.iter().map(move |ending| (query, ending)))
    {
        forms.push(format!("{scheme}://{host}{path}{ending}{query}"));
        forms.push(format!("{scheme}://{host}:{port}{path}{ending}{query}"));
    }
    forms
}

fn http_forms(url: &str) -> Vec<String> {
    let bare = url.split(['?', '#']).next().unwrap();
    let has_path = bare.split_once("://").unwrap().1.contains('/');
    forms(url, if has_path { &[""] } else { &["", "/"] })
}

/// The parameters in the order of bytes and in that of JavaScript strings.
fn orders(params: &[Param]) -> [Vec<u8>; 2] {
    let mut bytes: BTreeMap<Vec<u8>, BTreeSet<Vec<u8>>> = BTreeMap::new();
    let mut units: BTreeMap<Vec<u16>, BTreeSet<Vec<u16>>> = BTreeMap::new();
    let wide = |bytes: &[u8]| String::from_utf8_lossy(bytes).encode_utf16().collect::<Vec<_>>();
    for (name, value) in params {
        bytes.entry(name.clone()).or_default().insert(value.clone());
        units.entry(wide(name)).or_default().insert(wide(value));
    }
    let pairs = |(name, values): (Vec<u8>, BTreeSet<Vec<u8>>)| {
        values.into_iter().flat_map(move |value| [name.clone(), value].concat())
    };
    let wide_pairs = |(name, values): (Vec<u16>, BTreeSet<Vec<u16>>)| {
        values.into_iter().flat_map(move |value| [name.clone(), value].concat())
    };
    let wide: Vec<u16> = units.into_iter().flat_map(wide_pairs).collect();
    [bytes.into_iter().flat_map(pairs).collect(), String::from_utf16_lossy(&wide).into_bytes()]
}

/// Every message that may have been signed.
fn messages(urls: &[String], params: &[Param]) -> Vec<Vec<u8>> {
    let orders = orders(params);
    urls.iter().flat_map(|url| orders.iter().map(move |params| [url.as_bytes(), params].concat())).collect()
}

fn websocket_messages(url: &str) -> Vec<Vec<u8>> {
    let url = url.replacen("http", "ws", 1);
    let mut all: Vec<_> = forms(&url, &["", "/"]).into_iter().map(String::into_bytes).collect();
    let (bare, query) = url.split('#').next().unwrap().split_once('?').unwrap_or((&url, ""));
    if url.split('#').next().unwrap().contains('?') {
        let pairs: Vec<_> = form_urlencoded::parse(query.as_bytes())
            .map(|(name, value)| (name.as_bytes().to_vec(), value.as_bytes().to_vec()))
            .collect();
        all.extend(messages(&forms(bare, &["", "/"]), &pairs));
    }
    all
}

fn sign(token: &str, message: &[u8]) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(message);
    BASE64_STANDARD.encode(mac.finalize().into_bytes())
}

/// The first key that may have made the signature.
fn judge(keys: &[&str], messages: &[Vec<u8>], signature: &str) -> Option<usize> {
    keys.iter().position(|token| messages.iter().any(|message| sign(token, message) == signature))
}

fn validator(tokens: &[&str]) -> Validator {
    Validator::new(tokens.iter().map(|token| key(token, token)))
}

fn url() -> impl Strategy<Value = String> {
    "https?://(u:p@)?h\\.example(:(443|80|8443))?(/[a-z]{0,2}){0,2}(\\?[a-b%2'+=&é ]{0,8})?(#rc=1)?"
}

/// Few names and values, so that they repeat, and such whose two orders differ.
fn params() -> impl Strategy<Value = Vec<Param>> {
    let text = |pattern| proptest::string::string_regex(pattern).unwrap().prop_map(String::into_bytes);
    let part = prop_oneof![
        6 => text("[AB]{0,2}"),
        2 => text("ConversationSid|Conversation|MessagingServiceSid"),
        3 => text("[A\u{FF01}\u{1F600}\u{0}]{0,2}"),
        1 => vec(any::<u8>(), 0..3),
    ];
    vec((part.clone(), part), 0..6)
}

proptest! {
    #[test]
    fn each_message_that_may_have_been_signed_is_accepted_and_no_other(
        url in url(), params in params(), other in params(), which in any::<Index>(), signer in 0..3_usize,
    ) {
        let candidates = messages(&http_forms(&url), &params);
        let signature = sign(TOKENS[signer], &candidates[which.index(candidates.len())]);
        for keys in [&TOKENS[..], &TOKENS[1..], &TOKENS[1..2]] {
            let found = validator(keys).verify_form(&url, &params, &signature).map(|matched| matched.index);
            prop_assert_eq!(found.ok(), judge(keys, &candidates, &signature));
            let others = messages(&http_forms(&url), &other);
            let found = validator(keys).verify_form(&url, &other, &signature).map(|matched| matched.index);
            prop_assert_eq!(found.ok(), judge(keys, &others, &signature));
        }
    }

    #[test]
    fn the_usual_signature_is_of_the_first_order(url in url(), params in params()) {
        let [usual, _] = orders(&params);
        let (address, rest) = url.split_once("u:p@").unwrap_or((&url, ""));
        let given = format!("{address}{rest}");
        let message = [given.split('#').next().unwrap().as_bytes(), &usual].concat();
        prop_assert_eq!(key("k", "12345").sign_form(&url, &params).unwrap(), sign("12345", &message));
    }

    #[test]
    fn a_websocket_is_accepted_in_the_same_forms(url in url(), other in url(), which in any::<Index>()) {
        let candidates = websocket_messages(&url);
        let signature = sign("12345", &candidates[which.index(candidates.len())]);
        prop_assert!(validator(&TOKENS[..1]).verify_websocket(&url, &signature).is_ok());
        let found = validator(&TOKENS[..1]).verify_websocket(&other, &signature).map(|matched| matched.index);
        prop_assert_eq!(found.ok(), judge(&TOKENS[..1], &websocket_messages(&other), &signature));
    }
}
