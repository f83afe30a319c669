//! `serve`: the server as it runs in production.

use serde_json::json;

use crate::app;
use crate::clock::Clock;
use crate::config::{Config, Purpose, Sources};
use crate::telemetry;

/// Serves until told to stop.
pub async fn run(sources: &Sources, no_color: bool) -> Result<(), String> {
    let mut config = Config::load(Purpose::Serve, sources).map_err(|problems| problems.to_string())?;
    config.log.color &= !no_color;
    // Installed before by a test in the same process, perhaps; then that one stays.
    let _ = telemetry::install(config.log);
    for warning in config.warnings() {
        tracing::warn!("{warning}");
    }
    let running = app::start(&config, Clock::new()).await.map_err(|error| error.to_string())?;
    let public_url = config.public_url.as_ref().map(|url| url.of(""));
    let mut ready = json!({
        "ready": true,
        "server": format!("http://{}", running.address),
        "public_url": public_url,
        "console": null,
        "account_sid": config.twilio.account_sid,
        "sms_number": config.numbers.sms,
        "whatsapp_number": config.numbers.whatsapp,
    });
    if let Some(address) = running.admin_address {
        ready["admin"] = json!(format!("http://{address}"));
    }
    println!("{ready}");
    tracing::info!(address = %running.address, "serving");
    asked_to_stop().await;
    tracing::info!("stopping: no new connections; what is in hand is finished");
    running.shutdown().await;
    Ok(())
}

/// Resolves on SIGTERM or SIGINT. A second one ends the process at once; recovery is the normal path.
pub async fn asked_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut int)) = (signal(SignalKind::terminate()), signal(SignalKind::interrupt()))
    else {
        tracing::error!("signals cannot be handled; stop the process with SIGKILL, which loses nothing");
        return std::future::pending().await;
    };
    tokio::select! {
        _ = term.recv() => {}
        _ = int.recv() => {}
    }
    tokio::spawn(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = int.recv() => {}
        }
        std::process::exit(1);
    });
}
