//! Other regimes: §6.

use si_channel_core::event::{ConsentState, MessageClass};

use super::script::{Fate, Row, Step, offers, play, row};

use ConsentState::{Granted, Pending, Revoked};
use Fate::{Arrives, NoConsent, OptedOut, Waits};
use MessageClass::{Informational, Marketing, Transactional};
use Step::{Clock, Counts, Hears, Known, Policy, Says, Sends, Stands, Told};

const CANADIAN: &str = "+14165550101";
const BRITON: &str = "+447912345678";
const FRENCH: &str = "+33612345678";
const GERMAN: &str = "+4915112345678";
const MEXICAN: &str = "+525512345678";
const INDIAN: &str = "+919876543210";
const BY_COUNTRY: &str = r#"{"opt_in_by_country":true}"#;
const EXPLICIT: &str = r#"{"marketing_consent":"explicit"}"#;

const ROWS: &[Row] = &[
    row("Canada: no offer without consent", CANADIAN, &[offers("an offer", NoConsent)]),
    row(
        "… which may have to be express",
        CANADIAN,
        &[
            Policy(EXPLICIT),
            Known,
            offers("an offer", NoConsent),
            Sends(Transactional, "", "your receipt", Arrives),
        ],
    ),
    row(
        "… the first message says who writes and how to end it",
        CANADIAN,
        &[
            Says("hello"),
            Hears(&[
                "Welcome to Acme. An AI assistant answers here: just write what you need. Message frequency varies. Msg & data rates may apply. Reply HELP for help, STOP to opt out.",
                "You said",
            ]),
        ],
    ),
    row("… and ending it works at once", CANADIAN, &[Known, Says("stop"), offers("an offer", OptedOut)]),
    row(
        "… however long ago the last message was",
        CANADIAN,
        &[Known, Clock("2027-02-20T12:00:00[America/Toronto]"), Says("stop"), Stands(Revoked)],
    ),
    row("United Kingdom: no offer by text without consent", BRITON, &[offers("an offer", NoConsent)]),
    row("European Union: no offer by text without consent", GERMAN, &[offers("an offer", NoConsent)]),
    row(
        "… a first text may have to be confirmed before anything is answered",
        GERMAN,
        &[Policy(BY_COUNTRY), Says("hallo"), Stands(Pending), Hears(&["YES"]), Says("ja"), Stands(Granted)],
    ),
    row(
        "… who objects to offers gets none, and everything else if it is by purpose",
        GERMAN,
        &[
            Policy(r#"{"revocation":"topic","carrier_keywords":{"+15550001111":"none"}}"#),
            Known,
            Sends(Marketing, "offers", "Angebot", Arrives),
            Says("stop"),
            Sends(Marketing, "offers", "noch eins", OptedOut),
            Sends(Informational, "delivery", "Ihr Paket", Arrives),
        ],
    ),
    row(
        "… people are told that they deal with an AI, in their language",
        GERMAN,
        &[
            Told(true),
            Says("Hallo"),
            Hears(&["KI-Assistent", "You said: Hallo"]),
            Counts("disclosure.made", 1),
        ],
    ),
    row("… once, not with every answer", GERMAN, &[Known, Says("Hallo"), Hears(&["You said: Hallo"])]),
    row(
        "France: no offer in the evening",
        FRENCH,
        &[
            Known,
            Clock("2026-11-24T20:00:00[Europe/Paris]"),
            offers("une offre", Waits("quiet_hours/france", "2026-11-25T08:30:00[Europe/Paris]")),
        ],
    ),
    row(
        "… nor on a Sunday",
        FRENCH,
        &[
            Known,
            Clock("2026-11-22T12:00:00[Europe/Paris]"),
            offers("une offre", Waits("quiet_hours/france", "2026-11-23T08:30:00[Europe/Paris]")),
        ],
    ),
    row(
        "… nor on a public holiday",
        FRENCH,
        &[
            Known,
            Clock("2026-12-25T12:00:00[Europe/Paris]"),
            offers("une offre", Waits("quiet_hours/france", "2026-12-26T08:30:00[Europe/Paris]")),
        ],
    ),
    row(
        "… by day it goes",
        FRENCH,
        &[Known, Clock("2026-11-24T19:59:50[Europe/Paris]"), offers("une offre", Arrives)],
    ),
    row(
        "Mexico: carriers have hours for offers; those of anywhere hold",
        MEXICAN,
        &[
            Known,
            Clock("2026-11-24T21:30:00[America/Mexico_City]"),
            offers("una oferta", Waits("quiet_hours/anywhere", "2026-11-25T08:00:00[America/Mexico_City]")),
        ],
    ),
    row(
        "India: offers from nine to nine",
        INDIAN,
        &[
            Known,
            Clock("2026-11-24T20:59:50[Asia/Kolkata]"),
            offers("in time", Arrives),
            Clock("2026-11-24T21:00:00[Asia/Kolkata]"),
            offers("too late", Waits("quiet_hours/india", "2026-11-25T09:00:00[Asia/Kolkata]")),
        ],
    ),
    row(
        "a stop word of any language ends it in any country",
        FRENCH,
        &[Known, Says("STOPP"), Stands(Revoked)],
    ),
];

#[test]
fn section_6_other_regimes() {
    play(ROWS);
}
