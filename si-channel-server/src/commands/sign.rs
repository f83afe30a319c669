//! `sign`: the signature that Twilio would send.

use twilio_conversations::auth::AuthToken;
use twilio_conversations::webhook::form;
use twilio_conversations::webhook::signature::SigningKey;

use crate::args::SignArgs;

/// Prints the signature; for JSON, the URL that carries the body's hash first.
pub fn run(args: &SignArgs) -> Result<(), String> {
    let token = std::env::var("TWILIO_AUTH_TOKEN")
        .map_err(|_| "set TWILIO_AUTH_TOKEN to the account's auth token".to_owned())?;
    let key = SigningKey::new("primary", AuthToken::new(token).map_err(|error| error.to_string())?);
    let failed = |error: &dyn std::fmt::Display| error.to_string();
    if args.websocket {
        println!("{}", key.sign_websocket(&args.url).map_err(|error| failed(&error))?);
        return Ok(());
    }
    if let (true, Some(body)) = (args.json, &args.body) {
        let signed = key.sign_json(&args.url, body.as_bytes()).map_err(|error| failed(&error))?;
        println!("{}\n{}", signed.url, signed.signature);
        return Ok(());
    }
    let pairs: Vec<(String, String)> = match &args.body {
        Some(body) => form::parse(body.as_bytes(), form::Limits { pairs: 1_000, value_bytes: 1 << 20 })
            .map_err(|error| failed(&error))?
            .into_iter()
            .map(|(name, value)| (name.into_owned(), value.into_owned()))
            .collect(),
        None => args
            .params
            .iter()
            .map(|param| {
                param
                    .split_once('=')
                    .map(|(name, value)| (name.to_owned(), value.to_owned()))
                    .ok_or_else(|| format!("--param {param}: expected NAME=VALUE"))
            })
            .collect::<Result<_, _>>()?,
    };
    println!("{}", key.sign_form(&args.url, &pairs).map_err(|error| failed(&error))?);
    Ok(())
}
