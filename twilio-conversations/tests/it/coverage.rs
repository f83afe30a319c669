//! Everything that Twilio's documents name is in the SDK: each operation has a request, each parameter goes out, each
//! field of an answer is read and kept, and each value of an enum is known by name.

mod answers;
mod book;
mod content;
mod conversations;
mod lookups;
mod messaging;
#[path = "../../../xtask/coverage/names.rs"]
mod names;

use book::{Book, Given};
use names::{Operation, Product, Report, values};
use serde_json::Value;

/// Everything that the SDK can send, with as many values as the longest enum has.
fn book(products: &[Product]) -> Book {
    let mut book = Book::new(products);
    while book.next_round() {
        conversations::fill(&mut book);
        content::fill(&mut book);
        messaging::fill(&mut book);
        lookups::fill(&mut book);
    }
    book
}

fn compare(products: &[Product], report: &mut Report) {
    let book = book(products);
    for product in products {
        for operation in &product.operations {
            let all = book.of(product, operation);
            if all.is_empty() && report.is_excepted(&format!("{}: {}", product.name, operation.name())) {
                continue;
            }
            report.check(product.name, "operations", !all.is_empty(), &operation.name());
            if !all.is_empty() {
                parameters(product, operation, &all, report);
                answer(product, operation, all[0], report);
            }
        }
    }
}

fn parameters(product: &Product, operation: &Operation, all: &[&Given], report: &mut Report) {
    for (place, name, shape) in &operation.parameters {
        let what = format!("{} {place} {name}", operation.name());
        if *place == "json" {
            for (path, kind) in answers::leaves(shape, name) {
                let sent: Vec<&Value> = all.iter().flat_map(|given| given.json(&path)).collect();
                report.check(
                    product.name,
                    "parameters",
                    !sent.is_empty(),
                    &format!("{} json {path}", operation.name()),
                );
                for value in values(&Value::from(kind)) {
                    let what = format!("{} json {path}={value}", operation.name());
                    report.check(product.name, "values", sent.iter().any(|sent| *sent == value), &what);
                }
            }
            continue;
        }
        let sent: Vec<&str> = all.iter().flat_map(|given| given.sent(place, name)).collect();
        report.check(product.name, "parameters", !sent.is_empty(), &what);
        let shape = shape.as_array().map_or(shape, |list| &list[0]);
        // The largest number that Twilio takes is the largest that goes out.
        if let Some(most) = shape.as_str().and_then(|kind| kind.strip_prefix("int<=")) {
            report.check(product.name, "values", sent.contains(&most), &format!("{what} up to {most}"));
        }
        for value in values(shape) {
            // A list of values in one text counts as each of them.
            let known = sent.iter().any(|sent| sent.split(',').any(|sent| sent == value));
            report.check(product.name, "values", known, &format!("{what}={value}"));
        }
    }
}

fn answer(product: &Product, operation: &Operation, given: &Given, report: &mut Report) {
    let Some(answer) = &operation.answer else { return };
    let shape = &product.answers[answer];
    let findings = answers::read(shape, |sample| (given.read)(operation.list.as_deref(), sample));
    for finding in findings {
        let what = format!("{} answers {}", operation.name(), finding.what);
        report.check(product.name, finding.kind, finding.holds, &what);
    }
}

#[test]
fn everything_that_twilio_documents_is_there() {
    let mut report = Report::new("sdk");
    compare(&names::products(), &mut report);
    let missing = report.finish();
    assert!(missing.is_empty(), "{} are missing:\n{}", missing.len(), missing.join("\n"));
}

/// The comparison finds what is not there.
#[test]
fn a_name_that_the_sdk_does_not_have_is_reported() {
    let mut products = names::products();
    let conversations = &mut products[0];
    let place =
        conversations.operations.iter().position(|one| one.name() == "POST /v1/Conversations").unwrap();
    let create = &mut conversations.operations[place];
    create.parameters.push(("form", "Colour".into(), "text".into()));
    create.parameters.push(("form", "State".into(), "=active|asleep".into()));
    let mut unknown =
        Operation { path: "/v1/Colours".into(), answer: None, ..conversations.operations.remove(place) };
    unknown.parameters.clear();
    products[0].operations.push(unknown);
    let shape = &mut products[0].answers["conversations.v1.conversation"];
    shape["colour"] = "text".into();
    shape["timers"]["date_asleep"] = "time".into();
    shape["state"] = "=active|asleep".into();

    let mut report = Report::new("sdk");
    compare(&products, &mut report);
    let missing = report.finish();
    for expected in [
        "conversations: POST /v1/Colours",
        "conversations: GET /v1/Conversations/{Sid} answers colour",
        "conversations: GET /v1/Conversations/{Sid} answers timers.date_asleep",
        "conversations: GET /v1/Conversations/{Sid} answers state=asleep",
    ] {
        assert!(missing.iter().any(|one| one == expected), "{expected} in {missing:?}");
    }
}
