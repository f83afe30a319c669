//! What happens: people, the application, operators, machines.

use crate::rare::Rare;
use crate::server::boot;
use crate::si;
use crate::twilio::{self, Act, hooks};
use crate::world::{World, pass};

/// The people of a run.
pub(crate) fn addresses(count: usize) -> Vec<String> {
    let all = ["+12025550101", "whatsapp:+491701111102", "+13105550103", "whatsapp:+12025550101"];
    all.into_iter().take(count).map(str::to_owned).collect()
}

const HOUR_MS: u64 = 3_600_000;

/// How long until the next thing happens.
pub(crate) fn gap_ms(world: &World) -> u64 {
    match world.below(100) {
        0..55 => world.below(4_000),
        55..75 => world.below(90_000),
        75..93 => world.below(HOUR_MS),
        _ => world.below(40 * HOUR_MS),
    }
}

/// Lets something happen.
pub(crate) fn happen(world: &World, people: &[String], number: u64) {
    if world.goes_wrong(world.draw().machine_trouble, 100) {
        return trouble(world);
    }
    let who = people[usize::try_from(world.below(people.len() as u64)).unwrap_or(0)].clone();
    let of = world.clone();
    let say = |body: &str| twilio::text(world.clone(), who.clone(), body.to_owned());
    match world.below(100) {
        0..34 => world.later(0, say(&format!("Hello number {number}"))),
        34..38 => {
            world.later(0, say("Again"));
            world.later(world.below(300), say("Again"));
        }
        38..46 => world.later(0, say("STOP")),
        46..53 => world.later(0, say("START")),
        53..55 => world.later(0, say("HELP")),
        55..58 => world.later(0, say("YES")),
        58..64 => world.later(0, join(of, who)),
        64..67 => world.later(0, say("leave")),
        67..69 => world.later(0, say("close")),
        69..79 => world.later(0, si::write(of, who, number)),
        79..82 => world.later(0, si::write_to_session(of, number)),
        82..84 => world.later(0, si::open(of, who)),
        84..86 => world.later(0, si::invite(of, who)),
        86 => world.later(0, si::remove(of, who)),
        87 => world.later(0, si::close(of)),
        88..91 => {
            let given = world.below(3) > 0;
            world.later(0, si::consent(of, who, given));
        }
        91 => world.later(0, si::cancel(of)),
        92 => world.later(0, hooks::forge(of, who, "STOP".to_owned())),
        _ => operate(world),
    }
}

async fn join(world: World, who: String) {
    if let Some(code) = si::code(world.clone()).await {
        pass(world.below(2_000)).await;
        twilio::text(world, who, format!("join {code}")).await;
    }
}

/// Somebody works in Twilio's console.
fn operate(world: &World) {
    let now = world.now_ms();
    let (what, nth) = (world.below(6), usize::try_from(world.below(1_000)).unwrap_or(0));
    let act = {
        let mut state = world.lock();
        let twilio = &mut state.twilio;
        match what {
            0 | 1 => twilio.change_some_message(nth, false, now),
            2 => twilio.change_some_message(nth, true, now),
            3 => twilio.end_some_conversation(nth, false, now),
            4 => twilio.end_some_conversation(nth, true, now),
            _ => twilio.remove_some_person(nth, now),
        }
    };
    if let Some(Act::Tell(hook)) = act {
        world.note("operates", hook.get("EventType"));
        world.later(0, hooks::tell(world.clone(), hook));
    }
}

/// A machine's fault.
fn trouble(world: &World) {
    let now = world.now_ms();
    let server = usize::try_from(world.below(world.draw().servers as u64)).unwrap_or(0);
    let up = world.lock().servers[server].is_up();
    let kinds = if world.draw().jumps { 12 } else { 11 };
    match world.below(kinds) {
        0..5 => {
            if up {
                let steps = world.below(60);
                world.lock().servers[server].die_in(steps);
                world.note("dies soon", &format!("{server} in {steps}"));
            }
            revive(world, server);
        }
        5 | 6 => {
            let time = if world.below(3) == 0 { 300_000 } else { 10_000 + world.below(30_000) };
            let steps = world.below(60);
            world.lock().servers[server].stall_in(steps, time.cast_signed());
            world.note("stands still", &format!("{server} for {time} ms in {steps} steps"));
            if up && world.draw().shared && time > 15_000 {
                world.reach(Rare::PausedPastLease);
            }
        }
        7 => {
            let time = 2_000 + world.below(90_000);
            world.lock().store_away_until = now + time.cast_signed();
            world.note("the store is away", &format!("for {time} ms"));
        }
        8 | 9 => {
            let time = 2_000 + world.below(120_000);
            world.lock().twilio_away_until = now + time.cast_signed();
            world.note("twilio is away", &format!("for {time} ms"));
        }
        10 => {
            if up {
                world.note("is told to stop", &server.to_string());
                world.lock().servers[server].stop();
                world.reach(Rare::StoppedInOrder);
                let of = world.clone();
                world.later(30_000, async move {
                    of.lock().servers[server].die();
                    boot(&of, server);
                });
            }
        }
        _ => {
            let by = [-7_200_000, 86_400_000, 3_600_000][usize::try_from(world.below(3)).unwrap_or(0)];
            world.lock().servers[server].jump(by);
            world.note("clock jumps", &format!("{server} by {by} ms"));
            world.reach(Rare::ClockJump);
        }
    }
}

/// A machine that is down comes back after a while.
fn revive(world: &World, server: usize) {
    let after = if world.below(5) == 0 { 600_000 } else { 3_000 + world.below(25_000) };
    let of = world.clone();
    world.later(after, async move {
        if of.lock().servers[server].is_up() {
            // It had nothing to do, and lives.
            of.lock().servers[server].die();
        }
        boot(&of, server);
    });
}
