//! The audit chain: any single change shows, and the first bad record is named.

use proptest::prelude::*;
use si_channel_core::audit::chain::{Fault, Hash, Link, Verified, Wrong, verify};

fn chain(bodies: &[String]) -> Vec<Link> {
    let mut links: Vec<Link> = Vec::new();
    for (sequence, body) in (1..).zip(bodies) {
        let previous = links.last().map_or(Hash::START, |last| last.hash);
        links.push(Link::new(sequence, previous, body.clone()));
    }
    links
}

fn check(links: &[Link], signed: &[(u64, Hash)], last: u64) -> Result<Verified, Fault> {
    verify(links.iter().cloned().map(Ok::<_, ()>), signed, last).unwrap()
}

/// Numbers links from 1 as an attacker does who hides a gap.
fn renumber(links: &mut [Link]) {
    for (sequence, link) in (1..).zip(links) {
        link.sequence = sequence;
    }
}

fn fault(sequence: u64, wrong: Wrong) -> Result<Verified, Fault> {
    Err(Fault { sequence, wrong })
}

/// Different bodies, so that every record is told from the others.
fn bodies() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[a-z]{0,6}", 2..12).prop_map(|texts| {
        texts.iter().enumerate().map(|(at, text)| format!("{{\"{at}\":\"{text}\"}}")).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn an_untouched_chain_verifies(bodies in bodies()) {
        let links = chain(&bodies);
        let last = &links[links.len() - 1];
        let (records, head) = (last.sequence, last.hash);
        prop_assert_eq!(check(&links, &[], records), Ok(Verified { records, head, covered: 0 }));
        let signed = [(1, links[0].hash), (records, head)];
        prop_assert_eq!(check(&links, &signed, 0), Ok(Verified { records, head, covered: records }));
    }

    #[test]
    fn any_changed_bit_of_any_column_is_found_where_it_is(
        bodies in bodies(), at: prop::sample::Index, column in 0..4, bit: prop::sample::Index,
    ) {
        let mut links = chain(&bodies);
        let at = at.index(links.len());
        let sequence = links[at].sequence;
        let flip = |bytes: &mut [u8]| {
            let bit = bit.index(bytes.len() * 8);
            bytes[bit / 8] ^= 1 << (bit % 8);
        };
        let expected = match column {
            0 => {
                let mut number = sequence.to_be_bytes();
                flip(&mut number);
                links[at].sequence = u64::from_be_bytes(number);
                // Read in the order of their numbers, as from a table.
                links.sort_by_key(|link| link.sequence);
                None
            }
            1 => { flip(&mut links[at].previous.0); Some(Wrong::Edited) }
            2 => { flip(&mut links[at].hash.0); Some(Wrong::Edited) }
            _ => {
                let mut body = links[at].body.clone().into_bytes();
                flip(&mut body);
                links[at].body = String::from_utf8_lossy(&body).into_owned();
                Some(Wrong::Edited)
            }
        };
        let found = check(&links, &[], bodies.len() as u64);
        match expected {
            Some(wrong) => prop_assert_eq!(found, fault(sequence, wrong)),
            None => prop_assert!(found.is_err_and(|fault| fault.sequence <= sequence)),
        }
    }

    #[test]
    fn a_removed_record_is_named_with_its_gap_and_without(
        bodies in bodies(), at: prop::sample::Index, hide: bool,
    ) {
        let mut links = chain(&bodies);
        let all = links.len() as u64;
        let removed = links.remove(at.index(links.len())).sequence;
        if hide {
            renumber(&mut links);
        }
        let wrong = if removed == all { Wrong::CutOff { last: all } } else { Wrong::Missing { last: removed } };
        prop_assert_eq!(check(&links, &[], all), fault(removed, wrong));
    }

    #[test]
    fn an_inserted_record_is_named_however_well_it_is_made(
        bodies in bodies(), at: prop::sample::Index, hashed: bool,
    ) {
        let mut links = chain(&bodies);
        let at = at.index(links.len());
        let previous = if at == 0 { Hash::START } else { links[at - 1].hash };
        let mut alien = Link::new(at as u64 + 1, previous, "{\"alien\":1}".to_owned());
        if !hashed {
            alien.hash = Hash([7; 32]);
        }
        links.insert(at, alien);
        renumber(&mut links);
        let all = links.len() as u64;
        prop_assert_eq!(check(&links, &[], all), fault(at as u64 + 1, Wrong::Inserted));
    }

    #[test]
    fn two_swapped_records_are_named_as_rows_and_as_contents(
        bodies in bodies(), one: prop::sample::Index, other: prop::sample::Index, whole: bool,
    ) {
        let mut links = chain(&bodies);
        let (one, other) = (one.index(links.len()), other.index(links.len()));
        prop_assume!(one != other);
        let (first, second) = (one.min(other), one.max(other));
        if whole {
            links.swap(first, second);
            renumber(&mut links);
        } else {
            let body = links[first].body.clone();
            links[first].body = std::mem::replace(&mut links[second].body, body);
        }
        let expected = fault(first as u64 + 1, Wrong::Swapped { with: second as u64 + 1 });
        prop_assert_eq!(check(&links, &[], links.len() as u64), expected);
    }

    #[test]
    fn a_cut_end_shows_against_what_was_signed(bodies in bodies(), at: prop::sample::Index) {
        let mut links = chain(&bodies);
        let all = links.len() as u64;
        let signed = [(all, links[links.len() - 1].hash)];
        let kept = at.index(links.len());
        links.truncate(kept);
        prop_assert_eq!(check(&links, &signed, 0), fault(kept as u64 + 1, Wrong::CutOff { last: all }));
        prop_assert!(check(&links, &[], 0).is_ok(), "without a checkpoint elsewhere nothing shows");
    }

    #[test]
    fn a_history_written_anew_shows_against_what_was_signed(bodies in bodies(), at: prop::sample::Index) {
        let links = chain(&bodies);
        let all = links.len() as u64;
        let at = at.index(links.len());
        let signed: Vec<_> = links.iter().map(|link| (link.sequence, link.hash)).collect();
        let mut rewritten = bodies;
        rewritten[at].push(' ');
        let rewritten = chain(&rewritten);
        let first = at as u64 + 1;
        prop_assert_eq!(check(&rewritten, &signed, all), fault(first, Wrong::Rewritten { until: first }));
        let newest = [signed[signed.len() - 1]];
        prop_assert_eq!(check(&rewritten, &newest, all), fault(1, Wrong::Rewritten { until: all }));
        // Two statements about one record: a fork.
        let fork = [newest[0], (all, rewritten[rewritten.len() - 1].hash)];
        prop_assert!(check(&links, &fork, all).is_err() && check(&rewritten, &fork, all).is_err());
    }
}
