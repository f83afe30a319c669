use std::collections::BTreeMap;

use proptest::prelude::*;
use si_channel_core::pace::{Gate, Throttle, Turn, Urgency, Wish, walk};

const SPACING: i64 = 100;
const BURST: i64 = 300;

/// Somebody who wants to pass: after how long, how much, how urgently, and how late they are each time they come.
type Comer = (i64, u32, u8, i64);

fn comers(urgent: bool) -> impl Strategy<Value = Vec<Comer>> {
    let classes = if urgent { 0..3_u8 } else { 1..3_u8 };
    prop::collection::vec((0..500_i64, 1..4_u32, classes, 0..50_i64), 1..80)
}

fn gate(key: &str, cost: u32) -> Gate {
    Gate { key: key.to_owned(), spacing_us: SPACING, burst_us: BURST, cost }
}

/// When each passed the sender, with what they took; in the order in which they passed.
fn pass(comers: &[Comer]) -> Vec<(i64, u32, u8)> {
    let mut throttles: BTreeMap<String, Throttle> = BTreeMap::new();
    let mut waiting: BTreeMap<(i64, usize), u32> = BTreeMap::new();
    let mut arrival = 0;
    for (number, (after, ..)) in comers.iter().enumerate() {
        arrival += after;
        waiting.insert((arrival, number), 0);
    }
    let mut passed = Vec::new();
    for round in 0.. {
        assert!(round < 100_000, "somebody never passes");
        let Some(((now, number), already)) = waiting.pop_first() else { break };
        let (_, cost, class, late) = comers[number];
        let (urgency, mut gates) = match class {
            0 => (Urgency::AtOnce, vec![]),
            1 => (Urgency::InTurn, vec![]),
            _ => (Urgency::Bulk { ahead_us: 5 * SPACING }, vec![gate("room", cost)]),
        };
        gates.push(gate("sender", cost));
        let wish = Wish { gates, passed: already, urgency, now_us: now, until_us: i64::MAX };
        match walk(&wish, &mut throttles) {
            Turn::Now => passed.push((now, cost, class)),
            Turn::At { due_us, passed } => drop(waiting.insert((due_us + late, number), passed)),
        }
    }
    passed.sort_unstable();
    passed
}

proptest! {
    #[test]
    fn nobody_passes_faster_than_the_limit_and_its_burst(comers in comers(false)) {
        // Nobody is late, so that what passes is what was given.
        let comers: Vec<_> = comers.into_iter().map(|(after, cost, class, _)| (after, cost, class, 0)).collect();
        let passed = pass(&comers);
        for (start, (from, ..)) in passed.iter().enumerate() {
            let mut units = 0;
            for (until, cost, _) in &passed[start..] {
                // The last one may be longer than what is left.
                prop_assert!(i64::from(units) * SPACING <= until - from + BURST, "{units} in {}", until - from);
                units += cost;
            }
        }
    }

    #[test]
    fn everybody_passes_and_nobody_much_later_than_the_limit_asks(comers in comers(true)) {
        let passed = pass(&comers);
        prop_assert_eq!(passed.len(), comers.len());
        let last_arrival: i64 = comers.iter().map(|(after, ..)| after).sum();
        let all: i64 = comers.iter().map(|(_, cost, ..)| i64::from(*cost)).sum();
        let end = passed.last().map_or(0, |(at, ..)| *at);
        // All units, the waiting room's and the sender's, one after the other, and everybody's lateness.
        let lateness: i64 = comers.iter().map(|(.., late)| 3 * late).sum();
        prop_assert!(end <= last_arrival + 3 * all * SPACING + lateness + 10 * SPACING, "{end}");
    }

    #[test]
    fn what_is_urgent_never_waits(comers in comers(true)) {
        let mut arrival = 0;
        let mut urgent: Vec<i64> = Vec::new();
        for (after, _, class, _) in &comers {
            arrival += after;
            urgent.extend((*class == 0).then_some(arrival));
        }
        let went: Vec<i64> = pass(&comers).into_iter().filter(|(.., class)| *class == 0).map(|(at, ..)| at).collect();
        prop_assert_eq!(went, urgent);
    }
}
