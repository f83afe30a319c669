//! The line between a server and Twilio's API: slow, broken, or broken after the request had its effect.

use http::{Request, Response};
use twilio_conversations::client::transport::{Answer, Body, Transport, TransportError};

use super::api::{Asked, serve};
use super::carry::carry_out;
use crate::life::Life;
use crate::rare::Rare;
use crate::world::pass;

/// A process's line.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    life: Life,
}

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Trouble {
    None,
    NoConnection,
    LostBefore,
    LostAfter,
    TooMany(Option<u64>),
    RefusedBefore,
    FailedAfter,
    SlowAfter(u64),
}

impl Line {
    pub(crate) fn new(life: Life) -> Self {
        Self { life }
    }

    fn trouble(&self) -> Trouble {
        let world = &self.life.world;
        let away = world.lock().twilio_away_until > world.now_ms();
        if away {
            return if world.below(2) == 0 { Trouble::RefusedBefore } else { Trouble::NoConnection };
        }
        if !world.goes_wrong(world.draw().twilio_trouble, 1_000) {
            return Trouble::None;
        }
        match world.below(9) {
            0 => Trouble::NoConnection,
            1 => Trouble::LostBefore,
            2 => Trouble::LostAfter,
            3 => Trouble::TooMany(None),
            4 => Trouble::TooMany(Some(1 + world.below(25))),
            5 => Trouble::RefusedBefore,
            6 => Trouble::FailedAfter,
            7 => Trouble::SlowAfter(31_000 + world.below(10_000)),
            _ => Trouble::SlowAfter(1_000 + world.below(25_000)),
        }
    }

    async fn exchange(self, request: Request<Body>) -> Result<Response<Body>, TransportError> {
        let life = &self.life;
        let world = &life.world;
        // What is handed over is on its way.
        life.live().await;
        let asked = asked(&request);
        let trouble = self.trouble();
        // What is sent arrives within a second or not at all.
        pass(5 + world.below(if world.below(10) == 0 { 900 } else { 80 })).await;
        let name = format!("{} {} {trouble:?}", asked.method, asked.path.join("/"));
        world.note("asks", &name);
        let early = match trouble {
            Trouble::NoConnection => Some(Err(TransportError::not_sent("no connection"))),
            Trouble::LostBefore => Some(Err(TransportError::lost("the connection broke"))),
            Trouble::TooMany(after) => {
                world.reach(Rare::TooManyRequests);
                Some(answer(429, r#"{"status":429,"code":20429,"message":"slow down"}"#.to_owned(), after))
            }
            Trouble::RefusedBefore => Some(answer(503, "<html>".to_owned(), None)),
            _ => None,
        };
        if let Some(early) = early {
            pass(world.below(50)).await;
            life.step().await;
            return early;
        }
        let (status, body, acts) = serve(world, &asked);
        carry_out(world, acts);
        let taken = asked.sends() && status == 201;
        if life.is_over() {
            world.reach(Rare::CrashInRequest);
        }
        let lost = match trouble {
            Trouble::LostAfter => Some(Err(TransportError::lost("the connection broke"))),
            Trouble::FailedAfter => Some(answer(500, "<html>".to_owned(), None)),
            Trouble::SlowAfter(ms) => {
                pass(ms).await;
                None
            }
            _ => None,
        };
        pass(world.below(40)).await;
        life.step().await;
        if let Some(lost) = lost {
            if taken {
                world.reach(Rare::AnswerLost);
            }
            return lost;
        }
        let body = if body.is_null() { String::new() } else { body.to_string() };
        answer(status, body, None)
    }
}

impl Transport for Line {
    fn send(&self, request: Request<Body>) -> Answer<'_> {
        Box::pin(self.clone().exchange(request))
    }
}

fn asked(request: &Request<Body>) -> Asked {
    let decoded = |text: &str| percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned();
    let path = request.uri().path().trim_matches('/').split('/').map(decoded).collect();
    let pairs = |bytes: &[u8]| form_urlencoded::parse(bytes).into_owned().collect();
    Asked {
        method: request.method().to_string(),
        path,
        query: pairs(request.uri().query().unwrap_or_default().as_bytes()),
        form: pairs(request.body().as_bytes().unwrap_or_default()),
    }
}

fn answer(status: u16, body: String, retry_after: Option<u64>) -> Result<Response<Body>, TransportError> {
    let mut answer = Response::builder().status(status);
    if let Some(seconds) = retry_after {
        answer = answer.header("retry-after", seconds);
    }
    answer.body(bytes::Bytes::from(body).into()).map_err(TransportError::unsendable)
}
