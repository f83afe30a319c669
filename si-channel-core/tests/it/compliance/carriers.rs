//! What Twilio and the carriers do by themselves: §4.

use si_channel_core::event::{ConsentMethod, ConsentState};

use super::script::{Fate, Row, Stage, Step, TURNED_DOWN, informs, offers, play, row};
use crate::support::{ANN, CAT, Fault, SMS, at};

use ConsentState::{Granted, Revoked};
use Fate::{Arrives, OptedOut, Refused, Waits};
use Step::{By, Clock, Counts, Fails, Hears, Known, Marked, Policy, Says, Stands, With};

const ANN_WHATSAPP: &str = "whatsapp:+15551110001";
const ANN_RCS: &str = "rcs:+15551110001";
const ADVANCED: &str = r#"{"carrier_keywords":{"+15550001111":"advanced"}}"#;
const TOLL_FREE: &str = r#"{"carrier_keywords":{"+15550001111":"toll_free"}}"#;
const NOBODY: &str = r#"{"carrier_keywords":{"+15550001111":"none"}}"#;
const MESSAGING: &str = r#"{"transport":"messaging"}"#;

const ROWS: &[Row] = &[
    row(
        "Twilio's words alone are Twilio's to answer: STOP",
        ANN,
        &[Known, Says("STOP"), Hears(&[]), Stands(Revoked)],
    ),
    row("… UNSUBSCRIBE", ANN, &[Known, Says("Unsubscribe"), Hears(&[]), Stands(Revoked)]),
    row("… END", ANN, &[Known, Says("end"), Hears(&[]), Stands(Revoked)]),
    row("… QUIT", ANN, &[Known, Says("quit"), Hears(&[]), Stands(Revoked)]),
    row("… STOPALL", ANN, &[Known, Says("STOPALL"), Hears(&[]), Stands(Revoked)]),
    row("… REVOKE", ANN, &[Known, Says("revoke"), Hears(&[]), Stands(Revoked)]),
    row("… OPTOUT", ANN, &[Known, Says("optout"), Hears(&[]), Stands(Revoked)]),
    row("… CANCEL", ANN, &[Known, Says("Cancel"), Hears(&[]), Stands(Revoked)]),
    row(
        "two words pass Twilio and are the channel's to answer",
        ANN,
        &[Known, Says("STOP PLEASE"), Hears(&["opted out"]), Stands(Revoked)],
    ),
    row(
        "START opens again, and Twilio says so",
        ANN,
        &[Known, Says("stop"), Says("START"), Hears(&[]), Stands(Granted)],
    ),
    row("… UNSTOP", ANN, &[Known, Says("stop"), Says("unstop"), Hears(&[]), Stands(Granted)]),
    row("… YES on a long code", ANN, &[Known, Says("stop"), Says("YES"), Hears(&[]), Stands(Granted)]),
    row(
        "… not on a toll-free number",
        ANN,
        &[
            Policy(r#"{"senders":{"sms":"+18005550100"},"carrier_keywords":{"+18005550100":"toll_free"}}"#),
            Known,
            Says("stop"),
            Says("YES"),
            Stands(Revoked),
            Says("UNSTOP"),
            Stands(Granted),
        ],
    ),
    row(
        "on a toll-free number the network answers STOP",
        ANN,
        &[Policy(TOLL_FREE), Known, Says("STOP"), Hears(&[]), Stands(Revoked)],
    ),
    row(
        "… and no other word",
        ANN,
        &[Policy(TOLL_FREE), Known, Says("quit"), Hears(&["opted out"]), Stands(Revoked)],
    ),
    row(
        "… and who is out gets no answer to HELP",
        ANN,
        &[Policy(TOLL_FREE), Known, Says("STOP"), Says("HELP"), Hears(&[])],
    ),
    row(
        "on a short code of its own nobody answers but the channel",
        ANN,
        &[
            Policy(NOBODY),
            Known,
            Says("STOP"),
            Hears(&["opted out"]),
            Says("HELP"),
            Hears(&["For help"]),
            Says("START"),
            Hears(&["opted in"]),
        ],
    ),
    row(
        "an opt-out holds on every channel that the channel speaks; on RCS it speaks to nobody",
        ANN,
        &[
            Known,
            Says("STOP"),
            With(ANN_WHATSAPP),
            Stands(Revoked),
            With(ANN_RCS),
            informs("news", Refused("sender")),
        ],
    ),
    row(
        "… and on one that the operator sets up later",
        ANN,
        &[
            Policy(r#"{"senders":{"whatsapp":null}}"#),
            Known,
            Says("STOP"),
            Policy(r#"{"senders":{"whatsapp":"whatsapp:+15550002222"}}"#),
            With(ANN_WHATSAPP),
            Stands(Revoked),
        ],
    ),
    row(
        "a block covers one number; the channel takes it for every sender of its own",
        ANN,
        &[Known, Says("STOP"), Policy(r#"{"senders":{"sms":"+15550007777"}}"#), informs("news", OptedOut)],
    ),
    row(
        "words of other languages pass Twilio and are answered in theirs",
        ANN,
        &[Known, Says("ARRÊT"), Hears(&["désinscrit"]), Stands(Revoked)],
    ),
    row(
        "a text with OptOutType has been answered, whatever it says",
        ANN,
        &[
            Policy(MESSAGING),
            Marked("hello", ""),
            Hears(&["Welcome", "You said"]),
            Marked("arrêt", "STOP"),
            Hears(&[]),
            Stands(Revoked),
            Marked("encore", "START"),
            Hears(&[]),
            Stands(Granted),
            Marked("aide", "HELP"),
            Hears(&[]),
            Counts("help.requested", 1),
        ],
    ),
    row(
        "with Advanced Opt-Out and no mark, the words that it begins with are Twilio's",
        ANN,
        &[Policy(ADVANCED), Known, Says("STOP"), Hears(&[]), Stands(Revoked)],
    ),
    row(
        "21610 is an opt-out that was not heard of",
        ANN,
        &[
            Known,
            Fails(Fault::Refused { code: 21610 }),
            informs("news", TURNED_DOWN),
            Stands(Revoked),
            By(ConsentMethod::CarrierBlock),
            informs("more", OptedOut),
        ],
    ),
    row(
        "unregistered traffic is refused with 30034, which is told and is no opt-out",
        ANN,
        &[
            Known,
            Fails(Fault::Refused { code: 30034 }),
            informs("news", TURNED_DOWN),
            Stands(Granted),
            informs("more", Arrives),
        ],
    ),
    row(
        "Twilio leaves the recipient's hours to the application",
        "+12125550101",
        &[
            Known,
            Clock("2026-11-20T23:00:00[America/New_York]"),
            offers("an offer", Waits("quiet_hours/us-federal", "2026-11-21T08:00:00[America/New_York]")),
        ],
    ),
    row(
        "on WhatsApp nobody answers but the channel",
        CAT,
        &[Known, Says("STOP"), Hears(&["opted out"]), Says("HELP"), Hears(&["For help"])],
    ),
];

#[test]
fn section_4_twilio_and_the_carriers() {
    play(ROWS);
}

#[test]
fn f45_what_twilio_or_the_network_has_answered_brings_no_message_of_ours() {
    for (policy, text, mark) in [
        (r"{}", "STOP", ""),
        (ADVANCED, "STOP", "STOP"),
        (ADVANCED, "no quiero más mensajes", "STOP"),
        (TOLL_FREE, "STOP", ""),
        (NOBODY, "STOP", "STOP"),
    ] {
        let mut stage = Stage::new(ANN);
        let told = format!("{policy} {text} {mark}");
        for step in [Policy(policy), Policy(MESSAGING), Marked("hello", "")] {
            stage.play(&step, &told);
        }
        let before = stage.sim.store.outbound.len();
        stage.sim.heard(ANN);
        let marked = Marked(text, mark);
        for step in [marked, Hears(&[]), Stands(Revoked), By(ConsentMethod::Keyword)] {
            stage.play(&step, &told);
        }
        assert_eq!(stage.sim.store.outbound.len(), before, "{told}: nothing was even queued");
    }
}

#[test]
fn f46_a_block_that_nothing_announced_is_an_opt_out_with_its_record() {
    let mut stage = Stage::new(ANN);
    for step in [Known, Fails(Fault::Refused { code: 21610 }), informs("news", TURNED_DOWN), Stands(Revoked)]
    {
        stage.play(&step, "f46");
    }
    let about = stage.sim.store.audit.iter().filter(|entry| entry.address == Some(at(ANN)));
    let records: Vec<serde_json::Value> =
        about.map(|entry| serde_json::from_str(&entry.body).unwrap()).collect();
    let opt_out = records.iter().find(|record| record["kind"] == "opt_out").expect("a record of it");
    assert_eq!((&opt_out["outcome"], &opt_out["rule"]), (&"stopped".into(), &"consent@1".into()));
    assert!(!stage.sim.store.audit.iter().any(|entry| entry.body.contains(ANN) || entry.body.contains(SMS)));
}
