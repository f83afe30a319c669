//! WhatsApp: §5.

use si_channel_core::event::ConsentState;
use si_channel_core::outbound::OutboundState;

use super::script::{Fate, Row, Step, informs, offers, play, row};
use crate::support::CAT;

use ConsentState::Revoked;
use Fate::{Arrives, Ends, NoConsent, OptedOut};
use Step::{Clock, Counts, Hears, Known, Policy, Says, Stands, Told, With};

const CAT_SMS: &str = "+15551110003";
const ITALIAN: &str = "whatsapp:+393331234567";
const BRAZILIAN: &str = "whatsapp:+5511912345678";
const GERMAN: &str = "whatsapp:+4915112345678";
const GENERAL: &str = r#"{"whatsapp":{"assistant":"general"}}"#;
const TEMPLATE: &str =
    r#"{"whatsapp":{"window_template":{"content_sid":"HX0123456789abcdef0123456789abcdef"}}}"#;
const WINDOW_SHUT: Fate<'_> = Ends(OutboundState::Failed, "has not written on WhatsApp for 24 hours");
const BARRED: Fate<'_> = Ends(OutboundState::Cancelled, "whatsapp_policy");

const ROWS: &[Row] = &[
    row("the business writes first only to who opted in", CAT, &[informs("news", NoConsent)]),
    row(
        "… which may have been elsewhere, and for no channel in particular",
        CAT,
        &[Told(true), informs("news", Arrives)],
    ),
    row(
        "who is asked to opt in is told by whom",
        CAT,
        &[Policy(r#"{"opt_in":"double"}"#), Says("hello"), Hears(&["Acme: To get answers"])],
    ),
    row("an opt-out on WhatsApp counts", CAT, &[Known, Says("stop"), offers("an offer", OptedOut)]),
    row("… and one that was told elsewhere", CAT, &[Known, Told(false), offers("an offer", OptedOut)]),
    row(
        "… and one from the same number by SMS",
        CAT,
        &[Known, With(CAT_SMS), Known, Says("Stop."), With(CAT), Stands(Revoked)],
    ),
    row("who is in is told how to get out", CAT, &[Says("hello"), Hears(&["STOP to opt out", "You said"])]),
    row(
        "within 24 hours of the person's last text anything may be said",
        CAT,
        &[Known, Clock("2026-11-21T11:59:50[America/New_York]"), informs("in time", Arrives)],
    ),
    row(
        "after them, without a template, nothing is: Twilio is not even asked",
        CAT,
        &[
            Known,
            Clock("2026-11-21T12:00:10[America/New_York]"),
            informs("too late", WINDOW_SHUT),
            Hears(&[]),
        ],
    ),
    row(
        "… with a template, that goes instead",
        CAT,
        &[
            Known,
            Policy(TEMPLATE),
            Clock("2026-11-21T12:00:10[America/New_York]"),
            informs("too late", WINDOW_SHUT),
            Counts("message.accepted", 3),
        ],
    ),
    row(
        "… and the next text of the person opens it again",
        CAT,
        &[
            Known,
            Clock("2026-11-21T13:00:00[America/New_York]"),
            Says("hello again"),
            Hears(&["You said: hello again"]),
        ],
    ),
    row(
        "a human is a word away: HELP says where",
        CAT,
        &[Known, Says("HELP"), Hears(&["contact help@acme.example"])],
    ),
    row(
        "an assistant that is part of a business's own service may speak",
        CAT,
        &[Known, informs("news", Arrives)],
    ),
    row(
        "one that is itself what is offered may not",
        CAT,
        &[Policy(GENERAL), Told(true), informs("news", BARRED)],
    ),
    row("… but in Italy", ITALIAN, &[Policy(GENERAL), Told(true), informs("news", Arrives)]),
    row("… and in Brazil", BRAZILIAN, &[Policy(GENERAL), Told(true), informs("news", Arrives)]),
    row(
        "… and, since June 2026, in the European Economic Area",
        GERMAN,
        &[Policy(GENERAL), Told(true), informs("news", Arrives)],
    ),
    row(
        "an opt-out is confirmed even where the assistant may not speak",
        CAT,
        &[Policy(GENERAL), Says("hello"), Says("stop"), Stands(Revoked), Hears(&["Welcome", "opted out"])],
    ),
];

#[test]
fn section_5_whatsapp() {
    play(ROWS);
}
