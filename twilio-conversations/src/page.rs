//! Lists come in pages.
//!
//! ```
//! use twilio_conversations::Page;
//!
//! let json = r#"{"things": [1, 2], "meta": {"key": "things", "next_page_url": "https://conversations.twilio.com/v1/T?Page=1"}}"#;
//! let page: Page<u32> = serde_json::from_str(json)?;
//! assert_eq!(page.items, [1, 2]);
//! assert!(page.next.is_some());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error as _},
};
use serde_json::{Map, Value};

/// One page of a list, in either of Twilio's two shapes: `meta.next_page_url` (Conversations) or `next_page_uri` (2010).
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Page<T> {
    /// The entries, in Twilio's order.
    pub items: Vec<T>,
    /// Where the next page is, as Twilio wrote it: a URL, or a path in the 2010 API. `None` on the last page.
    pub next: Option<String>,
    /// Where the previous page is.
    pub previous: Option<String>,
}

impl<'de, T: DeserializeOwned> Deserialize<'de> for Page<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let mut envelope = Map::<String, Value>::deserialize(deserializer)?;
        let meta = match envelope.remove("meta") {
            Some(Value::Object(meta)) => Some(meta),
            _ => None,
        };
        let (links, suffix) = match &meta {
            Some(meta) => (meta, "url"),
            None => (&envelope, "uri"),
        };
        let link = |name: &str| {
            let text = links.get(&format!("{name}_page_{suffix}")).and_then(Value::as_str);
            text.filter(|text| !text.is_empty()).map(str::to_owned)
        };
        let (next, previous) = (link("next"), link("previous"));
        let key = meta.as_ref().and_then(|meta| meta.get("key")).and_then(Value::as_str);
        let list = match key {
            Some(key) => envelope.remove(key),
            None => envelope.into_iter().map(|(_, value)| value).find(Value::is_array),
        };
        let list = list.ok_or_else(|| D::Error::custom("a page without its list"))?;
        Ok(Self { items: serde_json::from_value(list).map_err(D::Error::custom)?, next, previous })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn both_shapes_are_read() {
        let page: Page<u8> = serde_json::from_value(json!({
            "meta": {"key": "things", "next_page_url": "https://h/2", "previous_page_url": null},
            "things": [1, 2], "others": [9],
        }))
        .unwrap();
        assert_eq!(page, Page { items: vec![1, 2], next: Some("https://h/2".into()), previous: None });
        let page: Page<u8> = serde_json::from_value(json!({
            "things": [3], "next_page_uri": null, "previous_page_uri": "/p", "page": 1,
        }))
        .unwrap();
        assert_eq!(page, Page { items: vec![3], next: None, previous: Some("/p".into()) });
    }

    #[test]
    fn a_page_without_its_list_is_refused() {
        for value in [json!({"meta": {"key": "things"}}), json!({}), json!([])] {
            assert!(serde_json::from_value::<Page<u8>>(value).is_err());
        }
    }
}
