//! How a map whose keys are more than a name is kept in a saved state: as a list of pairs, in order of the keys.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

pub(crate) fn serialize<'a, M, K, V, S>(map: &'a M, to: S) -> Result<S::Ok, S::Error>
where
    &'a M: IntoIterator<Item = (&'a K, &'a V)>,
    K: Serialize + Ord + 'a,
    V: Serialize + 'a,
    S: Serializer,
{
    let mut pairs: Vec<_> = map.into_iter().collect();
    pairs.sort_by_key(|(key, _)| *key);
    to.collect_seq(pairs)
}

pub(crate) fn deserialize<'de, M, K, V, D>(from: D) -> Result<M, D::Error>
where
    M: FromIterator<(K, V)>,
    K: Deserialize<'de>,
    V: Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Vec::deserialize(from)?.into_iter().collect())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use serde_json::json;

    #[derive(Debug, PartialEq, serde::Serialize, serde::Deserialize)]
    struct Kept {
        #[serde(with = "super")]
        map: HashMap<(String, String), u8>,
    }

    #[test]
    fn pairs_are_in_order_and_come_back() {
        let key = |a: &str| (a.to_owned(), "x".to_owned());
        let kept = Kept { map: [(key("b"), 2), (key("a"), 1), (key("c"), 3)].into() };
        let value = serde_json::to_value(&kept).unwrap();
        assert_eq!(value, json!({"map": [[["a", "x"], 1], [["b", "x"], 2], [["c", "x"], 3]]}));
        assert_eq!(serde_json::from_value::<Kept>(value).unwrap(), kept);
    }
}
