//! Quiet hours: whether somebody may be written to now, and if not, from when on.
//!
//! What counts is the wall clock of the person. Who may be in several zones is written to when it is time in all of them;
//! of several rules the narrowest decides. An hour that daylight saving skips does not exist, one that it repeats is
//! looked at as the clock on the wall shows it.

use jiff::civil::Date;
use jiff::tz::AmbiguousOffset;
use jiff::{SignedDuration, Timestamp, ToSpan};
use serde::{Deserialize, Serialize};

use crate::address::Address;
use crate::event::MessageClass;
use crate::place::{Issued, Located, Place, Whereabouts, Zone, issued, locate, zones_of};
use crate::policy::Policy;
use crate::rules::{QuietHours, Rule, RuleRef, Rules, Where};

#[cfg(test)]
mod tests;

/// How far ahead an opening is looked for.
pub const HORIZON: SignedDuration = SignedDuration::from_hours(14 * 24);

/// Quiet hours, as far as they are the operator's choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct HoursPolicy {
    /// Which rules bind.
    pub profile: HoursProfile,
    /// Whether they bind information without an offer too; offers they always bind.
    pub informational: bool,
    /// How long after a person wrote a message counts as the reply that it says it is; later as information.
    pub reply_within: SignedDuration,
    /// Where people are who have no number and of whom nothing was told; where the sender is unless set.
    pub place: Option<Place>,
    /// Their time zone; every one of `place` unless set.
    pub time_zone: Option<Zone>,
}

impl Default for HoursPolicy {
    fn default() -> Self {
        Self {
            profile: HoursProfile::default(),
            informational: false,
            reply_within: SignedDuration::from_hours(24),
            place: None,
            time_zone: None,
        }
    }
}

/// Which rules bind.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HoursProfile {
    /// Those of the person's state and country; the strict ones where the state is not known.
    #[default]
    ByPlace,
    /// Those of the country alone.
    Federal,
    /// The strict ones, wherever the person is.
    Strict,
    /// None: somebody else sees to it.
    Off,
}

/// Whether it is time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "hours", rename_all = "snake_case")]
pub enum Verdict {
    /// It is time, in every zone.
    Open,
    /// It is not.
    Closed(Closed),
}

/// Why it is not time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Closed {
    /// From when on it is; `None` when there is no such time within [`HORIZON`].
    pub until: Option<Timestamp>,
    /// The rule that forbids it now.
    pub rule: RuleRef,
    /// The zones in which it is not time now.
    pub zones: Vec<Zone>,
}

/// Whether quiet hours bind a message; `wrote` is when somebody it goes to last wrote.
pub fn bind(class: MessageClass, wrote: Option<Timestamp>, now: Timestamp, policy: &HoursPolicy) -> bool {
    if policy.profile == HoursProfile::Off {
        return false;
    }
    match class {
        MessageClass::Compliance | MessageClass::Transactional => false,
        MessageClass::Marketing => true,
        MessageClass::Informational => policy.informational,
        MessageClass::Reply => {
            let asked = wrote.is_some_and(|wrote| now.duration_since(wrote) <= policy.reply_within);
            !asked && policy.informational
        }
    }
}

/// Where the person with an address may be, for the rules of their hours.
pub fn located(address: &Address, told: &Whereabouts, policy: &Policy) -> Located {
    let hours = &policy.quiet_hours;
    let sender = policy.senders.of(address.channel()).or(policy.senders.sms.as_ref());
    let sender = sender.map_or_else(Issued::default, issued);
    let mut located = locate(address, told, &sender);
    // The operator knows better than the sender's number.
    if located.places_by == crate::place::Evidence::Sender
        && let Some(place) = hours.place
    {
        located.places = vec![place];
    }
    if located.zones_by == crate::place::Evidence::Sender {
        match (hours.time_zone, hours.place) {
            (Some(zone), _) => located.zones = vec![zone],
            (None, Some(place)) => located.zones = zones_of(place),
            (None, None) => {}
        }
    }
    located
}

/// Whether it is time for a message that goes to all of these people.
pub fn decide(now: Timestamp, people: &[Located], profile: HoursProfile, rules: &Rules) -> Verdict {
    let set = rules.quiet_hours();
    // Rules that nobody has looked at for too long are not trusted.
    let profile = if set.is_expired(now) { HoursProfile::Strict } else { profile };
    let people: Vec<Person<'_>> = people.iter().map(|who| Person::new(who, profile, rules)).collect();
    let mut closed = people.iter().flat_map(|person| person.closed(now));
    let Some((rule, zone)) = closed.next() else { return Verdict::Open };
    let mut zones: Vec<Zone> = zone.into_iter().chain(closed.filter_map(|(_, zone)| zone)).collect();
    zones.sort_unstable();
    zones.dedup();
    let rule = set.reference(rule.map_or("unknown-zone", |rule| rule.id.as_str()));
    Verdict::Closed(Closed { until: opening(now, &people), rule, zones })
}

/// The first moment from `now` on at which it is time for everybody. It can only be one at which some zone's clock reaches
/// the opening of a day, or is moved.
fn opening(now: Timestamp, people: &[Person<'_>]) -> Option<Timestamp> {
    let end = now.checked_add(HORIZON).ok()?;
    let mut moments: Vec<Timestamp> = people.iter().flat_map(|person| person.moments(now, end)).collect();
    moments.sort_unstable();
    moments.dedup();
    moments.into_iter().find(|moment| people.iter().all(|person| person.closed(*moment).next().is_none()))
}

/// Somebody, with the rules that may hold for them.
struct Person<'a> {
    zones: &'a [Zone],
    /// For each place its own rules.
    places: Vec<Vec<&'a QuietHours>>,
    /// Those of a place without its own.
    anywhere: Vec<&'a QuietHours>,
    /// Those that hold besides.
    always: Vec<&'a QuietHours>,
    rules: &'a Rules,
}

impl<'a> Person<'a> {
    fn new(who: &'a Located, profile: HoursProfile, rules: &'a Rules) -> Self {
        let all = || rules.quiet_hours().rules.iter().map(|(rule, _)| rule);
        let of = |wanted: &dyn Fn(&Where) -> bool| {
            all().filter(|rule| rule.places.iter().any(wanted)).collect::<Vec<_>>()
        };
        let strict = profile == HoursProfile::Strict || who.places.is_empty();
        // Of a country with rules of its states, the state must be known.
        let state_unknown = |place: &Place| {
            let of_a_state = |scope: &Where| matches!(scope, Where::In(rule) if rule.is_part() && rule.country() == *place);
            all().any(|rule| rule.places.iter().any(of_a_state))
        };
        let stricter = strict || (profile == HoursProfile::ByPlace && who.places.iter().any(state_unknown));
        let own = |place: &Place| {
            let place = if profile == HoursProfile::Federal { place.country() } else { *place };
            of(&|scope| matches!(scope, Where::In(rule) if *rule == place || *rule == place.country()))
        };
        Self {
            zones: &who.zones,
            places: if strict { Vec::new() } else { who.places.iter().map(own).collect() },
            anywhere: of(&|scope| *scope == Where::Anywhere),
            always: if stricter { of(&|scope| *scope == Where::Strict) } else { Vec::new() },
            rules,
        }
    }

    /// The rules that hold on a day.
    fn on(&self, day: Date) -> impl Iterator<Item = &'a QuietHours> {
        let holds = move |rule: &&'a QuietHours| rule.head().holds_on(day);
        let of_places = self.places.iter().flat_map(move |own| {
            let own = own.iter().copied().filter(holds);
            let bare = own.clone().next().is_none();
            own.chain(self.anywhere.iter().copied().filter(move |rule| bare && holds(rule)))
        });
        of_places.chain(self.always.iter().copied().filter(holds))
    }

    /// Each zone in which it is not time, with a rule that says so; neither when no zone is known.
    fn closed(&self, now: Timestamp) -> impl Iterator<Item = (Option<&'a QuietHours>, Option<Zone>)> {
        let unknown = self.zones.is_empty().then_some((None, None));
        let closed = self.zones.iter().filter_map(move |zone| {
            let local = zone.time_zone().to_datetime(now);
            let mut rules = self.on(local.date());
            let rule = rules.find(|rule| !self.hours(rule, local.date()).contain(local.time()))?;
            Some((Some(rule), Some(*zone)))
        });
        unknown.into_iter().chain(closed)
    }

    fn hours(&self, rule: &QuietHours, day: Date) -> crate::rules::Hours {
        rule.on(day, |calendar, day| self.rules.is_holiday(calendar, day))
    }

    /// The moments after `now`, up to `end`, at which it can become time.
    fn moments(&self, now: Timestamp, end: Timestamp) -> Vec<Timestamp> {
        let mut moments = Vec::new();
        for zone in self.zones {
            let zone = zone.time_zone();
            let moved = zone.following(now).map(|transition| transition.timestamp());
            moments.extend(moved.take_while(|moment| *moment <= end));
            let last = zone.to_datetime(end).date();
            let mut day = zone.to_datetime(now).date();
            while day <= last {
                for rule in self.on(day) {
                    let Some(time) = self.hours(rule, day).opening() else { continue };
                    let wall = day.to_datetime(time);
                    let offsets = match zone.to_ambiguous_timestamp(wall).offset() {
                        AmbiguousOffset::Unambiguous { offset } => [Some(offset), None],
                        // The clock is moved past it: that moment is there already.
                        AmbiguousOffset::Gap { .. } => [None, None],
                        AmbiguousOffset::Fold { before, after } => [Some(before), Some(after)],
                    };
                    let reached =
                        offsets.into_iter().flatten().filter_map(|offset| offset.to_timestamp(wall).ok());
                    moments.extend(reached.filter(|moment| (now..=end).contains(moment)));
                }
                let Ok(next) = day.checked_add(1.day()) else { break };
                day = next;
            }
        }
        moments
    }
}
