//! Everything that Twilio's documents name is served: each operation answers, reads each of its parameters, accepts each
//! value of an enum, and its answers hold each field.
//!
//! Every request goes to a sandbox, with resources of its own. A parameter counts as read when the log does not say that
//! it was ignored.

mod answers;
mod besides;
mod lab;
#[path = "../../../xtask/coverage/names.rs"]
mod names;
mod values;

use std::collections::BTreeMap;

use answers::Seen;
use lab::{Asked, Makers};
use names::{Operation, Product, Report};
use serde_json::Value;

async fn compare(products: &[Product], report: &mut Report) {
    for product in products {
        let makers = Makers::new(product.name).await;
        let mut seen = BTreeMap::new();
        for operation in &product.operations {
            let name = operation.name();
            let asked = makers.ask(operation, None).await;
            if asked.is_err() && report.is_excepted(&format!("{}: {name}", product.name)) {
                continue;
            }
            let answered =
                asked.as_ref().is_ok_and(|asked| operation.statuses.contains(&asked.status.into()));
            let why = match &asked {
                Ok(asked) if answered => String::new(),
                Ok(asked) => format!(" ({} where the document has {:?})", asked.status, operation.statuses),
                Err(error) => format!(" ({error})"),
            };
            report.check_because(product.name, "operations", answered, &name, &why);
            let Ok(asked) = asked else { continue };
            look(product, operation, &asked, &mut seen);
            parameters(product, operation, &makers, report, &mut seen).await;
        }
        for (name, shape) in &product.answers {
            // What no operation answered with is missing with its operations.
            let Some(seen) = seen.get(name.as_str()) else { continue };
            for finding in answers::compare(shape, seen) {
                report.check(product.name, finding.kind, finding.holds, &format!("{name} {}", finding.what));
            }
        }
    }
}

/// Keeps what an answer held, by the name of its shape.
fn look<'a>(product: &Product, operation: &'a Operation, asked: &Asked, seen: &mut BTreeMap<&'a str, Seen>) {
    let Some(answer) = operation.answer.as_deref() else { return };
    if !product.answers.contains_key(answer) {
        return;
    }
    match &operation.list {
        Some(list) => {
            let page = Seen::without(&asked.answer, list);
            if operation.page {
                seen.entry("page").or_default().add(&page);
            }
            for item in asked.answer[list.as_str()].as_array().into_iter().flatten() {
                seen.entry(answer).or_default().add(item);
            }
        }
        None => seen.entry(answer).or_default().add(&asked.answer),
    }
}

async fn parameters<'a>(
    product: &Product,
    operation: &'a Operation,
    makers: &Makers,
    report: &mut Report,
    seen: &mut BTreeMap<&'a str, Seen>,
) {
    for (place, name, shape) in &operation.parameters {
        let what = format!("{} {place} {name}", operation.name());
        let mut read = false;
        let mut why = String::new();
        for value in values::samples(&makers.key(operation), name, shape) {
            match makers.ask(operation, Some((place, name, &value))).await {
                Ok(asked) => {
                    look(product, operation, &asked, seen);
                    read |= !asked.ignored.contains(name);
                }
                Err(error) => why = format!(" ({error})"),
            }
            if names::values(values::item(shape)).contains(&value.as_str().unwrap_or_default()) {
                let value = value.as_str().unwrap_or_default();
                report.check_because(
                    product.name,
                    "values",
                    why.is_empty(),
                    &format!("{what}={value}"),
                    &why,
                );
                why.clear();
            }
        }
        report.check_because(product.name, "parameters", read && why.is_empty(), &what, &why);
    }
}

#[tokio::test]
async fn everything_that_twilio_documents_is_there() {
    let mut report = Report::new("sandbox");
    compare(&names::products(), &mut report).await;
    let missing = report.finish();
    assert!(missing.is_empty(), "{} are missing:\n{}", missing.len(), missing.join("\n"));
}

/// The comparison finds what is not there.
#[tokio::test]
async fn a_name_that_the_sandbox_does_not_have_is_reported() {
    let mut products = names::products();
    products.truncate(1);
    let conversations = &mut products[0];
    conversations.operations.retain(|one| one.path == "/v1/Conversations");
    let create = conversations.operations.iter_mut().find(|one| one.method == "POST").unwrap();
    create.parameters.push(("form", "Colour".into(), "text".into()));
    create.parameters.retain(|(_, name, _)| name != "State");
    create.parameters.push(("form", "State".into(), "=active|asleep".into()));
    let unknown = Operation { path: "/v1/Colours".into(), ..conversations.operations.remove(0) };
    conversations.operations.push(unknown);
    conversations.answers.retain(|name, _| name == "conversations.v1.conversation");
    conversations.answers["conversations.v1.conversation"]["colour"] = Value::from("text");

    let mut report = Report::new("sandbox");
    compare(&products, &mut report).await;
    let missing = report.finish();
    for expected in [
        "conversations: GET /v1/Colours (404",
        "conversations: POST /v1/Conversations form Colour",
        "conversations: POST /v1/Conversations form State=asleep (400",
        "conversations: conversations.v1.conversation colour",
    ] {
        assert!(missing.iter().any(|one| one.starts_with(expected)), "{expected} in {missing:?}");
    }
}
