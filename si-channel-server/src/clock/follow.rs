//! Asking a sandbox for its time.

use std::time::Duration;

use serde::Deserialize;
use url::Url;

use super::FollowHandle;

const EVERY: Duration = Duration::from_millis(100);
const ANSWER_WITHIN: Duration = Duration::from_secs(2);

/// The answer of `GET /sandbox/clock`; its `now` is not needed.
#[derive(Deserialize)]
struct Reading {
    offset_ms: i64,
}

pub(super) async fn run(handle: FollowHandle, sandbox: Url) {
    let Ok(client) = reqwest::Client::builder()
        .timeout(ANSWER_WITHIN)
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
    else {
        tracing::error!("no HTTP client for the sandbox's clock; the system's time is used");
        return;
    };
    let url = format!("{}/sandbox/clock", sandbox.as_str().trim_end_matches('/'));
    let mut reachable = true;
    loop {
        match read(&client, &url).await {
            Ok(reading) => {
                handle.set_offset_ms(reading.offset_ms);
                if !std::mem::replace(&mut reachable, true) {
                    tracing::info!("the sandbox's clock answers again");
                }
            }
            Err(error) => {
                if std::mem::replace(&mut reachable, false) {
                    tracing::warn!(error = %error.without_url(), "the sandbox's clock does not answer; its last offset stays");
                }
            }
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn read(client: &reqwest::Client, url: &str) -> Result<Reading, reqwest::Error> {
    client.get(url).send().await?.error_for_status()?.json().await
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use wiremock::matchers::{method, path};
    use wiremock::{Mock, MockServer, ResponseTemplate};

    use crate::clock::Clock;

    #[tokio::test]
    async fn the_sandboxs_offset_is_taken_over_and_kept_when_it_falls_silent() {
        let sandbox = MockServer::start().await;
        let clock_page = || Mock::given(method("GET")).and(path("/sandbox/clock"));
        let answer = |ms: i64| {
            ResponseTemplate::new(200).set_body_json(json!({"now": "2026-11-21T10:00:00Z", "offset_ms": ms}))
        };
        clock_page().respond_with(answer(600_000)).up_to_n_times(1).mount(&sandbox).await;
        clock_page().respond_with(ResponseTemplate::new(500)).up_to_n_times(1).mount(&sandbox).await;
        clock_page().respond_with(answer(1_200_000)).mount(&sandbox).await;

        let clock = Clock::new();
        let following = clock.follow(sandbox.uri().parse().unwrap());
        clock.moved().await;
        assert_eq!(clock.offset_ms(), 600_000);
        clock.moved().await;
        assert_eq!(clock.offset_ms(), 1_200_000);
        following.abort();
    }
}
