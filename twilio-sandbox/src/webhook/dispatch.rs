//! Carries out jobs: those of one lane one after the other, lanes side by side.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::mpsc::UnboundedReceiver;

use super::deliver::deliver;
use crate::carrier::{fetch, inbound};
use crate::hub::Hub;
use crate::state::outbox::{Job, UnderWay};

/// The lanes that are being worked on, and what waits in them.
type Lanes = Arc<Mutex<HashMap<String, VecDeque<Job>>>>;

/// Takes jobs until the sandbox ends.
pub(crate) async fn run(hub: Arc<Hub>, mut jobs: UnboundedReceiver<Job>, under_way: UnderWay) {
    let lanes = Lanes::default();
    while let Some(job) = jobs.recv().await {
        let lane = job.lane().to_owned();
        let mut open = lanes.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiting) = open.get_mut(&lane) {
            waiting.push_back(job);
            continue;
        }
        open.insert(lane.clone(), VecDeque::new());
        drop(open);
        tokio::spawn(work(Arc::clone(&hub), Arc::clone(&lanes), lane, job, under_way.clone()));
    }
}

async fn work(hub: Arc<Hub>, lanes: Lanes, lane: String, first: Job, under_way: UnderWay) {
    let mut job = first;
    loop {
        match &job {
            Job::Deliver(delivery) => drop(deliver(&hub, delivery).await),
            Job::Fetch { text, .. } => fetch::outbound(&hub, text).await,
            Job::Route { text, .. } => inbound::route(&hub, text).await,
            Job::Group { text, conversation, .. } => inbound::join(&hub, text, conversation).await,
            Job::Note(note) => hub.log_entry(note.clone()),
        }
        under_way.done();
        let mut open = lanes.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(next) = open.get_mut(&lane).and_then(VecDeque::pop_front) else {
            open.remove(&lane);
            return;
        };
        job = next;
    }
}
