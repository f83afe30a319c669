//! A person finds Si: the first text, the welcome, an answer, STOP and silence, START.

use std::process::ExitCode;

use anyhow::{Result, ensure};
use examples::{Stage, narrate, play};

#[tokio::main]
async fn main() -> ExitCode {
    play(onboarding).await
}

async fn onboarding(stage: &Stage) -> Result<()> {
    let si = stage.si();
    let mut ana = stage.sms_phone("Ana");

    narrate(
        "Ana writes first, which is consent to be answered; the welcome confirms it and says how to end it.",
    );
    ana.texts("Hi, is this Si?").await?;
    let welcome = ana.sees("Welcome").await?;
    ensure!(welcome.contains("STOP") && welcome.contains("HELP"), "the welcome tells of STOP and HELP");
    ana.sees("You said: Hi, is this Si?").await?;
    ensure!(si.consent(ana.address()).await? == "granted");

    narrate("From here it is a chat.");
    ana.texts("What can you do for me?").await?;
    ana.sees("You said: What can you do for me?").await?;

    narrate("Ana has had enough. On SMS Twilio confirms by itself and the channel keeps quiet.");
    ana.texts("STOP").await?;
    ana.sees("unsubscribed").await?;
    ana.texts("Are you still there?").await?;
    ana.stays_silent().await?;

    narrate("Nobody else at Si's can write to her either.");
    let refused = si.writes_to(ana.address(), "We miss you!", &format!("winback-{}", ana.address())).await?;
    ensure!(refused.status == 403, "an opted-out person must not be written to: {}", refused.body);
    ensure!(si.consent(ana.address()).await? == "revoked");

    narrate("She comes back.");
    ana.texts("START").await?;
    ana.sees("re-subscribed").await?;
    ana.texts("Hello again").await?;
    ana.sees("You said: Hello again").await?;
    ensure!(si.consent(ana.address()).await? == "granted");

    narrate("What Si keeps of it, newest session first:");
    for session in si.sessions_of(ana.address()).await? {
        println!("{}", si.transcript(session["session_id"].as_str().unwrap_or_default()).await?);
    }
    Ok(())
}
