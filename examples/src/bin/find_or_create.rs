//! Writing to a person of whom only the address is known: consent first, once per key, one conversation.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use examples::{Stage, narrate, play};

const PARCEL: &str = "Your parcel is on its way.";
/// Callers that write at the same moment.
const CALLERS: usize = 5;

#[tokio::main]
async fn main() -> ExitCode {
    play(find_or_create).await
}

async fn find_or_create(stage: &Stage) -> Result<()> {
    let si = stage.si();
    let mut ana = stage.sms_phone("Ana");
    let mut ben = stage.sms_phone("Ben");
    // Keys are the caller's, and remembered: the same one must not name another message later.
    let order = ana.address().trim_start_matches('+').to_owned();
    let (first, second) = (format!("{order}-refused"), format!("{order}-shipped"));

    narrate("Nobody is written to before they agreed.");
    let refused = si.writes_to(ana.address(), PARCEL, &first).await?;
    ensure!(refused.status == 403, "expected 403, the answer was {} {}", refused.status, refused.body);

    narrate("Ana has agreed on the website; Si tells the channel, and where the proof is.");
    si.records_consent(ana.address(), "website sign-up form").await?;
    let sent = si.writes_to(ana.address(), PARCEL, &second).await?;
    ensure!(sent.status == 202, "expected 202, the answer was {} {}", sent.status, sent.body);
    ana.sees(PARCEL).await?;

    narrate("The caller did not hear the answer and asks again with the same key: nothing is sent twice.");
    let again = si.writes_to(ana.address(), PARCEL, &second).await?;
    ensure!(again.text("id")? == sent.text("id")?, "the same key gives the same message");
    ana.stays_silent().await?;

    narrate("Ana answers, and is in the session that the first message began.");
    ana.texts("Thank you!").await?;
    ana.sees("You said: Thank you!").await?;
    let sessions = si.sessions_of(ana.address()).await?;
    ensure!(sessions.len() == 1 && sessions[0]["session_id"] == sent.text("session_id")?);

    narrate("Ben is unknown to Twilio when five services write to him at the same moment.");
    si.records_consent(ben.address(), "call centre, recorded").await?;
    let callers: Vec<_> = (1..=CALLERS)
        .map(|number| {
            let (si, address) = (si.clone(), ben.address().to_owned());
            let (text, key) = (format!("News number {number}"), format!("{order}-news-{number}"));
            tokio::spawn(async move { si.writes_to(&address, &text, &key).await })
        })
        .collect();
    for caller in callers {
        let answer = caller.await??;
        ensure!(answer.status == 202, "expected 202, the answer was {} {}", answer.status, answer.body);
    }
    for _ in 1..=CALLERS {
        ben.sees("News number").await?;
    }
    let sessions = si.sessions_of(ben.address()).await?;
    ensure!(sessions.len() == 1, "one person, one session; there are {}", sessions.len());
    narrate("One session and one conversation:");
    println!("{}", si.transcript(sessions[0]["session_id"].as_str().unwrap_or_default()).await?);
    Ok(())
}
