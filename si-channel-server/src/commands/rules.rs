//! `rules`: what holds, for whom, and on whose word.

use std::fmt::Write;
use std::io::Write as _;

use jiff::Timestamp;
use serde_json::{Value, json};
use si_channel_core::address::{Address, Channel};
use si_channel_core::event::MessageClass;
use si_channel_core::hours;
use si_channel_core::place::{Evidence, Located, Whereabouts, issued};
use si_channel_core::policy::Policy;
use si_channel_core::recording::{Listening, asked};
use si_channel_core::rules::Rules;

use crate::app;
use crate::args::{ExplainArgs, RulesCommand};
use crate::config::{Config, Purpose, Sources};
use crate::rules;

/// Does what the command says.
pub fn run(sources: &Sources, command: &RulesCommand) -> Result<(), String> {
    let now = Timestamp::now();
    let shown = match command {
        RulesCommand::Check { dir, json } => {
            let loaded = match dir {
                Some(dir) => rules::load(Some(dir), now)?,
                None => rules::load(config(sources)?.rules_dir.as_deref(), now)?,
            };
            if *json { pretty(&check_json(&loaded, now)) } else { check(&loaded, now) }
        }
        RulesCommand::Explain(args) => {
            let policy = app::policy(&config(sources)?).map_err(|error| error.to_string())?;
            let facts = explain(args, &policy, args.at.unwrap_or(now));
            if args.json { pretty(&facts) } else { human(&facts) }
        }
        RulesCommand::Print { set } => Rules::built_in(set)
            .ok_or_else(|| format!("there is no rule set {set:?}; there are {}", Rules::SETS.join(", ")))?
            .to_owned(),
    };
    match std::io::stdout().lock().write_all(shown.as_bytes()) {
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.to_string()),
        _ => Ok(()),
    }
}

fn config(sources: &Sources) -> Result<Config, String> {
    Config::load(Purpose::Inspect, sources).map_err(|problems| problems.to_string())
}

fn pretty(value: &Value) -> String {
    format!("{value:#}\n")
}

fn check_json(loaded: &Rules, now: Timestamp) -> Value {
    let expiring: Vec<Value> = rules::expiring(loaded, now)
        .into_iter()
        .map(|(set, days)| json!({ "set": set, "days": days }))
        .collect();
    json!({ "sets": loaded.summaries(), "expiring": expiring })
}

fn check(loaded: &Rules, now: Timestamp) -> String {
    let mut text = String::new();
    for set in loaded.summaries() {
        let unsure: Vec<_> = set.rules.iter().filter(|rule| rules::is_unsure(rule)).collect();
        let _ = writeln!(
            text,
            "{}  version {}, until {}, {} rules, {} to check  {}",
            set.name,
            set.version,
            set.expires,
            set.rules.len(),
            unsure.len(),
            set.file
        );
        for rule in unsure {
            let note = rule.note.as_deref().map(|note| format!("; {note}")).unwrap_or_default();
            let _ = writeln!(
                text,
                "  {}  {}  line {}: {}{note}",
                rule.mark.as_str(),
                rule.id,
                rule.line,
                rule.source
            );
        }
    }
    for (set, days) in rules::expiring(loaded, now) {
        let _ =
            writeln!(text, "REVIEW  {set} expires in {days} days; the server will not start with it then");
    }
    text
}

fn explain(args: &ExplainArgs, policy: &Policy, now: Timestamp) -> Value {
    let address: &Address = &args.address;
    let class = args.class.map_or(MessageClass::Marketing, MessageClass::from);
    let mut told = Whereabouts::default();
    told.take(Evidence::Account, args.place, args.time_zone, now);
    let located = hours::located(address, &told, policy);
    let rules = &policy.rules;
    let bound = hours::bind(class, None, now, &policy.quiet_hours);
    let verdict = if bound {
        json!(hours::decide(now, std::slice::from_ref(&located), policy.quiet_hours.profile, rules))
    } else {
        json!({ "hours": "exempt" })
    };
    let (breadth, revocation) = policy.breadth(now);
    let whatsapp = (address.channel() == Channel::Whatsapp).then(|| {
        let (allowed, rule) = rules.whatsapp(issued(address).places, policy.whatsapp.assistant, now);
        json!({ "policy": allowed, "assistant": policy.whatsapp.assistant, "rule": rule })
    });
    let recording: serde_json::Map<String, Value> = Listening::ALL
        .into_iter()
        .map(|what| (what.as_str().to_owned(), json!(asked(what, &located.places, rules, now))))
        .collect();
    json!({
        "address": address.masked(),
        "at": now,
        "class": class,
        "purpose": args.purpose,
        "where": located,
        "local_times": local_times(&located, now),
        "quiet_hours": verdict,
        "opt_in": {
            "kind": policy.opt_in_of(address, now),
            "rule": rules.opt_in_rule(located.country(), now).map(|rule| format!("opt_in/{}", rule.id)),
        },
        "revocation": {
            "profile": policy.revocation,
            "scope": breadth,
            "rule": revocation,
        },
        "whatsapp": whatsapp,
        "recording": recording,
    })
}

fn local_times(located: &Located, now: Timestamp) -> Vec<Value> {
    let local = |zone: &si_channel_core::place::Zone| json!({ "zone": zone, "time": zone.time_zone().to_datetime(now).to_string() });
    located.zones.iter().map(local).collect()
}

/// The same, a line for each thing.
fn human(facts: &Value) -> String {
    let word = |pointer: &str| match facts.pointer(pointer) {
        Some(Value::String(text)) => text.clone(),
        None | Some(Value::Null) => "unknown".to_owned(),
        Some(other) => other.to_string(),
    };
    let list = |pointer: &str| {
        let items = facts.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
        let texts: Vec<String> = items.iter().filter_map(|item| item.as_str().map(str::to_owned)).collect();
        if texts.is_empty() { "unknown".to_owned() } else { texts.join(", ") }
    };
    let mut text = String::new();
    let mut line = |name: &str, what: String| {
        let _ = writeln!(text, "{name:<12}{what}");
    };
    line("address", format!("{} at {}, {}", word("/address"), word("/at"), word("/class")));
    line("where", format!("{} (by {})", list("/where/places"), word("/where/places_by")));
    line("zones", format!("{} (by {})", list("/where/zones"), word("/where/zones_by")));
    line(
        "hours",
        match word("/quiet_hours/hours").as_str() {
            "closed" => format!(
                "closed by {} ({}) in {}; {}",
                word("/quiet_hours/rule/rule"),
                word("/quiet_hours/rule/version"),
                list("/quiet_hours/zones"),
                match facts.pointer("/quiet_hours/until").and_then(Value::as_str) {
                    Some(until) => format!("opens {until}"),
                    None => "never opens everywhere at once".to_owned(),
                }
            ),
            other => other.to_owned(),
        },
    );
    line("opt-in", format!("{} ({})", word("/opt_in/kind"), word("/opt_in/rule")));
    line(
        "opt-out",
        format!("stops {} under profile {}", word("/revocation/scope"), word("/revocation/profile")),
    );
    if facts["whatsapp"].is_object() {
        line(
            "whatsapp",
            format!(
                "{} for an {} assistant ({})",
                word("/whatsapp/policy"),
                word("/whatsapp/assistant"),
                word("/whatsapp/rule/rule")
            ),
        );
    }
    for what in Listening::ALL {
        let at = |field: &str| word(&format!("/recording/{}/{field}", what.as_str()));
        line(what.as_str(), format!("{} ({})", at("duty"), at("rule/rule")));
    }
    text
}
