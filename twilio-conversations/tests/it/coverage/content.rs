//! Content v1.

use super::{
    answers::{rounds, sample},
    book::Book,
};
use crate::support::sid;
use twilio_conversations::{
    api::content::{
        ContentVariables, CreateApproval, CreateContent, DeleteContent, FetchApprovals, FetchContent,
        ListContent, ListContentAndApprovals, ListLegacyContent, UpdateContent,
    },
    model::content::{ApprovalCategory, ContentType, ContentTypes},
    sid::ContentSid,
};

pub(super) fn fill(book: &mut Book) {
    let content: ContentSid = sid("HX");
    let variables = ContentVariables::new([("1", "one")]).unwrap();
    if book.number() > 0 {
        return;
    }
    for round in 0..rounds(&book.content_types) {
        let types = types(book, round);
        book.one(&CreateContent::new("en", types.clone()).friendly_name("n").variables(&variables));
        let update = UpdateContent::new(content.clone(), types).language("en").friendly_name("n");
        book.one(&update.variables(&variables));
    }
    book.one(&FetchContent::new(content.clone()));
    book.none(&DeleteContent::new(content.clone()));
    book.list(&ListContent::new().page_size(u16::MAX));
    book.list(&ListContentAndApprovals::new().page_size(u16::MAX));
    book.list(&ListLegacyContent::new().page_size(u16::MAX));
    book.one(&CreateApproval::new(content.clone(), "n", &ApprovalCategory::Utility));
    book.one(&FetchApprovals::new(content));
}

/// Every form as the documents have it, without those that have no type here.
fn types(book: &Book, round: usize) -> Vec<ContentType> {
    let types = sample(&book.content_types, round, false);
    let types: ContentTypes = serde_json::from_value(types).unwrap();
    let has_type = |form: &&ContentType| !matches!(form, ContentType::Other { .. });
    types.as_slice().iter().filter(has_type).cloned().collect()
}
