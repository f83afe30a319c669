//! What every store must do, as checks that any backend can run.
//!
//! A backend gives a [`Place`] for each check, and `store_conformance!` makes the tests:
//!
//! ```text
//! store_conformance!(|| Folder::new());
//! ```
#![expect(missing_docs, reason = "the name of a check says what it shows")]
#![expect(clippy::missing_panics_doc, reason = "a check panics when it fails")]
#![expect(clippy::unwrap_used, reason = "a check panics when it fails")]

use std::sync::Arc;

use async_trait::async_trait;

use super::{
    Changes, Claim, ClaimedEffect, ClaimedInput, CommitError, Entry, Key, Kind, NewEffect, NewEvent,
    NewInput, Put, Source, Store, StoreError, Timer, TimerChange, Want,
};

pub mod audit;
pub mod cursors;
pub mod documents;
pub mod durability;
pub mod effects;
pub mod feed;
pub mod inputs;
pub mod keys;
pub mod races;
pub mod survey;
pub mod timers;
pub mod turns;
pub mod upkeep;

/// Where one store lives; empty at first.
#[async_trait]
pub trait Place: Send + Sync {
    /// Opens the store. Once dropped it may be opened again, with what it held.
    async fn open(&self) -> Arc<dyn Store>;

    /// Lets time pass on the clock by which leases end, where the store has one of its own.
    async fn pass(&self, _ms: i64) {}
}

/// Makes a test of every check; takes a function that gives a fresh [`Place`], or with `, optional` one that may have
/// none to give, which it says.
#[macro_export]
macro_rules! store_conformance {
    ($fresh:expr) => {
        $crate::store_conformance! { || Some(($fresh)()), optional }
    };
    ($fresh:expr, optional) => {
        $crate::store_conformance! { $fresh;
            audit {
                records_are_chained_in_commit_order
                a_commit_that_fails_leaves_no_record
                records_of_many_at_once_make_one_chain
                records_are_found_by_address_and_kind
                erased_openings_are_gone_and_the_chain_stays
                a_record_is_signed_once
                the_chain_goes_on_after_reopening
            }
            documents {
                a_document_is_created_once_and_counts_its_versions
                a_conflict_changes_nothing
                versions_that_were_read_are_checked
                an_answered_commit_is_seen_by_the_next_load
                load_answers_each_want_in_its_place
                kinds_are_apart
                text_comes_back_as_it_was
            }
            keys {
                a_key_finds_the_document_of_the_greatest_order
                a_unique_key_has_one_holder
                a_unique_key_changes_hands_in_one_commit
                keys_are_replaced_as_a_set_or_left_alone
                a_key_given_twice_counts_as_the_later
                a_list_pages_from_the_greatest_order_down
            }
            inputs {
                each_input_is_answered_in_order
                a_duplicate_has_no_effect_even_when_settled
                a_claim_carries_the_input
                what_is_not_decided_is_pending_whoever_has_it
                a_lane_gives_one_input_at_a_time_in_order_of_acceptance
                the_longest_waiting_lanes_go_first_up_to_the_limit
                a_held_lane_is_claimed_again_when_its_lease_ends
                an_expired_claim_settles_until_another_claims
                an_overtaken_claim_neither_settles_nor_returns
                an_input_is_settled_once
                a_conflict_leaves_the_claim_in_force
                a_deferred_input_holds_up_its_lane
                a_quarantined_input_lets_its_lane_go_on
                a_returned_claim_is_over
            }
            effects {
                a_claim_carries_the_effect
                a_lane_gives_one_effect_at_a_time_smallest_priority_first
                urgent_lanes_go_first_up_to_the_limit
                an_effect_not_yet_due_holds_up_its_lane
                a_second_effect_with_the_same_id_is_ignored_until_the_first_is_done
                a_retry_waits_and_keeps_its_place
                an_overtaken_effect_is_not_settled
                an_effect_is_settled_once
                a_commit_that_settles_one_effect_may_add_the_next
            }
            turns {
                who_may_go_now_keeps_the_claim
                who_must_wait_is_handed_back_until_their_turn
                a_turn_is_no_attempt_and_a_retry_forgets_what_was_passed
                an_overtaken_claim_takes_no_turn
                turns_of_many_at_once_are_parted
                a_limit_is_held_and_slowed
                limits_are_kept_over_reopening
                a_limit_lets_as_much_pass_as_it_has_room_for_and_no_more
                several_limits_let_something_pass_together_or_not_at_all
            }
            timers {
                due_timers_come_earliest_first_and_stay_set
                timers_due_at_once_come_in_the_order_in_which_they_were_set
                a_timer_is_replaced_and_cancelled
                a_fired_timer_is_settled_once
                a_timer_set_to_another_time_does_not_settle
                a_fired_timer_may_set_itself_again
            }
            feed {
                events_are_positioned_in_commit_order
                events_are_read_from_a_position_by_stream_and_limit
                an_event_is_appended_once
                entries_come_by_time_and_then_by_writing
                an_entry_written_again_keeps_its_place
                one_entry_is_read_by_its_id
                recent_entries_are_the_newest_oldest_first
            }
            cursors {
                a_cursor_is_held_by_one
                a_cursor_whose_lease_has_ended_is_taken_over_where_it_was
                a_cursor_that_is_let_go_is_free_at_once
                a_cursor_that_is_rewound_is_taken_from_its_holder
                a_cursor_is_kept_over_reopening_and_its_old_holder_is_not
                a_cursor_wanted_by_many_at_once_is_held_by_one
            }
            races {
                of_many_commits_on_one_version_one_wins
                one_delivery_fifty_times_at_once_is_accepted_once
                a_unique_key_wanted_by_many_at_once_has_one_holder
                many_workers_decide_each_input_once_and_in_order
                a_reader_of_the_feed_misses_nothing_while_many_commit
                lanes_are_claimed_by_one_of_many_at_once
            }
            survey {
                a_survey_passes_every_row_once
                a_row_is_reworded_when_it_is_as_it_was
                pending_inputs_and_changed_documents_are_left_alone
                a_removed_row_is_gone_with_its_keys
                a_removed_effect_lets_its_lane_go_on
                compacting_keeps_what_is_there
            }
            upkeep {
                a_kept_answer_is_found_and_kept_once
                pruning_takes_old_settled_inputs_and_old_answers_only
                pruning_stops_at_the_limit
                depths_count_what_is_pending
                a_store_that_works_answers_a_ping
                waiting_workers_are_woken
            }
            durability {
                everything_answered_is_there_after_reopening
                pending_work_is_handed_out_after_reopening
                a_claim_from_before_reopening_does_not_settle_once_overtaken
                positions_go_on_after_reopening
            }
        }
    };
    ($fresh:expr; $($module:ident { $($check:ident)* })*) => {
        $(mod $module {
            use super::*;
            $(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $check() {
                    let Some(place) = ($fresh)() else { return };
                    $crate::store::conformance::$module::$check(&place).await;
                }
            )*
        })*
    };
}

/// When a check's clock starts.
const NOW: i64 = 1_800_000_000_000;
/// A lease's length.
const LEASE: i64 = 30_000;

fn input(key: &str, lane: &str) -> NewInput {
    NewInput {
        key: key.to_owned(),
        lane: lane.to_owned(),
        body: format!("{{\"key\":\"{key}\"}}"),
        at_ms: NOW,
    }
}

fn effect(id: &str, lane: &str, priority: u8) -> NewEffect {
    NewEffect {
        id: id.to_owned(),
        lane: lane.to_owned(),
        priority,
        not_before_ms: NOW,
        body: format!("{{\"id\":\"{id}\"}}"),
    }
}

fn event(stream: &str, sequence: u64) -> NewEvent {
    NewEvent {
        id: format!("{stream}-{sequence}"),
        stream: stream.to_owned(),
        sequence,
        body: format!("{{\"sequence\":{sequence}}}"),
    }
}

fn entry(session: &str, id: &str, at_ms: i64) -> Entry {
    Entry { session: session.to_owned(), id: id.to_owned(), at_ms, body: format!("{{\"id\":\"{id}\"}}") }
}

fn timer(key: &str, due_ms: i64) -> TimerChange {
    TimerChange::Set(Timer { key: key.to_owned(), due_ms, body: format!("{{\"key\":\"{key}\"}}") })
}

fn put(id: &str, version: u64) -> Put {
    let doc = format!("{{\"after\":{version}}}");
    Put { kind: Kind::Session, id: id.to_owned(), version, doc, keys: None }
}

fn keyed(id: &str, version: u64, keys: Vec<Key>) -> Put {
    Put { keys: Some(keys), ..put(id, version) }
}

fn key(name: &'static str, value: &str, order: i64) -> Key {
    Key { name, value: value.to_owned(), unique: false, order }
}

fn unique(name: &'static str, value: &str) -> Key {
    Key { unique: true, ..key(name, value, 0) }
}

fn changes() -> Changes {
    Changes::settle(Source::Direct)
}

fn puts(puts: Vec<Put>) -> Changes {
    Changes { puts, ..changes() }
}

fn with_effects(effects: Vec<NewEffect>) -> Changes {
    Changes { effects, ..changes() }
}

fn is_conflict(outcome: &Result<(), CommitError>) -> bool {
    matches!(outcome, Err(CommitError::Conflict(_)))
}

fn is_overtaken(outcome: &Result<(), CommitError>) -> bool {
    matches!(outcome, Err(CommitError::Overtaken))
}

/// A document of a session; 0 when there is none.
async fn version(store: &dyn Store, id: &str) -> u64 {
    let found = store.load(vec![Want::Id(Kind::Session, id.to_owned())]).await.unwrap();
    found[0].as_ref().map_or(0, |record| record.version)
}

/// The id of the session found under a key.
async fn holder(store: &dyn Store, name: &'static str, value: &str) -> Option<String> {
    let found = store.load(vec![Want::Key(Kind::Session, name, value.to_owned())]).await.unwrap();
    found.into_iter().next().flatten().map(|record| record.id)
}

fn claim(owner: &str, now_ms: i64, limit: usize) -> Claim {
    Claim { owner: owner.into(), now_ms, lease_until_ms: now_ms + LEASE, limit }
}

async fn claim_inputs(store: &dyn Store, now: i64, limit: usize) -> Vec<ClaimedInput> {
    store.claim_inputs(claim("one", now, limit)).await.unwrap()
}

async fn claim_effects(store: &dyn Store, now: i64, limit: usize) -> Vec<ClaimedEffect> {
    store.claim_effects(claim("one", now, limit)).await.unwrap()
}

/// The keys of what can be claimed.
async fn input_keys(store: &dyn Store, now: i64) -> Vec<String> {
    claim_inputs(store, now, 100).await.into_iter().map(|input| input.key).collect()
}

/// The ids of what can be claimed.
async fn effect_ids(store: &dyn Store, now: i64) -> Vec<String> {
    claim_effects(store, now, 100).await.into_iter().map(|effect| effect.id).collect()
}

async fn accept(store: &dyn Store, inputs: &[(&str, &str)]) {
    let inputs = inputs.iter().map(|(key, lane)| input(key, lane)).collect();
    let answers: Result<Vec<_>, StoreError> = store.accept(inputs).await;
    answers.unwrap();
}
