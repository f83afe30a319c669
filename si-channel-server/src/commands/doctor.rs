//! `doctor`: checks an installation.

use crate::app;
use crate::config::{Config, Purpose, Sources};
use crate::doctor::{Patient, Verdict, examine};

/// Prints the findings; an error when something does not work.
pub async fn run(sources: &Sources, fix: bool, as_json: bool) -> Result<(), String> {
    let config = Config::load(Purpose::Serve, sources).map_err(|problems| problems.to_string())?;
    let client = app::client(&config).map_err(|error| error.to_string())?;
    let policy = app::policy(&config).map_err(|error| error.to_string())?;
    let Some(public_url) = &config.public_url else { return Err("public_url is not set".to_owned()) };
    let patient = Patient {
        client: &client,
        numbers: &config.numbers,
        public_url,
        conversations: config.use_conversations_api,
        brand: &policy.brand,
    };
    let findings = examine(&patient, fix).await;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&findings).map_err(|error| error.to_string())?);
    } else {
        for finding in &findings {
            println!("{finding}");
        }
    }
    let bad = findings.iter().filter(|finding| finding.verdict == Verdict::Bad).count();
    if bad == 0 { Ok(()) } else { Err(format!("{bad} of {} checks failed", findings.len())) }
}
