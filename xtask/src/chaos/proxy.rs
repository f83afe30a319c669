//! What stands between Twilio and the servers, shares webhooks out among them and makes them worse: each comes five times, the copies late and mixed
//! up, some only after a 503, some without their answer.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use fastrand::Rng;
use percent_encoding::percent_decode_str;

use super::lock;

/// Copies beyond the first delivery.
const COPIES: usize = 4;
/// How late a copy comes at most.
const LATE: Duration = Duration::from_secs(2);
/// Threads that deliver copies.
const COURIERS: usize = 8;
/// Of a hundred webhooks, how many are refused without the server knowing, and how many lose their answer.
const REFUSED: u8 = 5;
const UNANSWERED: u8 = 5;
/// A server that is killed closes its connections; nothing else takes this long.
const TIMEOUT: Duration = Duration::from_secs(20);

/// How often deliveries ended in which way; the sum of all is the number of webhooks.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counters {
    /// Answered with 2xx by the server.
    pub(crate) acknowledged: usize,
    /// Answered with another status by the server.
    pub(crate) other: usize,
    /// The server was not there, or died before its answer.
    pub(crate) unreached: usize,
    /// Answered with 503 in the server's place.
    pub(crate) refused: usize,
    /// Of those that reached the server: the answer was not passed on.
    pub(crate) unanswered: usize,
}

impl Counters {
    pub(crate) fn webhooks(&self) -> usize {
        self.acknowledged + self.other + self.unreached + self.refused
    }
}

/// What is known of the deliveries so far.
#[derive(Debug, Default)]
struct Books {
    counters: Counters,
    /// The texts whose `onMessageAdded` the server answered with 2xx, by author, each once for each 2xx.
    acknowledged: HashMap<String, Vec<String>>,
    /// Copies that are not delivered yet.
    waiting: usize,
}

/// A proxy that listens until the program ends.
#[derive(Clone)]
pub(crate) struct Proxy {
    pub(crate) url: String,
    books: Arc<Mutex<Books>>,
}

/// A request or an answer as it came: the first line and the headers, and the body.
#[derive(Debug)]
struct Message {
    head: Vec<u8>,
    body: Vec<u8>,
}

struct Copy {
    due: Instant,
    request: Arc<Message>,
}

impl Proxy {
    /// Begins to pass requests on to servers.
    pub(crate) fn start(servers: Vec<SocketAddr>, seed: u64) -> Result<Self> {
        let servers = Arc::new(Servers { addresses: servers, turn: AtomicUsize::new(0) });
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        let books = Arc::new(Mutex::new(Books::default()));
        let (copies, waiting) = mpsc::channel();
        let handed = Arc::new(Mutex::new(hand_out(waiting)));
        for _ in 0..COURIERS {
            let (handed, books, servers) = (Arc::clone(&handed), Arc::clone(&books), Arc::clone(&servers));
            thread::spawn(move || {
                loop {
                    let Ok(request) = lock(&handed).recv() else { return };
                    deliver(&servers, &request, &books).ok();
                    lock(&books).waiting -= 1;
                }
            });
        }
        let line = Line { servers, books: Arc::clone(&books), copies };
        thread::spawn(move || {
            let mut rng = Rng::with_seed(seed);
            for connection in listener.incoming().flatten() {
                let (line, rng) = (line.clone(), rng.fork());
                // A connection that breaks is one that Twilio or the test has given up.
                thread::spawn(move || line.serve(connection, rng).ok());
            }
        });
        Ok(Self { url, books })
    }

    /// How the deliveries ended.
    pub(crate) fn counters(&self) -> Counters {
        lock(&self.books).counters.clone()
    }

    /// How often the server acknowledged a text of somebody.
    pub(crate) fn times_acknowledged(&self, author: &str, text: &str) -> usize {
        lock(&self.books)
            .acknowledged
            .get(author)
            .map_or(0, |texts| texts.iter().filter(|each| *each == text).count())
    }

    /// The texts that the server acknowledged, by author.
    pub(crate) fn acknowledged(&self) -> HashMap<String, Vec<String>> {
        lock(&self.books).acknowledged.clone()
    }

    /// Whether no copy is on its way any more.
    pub(crate) fn is_idle(&self) -> bool {
        lock(&self.books).waiting == 0
    }
}

/// Hands out each copy when it is due.
fn hand_out(copies: Receiver<Copy>) -> Receiver<Arc<Message>> {
    let (due, handed) = mpsc::channel();
    thread::spawn(move || {
        let mut waiting: Vec<Copy> = Vec::new();
        loop {
            match copies.recv_timeout(Duration::from_millis(5)) {
                Ok(copy) => waiting.push(copy),
                Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => return,
            }
            let now = Instant::now();
            for copy in waiting.extract_if(.., |copy| copy.due <= now) {
                if due.send(copy.request).is_err() {
                    return;
                }
            }
        }
    });
    handed
}

/// What every connection needs.
#[derive(Clone)]
struct Line {
    servers: Arc<Servers>,
    books: Arc<Mutex<Books>>,
    copies: Sender<Copy>,
}

impl Line {
    /// Answers the requests of one connection.
    fn serve(&self, mut connection: TcpStream, mut rng: Rng) -> Result<()> {
        let mut reader = BufReader::new(connection.try_clone()?);
        while let Some(request) = read(&mut reader)? {
            let request = Arc::new(request);
            // What Twilio waits for before it acts comes once; what it tells afterwards may come again.
            let tells = request.is_told();
            if tells {
                self.copy(&request, &mut rng)?;
            }
            let chance = if tells { rng.u8(..100) } else { 100 };
            if chance < REFUSED {
                lock(&self.books).counters.refused += 1;
                connection.write_all(b"HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\n\r\n")?;
                continue;
            }
            let answer = deliver(&self.servers, &request, &self.books)?;
            if chance < REFUSED + UNANSWERED {
                lock(&self.books).counters.unanswered += 1;
                return Ok(());
            }
            connection.write_all(&answer.head)?;
            connection.write_all(&answer.body)?;
        }
        Ok(())
    }

    fn copy(&self, request: &Arc<Message>, rng: &mut Rng) -> Result<()> {
        lock(&self.books).waiting += COPIES;
        for _ in 0..COPIES {
            let due = Instant::now() + LATE.mul_f64(rng.f64());
            let copy = Copy { due, request: Arc::clone(request) };
            self.copies.send(copy).ok().context("nobody delivers copies")?;
        }
        Ok(())
    }
}

/// Delivers a webhook, and keeps the books.
fn deliver(servers: &Servers, request: &Message, books: &Mutex<Books>) -> Result<Message> {
    let answer = servers.exchange(request);
    let mut books = lock(books);
    match &answer {
        Ok(answer) if answer.is_success() => {
            books.counters.acknowledged += 1;
            if let Some((author, text)) = request.text_added() {
                books.acknowledged.entry(author).or_default().push(text);
            }
        }
        Ok(_) => books.counters.other += 1,
        Err(_) => books.counters.unreached += 1,
    }
    answer
}

/// The servers behind it, asked in turn.
struct Servers {
    addresses: Vec<SocketAddr>,
    turn: AtomicUsize,
}

impl Servers {
    fn exchange(&self, request: &Message) -> Result<Message> {
        let mut connection = self.connect()?;
        connection.set_read_timeout(Some(TIMEOUT))?;
        connection.write_all(&request.head)?;
        connection.write_all(&request.body)?;
        read(&mut BufReader::new(connection))?.context("no answer")
    }

    /// The next that is there; what one of them has begun to read is not sent to another.
    fn connect(&self) -> Result<TcpStream> {
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let count = self.addresses.len();
        let mut last = None;
        for index in 0..count {
            match TcpStream::connect_timeout(&self.addresses[(turn + index) % count], TIMEOUT) {
                Ok(connection) => return Ok(connection),
                Err(error) => last = Some(error),
            }
        }
        Err(last.context("no servers")?.into())
    }
}

/// The next message of a connection; `None` at its end. Bodies have a length.
fn read(reader: &mut impl BufRead) -> Result<Option<Message>> {
    let mut head = Vec::new();
    let mut length = 0;
    loop {
        let start = head.len();
        if reader.read_until(b'\n', &mut head)? == 0 {
            return if head.is_empty() { Ok(None) } else { bail!("half a message") };
        }
        let line = String::from_utf8_lossy(&head[start..]).to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse()?;
        }
        if line.trim().is_empty() {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    Ok(Some(Message { head, body }))
}

impl Message {
    fn is_success(&self) -> bool {
        self.head.split(|byte| *byte == b' ').nth(1).is_some_and(|status| status.starts_with(b"2"))
    }

    /// A parameter of the form.
    fn parameter(&self, name: &str) -> Option<String> {
        let body = str::from_utf8(&self.body).ok()?;
        let value = body.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='))?;
        Some(percent_decode_str(&value.replace('+', " ")).decode_utf8_lossy().into_owned())
    }

    /// Whether it tells of what has happened.
    fn is_told(&self) -> bool {
        self.parameter("EventType").is_none_or(|event| event.ends_with("ed"))
    }

    /// The author and the text of an `onMessageAdded`.
    fn text_added(&self) -> Option<(String, String)> {
        let added = self.parameter("EventType")? == "onMessageAdded";
        added.then(|| Some((self.parameter("Author")?, self.parameter("Body")?))).flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(body: &str) -> Message {
        let head = format!("POST /twilio HTTP/1.1\r\nContent-Length: {}\r\n\r\n", body.len());
        Message { head: head.into_bytes(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn messages_are_told_apart_on_one_connection() {
        let wire = [message("a=1"), message("")].map(|each| [each.head, each.body].concat()).concat();
        let mut reader = BufReader::new(&wire[..]);
        assert_eq!(read(&mut reader).unwrap().unwrap().body, b"a=1");
        assert_eq!(read(&mut reader).unwrap().unwrap().body, b"");
        assert!(read(&mut reader).unwrap().is_none());
        assert!(read(&mut BufReader::new(&b"POST / HT"[..])).is_err());
    }

    #[test]
    fn only_what_has_happened_is_told_again() {
        for (body, told) in [
            ("EventType=onMessageAdd", false),
            ("EventType=onMessageAdded", true),
            ("MessageStatus=sent", true),
        ] {
            assert_eq!(message(body).is_told(), told, "{body}");
        }
        let text = message("EventType=onMessageAdded&Author=%2B1500&Body=See+you%21").text_added();
        assert_eq!(text, Some(("+1500".to_owned(), "See you!".to_owned())));
    }

    #[test]
    fn a_webhook_comes_five_times_and_every_delivery_is_in_the_books() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        // One that is away is passed over.
        let gone = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let proxy = Proxy::start(vec![gone, server.local_addr().unwrap()], 7).unwrap();
        thread::spawn(move || {
            for connection in server.incoming() {
                let mut connection = connection.unwrap();
                read(&mut BufReader::new(connection.try_clone().unwrap())).unwrap();
                connection.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n").unwrap();
            }
        });
        let to = proxy.url.strip_prefix("http://").unwrap().parse().unwrap();
        let to = Servers { addresses: vec![to], turn: AtomicUsize::new(0) };
        let mut answers = Vec::new();
        for number in 0..100 {
            let webhook = message(&format!("EventType=onMessageAdded&Author=ann&Body={number}"));
            answers.push(to.exchange(&webhook).map(|answer| answer.is_success()).ok());
        }
        while !proxy.is_idle() {
            thread::sleep(Duration::from_millis(10));
        }
        let counters = proxy.counters();
        assert_eq!(counters.webhooks(), 500);
        assert_eq!(counters.acknowledged + counters.refused, 500);
        let count = |wanted| answers.iter().filter(|answer| **answer == wanted).count();
        assert_eq!((count(Some(false)), count(None)), (counters.refused, counters.unanswered));
        assert!(counters.refused > 0 && counters.unanswered > 0, "{counters:?}");
        assert!((0..100).all(|number| proxy.times_acknowledged("ann", &number.to_string()) >= 4));
    }
}
