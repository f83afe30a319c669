//! What follows for the product from all of it: the requirements of §1.

use si_channel_core::event::{ConsentMethod, ConsentState, MessageClass};
use si_channel_core::outbound::OutboundState;

use super::script::{Fate, Row, Step, informs, offers, play, row};
use crate::support::{ANN, BOB, CAT};

use ConsentState::{Granted, Revoked, Unknown};
use Fate::{Arrives, NoConsent, OptedOut, Queued, Refused, Waits};
use MessageClass::{Compliance, Informational, Reply, Transactional};
use Step::{
    Became, By, Called, Clock, Counts, Hears, Known, Paused, Policy, Rule, Says, Sends, Stands, Told, With,
};

const ANN_WHATSAPP: &str = "whatsapp:+15551110001";
const NEW_YORKER: &str = "+12125550101";
const NIGHT: &str = "2026-11-20T22:00:00[America/New_York]";
const MORNING: &str = "2026-11-21T08:00:00[America/New_York]";
/// By topic, on a number whose keywords nobody but the channel answers.
const TOPICS: &str = r#"{"revocation":"topic","carrier_keywords":{"+15550001111":"none"}}"#;

const ROWS: &[Row] = &[
    row(
        "an opt-out counts for the next decision to send, not days later",
        CAT,
        &[
            Known,
            Paused(true),
            informs("queued before", Queued),
            Says("stop"),
            informs("asked for after", OptedOut),
            Paused(false),
            Became("queued before", OutboundState::Cancelled),
            Hears(&["opted out"]),
        ],
    ),
    row(
        "an opt-out is confirmed once, and never again",
        CAT,
        &[
            Known,
            Says("stop"),
            Hears(&["You have opted out and will get no further messages."]),
            Says("STOP"),
            Says("unsubscribe"),
            Says("are you there?"),
            Hears(&[]),
        ],
    ),
    row(
        "a confirmation that cannot go within five minutes does not go",
        CAT,
        &[
            Known,
            Paused(true),
            Says("stop"),
            Clock("2026-11-20T12:05:01[America/New_York]"),
            Paused(false),
            Hears(&[]),
            Became("opted out", OutboundState::Expired),
        ],
    ),
    row(
        "a confirmation may ask how much is meant; without an answer as much stops as was said",
        ANN,
        &[
            Known,
            Policy(TOPICS),
            Sends(Informational, "offers", "10 % off", Arrives),
            Hears(&["10 % off"]),
            Says("stop"),
            Hears(&["no more offers messages. To get no messages at all, reply STOP again."]),
            Sends(Informational, "offers", "20 % off", OptedOut),
            Says("stop"),
            Stands(Revoked),
        ],
    ),
    row(
        "what Twilio answers is not answered a second time",
        ANN,
        &[Known, Says("STOP"), Hears(&[]), Stands(Revoked), By(ConsentMethod::Keyword)],
    ),
    row(
        "what Twilio lets pass is confirmed by the channel",
        ANN,
        &[Known, Says("Stop."), Hears(&["opted out"]), Stands(Revoked)],
    ),
    row(
        "by default an opt-out stops everything, whatever it answered",
        CAT,
        &[
            Known,
            Sends(Informational, "offers", "10 % off", Arrives),
            Says("stop"),
            Stands(Revoked),
            Rule("revocation/all"),
            Sends(Transactional, "delivery", "on its way", OptedOut),
        ],
    ),
    row(
        "an opt-out in one's own words counts: please stop",
        CAT,
        &[Known, Says("please stop"), Stands(Revoked), Hears(&["opted out"])],
    ),
    row("… no more texts", CAT, &[Known, Says("No more texts"), Stands(Revoked), By(ConsentMethod::Phrase)]),
    row("… no más", CAT, &[Known, Says("No más"), Stands(Revoked)]),
    row("… on every channel", ANN, &[Known, Says("please stop texting me"), Stands(Revoked)]),
    row(
        "an opt-out said on a call stops texts, and only the person takes it back",
        CAT,
        &[
            Known,
            Called(ConsentMethod::Spoken),
            Stands(Revoked),
            informs("news", OptedOut),
            Says("START"),
            Stands(Granted),
        ],
    ),
    row("… and so does one keyed on a call", ANN, &[Known, Called(ConsentMethod::Keyed), Stands(Revoked)]),
    row(
        "consent is that of an address: what one gives, another has not given",
        ANN,
        &[Known, With(BOB), Stands(Unknown), informs("news", NoConsent)],
    ),
    row(
        "… and of a channel, though an opt-out reaches every channel of the number",
        ANN,
        &[
            Known,
            With(ANN_WHATSAPP),
            Stands(Unknown),
            Known,
            With(ANN),
            Says("stop"),
            With(ANN_WHATSAPP),
            Stands(Revoked),
            By(ConsentMethod::OtherChannel),
        ],
    ),
    row(
        "an offer waits for the morning, a reply does not",
        NEW_YORKER,
        &[
            Known,
            Clock(NIGHT),
            offers("an offer", Waits("quiet_hours/us-federal", MORNING)),
            Says("are you open?"),
            Hears(&["You said: are you open?"]),
            Sends(Reply, "", "we are", Arrives),
            Sends(Transactional, "", "your receipt", Arrives),
            Sends(Compliance, "", "new terms", Arrives),
            informs("information", Arrives),
        ],
    ),
    row(
        "… and by choice information waits too",
        NEW_YORKER,
        &[
            Known,
            Policy(r#"{"quiet_hours":{"informational":true}}"#),
            Clock(NIGHT),
            informs("information", Waits("quiet_hours/us-federal", MORNING)),
        ],
    ),
    row(
        "nobody is asked to answer with a reserved word: STOP",
        ANN,
        &[Known, offers("Sale! Reply STOP to end it", Refused("STOP"))],
    ),
    row("… END", ANN, &[Known, Sends(Reply, "", "Text END when you are done", Refused("END"))]),
    row("… QUIT", ANN, &[Known, Sends(Reply, "", "Send QUIT to leave", Refused("QUIT"))]),
    row("… CANCEL", ANN, &[Known, Sends(Reply, "", "Reply CANCEL to cancel it", Refused("CANCEL"))]),
    row("… START", ANN, &[Known, Sends(Reply, "", "Text START to begin", Refused("START"))]),
    row("… YES", ANN, &[Known, Sends(Reply, "", "Reply YES to confirm", Refused("YES"))]),
    row("… HELP", ANN, &[Known, Sends(Reply, "", "Reply HELP for more", Refused("HELP"))]),
    row("… INFO", ANN, &[Known, Sends(Reply, "", "Reply with \"INFO\"", Refused("INFO"))]),
    row(
        "the first answer comes after the word that an AI answers, and that is on record",
        ANN,
        &[
            Told(true),
            Says("hello"),
            Hears(&["An AI assistant answers here.", "You said: hello"]),
            Counts("disclosure.made", 1),
        ],
    ),
    row(
        "HELP names who speaks and where a human is reached",
        CAT,
        &[Known, Says("help"), Hears(&["Acme: For help, contact help@acme.example."])],
    ),
];

#[test]
fn section_1_what_the_product_must_do() {
    play(ROWS);
}
