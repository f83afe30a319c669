//! Statements that are sent without waiting for each other's answers.

use tokio_postgres::Row;
use tokio_postgres::types::ToSql;

use super::connect::Link;
use super::failure::Failure;

/// An argument of a statement.
pub(super) type Param<'a> = Box<dyn ToSql + Sync + Send + 'a>;

/// Arguments.
macro_rules! params {
    ($($param:expr),* $(,)?) => { vec![$(Box::new($param) as $crate::store::postgres::flight::Param<'_>),*] };
}
pub(super) use params;

/// Statements in the order in which they are sent.
#[derive(Default)]
pub(super) struct Flight<'a>(Vec<Sent<'a>>);

enum Sent<'a> {
    Plain(&'static str),
    Prepared(&'static str, Vec<Param<'a>>),
}

/// Where the rows of a statement are found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place(Option<usize>);

/// What the statements gave.
pub(super) struct Landed(Vec<Vec<Row>>);

impl<'a> Flight<'a> {
    /// Adds a statement without arguments.
    pub(super) fn plain(&mut self, sql: &'static str) {
        self.0.push(Sent::Plain(sql));
    }

    /// Adds a statement if it has something to do. It must have been prepared on the connection.
    pub(super) fn add(&mut self, wanted: bool, sql: &'static str, params: Vec<Param<'a>>) -> Place {
        if !wanted {
            return Place(None);
        }
        self.0.push(Sent::Prepared(sql, params));
        Place(Some(self.0.len() - 1))
    }

    /// Sends all. The first that failed counts: those after it in a transaction failed for its sake.
    pub(super) async fn fly(self, link: &Link) -> Result<Landed, Failure> {
        let answers = self.0.into_iter().map(async |sent| match sent {
            Sent::Plain(sql) => link.simple(sql).await.map(|()| Vec::new()),
            Sent::Prepared(sql, params) => {
                let params: Vec<&(dyn ToSql + Sync)> =
                    params.iter().map(|param| param.as_ref() as &(dyn ToSql + Sync)).collect();
                link.query(sql, &params).await
            }
        });
        // Polled in their order for the first time, which is when they are sent.
        let landed = futures_util::future::join_all(answers).await;
        landed.into_iter().collect::<Result<_, _>>().map(Landed)
    }
}

impl Landed {
    /// The rows of a statement; none if it was not sent.
    pub(super) fn rows(&mut self, place: Place) -> Vec<Row> {
        place.0.map(|index| std::mem::take(&mut self.0[index])).unwrap_or_default()
    }
}
