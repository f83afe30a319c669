//! Work shared by several servers.

use super::*;
use crate::store::Accepted::{Duplicate, New};
use crate::store::NewEffect;

const LEASE: i64 = 10_000;

fn wish(owner: &str, limit: usize) -> Claim {
    Claim { owner: owner.into(), now_ms: 0, lease_until_ms: LEASE, limit }
}

async fn claim(store: &PostgresStore, owner: &str, limit: usize) -> Vec<ClaimedInput> {
    store.claim_inputs(wish(owner, limit)).await.unwrap()
}

fn is_overtaken(outcome: &Result<(), CommitError>) -> bool {
    matches!(outcome, Err(CommitError::Overtaken))
}

#[tokio::test]
async fn f70_a_server_that_slept_past_its_lease_is_fenced_off() {
    let Some(schema) = Schema::new() else { return };
    let (sleeper, other) = (schema.store().await, schema.store().await);
    sleeper.accept(vec![input("a", "1"), input("b", "1")]).await.unwrap();
    let slept = claim(&sleeper, "sleeper", 10).await.remove(0);
    assert!(claim(&other, "other", 10).await.is_empty());
    schema.pass(LEASE).await;
    let taken = claim(&other, "other", 10).await.remove(0);
    assert_eq!(taken.seq, slept.seq);

    // Neither renewed nor settled nor handed back by the one who slept.
    sleeper.renew(&[slept.fence], LEASE).await.unwrap();
    let late = Changes { source: slept.source(), ..put("late") };
    assert!(is_overtaken(&sleeper.commit(late).await));
    sleeper.return_input(slept.seq, slept.fence, None, "late").await.unwrap();
    assert!(!exists(&other, "late").await);
    other.commit(Changes { source: taken.source(), ..put("taken") }).await.unwrap();
    assert_eq!(claim(&sleeper, "sleeper", 10).await[0].key, "b");
}

#[tokio::test]
async fn a_renewed_lease_is_not_taken_over() {
    let Some(schema) = Schema::new() else { return };
    let (first, second) = (schema.store().await, schema.store().await);
    first.accept(vec![input("a", "1"), input("b", "2")]).await.unwrap();
    let effect = |id: &str| NewEffect {
        id: id.to_owned(),
        lane: id.to_owned(),
        priority: 0,
        not_before_ms: 0,
        body: "{}".to_owned(),
    };
    let effects = vec![effect("x"), effect("y")];
    first.commit(Changes { effects, ..Changes::settle(Source::Direct) }).await.unwrap();
    let inputs = claim(&first, "first", 10).await;
    let effects = first.claim_effects(wish("first", 10)).await.unwrap();
    for _ in 0..3 {
        schema.pass(LEASE - 1_000).await;
        first.renew(&[inputs[0].fence, effects[0].fence], LEASE).await.unwrap();
    }
    let taken: Vec<_> = claim(&second, "second", 10).await.into_iter().map(|input| input.key).collect();
    assert_eq!(taken, ["b"], "what was not renewed");
    let taken = second.claim_effects(wish("second", 10)).await.unwrap();
    assert_eq!(taken.iter().map(|effect| &*effect.id).collect::<Vec<_>>(), ["y"]);
    first.commit(Changes::settle(inputs[0].source())).await.unwrap();
    first.commit(Changes::settle(effects[0].source(None))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn f15_one_delivery_to_two_servers_at_once_is_accepted_once() {
    let Some(schema) = Schema::new() else { return };
    let stores = [Arc::new(schema.store().await), Arc::new(schema.store().await)];
    for round in 0..5 {
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..50 {
            let store = Arc::clone(&stores[n % 2]);
            // In another order each, so that they meet.
            let mut keys: Vec<_> = (0..4).map(|key| format!("{round}/{key}")).collect();
            keys.rotate_left(n % 4);
            tasks.spawn(async move {
                let inputs = keys.iter().map(|key| input(key, "l")).collect();
                store.accept(inputs).await.unwrap()
            });
        }
        let answers = tasks.join_all().await.concat();
        let fresh = answers.iter().filter(|answer| **answer == New).count();
        let known = answers.iter().filter(|answer| **answer == Duplicate).count();
        assert_eq!((fresh, known), (4, 196));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_share_the_work_and_none_is_done_twice() {
    let Some(schema) = Schema::new() else { return };
    let stores = [Arc::new(schema.store().await), Arc::new(schema.store().await)];
    let inputs = (0..120).map(|n| input(&format!("k{n}"), &format!("l{}", n % 40))).collect();
    stores[0].accept(inputs).await.unwrap();
    let mut tasks = tokio::task::JoinSet::new();
    for worker in 0..4 {
        let store = Arc::clone(&stores[worker % 2]);
        tasks.spawn(async move {
            let mut done = Vec::new();
            while store.depths().await.unwrap().inputs > 0 {
                for claimed in claim(&store, &worker.to_string(), 5).await {
                    store.commit(Changes { source: claimed.source(), ..put(&claimed.key) }).await.unwrap();
                    done.push(claimed.key);
                }
            }
            done
        });
    }
    let mut done = tasks.join_all().await.concat();
    assert_eq!(done.len(), 120);
    done.sort();
    done.dedup();
    assert_eq!(done.len(), 120);
}

#[tokio::test]
async fn the_work_of_one_server_wakes_the_others() {
    let Some(schema) = Schema::new() else { return };
    let (here, there) = (schema.store().await, schema.store().await);
    let (mut inputs, mut events) = (there.watch(Wake::Inputs), there.watch(Wake::Events));
    // The first look counts as news.
    inputs.changed().await.unwrap();
    events.changed().await.unwrap();
    here.accept(vec![input("a", "1")]).await.unwrap();
    inputs.changed().await.unwrap();
    here.commit(event("s", 1)).await.unwrap();
    events.changed().await.unwrap();
}
