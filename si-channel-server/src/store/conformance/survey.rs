//! Looking through everything, and taking something out of it.

use super::{
    Entry, Key, Kind, NewInput, Place, Source, accept, changes, claim_effects, claim_inputs, effect, event,
    input, key, keyed, timer, with_effects,
};
use crate::store::Accepted::Duplicate;
use crate::store::{Amendment, Changes, KeptAnswer, Line, NewRecord, Page, Store, Table, Wording};

const NAME: &str = "+15551110001";

fn spoken(name: &str) -> String {
    format!("{{\"says\":\"{name}\"}}")
}

/// A store with a row of every table that speaks of somebody.
async fn filled(store: &dyn Store) {
    let answer = KeptAnswer {
        key: format!("POST /{NAME} k"),
        request: "hash".to_owned(),
        status: 202,
        body: spoken(NAME),
        at_ms: 7,
    };
    let keys: Vec<Key> = vec![key("person", NAME, 1)];
    let put = super::Put { doc: spoken(NAME), ..keyed("s", 0, keys) };
    let entry = Entry { body: spoken(NAME), ..super::entry("s", "e", 5) };
    let told = super::NewEvent { body: spoken(NAME), ..event(&format!("consent/{NAME}"), 1) };
    let work = super::NewEffect { body: spoken(NAME), ..effect("x", NAME, 0) };
    store
        .commit(Changes {
            puts: vec![put],
            events: vec![told],
            entries: vec![entry],
            timers: vec![timer("t", 1)],
            answer: Some(answer),
            audit: vec![NewRecord {
                body: "{}".to_owned(),
                address: Some(NAME.to_owned()),
                openings: spoken(NAME),
            }],
            ..with_effects(vec![work])
        })
        .await
        .unwrap();
    store.accept(vec![NewInput { body: spoken(NAME), ..input("i", NAME) }]).await.unwrap();
}

async fn all(store: &dyn Store, table: Table) -> Vec<Line> {
    store.survey(table, 0, 100).await.unwrap()
}

fn amendment(table: Table, line: &Line, now: Option<(&str, String)>) -> Amendment {
    let now = now.map(|(name, body)| Wording { name: name.to_owned(), body });
    Amendment { table, place: line.place, was: line.wording.body.clone(), now }
}

pub async fn a_survey_passes_every_row_once(place: &dyn Place) {
    let store = place.open().await;
    accept(&*store, &[("a", "1"), ("b", "2"), ("c", "1")]).await;
    let first = store.survey(Table::Inputs, 0, 2).await.unwrap();
    let rest = store.survey(Table::Inputs, first[1].place, 2).await.unwrap();
    assert_eq!((first.len(), rest.len()), (2, 1));
    assert!(first.iter().chain(&rest).all(|line| line.pending && line.at_ms == super::NOW));
    assert_eq!(store.survey(Table::Inputs, rest[0].place, 2).await.unwrap(), []);
    filled(&*store).await;
    for table in Table::ALL {
        let lines = all(&*store, table).await;
        assert!(lines.iter().any(|line| line.wording.body == spoken(NAME)), "{table:?}");
    }
    assert_eq!(all(&*store, Table::Documents).await[0].wording.name, "session/s");
}

pub async fn a_row_is_reworded_when_it_is_as_it_was(place: &dyn Place) {
    let store = place.open().await;
    filled(&*store).await;
    let claimed = claim_inputs(&*store, super::NOW, 1).await.remove(0);
    store.commit(Changes::settle(claimed.source())).await.unwrap();
    for (table, name) in [
        (Table::Inputs, "lane"),
        (Table::Answers, "key"),
        (Table::Events, "consent/token"),
        (Table::Entries, "s"),
    ] {
        let line = all(&*store, table).await.remove(0);
        let stale =
            Amendment { was: "{}".to_owned(), ..amendment(table, &line, Some((name, spoken("stale")))) };
        assert_eq!(store.amend(vec![stale]).await.unwrap(), 0, "{table:?}");
        let fresh = amendment(table, &line, Some((name, spoken("nobody"))));
        assert_eq!(store.amend(vec![fresh]).await.unwrap(), 1, "{table:?}");
        let now = all(&*store, table).await.remove(0);
        assert_eq!(
            (now.place, now.wording.name.as_str(), now.wording.body),
            (line.place, name, spoken("nobody"))
        );
    }
    let events = store.events_after(0, Some("consent/token"), 10).await.unwrap();
    assert_eq!((events.len(), events[0].sequence), (1, 1));
    assert_eq!(store.entry("s", "e").await.unwrap().unwrap().body, spoken("nobody"));
    let answer = store.kept_answer("key").await.unwrap().unwrap();
    assert_eq!((answer.request.as_str(), answer.status), ("", 202));
    assert_eq!(store.accept(vec![input("i", "lane")]).await.unwrap(), [Duplicate], "its key is remembered");
}

pub async fn pending_inputs_and_changed_documents_are_left_alone(place: &dyn Place) {
    let store = place.open().await;
    filled(&*store).await;
    let pending = all(&*store, Table::Inputs).await.remove(0);
    let reworded = amendment(Table::Inputs, &pending, Some(("l", spoken("nobody"))));
    let removed = amendment(Table::Inputs, &pending, None);
    assert_eq!(store.amend(vec![reworded, removed]).await.unwrap(), 0);
    let document = all(&*store, Table::Documents).await.remove(0);
    let reworded = amendment(Table::Documents, &document, Some(("session/s", spoken("nobody"))));
    assert_eq!(store.amend(vec![reworded]).await.unwrap(), 0);
    assert_eq!(claim_inputs(&*store, super::NOW, 1).await[0].body, spoken(NAME));
}

pub async fn a_removed_row_is_gone_with_its_keys(place: &dyn Place) {
    let store = place.open().await;
    filled(&*store).await;
    let claimed = claim_inputs(&*store, super::NOW, 1).await.remove(0);
    store.commit(Changes::settle(claimed.source())).await.unwrap();
    for table in Table::ALL {
        let line = all(&*store, table).await.remove(0);
        assert_eq!(store.amend(vec![amendment(table, &line, None)]).await.unwrap(), 1, "{table:?}");
        assert_eq!(all(&*store, table).await, [], "{table:?}");
    }
    assert_eq!(store.list(Kind::Session, ("person", NAME), Page::first(10)).await.unwrap(), []);
    assert_eq!(claim_effects(&*store, super::NOW, 10).await, []);
    assert_eq!(store.erase_openings(NAME).await.unwrap(), 0, "they are gone");
    // The document may be made anew.
    store.commit(super::puts(vec![super::put("s", 0)])).await.unwrap();
}

pub async fn a_removed_effect_lets_its_lane_go_on(place: &dyn Place) {
    let store = place.open().await;
    let both = vec![effect("first", "1", 0), effect("second", "1", 0)];
    store.commit(with_effects(both)).await.unwrap();
    let first = all(&*store, Table::Effects).await.remove(0);
    store.amend(vec![amendment(Table::Effects, &first, None)]).await.unwrap();
    let claimed = claim_effects(&*store, super::NOW, 10).await;
    assert_eq!(claimed.iter().map(|effect| effect.id.as_str()).collect::<Vec<_>>(), ["second"]);
}

pub async fn compacting_keeps_what_is_there(place: &dyn Place) {
    let store = place.open().await;
    filled(&*store).await;
    let before: Vec<_> = {
        let mut lines = Vec::new();
        for table in Table::ALL {
            lines.extend(all(&*store, table).await.into_iter().map(|line| line.wording));
        }
        lines
    };
    assert!(store.compact().await.unwrap());
    let mut after = Vec::new();
    for table in Table::ALL {
        after.extend(all(&*store, table).await.into_iter().map(|line| line.wording));
    }
    assert_eq!(before, after);
    assert_eq!(claim_inputs(&*store, super::NOW, 1).await.len(), 1);
    store.commit(Changes { source: Source::Direct, ..changes() }).await.unwrap();
}
