//! Puts people into one group by text and prints what they write. Needs `TWILIO_ACCOUNT_SID` and `TWILIO_AUTH_TOKEN`, one
//! of the account's numbers and the people's: `group +15550002222 +15550001111 +15550001112`. `TWILIO_BASE_URL`: a sandbox.
use std::{env, error::Error, time::Duration};
use twilio_conversations::{
    Client,
    api::{conversation::CreateConversation, message::ListMessages, participant::CreateParticipant},
    auth::{Auth, AuthToken},
};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let auth = Auth::Token(AuthToken::new(env::var("TWILIO_AUTH_TOKEN")?)?);
    let mut client = Client::builder(env::var("TWILIO_ACCOUNT_SID")?.parse()?, auth);
    if let Ok(sandbox) = env::var("TWILIO_BASE_URL") {
        client = client.sandbox(sandbox);
    }
    let client = client.build()?;
    let mut people = env::args().skip(1);
    let number = people.next().ok_or("name one of your numbers, then the people's")?;

    let group = client.send(&CreateConversation::new().friendly_name("Trip to Oslo")?).await?;
    for person in people {
        client.send(&CreateParticipant::by_address(&group.sid, person, &number)?).await?;
    }
    println!("{} is open", group.sid);
    let mut seen = 0;
    loop {
        for message in client.pages(&ListMessages::new(&group.sid)).collect().await?.iter().skip(seen) {
            println!(
                "{}: {}",
                message.author.as_deref().unwrap_or("?"),
                message.body.as_deref().unwrap_or("(a file)")
            );
            seen += 1;
        }
        tokio::time::sleep(Duration::from_millis(500)).await;
    }
}
