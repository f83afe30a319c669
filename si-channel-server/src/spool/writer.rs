//! The one thread that touches the files: what waits while a flush runs shares the next.

use std::io;
use std::sync::Arc;
use std::thread;

use tokio::sync::{mpsc, oneshot};

use super::shelf::{Place, Shelf};
use super::{Batch, Shared, SpoolError};

/// Records that share a flush, at most.
const GROUP: usize = 256;

/// What is asked of the thread.
pub(super) enum Command {
    /// Keep a body.
    Append(Vec<u8>, oneshot::Sender<Result<(), SpoolError>>),
    /// Give the oldest records, so many at most.
    Read(usize, oneshot::Sender<Result<Batch, SpoolError>>),
    /// Take off what was given.
    Settle(Place, oneshot::Sender<Result<(), SpoolError>>),
}

/// Starts the thread; it ends when nobody can ask it any more.
pub(super) fn start(shelf: Shelf, commands: mpsc::Receiver<Command>, shared: Arc<Shared>) -> io::Result<()> {
    thread::Builder::new().name("spool".to_owned()).spawn(move || serve(shelf, commands, &shared)).map(drop)
}

fn serve(mut shelf: Shelf, mut commands: mpsc::Receiver<Command>, shared: &Shared) {
    let mut waiting = Vec::new();
    while commands.blocking_recv_many(&mut waiting, GROUP) > 0 {
        let mut bodies = Vec::new();
        let mut replies = Vec::new();
        for command in waiting.drain(..) {
            match command {
                Command::Append(body, reply) => {
                    bodies.push(body);
                    replies.push(reply);
                }
                other => {
                    append(&mut shelf, shared, &mut bodies, &mut replies);
                    other.run(&mut shelf, shared);
                }
            }
        }
        append(&mut shelf, shared, &mut bodies, &mut replies);
    }
}

/// A caller that has gone away does not undo what is on the disk.
fn append(
    shelf: &mut Shelf,
    shared: &Shared,
    bodies: &mut Vec<Vec<u8>>,
    replies: &mut Vec<oneshot::Sender<Result<(), SpoolError>>>,
) {
    let answers = shelf.append(bodies);
    bodies.clear();
    // Before anybody is answered: whatever comes after an answer waits behind what was answered.
    shared.show(shelf);
    for (reply, answer) in replies.drain(..).zip(answers) {
        let _ = reply.send(answer);
    }
}

impl Command {
    fn run(self, disk: &mut Shelf, shared: &Shared) {
        match self {
            Self::Append(..) => {}
            Self::Read(limit, reply) => {
                let read = disk.read(limit);
                shared.show(disk);
                let _ = reply.send(read);
            }
            Self::Settle(place, reply) => {
                let settled = disk.settle(place).map_err(|error| SpoolError::Disk(error.to_string()));
                shared.show(disk);
                let _ = reply.send(settled);
            }
        }
    }
}
