//! What the examples share: a stage that the channel is on, people's phones, and Si's side of the API.
//!
//! Each program of `src/bin` tells one story and ends with 0 when everything happened that should, within bounds.
//!
//! ```text
//! cargo run -p examples --bin onboarding
//! ```
//!
//! The stage is `si-channel-server dev`, started for the story and ended after it: the program of that name in the
//! same folder, built when it is not there. A server that runs already, with the sandbox as its Twilio and the echo
//! as its cognition, is used when the environment names it: `SI_SERVER`, `SI_SANDBOX` and `SI_API_TOKEN`.

mod chat;
mod phone;
mod si;
mod stage;

use std::process::ExitCode;

pub use chat::narrate;
pub use phone::Phone;
pub use si::{Answer, Si};
pub use stage::Stage;

/// Tells a story on a stage of its own; a failure is explained, and is exit code 1.
pub async fn play(story: impl AsyncFnOnce(&Stage) -> anyhow::Result<()>) -> ExitCode {
    let stage = match Stage::open().await {
        Ok(stage) => stage,
        Err(error) => {
            eprintln!("The channel could not be started: {error:#}");
            return ExitCode::FAILURE;
        }
    };
    let told = story(&stage).await;
    stage.close().await;
    match told {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("\nThis should not have happened: {error:#}");
            ExitCode::FAILURE
        }
    }
}
