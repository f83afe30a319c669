//! Every row of every table, for what no key leads to.

use serde_json::Value;
use si_channel_core::erasure::{Blanking, ERASED, blank};

use super::{ROWS, Removal, parse};
use crate::store::{Amendment, Line, Table, Wording};
use crate::worker::erasure::EraseError;

impl Removal<'_> {
    /// Every row of a table.
    pub(super) async fn table(&mut self, table: Table) -> Result<(), EraseError> {
        let mut after = 0;
        loop {
            let lines = self.store().survey(table, after, ROWS).await?;
            let Some(last) = lines.last() else { return Ok(()) };
            after = last.place;
            let mut amendments = Vec::new();
            for line in lines {
                if self.person.is_in(&line.wording.name) || self.person.is_in(&line.wording.body) {
                    amendments.extend(self.line(table, &line).await?);
                }
            }
            self.amend(amendments).await?;
        }
    }

    /// A row that speaks of them.
    pub(super) async fn line(&mut self, table: Table, line: &Line) -> Result<Option<Amendment>, EraseError> {
        Ok(match table {
            Table::Documents => return self.document(line).await,
            Table::Events => self.event(line, false),
            Table::Entries => {
                let mut value = parse(&line.wording.body)?;
                let changed = self.person.clean(&mut value, false);
                changed.then(|| reworded(table, line, line.wording.name.clone(), value.to_string())).flatten()
            }
            Table::Openings => {
                Some(Amendment { table, place: line.place, was: line.wording.body.clone(), now: None })
            }
            Table::Inputs if line.pending => {
                self.pass.pending = true;
                None
            }
            Table::Inputs => reworded(table, line, self.named(line), "{}".to_owned()),
            Table::Answers => {
                // What is not JSON in it is not ours to understand, and goes.
                let mut value = parse(&line.wording.body).unwrap_or_default();
                let before = value.clone();
                if self.person.is_in(&line.wording.body) {
                    blank(&mut value, &Blanking { names: true, placeholder: ERASED });
                }
                self.person.scrub(&mut value);
                let name = self.named(line);
                let changed = value != before || name != line.wording.name;
                changed.then(|| reworded(table, line, name, value.to_string())).flatten()
            }
            Table::Effects if self.drop_work => {
                Some(Amendment { table, place: line.place, was: line.wording.body.clone(), now: None })
            }
            Table::Effects => {
                self.pass.pending = true;
                None
            }
        })
    }

    pub(super) fn named(&self, line: &Line) -> String {
        self.person.scrubbed(&line.wording.name).unwrap_or_else(|| line.wording.name.clone())
    }

    pub(super) fn event(&self, line: &Line, whole: bool) -> Option<Amendment> {
        let mut value: Value = serde_json::from_str(&line.wording.body).ok()?;
        let name = self.named(line);
        let changed = self.person.clean_event(&mut value, whole) || name != line.wording.name;
        changed.then(|| reworded(Table::Events, line, name, value.to_string())).flatten()
    }
}

fn reworded(table: Table, line: &Line, name: String, body: String) -> Option<Amendment> {
    let now = Wording { name, body };
    (now != line.wording).then(|| Amendment {
        table,
        place: line.place,
        was: line.wording.body.clone(),
        now: Some(now),
    })
}
