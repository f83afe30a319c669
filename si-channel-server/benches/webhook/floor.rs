//! The least that a server with this promise must do: read, verify one HMAC, append, flush for all that wait.

use std::convert::Infallible;
use std::fs::File;
use std::io::{self, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use base64::{Engine, prelude::BASE64_STANDARD};
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use http::{Request, Response, StatusCode};
use http_body_util::{BodyExt, Empty};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use sha1::Sha1;
use tokio::net::TcpListener;
use tokio::sync::{mpsc, oneshot};
use twilio_conversations::webhook::signature::SIGNATURE_HEADER;

use crate::load::{PUBLIC_URL, TOKEN};

/// Bodies that share a flush, as in the store.
const BATCH: usize = 512;

type Line = (Bytes, oneshot::Sender<()>);

/// Serves in the background.
pub(crate) async fn start(log: &Path) -> io::Result<SocketAddr> {
    let (lines, waiting) = mpsc::channel(4 * BATCH);
    let file = File::create(log)?;
    std::thread::spawn(move || append(file, waiting));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move {
        while let Ok((stream, _peer)) = listener.accept().await {
            let lines = lines.clone();
            // Without delay, as the channel's own; an answer would wait otherwise.
            let _unsupported = stream.set_nodelay(true);
            let service = service_fn(move |request| {
                let lines = lines.clone();
                async move {
                    let mut answer = Response::new(Empty::<Bytes>::new());
                    if accept(request, &lines).await.is_none() {
                        *answer.status_mut() = StatusCode::FORBIDDEN;
                    }
                    Ok::<_, Infallible>(answer)
                }
            });
            tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
        }
    });
    Ok(address)
}

/// Ends when the server is gone, or at the first failure, which leaves every caller without an answer.
fn append(mut file: File, mut waiting: mpsc::Receiver<Line>) -> io::Result<()> {
    let mut batch = Vec::new();
    while waiting.blocking_recv_many(&mut batch, BATCH) > 0 {
        let bodies: Vec<&[u8]> = batch.iter().map(|(body, _)| &body[..]).collect();
        file.write_all(&bodies.join(&b'\n'))?;
        file.sync_data()?;
        for (_, done) in batch.drain(..) {
            let _gone = done.send(());
        }
    }
    Ok(())
}

async fn accept(request: Request<Incoming>, lines: &mpsc::Sender<Line>) -> Option<()> {
    let signature = BASE64_STANDARD.decode(request.headers().get(SIGNATURE_HEADER)?).ok()?;
    let mut mac = Hmac::<Sha1>::new_from_slice(TOKEN.as_bytes()).ok()?;
    mac.update(PUBLIC_URL.as_bytes());
    mac.update(request.uri().path().as_bytes());
    let body = request.into_body().collect().await.ok()?.to_bytes();
    let mut pairs: Vec<_> = form_urlencoded::parse(&body).collect();
    pairs.sort();
    for (name, value) in &pairs {
        mac.update(name.as_bytes());
        mac.update(value.as_bytes());
    }
    mac.verify_slice(&signature).ok()?;
    let (done, durable) = oneshot::channel();
    lines.send((body.clone(), done)).await.ok()?;
    durable.await.ok()
}
