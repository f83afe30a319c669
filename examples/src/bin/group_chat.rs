//! Three people on SMS and WhatsApp in one conversation with Si.

use std::process::ExitCode;

use anyhow::{Context, Result, ensure};
use examples::{Stage, narrate, play};

#[tokio::main]
async fn main() -> ExitCode {
    play(group_chat).await
}

async fn group_chat(stage: &Stage) -> Result<()> {
    let si = stage.si();
    let mut ana = stage.sms_phone("Ana");
    let mut ben = stage.whatsapp_phone("Ben");
    let mut cleo = stage.sms_phone("Cleo");

    narrate("Ana talks to Si, says who she is and asks for a code to pass on.");
    ana.texts("Hello Si").await?;
    ana.sees("You said: Hello Si").await?;
    ana.texts("name Ana").await?;
    ana.sees("as Ana").await?;
    ana.texts("invite").await?;
    let invitation = ana.sees("JOIN ").await?;
    let code = invitation.split("JOIN ").nth(1).and_then(|rest| rest.split(' ').next());
    let code = code.context("an invitation has a code")?;

    narrate("Ben joins by WhatsApp, Cleo by SMS.");
    ben.texts(&format!("join {code} Ben")).await?;
    ben.sees("Ben joined").await?;
    ana.sees("Ben joined").await?;
    cleo.texts(&format!("join {code} Cleo")).await?;
    for phone in [&mut cleo, &mut ana, &mut ben] {
        phone.sees("Cleo joined").await?;
    }

    narrate("A text reaches everybody with its author's name; Si answers once, to all.");
    ana.texts("Shall we meet at six?").await?;
    for phone in [&mut ben, &mut cleo] {
        phone.sees("Ana: Shall we meet at six?").await?;
    }
    for phone in [&mut ana, &mut ben, &mut cleo] {
        phone.sees("You said: Shall we meet at six?").await?;
    }
    ben.texts("Seven is better").await?;
    for phone in [&mut ana, &mut cleo] {
        phone.sees("Ben: Seven is better").await?;
    }
    for phone in [&mut ana, &mut ben, &mut cleo] {
        phone.sees("You said: Seven is better").await?;
    }

    narrate("Si has something to say by itself: one call, one message, three phones.");
    let sessions = si.sessions_of(ana.address()).await?;
    let session_id = sessions.first().and_then(|session| session["session_id"].as_str());
    let session_id = session_id.context("Ana has a session")?;
    let told = "Seven it is: I have booked a table for three.";
    ensure!(si.says(session_id, told).await?.status == 202);
    for phone in [&mut ana, &mut ben, &mut cleo] {
        phone.sees(told).await?;
        let times = phone.received().await?.iter().filter(|text| text.contains(told)).count();
        ensure!(times == 1, "Si's answer was shown {times} times");
    }

    narrate("Ben leaves. The others hear of it, and he hears nothing more of theirs.");
    ben.texts("leave").await?;
    ben.sees("You left the group").await?;
    for phone in [&mut ana, &mut cleo] {
        phone.sees("Ben left").await?;
    }
    cleo.texts("See you at seven, Ana!").await?;
    ana.sees("Cleo: See you at seven, Ana!").await?;
    for phone in [&mut ana, &mut cleo] {
        phone.sees("You said: See you at seven, Ana!").await?;
    }
    ben.stays_silent().await?;

    narrate("The transcript keeps each text as it was written, and its author:");
    let transcript = si.transcript(session_id).await?;
    println!("{transcript}");
    for line in ["Ana: Shall we meet at six?", "Ben: Seven is better", "Cleo: See you at seven, Ana!"] {
        ensure!(transcript.contains(line), "the transcript lacks {line:?}");
    }
    Ok(())
}
