//! The same conversation in five languages, and the page that shows it.
//!
//! `UPDATE_LANGUAGES=1 cargo test -p si-channel-server --test it languages` writes `docs/languages.md` anew.

use std::fmt::Write as _;
use std::path::Path;

use reqwest::Method;
use serde_json::json;
use si_channel_core::policy::Policy;
use si_channel_core::text::check::lines;
use si_channel_server::commands::texts::markdown;

use crate::support::{ANN, EVE, TestApp, encoded};

/// A phone and what its owner writes, with the beginning of what the channel says to it.
struct Talk {
    phone: &'static str,
    title: &'static str,
    hello: (&'static str, &'static str),
    help: (&'static str, &'static str),
    stop: (&'static str, &'static str),
    start: (&'static str, &'static str),
}

const TALKS: [Talk; 5] = [
    Talk {
        phone: "+34600000001",
        title: "Spanish, by SMS",
        hello: ("Hola", "Bienvenido a Si."),
        help: ("AYUDA", "Si: Para ayuda"),
        stop: ("BAJA", "Si: Se ha dado de baja"),
        start: ("ALTA", "Si: Está de alta|Si: Esta de alta"),
    },
    Talk {
        phone: "whatsapp:+33600000001",
        title: "French, on WhatsApp",
        hello: ("Bonjour", "Bienvenue chez Si."),
        help: ("AIDE", "Si : pour de l'aide"),
        stop: ("ARRÊT", "Si : vous êtes désinscrit"),
        start: ("DÉMARRER", "Si : vous êtes inscrit"),
    },
    Talk {
        phone: "+4915100000001",
        title: "German, by SMS",
        hello: ("Hallo", "Willkommen bei Si."),
        help: ("HILFE", "Si: Hilfe erhalten Sie"),
        stop: ("ABMELDEN", "Si: Sie sind abgemeldet"),
        start: ("ANMELDEN", "Si: Sie sind angemeldet"),
    },
    Talk {
        phone: "whatsapp:+819000000001",
        title: "Japanese, on WhatsApp",
        hello: ("こんにちは", "Siへようこそ。"),
        help: ("ヘルプ", "Si：お問い合わせ"),
        stop: ("配信停止", "Si：配信を停止しました"),
        start: ("配信再開", "Si：登録が完了し"),
    },
    Talk {
        phone: "whatsapp:+966500000001",
        title: "Arabic, on WhatsApp",
        hello: ("مرحبا", "مرحبا بك في \u{2066}Si\u{2069}"),
        help: ("مساعدة", "\u{2066}Si\u{2069}: للمساعدة"),
        stop: ("توقف", "\u{2066}Si\u{2069}: تم إلغاء اشتراكك"),
        start: ("اشتراك", "\u{2066}Si\u{2069}: تم تفعيل اشتراكك"),
    },
];

impl Talk {
    /// Holds the conversation; what was written and heard, in order.
    async fn hold(&self, app: &TestApp) -> Vec<(bool, String)> {
        let phone = app.phone(self.phone);
        let mut said = Vec::new();
        let mut seen = 0;
        let echo = format!("You said: {}", self.hello.0);
        let steps: [(&str, &[&str]); 4] = [
            (self.hello.0, &[self.hello.1, &echo]),
            (self.help.0, &[self.help.1]),
            (self.stop.0, &[self.stop.1]),
            (self.start.0, &[self.start.1]),
        ];
        for (written, expected) in steps {
            phone.text(written).await;
            said.push((true, written.to_owned()));
            let all = phone
                .shows(&format!("{}: an answer to {written}", self.title), |got| {
                    got.len() >= seen + expected.len()
                })
                .await;
            for (got, expected) in all[seen..].iter().zip(expected) {
                let fits = expected.split('|').any(|beginning| got.starts_with(beginning));
                assert!(fits, "{}: {written} was answered {got:?}, not {expected:?}", self.title);
                said.push((false, got.clone()));
            }
            seen = all.len();
        }
        app.settled().await;
        assert_eq!(phone.received().await.len(), 5, "{}: one answer to each", self.title);
        said
    }
}

const HEAD: &str = "\
# Languages

The channel speaks thirteen languages of itself: welcome, consent, help, warnings and what else is said without the
assistant. A test generates this page from a running server and its Twilio, played by the sandbox; see
`si-channel-server/tests/it/languages.rs`.

Whose language it is: what was chosen for a person by `PUT /v1/sessions/{id}/participants/{address}` (`{\"language\":\"fr\"}`),
by the `language` of `POST /v1/sessions` or the `locale` of a message to them alone, else that of the keyword they used (English ones are everybody's), else the `language` of the cognition layer's answer,
else that of their number's country, else `policy.language.default`. It is kept from session to session. In a group
everybody has their own; what is said to all is in the owner's. A text that a language lacks is said in its parent
(`pt` for `pt-BR`), in the default, or in English; a compliance text that falls back raises
`si.channel.message.fell_back.v1`.

English is reviewed. **The others are not yet read by native speakers**; `si-channel-server texts` says so too. Own
wording: `[texts] dir` names a folder of Fluent files, which stand before the built-in ones text by text
(`si-channel-server texts --language fr --source` prints one to begin with, `texts check` what is wrong with yours).

In SMS, accents that GSM-7 lacks give way where that saves a segment (`policy.language.fold_accents`), and so do curly
quotes and narrow spaces. On WhatsApp nothing is folded, and in text that runs from right to left numbers, links and
keywords stand in isolates.

## Segments

With the default brand and arguments of their usual length; `u` marks UCS-2. What is spoken is left out.

";

#[tokio::test]
async fn the_same_conversation_is_held_in_five_languages() {
    let app = TestApp::start().await;
    let mut page = format!("{HEAD}{}", markdown(&lines(&Policy::default())));
    page.push_str("\n## The same conversation in five languages\n");
    for talk in &TALKS {
        let said = talk.hold(&app).await;
        let _ = write!(page, "\n### {}\n\nFrom `{}`:\n\n", talk.title, talk.phone);
        for (theirs, text) in said {
            let _ = writeln!(page, "- {} {text}", if theirs { "**them:**" } else { "**us:**" });
        }
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/languages.md");
    if std::env::var_os("UPDATE_LANGUAGES").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let recorded = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(recorded == page, "docs/languages.md is not up to date; UPDATE_LANGUAGES=1 writes it:\n{page}");
}

#[tokio::test]
async fn a_chosen_language_shows_in_the_session_and_in_what_is_said() {
    let app = TestApp::start().await;
    app.phone(EVE).says("Hi").await;
    let session = app.session(EVE).await;
    let id = session["session_id"].as_str().unwrap();
    let path = format!("/v1/sessions/{id}/participants/{}", encoded(EVE));
    let put = |language: &str| json!({ "language": language });
    let changed = app.api(Method::PUT, &path, Some(&put("pt_BR"))).await.expect(200);
    assert_eq!(changed.json["participants"][0]["language"], "pt-BR");
    assert_eq!(changed.json["participants"][0]["language_basis"], "choice");
    app.api(Method::PUT, &path, Some(&put("pt-BR"))).await.expect(200);
    app.api(Method::PUT, &path, Some(&put("brazilian"))).await.expect(400);
    let stranger = format!("/v1/sessions/{id}/participants/{}", encoded(ANN));
    app.api(Method::PUT, &stranger, Some(&put("fr"))).await.expect(404);
    app.phone(EVE).text("help").await;
    app.phone(EVE).sees("Si: Para ajuda").await;
    assert_eq!(app.events_of("participant.language_known").await.len(), 1);
}

#[tokio::test]
async fn a_message_and_a_session_say_in_which_language_the_channel_speaks() {
    let app = TestApp::start().await;
    let consent = json!({ "state": "granted", "evidence": { "source": "form" } });
    app.api(Method::PUT, &format!("/v1/consent/{}", encoded(EVE)), Some(&consent)).await.expect(200);
    let open = |language: &str| json!({ "address": EVE, "language": language });
    let begun = app.post("/v1/sessions", open("es")).await.expect(201);
    assert_eq!(begun.json["participants"][0]["language"], "es");
    let again = app.post("/v1/sessions", open("de")).await.expect(200);
    assert_eq!(again.json["session_id"], begun.json["session_id"]);
    assert_eq!(again.json["participants"][0]["language"], "de");
    app.post("/v1/sessions", open("elvish")).await.problem(400, "invalid-body");
    app.phone(EVE).text("Hallo").await;
    app.phone(EVE).sees("Si: Hier antwortet").await;

    let send = json!({ "to": EVE, "text": "Votre colis arrive.", "locale": "fr" });
    app.post("/v1/messages", send).await.expect(202);
    app.phone(EVE).sees("Votre colis arrive.").await;
    assert_eq!(app.session(EVE).await["participants"][0]["language"], "fr");
    let queued = app.events_of("message.queued").await;
    let colis = queued.iter().find(|event| event["data"]["text"] == "Votre colis arrive.").unwrap();
    assert_eq!(colis["data"]["language"], "fr");
    let path = format!("/v1/sessions/{}/messages", begun.json["session_id"].as_str().unwrap());
    app.post(&path, json!({ "text": "Su paquete llega.", "locale": "es" })).await.expect(202);
    app.phone(EVE).text("stop").await;
    app.phone(EVE).sees("Se ha dado de baja").await;
}

#[tokio::test]
async fn f55_own_texts_come_from_a_folder_and_a_gap_does_not_keep_anybody_in() {
    let folder = tempfile::tempdir().unwrap();
    let swedish = "help = { $brand }: { $contact }, { $frequency }, hej.\nfrequency = ibland\n";
    std::fs::write(folder.path().join("sv.ftl"), swedish).unwrap();
    let dir = folder.path().display().to_string();
    let app = TestApp::with(&[("texts.dir", &dir)]).await;
    app.phone(EVE).says("Hi").await;
    app.phone(EVE).text("hjälp").await;
    app.phone(EVE).sees("ibland, hej.").await;
    app.phone(EVE).text("avsluta").await;
    app.phone(EVE).sees("You have opted out").await;
    let finding = app.event("message.fell_back").await;
    assert_eq!((&finding["data"]["wanted"], &finding["data"]["used"]), (&json!("sv"), &json!("en")));
    app.event("consent.revoked").await;
}
