//! `doctor`: checks an installation.

use crate::config::{Config, Purpose, Sources};
use crate::doctor::{Verdict, examine_configured};

/// Prints the findings; an error when something does not work.
pub async fn run(sources: &Sources, fix: bool, as_json: bool) -> Result<(), String> {
    let config = Config::load(Purpose::Serve, sources).map_err(|problems| problems.to_string())?;
    let findings = examine_configured(&config, fix).await?;
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
