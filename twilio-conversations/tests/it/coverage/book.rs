//! What the SDK can send: every request with every option, several times where an option is an enum.

use super::names::{Operation, Product, values};
use crate::support::account;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use twilio_conversations::{Page, Request, request::Parts};

/// Reads an answer, or the list of that name with one answer, and gives back what was kept of it.
type Read = fn(list: Option<&str>, answer: &Value) -> Result<Value, serde_json::Error>;

pub(super) struct Given {
    parts: Parts,
    json: Value,
    pub(super) read: Read,
}

impl Given {
    /// The values of a parameter.
    pub(super) fn sent<'a>(&'a self, place: &str, name: &'a str) -> Vec<&'a str> {
        match place {
            "header" => {
                let headers = self.parts.headers.iter().filter(|(header, _)| *header == name);
                headers.map(|(_, value)| value.as_str()).collect()
            }
            // The size of a page is all that a caller decides; the client fills in the rest from links.
            "query" if matches!(name, "Page" | "PageToken") => vec!["0"],
            _ => {
                let form = if place == "query" { &self.parts.query } else { &self.parts.form };
                form.pairs()
                    .iter()
                    .filter(|(known, _)| *known == name)
                    .map(|(_, value)| value.as_str())
                    .collect()
            }
        }
    }

    /// The values at a path of the JSON body, such as `types/twilio/text.body`.
    pub(super) fn json(&self, path: &str) -> Vec<&Value> {
        super::answers::at(&self.json, path)
    }
}

pub(super) struct Book {
    /// By template and how deep the path is, which a scope changes.
    given: BTreeMap<(&'static str, String, &'static str, usize), Vec<Given>>,
    /// The documented values of parameters, by name and whatever the operation.
    values: BTreeMap<String, Vec<String>>,
    /// The shape of a template's forms.
    pub(super) content_types: Value,
    round: Option<usize>,
}

impl Book {
    pub(super) fn new(products: &[Product]) -> Self {
        let mut all = BTreeMap::<String, Vec<String>>::new();
        let mut content_types = Value::Null;
        for operation in products.iter().flat_map(|product| &product.operations) {
            for (place, name, shape) in &operation.parameters {
                if (*place, name.as_str()) == ("json", "types") {
                    shape.clone_into(&mut content_types);
                }
                for (path, kind) in super::answers::leaves(shape, name) {
                    let name = path.rsplit('.').next().unwrap_or(&path).to_owned();
                    // Forms of templates are made up from their shape.
                    if *place != "json" || !path.starts_with("types.") {
                        add(all.entry(if *place == "json" { name } else { path }).or_default(), &kind);
                    }
                }
            }
        }
        Self { given: BTreeMap::new(), values: all, content_types, round: None }
    }

    /// Goes on to the next value of every enum; false when each had its turn.
    pub(super) fn next_round(&mut self) -> bool {
        let round = self.round.map_or(0, |round| round + 1);
        self.round = Some(round);
        round < self.values.values().map(Vec::len).max().unwrap_or(0)
    }

    /// Which round it is, from zero.
    pub(super) fn number(&self) -> usize {
        self.round.unwrap_or(0)
    }

    /// This round's value of an enum parameter.
    ///
    /// It is made from the documented value in the other case: a value that the type knows goes out as documented, and
    /// one that it does not as it came, so that only known ones are found.
    pub(super) fn pick<E: for<'a> From<&'a str>>(&self, parameter: &str) -> E {
        let all = &self.values[parameter];
        E::from(&flipped(&all[self.number() % all.len()]))
    }

    /// A request whose answer is a resource.
    pub(super) fn one<R: Request<Output: Serialize>>(&mut self, request: &R) {
        self.add(request, |_, answer| {
            let output: R::Output = serde_json::from_value(answer.clone())?;
            serde_json::to_value(output)
        });
    }

    /// A request whose answer is a page of resources.
    pub(super) fn list<R, T>(&mut self, request: &R)
    where
        R: Request<Output = Page<T>>,
        T: Serialize + DeserializeOwned,
    {
        self.add(request, |list, answer| {
            let page = match list {
                Some(list) => json!({"meta": {"key": list}, list: [answer]}),
                None => json!({"items": [answer]}),
            };
            let page: Page<T> = serde_json::from_value(page)?;
            serde_json::to_value(&page.items[0])
        });
    }

    /// A request whose answer is a list without pages, in a type of its own.
    pub(super) fn whole<R: Request<Output: Serialize>>(&mut self, request: &R) {
        self.add(request, |list, answer| {
            let list = list.unwrap_or_default();
            let output: R::Output = serde_json::from_value(json!({list: [answer]}))?;
            Ok(serde_json::to_value(output)?[list][0].clone())
        });
    }

    /// A request without an answer.
    pub(super) fn none<R: Request<Output = ()>>(&mut self, request: &R) {
        self.add(request, |_, _| Ok(Value::Null));
    }

    fn add<R: Request>(&mut self, request: &R, read: Read) {
        let parts = request.parts(&account());
        let json = parts.json.as_ref().map(|json| serde_json::from_str(json.as_str()).unwrap());
        let method = parts.class.method().to_string();
        let key = (parts.product.name(), method, parts.template, parts.path.matches('/').count());
        self.given.entry(key).or_default().push(Given { parts, json: json.unwrap_or_default(), read });
    }

    /// Every request of an operation. A path that two templates fit (`/Services/Usecases`) belongs to the literal one.
    pub(super) fn of(&self, product: &Product, operation: &Operation) -> Vec<&Given> {
        let alike = self.given.iter().filter(|((name, method, ..), given)| {
            let fits = |one: &Operation| one.method == *method && one.fits(&given[0].parts.path);
            *name == product.name
                && fits(operation)
                && !product.operations.iter().any(|other| fits(other) && names(other) < names(operation))
        });
        alike.flat_map(|(_, given)| given).collect()
    }
}

/// Adds the values of a kind such as `=a|b`.
fn add(known: &mut Vec<String>, kind: &str) {
    for value in values(&json!(kind)) {
        if !known.iter().any(|known| known == value) {
            known.push(value.to_owned());
        }
    }
}

/// How many names a path has in place of values.
fn names(operation: &Operation) -> usize {
    operation.path.matches('{').count()
}

/// The text in the other letter case.
pub(super) fn flipped(text: &str) -> String {
    let flip = |letter: char| {
        if letter.is_ascii_lowercase() { letter.to_ascii_uppercase() } else { letter.to_ascii_lowercase() }
    };
    text.chars().map(flip).collect()
}
