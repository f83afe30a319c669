//! Whether a call may be recorded, written down, or listened to by an AI: three switches, each with its own duty by place.
//!
//! Where somebody is decides what must come first, and of several candidates the strictest. A refusal ends the matter for
//! the call.

use serde::{Deserialize, Serialize};

use crate::audit::{Kind, Record, Verdict};
use crate::place::Place;
use crate::rules::{Duty, RecordingRule, RuleRef, Rules};

/// What is done with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Listening {
    /// Its audio is kept.
    Recording,
    /// What is said becomes text.
    Transcription,
    /// An AI hears it, whatever is kept.
    AiListening,
}

impl Listening {
    /// Every switch.
    pub const ALL: [Self; 3] = [Self::Recording, Self::Transcription, Self::AiListening];

    /// Its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Recording => "recording",
            Self::Transcription => "transcription",
            Self::AiListening => "ai_listening",
        }
    }

    fn duty(self, rule: &RecordingRule) -> Duty {
        match self {
            Self::Recording => rule.recording,
            Self::Transcription => rule.transcription,
            Self::AiListening => rule.ai_listening,
        }
    }
}

/// What must come first somewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Asked {
    /// What.
    pub duty: Duty,
    /// The id of the text that tells of it.
    pub notice_text: String,
    /// The id of the text that asks for it.
    pub consent_text: String,
    /// The rule that asks.
    pub rule: RuleRef,
}

/// What has happened on a call, for one of the switches.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether the operator wants it at all.
    pub enabled: bool,
    /// Whether the notice was played to its end.
    pub told: bool,
    /// What they answered when they were asked.
    pub answer: Option<bool>,
}

/// What may be done now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "may", rename_all = "snake_case")]
pub enum Permit {
    /// It may begin.
    Begin,
    /// The notice must be played first.
    Tell {
        /// The id of its text.
        text: String,
    },
    /// They must be asked first.
    Ask {
        /// The id of the question.
        text: String,
    },
    /// It may not be.
    Never {
        /// `off`, `refused` or `forbidden`.
        reason: &'static str,
    },
}

impl Asked {
    /// What the audit log keeps of a decision on one of the switches; whose call it is, its caller adds.
    pub fn record(&self, what: Listening, standing: Standing, permit: &Permit) -> Record {
        let (verdict, reason) = match permit {
            Permit::Begin => (Verdict::Allowed, what.as_str()),
            Permit::Tell { .. } | Permit::Ask { .. } => (Verdict::Deferred, what.as_str()),
            Permit::Never { reason } => (Verdict::Stopped, *reason),
        };
        Record::new(Kind::Recording, verdict, self.rule.named())
            .because(reason)
            .looked_at("what", &what)
            .looked_at("duty", &self.duty)
            .looked_at("standing", &standing)
            .looked_at("permit", permit)
    }
}

/// What one of the switches asks for where somebody may be, by the rules of a moment.
pub fn asked(what: Listening, places: &[Place], rules: &Rules, now: jiff::Timestamp) -> Asked {
    let strictest = rules.recording(places, now).into_iter().max_by_key(|(rule, _)| what.duty(rule));
    match strictest {
        Some((rule, reference)) => Asked {
            duty: what.duty(rule),
            notice_text: rule.notice_text.clone(),
            consent_text: rule.consent_text.clone(),
            rule: reference,
        },
        // Without a rule, nothing is allowed.
        None => Asked {
            duty: Duty::Forbidden,
            notice_text: String::new(),
            consent_text: String::new(),
            rule: RuleRef { rule: "recording/none".to_owned(), version: String::new() },
        },
    }
}

/// Whether it may be done.
pub fn permit(asked: &Asked, standing: Standing) -> Permit {
    match (asked.duty, standing) {
        (_, Standing { enabled: false, .. }) => Permit::Never { reason: "off" },
        (Duty::Forbidden, _) => Permit::Never { reason: "forbidden" },
        // Who says no has said it, whether they had to be asked or not.
        (_, Standing { answer: Some(false), .. }) => Permit::Never { reason: "refused" },
        (Duty::Free, _)
        | (Duty::Notice, Standing { told: true, .. })
        | (Duty::Notice | Duty::Consent, Standing { answer: Some(true), .. }) => Permit::Begin,
        (Duty::Notice, _) => Permit::Tell { text: asked.notice_text.clone() },
        (Duty::Consent, _) => Permit::Ask { text: asked.consent_text.clone() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn duty(what: Listening, places: &[&str]) -> Duty {
        let places: Vec<Place> = places.iter().map(|text| text.parse().unwrap()).collect();
        asked(what, &places, &Rules::default(), "2026-11-21T10:00:00Z".parse().unwrap()).duty
    }

    /// facts/compliance.md §7.
    #[test]
    fn each_place_asks_for_its_own_and_the_strictest_of_several_counts() {
        let consent = [
            "US-CA", "US-DE", "US-FL", "US-IL", "US-MD", "US-MA", "US-MT", "US-NV", "US-NH", "US-PA",
            "US-WA", "US-CT", "US-MI", "US-OR", "US-VT", "DE", "FR", "CA", "CA-ON", "JP", "HK", "AU",
        ];
        for what in Listening::ALL {
            for place in consent {
                assert_eq!(duty(what, &[place]), Duty::Consent, "{what:?} {place}");
            }
            for place in ["US-NY", "US-TX", "GB", "IT", "NO"] {
                assert_eq!(duty(what, &[place]), Duty::Notice, "{what:?} {place}");
            }
            assert_eq!(duty(what, &["US-NY", "US-NJ", "US-CT"]), Duty::Consent);
            for unknown in [&["US"][..], &[], &["BR"]] {
                assert_eq!(duty(what, unknown), Duty::Consent, "{what:?} {unknown:?}");
            }
        }
    }

    #[test]
    fn nothing_begins_before_its_notice_or_yes_and_a_no_ends_it() {
        let asked = |duty| Asked {
            duty,
            notice_text: "notice".to_owned(),
            consent_text: "question".to_owned(),
            rule: RuleRef { rule: "recording/test".to_owned(), version: "1".to_owned() },
        };
        let tell = || Permit::Tell { text: "notice".to_owned() };
        let ask = || Permit::Ask { text: "question".to_owned() };
        let never = |reason| Permit::Never { reason };
        // Duty, then what may be done: at first, told, told and refused, agreed.
        for (duty, permits) in [
            (Duty::Free, [Permit::Begin, Permit::Begin, never("refused"), Permit::Begin]),
            (Duty::Notice, [tell(), Permit::Begin, never("refused"), Permit::Begin]),
            (Duty::Consent, [ask(), ask(), never("refused"), Permit::Begin]),
            (
                Duty::Forbidden,
                [never("forbidden"), never("forbidden"), never("forbidden"), never("forbidden")],
            ),
        ] {
            let standings = [(false, None), (true, None), (true, Some(false)), (false, Some(true))];
            for ((told, answer), expected) in standings.into_iter().zip(permits) {
                let standing = Standing { enabled: true, told, answer };
                assert_eq!(permit(&asked(duty), standing), expected, "{duty:?} {standing:?}");
                let off = Standing { enabled: false, ..standing };
                assert_eq!(permit(&asked(duty), off), never("off"));
            }
        }
    }

    #[test]
    fn each_decision_is_a_record_of_its_rule() {
        let asked = Asked {
            duty: Duty::Consent,
            notice_text: "notice".to_owned(),
            consent_text: "question".to_owned(),
            rule: RuleRef { rule: "recording/us-ca".to_owned(), version: "1".to_owned() },
        };
        for (enabled, answer, outcome, reason) in [
            (true, None, "deferred", "recording"),
            (true, Some(true), "allowed", "recording"),
            (true, Some(false), "stopped", "refused"),
            (false, None, "stopped", "off"),
        ] {
            let standing = Standing { enabled, told: false, answer };
            let record = asked.record(Listening::Recording, standing, &permit(&asked, standing));
            let entry = record.seal(jiff::Timestamp::UNIX_EPOCH, || [0; 16]);
            let body: serde_json::Value = serde_json::from_str(&entry.body).unwrap();
            let told = ["kind", "outcome", "reason", "rule"].map(|name| body[name].as_str().unwrap());
            assert_eq!(told, ["recording", outcome, reason, "recording/us-ca@1"]);
            assert_eq!(entry.openings["what"].value, "recording");
        }
    }

    #[test]
    fn the_switches_may_differ_in_one_place() {
        let rule = |id: &str, place: &str, ai: &str| {
            format!(
                "[[rule]]\nid = \"{id}\"\nplaces = [\"{place}\"]\nrecording = \"free\"\ntranscription = \"notice\"\n\
                 ai_listening = \"{ai}\"\nnotice_text = \"n\"\nconsent_text = \"c\"\nsource = \"test\"\nmark = \"primary\"\n"
            )
        };
        let text = format!("version = \"1\"\nexpires = \"2100-01-01\"\n{}", rule("a", "*", "forbidden"));
        let file = crate::rules::SetFile { name: "recording".to_owned(), file: "test".to_owned(), text };
        let rules = Rules::load(&[file], jiff::civil::date(2026, 1, 1)).unwrap();
        let now = "2026-11-21T10:00:00Z".parse().unwrap();
        let duties = Listening::ALL.map(|what| asked(what, &[], &rules, now).duty);
        assert_eq!(duties, [Duty::Free, Duty::Notice, Duty::Forbidden]);
    }
}
