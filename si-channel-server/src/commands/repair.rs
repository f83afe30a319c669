//! `repair`: has the running server compare with Twilio's records.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use secrecy::ExposeSecret;
use serde_json::Value;

use crate::config::{Config, Purpose, Sources};

/// Prints what was found; an error when the server does not answer or could not compare everything.
pub async fn run(sources: &Sources, as_json: bool) -> Result<(), String> {
    let config = Config::load(Purpose::Inspect, sources).map_err(|problems| problems.to_string())?;
    let token = config.api_tokens.first().ok_or("api_token is not set: the server is asked with it")?;
    let address = here(config.admin_listen.unwrap_or(config.listen));
    let unanswered = |error: reqwest::Error| {
        format!("the server at {address} does not answer: {}; it must be running", error.without_url())
    };
    let client = reqwest::Client::builder().no_proxy().build().map_err(|error| error.to_string())?;
    let request =
        client.post(format!("http://{address}/v1/repair")).bearer_auth(token.expose_secret()).send();
    let answer = request.await.map_err(unanswered)?;
    let status = answer.status();
    let report: Value = answer.json().await.map_err(unanswered)?;
    if !status.is_success() {
        let detail = report["detail"].as_str().unwrap_or("no reason was given");
        return Err(format!("the server at {address} answered {status}: {detail}"));
    }
    if as_json {
        println!("{report}");
    } else {
        print!("{}", told(&report));
    }
    match report["trouble"].as_str() {
        Some(trouble) => Err(format!("not everything was compared: {trouble}; the server goes on by itself")),
        None => Ok(()),
    }
}

/// Where a server that listens everywhere is reached from this machine.
fn here(listen: SocketAddr) -> SocketAddr {
    let ip = if listen.ip().is_unspecified() { IpAddr::from(Ipv4Addr::LOCALHOST) } else { listen.ip() };
    SocketAddr::new(ip, listen.port())
}

/// The report for people.
fn told(report: &Value) -> String {
    let mut told = match report["from"].as_str() {
        Some(from) => format!("compared the texts to our numbers since {from}\n"),
        None => {
            "there is nothing to compare yet: from now on texts that no webhook brings are found\n".to_owned()
        }
    };
    for (name, meaning) in [
        ("compared", "texts that Twilio holds"),
        ("missing", "not known here before"),
        ("taken_in", "messages taken in"),
        ("unplaced", "in no conversation any more"),
        ("receipts", "receipts taken in"),
        ("requests", "requests to Twilio"),
    ] {
        let count = report[name].to_string();
        // Writing to a text cannot fail.
        let _ = writeln!(told, "{count:>8}  {meaning}");
    }
    if report["left_over"] == true {
        told.push_str("some are left over; the server goes on with them by itself\n");
    }
    told
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_that_listens_everywhere_is_reached_here() {
        for (listen, expected) in
            [("0.0.0.0:81", "127.0.0.1:81"), ("[::]:81", "127.0.0.1:81"), ("10.0.0.1:81", "10.0.0.1:81")]
        {
            assert_eq!(here(listen.parse().unwrap()), expected.parse().unwrap());
        }
    }
}
