//! As little of a client as possible, so that the sandbox is measured and not what measures it.

use std::time::{Duration, Instant};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::Error;

/// One request, sent again and again.
pub(crate) struct Request {
    pub(crate) what: String,
    pub(crate) path: String,
    pub(crate) form: String,
}

/// How long each answer took, and all of them.
pub(crate) struct Answers {
    pub(crate) took: Vec<Duration>,
    pub(crate) elapsed: Duration,
}

pub(crate) struct Client {
    address: String,
    login: String,
}

impl Client {
    pub(crate) fn new(url: &str, user: &str, password: &str) -> Result<Self, Error> {
        let address = url.strip_prefix("http://").ok_or("the sandbox speaks plain HTTP")?.to_owned();
        Ok(Self { address, login: STANDARD.encode(format!("{user}:{password}")) })
    }

    fn bytes(&self, request: &Request) -> Vec<u8> {
        let (address, login) = (&self.address, &self.login);
        let Request { path, form, .. } = request;
        let length = form.len();
        format!(
            "POST {path} HTTP/1.1\r\nhost: {address}\r\nauthorization: Basic {login}\r\n\
             content-type: application/x-www-form-urlencoded\r\ncontent-length: {length}\r\n\r\n{form}"
        )
        .into_bytes()
    }

    /// The answer to one request.
    pub(crate) async fn once(&self, request: &Request) -> Result<Value, Error> {
        let mut stream = TcpStream::connect(&self.address).await?;
        let body = exchange(&mut stream, &self.bytes(request), &mut Vec::new()).await?;
        Ok(serde_json::from_slice(&body)?)
    }

    /// Sends for a while, one request after another on each connection.
    pub(crate) async fn send(
        &self,
        request: &Request,
        connections: usize,
        length: Duration,
    ) -> Result<Answers, Error> {
        let started = Instant::now();
        let mut clients = tokio::task::JoinSet::new();
        for _ in 0..connections {
            let (bytes, mut stream) = (self.bytes(request), TcpStream::connect(&self.address).await?);
            stream.set_nodelay(true)?;
            clients.spawn(async move {
                let (mut took, mut buffer) = (Vec::new(), Vec::new());
                while started.elapsed() < length {
                    let asked = Instant::now();
                    exchange(&mut stream, &bytes, &mut buffer).await.map_err(|error| error.to_string())?;
                    took.push(asked.elapsed());
                }
                Ok::<_, String>(took)
            });
        }
        let mut took = Vec::new();
        while let Some(client) = clients.join_next().await {
            took.extend(client??);
        }
        Ok(Answers { took, elapsed: started.elapsed() })
    }
}

/// One request and its answer's body, which must be a 201.
async fn exchange(stream: &mut TcpStream, request: &[u8], buffer: &mut Vec<u8>) -> Result<Vec<u8>, Error> {
    stream.write_all(request).await?;
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the sandbox closed the connection".into());
        }
        let Some(end) = buffer.windows(4).position(|four| four == b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(&buffer[..end])?;
        if !head.starts_with("HTTP/1.1 201") {
            return Err(format!("not created: {}", String::from_utf8_lossy(buffer)).into());
        }
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.ok_or("an answer without a length")?.parse()?;
        let start = end + 4;
        if buffer.len() >= start + length {
            return Ok(buffer[start..start + length].to_vec());
        }
    }
}
