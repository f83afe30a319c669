//! A parser that refuses what other parsers silently decide.

use std::fmt;

use serde::de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

use super::{MAX_DEPTH, MAX_KEYS};

pub(super) fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let value = Within { depth: 0 }.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// Reads a value that is inside `depth` arrays and objects.
#[derive(Clone, Copy)]
struct Within {
    depth: usize,
}

impl Within {
    fn deeper<E: Error>(self) -> Result<Self, E> {
        if self.depth == MAX_DEPTH {
            return Err(E::custom(format!("more than {MAX_DEPTH} arrays and objects within each other")));
        }
        Ok(Self { depth: self.depth + 1 })
    }
}

impl<'de> DeserializeSeed<'de> for Within {
    type Value = Value;

    fn deserialize<D: serde::Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Within {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        // Integers beyond 64 bits arrive here too, with their last digits lost.
        const LARGEST: f64 = 18_446_744_073_709_551_615.0;
        match Number::from_f64(value) {
            Some(number) if value.abs() < LARGEST => Ok(Value::Number(number)),
            _ => Err(E::custom("a number beyond 64 bits")),
        }
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::from(value))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Value, A::Error> {
        let inner = self.deeper()?;
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom("an object has the same key twice"));
            }
            if object.len() == MAX_KEYS {
                return Err(A::Error::custom(format!("an object has more than {MAX_KEYS} keys")));
            }
            object.insert(key, entries.next_value_seed(inner)?);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ordinary_documents_are_read_as_they_are() {
        let text = r#"{"a":[1,-2,3.5,"ü\u0041",true,null],"b":{},"max":18446744073709551615,"min":-9223372036854775808}"#;
        assert_eq!(parse(text.as_bytes()).unwrap(), serde_json::from_str::<Value>(text).unwrap());
    }

    #[test]
    fn the_limits_themselves_are_accepted() {
        let deep = format!("{}{}", "[".repeat(MAX_DEPTH), "]".repeat(MAX_DEPTH));
        assert!(parse(deep.as_bytes()).is_ok());
        let wide: Map<String, Value> = (0..MAX_KEYS).map(|i| (i.to_string(), json!(0))).collect();
        assert!(parse(&serde_json::to_vec(&wide).unwrap()).is_ok());
    }

    #[test]
    fn hostile_documents_are_refused_with_a_reason() {
        let wide: Map<String, Value> = (0..=MAX_KEYS).map(|i| (i.to_string(), json!(0))).collect();
        let cases = [
            ("[".repeat(100_000), "within each other"),
            (r#"{"a":"#.repeat(100_000), "within each other"),
            (format!("{}{}", "[".repeat(33), "]".repeat(33)), "within each other"),
            (serde_json::to_string(&wide).unwrap(), "more than 256 keys"),
            (r#"{"a":1,"b":2,"a":1}"#.to_owned(), "same key twice"),
            (r#"{"a":1,"\u0061":1}"#.to_owned(), "same key twice"),
            ("1e999".to_owned(), "out of range"),
            ("123456789012345678901234567890".to_owned(), "beyond 64 bits"),
            ("-123456789012345678901234567890".to_owned(), "beyond 64 bits"),
            ("NaN".to_owned(), "expected"),
            (r#""\ud800""#.to_owned(), "end of hex escape"),
            ("{} {}".to_owned(), "trailing"),
            ("{".to_owned(), "EOF"),
            (String::new(), "EOF"),
        ];
        for (text, reason) in cases {
            let error = parse(text.as_bytes()).unwrap_err().to_string();
            assert!(error.contains(reason), "{text:.60}: {error}");
        }
        assert!(parse(b"\"\xff\"").unwrap_err().to_string().contains("unicode"));
    }
}
