//! Many callers in one transaction.
//!
//! What is queued while a transaction runs goes into the next. When one of them cannot be stored, the batch is halved
//! until it stands alone, so that it fails by itself.

use std::sync::Arc;

use tokio::sync::{Mutex, mpsc, oneshot};

use super::failure::Failure;

/// Calls that wait; more callers wait for a place.
const QUEUE: usize = 1_024;
/// How often one that lost to other transactions is tried.
const ATTEMPTS: usize = 4;

/// Does many things in one transaction.
pub(super) trait Group: Send + Sync + 'static {
    /// What a caller wants done.
    type Item: Send + Sync + 'static;
    /// What it is answered.
    type Answer: Send + 'static;
    /// Calls that share a transaction, at most.
    const BATCH: usize;

    /// Does all in one transaction; one answer each, in order. When it fails nothing was done, or nobody knows.
    fn run(
        &self,
        items: &[Self::Item],
    ) -> impl Future<Output = Result<Vec<Result<Self::Answer, Failure>>, Failure>> + Send;
}

struct Call<G: Group> {
    item: G::Item,
    reply: oneshot::Sender<Result<G::Answer, Failure>>,
}

type Calls<G> = Arc<Mutex<mpsc::Receiver<Call<G>>>>;

/// Where calls wait.
pub(super) struct Queue<G: Group>(mpsc::Sender<Call<G>>);

impl<G: Group> std::fmt::Debug for Queue<G> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Queue").finish_non_exhaustive()
    }
}

impl<G: Group> Queue<G> {
    /// Starts a task for each group; they end when the queue is dropped and empty.
    pub(super) fn start(groups: impl IntoIterator<Item = G>) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let calls = Arc::new(Mutex::new(receiver));
        for group in groups {
            tokio::spawn(serve(group, Arc::clone(&calls)));
        }
        Self(sender)
    }

    /// Has something done with what others want.
    pub(super) async fn ask(&self, item: G::Item) -> Result<G::Answer, Failure> {
        let stopped = || Failure::Unavailable("the store has stopped".to_owned());
        let (reply, answer) = oneshot::channel();
        self.0.send(Call { item, reply }).await.map_err(|_| stopped())?;
        answer.await.map_err(|_| stopped())?
    }
}

async fn serve<G: Group>(group: G, calls: Calls<G>) {
    let mut batch = Vec::new();
    while calls.lock().await.recv_many(&mut batch, G::BATCH).await > 0 {
        let (items, replies): (Vec<_>, Vec<_>) = batch.drain(..).map(|call| (call.item, call.reply)).unzip();
        for (reply, answer) in replies.into_iter().zip(all(&group, &items).await) {
            // A caller that has gone away does not undo what is durable.
            let _ = reply.send(answer);
        }
    }
}

/// Does all, in as few transactions as go through; one answer each, in order.
async fn all<G: Group>(group: &G, items: &[G::Item]) -> Vec<Result<G::Answer, Failure>> {
    let mut answers = Vec::with_capacity(items.len());
    // From the left to the right, so that answers come in order.
    let mut parts = vec![(items, 1)];
    while let Some((part, attempt)) = parts.pop() {
        match group.run(part).await {
            Ok(done) => answers.extend(done),
            Err(failure) if failure.is_local() && part.len() > 1 => {
                let (left, right) = part.split_at(part.len() / 2);
                parts.extend([(right, 1), (left, 1)]);
            }
            Err(Failure::Again(_)) if attempt < ATTEMPTS => parts.push((part, attempt + 1)),
            Err(failure) => answers.extend(part.iter().map(|_| Err(failure.clone()))),
        }
    }
    answers
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Takes even numbers; an odd one spoils its transaction, and 7 goes through the third time.
    #[derive(Default)]
    struct Even {
        sevens: AtomicUsize,
        transactions: AtomicUsize,
    }

    impl Group for Even {
        type Item = usize;
        type Answer = usize;
        const BATCH: usize = 8;

        async fn run(&self, items: &[usize]) -> Result<Vec<Result<usize, Failure>>, Failure> {
            self.transactions.fetch_add(1, Ordering::Relaxed);
            if items == [7] && self.sevens.fetch_add(1, Ordering::Relaxed) == 2 {
                return Ok(vec![Ok(7)]);
            }
            match items.iter().find(|item| **item % 2 == 1) {
                Some(7) => Err(Failure::Again("lost".to_owned())),
                Some(13) => Err(Failure::Unavailable("away".to_owned())),
                Some(odd) => Err(Failure::conflict(odd.to_string())),
                None => Ok(items.iter().map(|item| Ok(*item)).collect()),
            }
        }
    }

    #[tokio::test]
    async fn one_that_cannot_be_stored_fails_alone_and_in_its_place() {
        let group = Even::default();
        let answers = all(&group, &[0, 2, 5, 4, 6, 8, 7, 10]).await;
        let answers: Vec<_> =
            answers.into_iter().map(|answer| answer.map_err(|error| error.to_string())).collect();
        let expected = [Ok(0), Ok(2), Err("5".to_owned()), Ok(4), Ok(6), Ok(8), Ok(7), Ok(10)];
        assert_eq!(answers, expected);
    }

    #[tokio::test]
    async fn a_database_that_is_away_is_not_asked_for_each_alone() {
        let group = Even::default();
        let answers = all(&group, &[13, 2, 4, 6]).await;
        assert!(answers.iter().all(Result::is_err));
        assert_eq!(group.transactions.into_inner(), 1);
    }

    #[tokio::test]
    async fn what_keeps_losing_is_given_up() {
        let group = Even { sevens: AtomicUsize::new(3), ..Even::default() };
        assert!(matches!(all(&group, &[7]).await[..], [Err(Failure::Again(_))]));
        assert_eq!(group.transactions.into_inner(), ATTEMPTS);
    }
}
