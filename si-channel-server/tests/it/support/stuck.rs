//! A server whose store does not answer.

use std::sync::Arc;

use async_trait::async_trait;
use si_channel_core::pace::{Gate, Turn, Wish};
use si_channel_server::app::App;
use si_channel_server::config::Config;
use si_channel_server::engine::Engine;
use si_channel_server::http::{self, bearer::Bearer};
use si_channel_server::ports::media::Folder;
use si_channel_server::router::{self, Side};
use si_channel_server::store::{
    Accepted, Amendment, AuditFilter, AuditHead, AuditRecord, Changes, Claim, ClaimedEffect, ClaimedInput,
    CommitError, Cursor, CursorClaim, CursorMove, Depths, Entry, KeptAnswer, Kind, Line, NewInput, Page,
    Record, Result, Store, StoredEvent, Table, Timer, Wake, Want,
};
use si_channel_server::worker::Breaker;
use si_channel_server::{app, clock::Clock};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use twilio_conversations::auth::AuthToken;
use twilio_conversations::webhook::signature::{SigningKey, Validator};

/// Serves the handlers, without workers, on a store that never answers; gives the URL.
pub(crate) async fn serve_stuck(config: &Config, auth_token: &str) -> String {
    let stop = CancellationToken::new();
    let policy = Arc::new(app::policy(config).unwrap());
    let app = App {
        engine: Engine::new(Arc::new(Stuck), policy, app::account(config).unwrap(), Clock::new()),
        validator: Arc::new(Validator::new([SigningKey::new("test", AuthToken::new(auth_token).unwrap())])),
        public_url: config.public_url.clone().unwrap(),
        bearer: Bearer::new(&config.api_tokens),
        media: Arc::new(Folder::open(config.media_dir()).unwrap()),
        outbound_media: config.outbound_media,
        spool: None,
        feed: None,
        push: config.push,
        repair: None,
        limits: config.limits,
        load: http::Load::new(config.limits.max_requests),
        breaker: Breaker::default(),
        stop: stop.clone(),
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let handler = move |request| {
        let app = app.clone();
        async move { router::route(&app, request, Side::Twilio).await }
    };
    tokio::spawn(http::serve(listener, handler, config.limits.http, stop));
    url
}

/// A store that never answers.
#[derive(Debug)]
struct Stuck;

async fn never<T>() -> T {
    std::future::pending().await
}

#[async_trait]
impl Store for Stuck {
    async fn accept(&self, _: Vec<NewInput>) -> Result<Vec<Accepted>> {
        never().await
    }
    async fn claim_inputs(&self, _: Claim) -> Result<Vec<ClaimedInput>> {
        never().await
    }
    async fn return_input(&self, _: i64, _: i64, _: Option<i64>, _: &str) -> Result<()> {
        never().await
    }
    async fn has_pending_inputs(&self, _: Vec<String>) -> Result<bool> {
        never().await
    }
    async fn claim_effects(&self, _: Claim) -> Result<Vec<ClaimedEffect>> {
        never().await
    }
    async fn take_turn(&self, _: &ClaimedEffect, _: Wish) -> Result<Turn, CommitError> {
        never().await
    }
    async fn pass(&self, _: Vec<Gate>, _: i64) -> Result<bool> {
        never().await
    }
    async fn hold_limits(&self, _: Vec<String>, _: i64, _: i64) -> Result<()> {
        never().await
    }
    async fn due_timers(&self, _: i64, _: usize) -> Result<Vec<Timer>> {
        never().await
    }
    async fn load(&self, _: Vec<Want>) -> Result<Vec<Option<Record>>> {
        never().await
    }
    async fn commit(&self, _: Changes) -> Result<(), CommitError> {
        never().await
    }
    async fn list(&self, _: Kind, _: (&'static str, &str), _: Page) -> Result<Vec<(i64, Record)>> {
        never().await
    }
    async fn events_after(&self, _: i64, _: Option<&str>, _: usize) -> Result<Vec<StoredEvent>> {
        never().await
    }
    async fn last_position(&self) -> Result<i64> {
        never().await
    }
    async fn claim_cursor(&self, _: &str, _: CursorClaim) -> Result<Option<Cursor>> {
        never().await
    }
    async fn move_cursor(&self, _: &str, _: CursorMove) -> Result<bool> {
        never().await
    }
    async fn rewind_cursor(&self, _: &str, _: i64) -> Result<()> {
        never().await
    }
    async fn cursor(&self, _: &str) -> Result<Option<Cursor>> {
        never().await
    }
    async fn entries(&self, _: &str) -> Result<Vec<Entry>> {
        never().await
    }
    async fn entry(&self, _: &str, _: &str) -> Result<Option<Entry>> {
        never().await
    }
    async fn recent_entries(&self, _: &str, _: usize) -> Result<Vec<Entry>> {
        never().await
    }
    async fn kept_answer(&self, _: &str) -> Result<Option<KeptAnswer>> {
        never().await
    }
    async fn audit_after(&self, _: u64, _: &AuditFilter, _: usize) -> Result<Vec<AuditRecord>> {
        never().await
    }
    async fn audit_head(&self) -> Result<AuditHead> {
        never().await
    }
    async fn erase_openings(&self, _: &str) -> Result<u64> {
        never().await
    }
    async fn prune(&self, _: i64, _: usize) -> Result<u64> {
        never().await
    }
    async fn survey(&self, _: Table, _: i64, _: usize) -> Result<Vec<Line>> {
        never().await
    }
    async fn amend(&self, _: Vec<Amendment>) -> Result<u64> {
        never().await
    }
    async fn compact(&self) -> Result<bool> {
        never().await
    }
    async fn ping(&self) -> Result<()> {
        never().await
    }
    async fn depths(&self) -> Result<Depths> {
        never().await
    }
    fn watch(&self, _: Wake) -> tokio::sync::watch::Receiver<u64> {
        tokio::sync::watch::channel(0).1
    }
}
