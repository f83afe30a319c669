//! The stream as it must be.

use async_nats::jetstream::stream::{Config, Info, RetentionPolicy, StorageType};

use crate::config::Nats;

/// Events are smaller than this.
const MESSAGE_BYTES: u32 = 256 << 10;

/// The stream that is made when there is none.
pub fn wanted(settings: &Nats) -> Config {
    Config {
        name: settings.stream.clone(),
        description: Some("Events of Si's Twilio channel; refilled from its store".to_owned()),
        subjects: vec![format!("{}.>", settings.subject_prefix)],
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        num_replicas: settings.replicas,
        max_age: settings.max_age,
        duplicate_window: settings.duplicate_window,
        max_bytes: -1,
        max_messages: -1,
        max_messages_per_subject: -1,
        allow_direct: true,
        ..Config::default()
    }
}

/// What of a stream that exists would break a promise, and what to do about it.
pub fn faults(settings: &Nats, found: &Config) -> Vec<String> {
    let name = &settings.stream;
    let mut faults = Vec::new();
    let mut fault = |wrong: bool, what: String| {
        if wrong {
            faults.push(what);
        }
    };
    let subject = format!("{}.>", settings.subject_prefix);
    fault(
        found.subjects != [subject.as_str()],
        format!(
            "its subjects are [{}]: `nats stream edit {name} --subjects='{subject}'`",
            found.subjects.join(", ")
        ),
    );
    fault(
        found.retention != RetentionPolicy::Limits,
        "what consumers have taken leaves it, so that nobody else gets it: delete it, its retention cannot be changed; it \
         is made anew and filled"
            .to_owned(),
    );
    fault(
        found.storage != StorageType::File,
        "it is kept in memory alone: delete it, its storage cannot be changed; it is made anew and filled"
            .to_owned(),
    );
    fault(found.no_ack, format!("it does not say what it has got: `nats stream edit {name} --ack`"));
    fault(found.sealed, "it is sealed: delete it, and it is made anew and filled".to_owned());
    fault(
        found.mirror.is_some() || found.sources.as_ref().is_some_and(|sources| !sources.is_empty()),
        "it copies other streams: name another in nats.stream".to_owned(),
    );
    fault(
        found.num_replicas < settings.replicas,
        format!("{} keep it: `nats stream edit {name} --replicas={}`", found.num_replicas, settings.replicas),
    );
    fault(
        found.max_messages_per_subject > 0,
        format!(
            "it keeps {} of a subject: `nats stream edit {name} --max-msgs-per-subject=-1`",
            found.max_messages_per_subject
        ),
    );
    fault(
        found.duplicate_window < settings.duplicate_window,
        format!(
            "it remembers ids for {:?}: `nats stream edit {name} --dupe-window={}s`",
            found.duplicate_window,
            settings.duplicate_window.as_secs()
        ),
    );
    fault(
        (1..MESSAGE_BYTES.cast_signed()).contains(&found.max_message_size),
        format!(
            "it refuses messages of over {} bytes: `nats stream edit {name} --max-msg-size=-1`",
            found.max_message_size
        ),
    );
    faults
}

/// Whether a stream lets go of its oldest messages because it holds as many as it may.
pub fn is_full(info: &Info) -> bool {
    let (state, config) = (&info.state, &info.config);
    let reached = |limit: i64, held: u64| u64::try_from(limit).is_ok_and(|limit| limit > 0 && held >= limit);
    // By bytes it is full before the next message, whose size nobody knows, finds room.
    reached(config.max_messages, state.messages)
        || reached(config.max_bytes, state.bytes.saturating_add(MESSAGE_BYTES.into()))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::config::{Config as Settings, Purpose, Sources};

    type Change = fn(&mut Config);

    #[test]
    fn a_stream_as_it_is_made_has_no_fault_and_each_fault_is_named_with_its_remedy() {
        let settings = Settings::load(Purpose::Inspect, &Sources::default()).unwrap().nats;
        assert_eq!(faults(&settings, &wanted(&settings)), [""; 0]);
        let changes: [(Change, &str); 9] = [
            (|found| found.subjects = vec!["orders.>".to_owned()], "--subjects='si.channel.events.>'"),
            (|found| found.retention = RetentionPolicy::WorkQueue, "delete it"),
            (|found| found.storage = StorageType::Memory, "delete it"),
            (|found| found.no_ack = true, "--ack"),
            (|found| found.sealed = true, "delete it"),
            (|found| found.num_replicas = 0, "--replicas=1"),
            (|found| found.duplicate_window = Duration::from_secs(5), "--dupe-window=600s"),
            (|found| found.max_messages_per_subject = 1, "--max-msgs-per-subject=-1"),
            (|found| found.max_message_size = 1_000, "--max-msg-size=-1"),
        ];
        for (change, remedy) in changes {
            let mut found = wanted(&settings);
            change(&mut found);
            let faults = faults(&settings, &found);
            assert!(faults.len() == 1 && faults[0].contains(remedy), "{faults:?}");
        }
        let mut longer = wanted(&settings);
        (longer.max_age, longer.duplicate_window) = (Duration::ZERO, Duration::from_hours(1));
        assert_eq!(faults(&settings, &longer), [""; 0], "what harms no promise is the operator's to choose");
    }
}
