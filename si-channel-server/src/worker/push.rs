//! Sends events to HTTP subscribers: a task for each, and each subscriber served by one server at a time.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use self::subscriber::{End, Subscriber};
use super::RENEW;
use crate::engine::Engine;
use crate::push::Subscription;
use crate::push::post::Postman;

mod lanes;
mod subscriber;

/// How often is looked for subscriptions, and after a failure of the store.
const LOOK: Duration = Duration::from_secs(1);

/// Who serves subscriptions, and how.
#[derive(Debug, Clone)]
pub(super) struct Server {
    pub(super) engine: Engine,
    pub(super) postman: Postman,
    pub(super) owner: Arc<str>,
    pub(super) stop: CancellationToken,
}

/// Has a task for every active subscription until the server stops.
pub(super) async fn run(server: Server) {
    let mut tasks: HashMap<String, tokio::task::JoinHandle<()>> = HashMap::new();
    while !server.stop.is_cancelled() {
        tasks.retain(|_, task| !task.is_finished());
        match Subscription::all(&server.engine, true).await {
            Ok(active) => {
                for Subscription { id, .. } in active {
                    let start = || tokio::spawn(serve(Subscriber::new(server.clone(), id.clone())));
                    tasks.entry(id.clone()).or_insert_with(start);
                }
            }
            Err(error) => tracing::warn!(%error, "subscriptions cannot be read"),
        }
        tokio::select! {
            () = server.stop.cancelled() => {}
            () = tokio::time::sleep(LOOK) => {}
        }
    }
    for (_, task) in tasks {
        // A panic has been reported by its task.
        let _ = task.await;
    }
}

async fn serve(subscriber: Subscriber) {
    loop {
        let pause = match subscriber.serve().await {
            End::Over => return,
            End::Overtaken => RENEW,
            End::Store(error) => {
                tracing::warn!(%error, subscription = subscriber.id, "a subscription waits for the store");
                LOOK
            }
        };
        tokio::select! {
            () = subscriber.server.stop.cancelled() => return,
            () = tokio::time::sleep(pause) => {}
        }
    }
}
