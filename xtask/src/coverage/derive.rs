//! From a document of Twilio's to names: operations with their parameters, and the shapes of their answers.

use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

use super::shape;

/// A product: whose document, and which of its paths belong to messaging.
pub(super) struct Product {
    /// As in host names, and in the names of the lists.
    pub(super) name: &'static str,
    /// The document's file.
    pub(super) document: &'static str,
    /// Only paths that hold this and not the other.
    pub(super) paths: (&'static str, &'static str),
}

/// In the order of the table.
pub(super) const PRODUCTS: &[Product] = &[
    Product { name: "conversations", document: "conversations_v1.json", paths: ("/v1/", "\n") },
    Product { name: "content", document: "content_v1.json", paths: ("/", "\n") },
    // The list of messages below a call is the voice API's.
    Product { name: "api", document: "api_v2010.json", paths: ("/Messages", "/Calls/") },
    Product { name: "messaging", document: "messaging_v1.json", paths: ("/v1/", "\n") },
    Product { name: "lookups", document: "lookups_v2.json", paths: ("/v2/", "\n") },
];

/// The names of a document: `{"operations": [..], "answers": {..}}`.
pub(super) fn names(product: &Product, document: &Value, known: &Value) -> Result<Value> {
    let mut operations = Vec::new();
    let mut answers = Map::new();
    for (path, item) in document["paths"].as_object().context("the document has no paths")? {
        if !path.contains(product.paths.0) || path.contains(product.paths.1) {
            continue;
        }
        for method in ["get", "post", "put", "delete"] {
            if let Some(operation) = item.get(method) {
                operations.push(self::operation(document, path, method, item, operation, &mut answers));
            }
        }
    }
    for (name, shape) in &mut answers {
        shape::supplement(document, shape, &known[name]);
    }
    operations.sort_by_key(|one| one["path"].to_string());
    Ok(json!({"operations": operations, "answers": answers}))
}

fn operation(
    document: &Value,
    path: &str,
    method: &str,
    item: &Value,
    operation: &Value,
    answers: &mut Map<String, Value>,
) -> Value {
    let mut one = Map::new();
    one.insert("method".into(), method.to_uppercase().into());
    one.insert("path".into(), path.into());
    let mut required = Vec::new();
    for parameter in items(&operation["parameters"]).chain(items(&item["parameters"])) {
        let parameter = shape::resolved(document, parameter);
        let (place, name) = (text(&parameter["in"]), text(&parameter["name"]));
        if place != "path" {
            one.entry(place).or_insert_with(|| json!({}))[name] = shape::of(document, &parameter["schema"]);
            if parameter["required"] == true {
                required.push(json!(name));
            }
        }
    }
    for (kind, body) in operation["requestBody"]["content"].as_object().into_iter().flatten() {
        let place = if kind.contains("json") { "json" } else { "form" };
        let schema = shape::resolved(document, &body["schema"]);
        one.insert(place.into(), shape::of(document, schema));
        required.extend(items(&schema["required"]).cloned());
    }
    if !required.is_empty() {
        one.insert("required".into(), required.into());
    }
    let successes: Vec<(&String, &Value)> = {
        let all = operation["responses"].as_object().into_iter().flatten();
        all.filter(|(status, _)| status.starts_with('2')).collect()
    };
    if let Some((_, response)) = successes.first() {
        // Some say both that it is made and that it is being made.
        let statuses = successes.iter().filter_map(|(status, _)| status.parse::<u16>().ok());
        one.insert("statuses".into(), statuses.map(Value::from).collect());
        answer(document, &response["content"]["application/json"], &mut one, answers);
    }
    Value::Object(one)
}

/// Names the answer in the operation, and keeps its shape.
fn answer(document: &Value, content: &Value, one: &mut Map<String, Value>, answers: &mut Map<String, Value>) {
    let schema = &content["schema"];
    let examples = content["examples"].as_object().into_iter().flatten().map(|(_, it)| &it["value"]);
    if let Some(name) = shape::reference(schema) {
        one.insert("answer".into(), name.into());
        keep(document, name, schema, examples.collect(), answers);
        return;
    }
    // A list: the items under a name of its own, and beside them what is said about the page.
    let mut page = Map::new();
    for (list, property) in schema["properties"].as_object().into_iter().flatten() {
        if let Some(name) = shape::reference(&property["items"]) {
            one.insert("list".into(), list.as_str().into());
            one.insert("answer".into(), name.into());
            let items = examples.clone().flat_map(|example| items(&example[list])).collect();
            keep(document, name, &property["items"], items, answers);
        } else {
            page.insert(list.clone(), shape::of(document, property));
        }
    }
    if !page.is_empty() {
        one.insert("page".into(), true.into());
        answers.insert("page".into(), page.into());
    }
}

fn keep(
    document: &Value,
    name: &str,
    schema: &Value,
    examples: Vec<&Value>,
    answers: &mut Map<String, Value>,
) {
    let shape = answers.entry(name).or_insert_with(|| shape::of(document, schema));
    for example in examples {
        shape::refine(shape, example);
    }
}

pub(super) fn items(value: &Value) -> impl Iterator<Item = &Value> + Clone {
    value.as_array().into_iter().flatten()
}

pub(super) fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
