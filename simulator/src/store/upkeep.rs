//! Looking through everything, and taking something out of it.

use si_channel_server::store::{Amendment, Line, Table, Wording};

use super::tables::{InputState, Tables};

impl Tables {
    pub(super) fn survey(&self, table: Table, after: i64, limit: usize) -> Vec<Line> {
        let line = |place: i64, name: &str, body: &str, at_ms: i64, pending: bool| Line {
            place,
            wording: Wording { name: name.to_owned(), body: body.to_owned() },
            at_ms,
            pending,
        };
        let mut lines: Vec<Line> = match table {
            Table::Documents => self
                .documents
                .iter()
                .map(|((kind, id), document)| {
                    line(document.place, &format!("{}/{id}", kind.as_str()), &document.doc, 0, false)
                })
                .collect(),
            Table::Inputs => self
                .inputs
                .iter()
                .map(|(seq, input)| {
                    let pending = input.state == InputState::Pending;
                    line(*seq, &input.new.lane, &input.new.body, input.new.at_ms, pending)
                })
                .collect(),
            Table::Answers => self
                .answers
                .values()
                .map(|(place, answer)| line(*place, &answer.key, &answer.body, answer.at_ms, false))
                .collect(),
            Table::Effects => self
                .effects
                .iter()
                .map(|(seq, effect)| line(*seq, &effect.lane, &effect.body, 0, true))
                .collect(),
            Table::Events => self
                .events
                .iter()
                .map(|(position, event)| line(*position, &event.stream, &event.body, 0, false))
                .collect(),
            Table::Entries => self
                .entries
                .iter()
                .map(|(number, entry)| line(*number, &entry.session, &entry.body, entry.at_ms, false))
                .collect(),
            Table::Openings => self
                .openings
                .iter()
                .map(|(record, (address, openings))| {
                    line(record.cast_signed(), address.as_deref().unwrap_or_default(), openings, 0, false)
                })
                .collect(),
        };
        lines.retain(|line| line.place > after);
        lines.sort_by_key(|line| line.place);
        lines.truncate(limit);
        lines
    }

    pub(super) fn amend(&mut self, amendment: &Amendment) -> bool {
        let found = self.survey(amendment.table, amendment.place - 1, 1);
        let Some(line) = found.first().filter(|line| line.place == amendment.place) else { return false };
        let fixed = line.pending && amendment.table == Table::Inputs;
        if line.wording.body != amendment.was || fixed {
            return false;
        }
        if let Some(now) = &amendment.now {
            return self.reword(amendment, now);
        }
        self.take_out(amendment, line);
        true
    }

    fn reword(&mut self, amendment: &Amendment, now: &Wording) -> bool {
        let place = amendment.place;
        match amendment.table {
            Table::Documents | Table::Effects | Table::Openings => return false,
            Table::Inputs => {
                let Some(input) = self.inputs.get_mut(&place) else { return false };
                input.new.lane.clone_from(&now.name);
                input.new.body.clone_from(&now.body);
            }
            Table::Answers => {
                let Some(key) = self.answer_at(place) else { return false };
                let Some((place, mut answer)) = self.answers.remove(&key) else { return false };
                answer.key.clone_from(&now.name);
                answer.body.clone_from(&now.body);
                answer.request.clear();
                self.answers.insert(answer.key.clone(), (place, answer));
            }
            Table::Events => {
                let Some(event) = self.events.get_mut(&place) else { return false };
                event.stream.clone_from(&now.name);
                event.body.clone_from(&now.body);
            }
            Table::Entries => match self.entries.get_mut(&place) {
                Some(entry) if entry.session == now.name => entry.body.clone_from(&now.body),
                _ => return false,
            },
        }
        true
    }

    fn take_out(&mut self, amendment: &Amendment, line: &Line) {
        let place = amendment.place;
        match amendment.table {
            Table::Documents => {
                let at = |document: &super::tables::Document| document.place == place;
                let found = self.documents.iter().find(|(_, document)| at(document));
                if let Some((kind, id)) = found.map(|(key, _)| key.clone()) {
                    self.drop_keys(kind, &id);
                    self.documents.remove(&(kind, id));
                }
            }
            Table::Inputs => {
                if let Some(input) = self.inputs.remove(&place) {
                    self.input_keys.remove(&input.new.key);
                }
            }
            Table::Answers => drop(self.answers.remove(&line.wording.name)),
            Table::Effects => self.forget_effect(place),
            Table::Events => drop(self.events.remove(&place)),
            Table::Entries => {
                if let Some(entry) = self.entries.remove(&place) {
                    self.entry_ids.remove(&(entry.session, entry.id));
                }
            }
            Table::Openings => drop(self.openings.remove(&place.cast_unsigned())),
        }
    }

    fn answer_at(&self, place: i64) -> Option<String> {
        self.answers.iter().find(|(_, (at, _))| *at == place).map(|(key, _)| key.clone())
    }

    pub(super) fn erase_openings(&mut self, address: &str) -> u64 {
        let before = self.openings.len();
        self.openings.retain(|_, (about, _)| about.as_deref() != Some(address));
        (before - self.openings.len()) as u64
    }

    /// Forgets old settled inputs, then old answers.
    pub(super) fn prune(&mut self, before_ms: i64, limit: usize) -> u64 {
        let mut old: Vec<(i64, i64)> = self
            .inputs
            .iter()
            .filter(|(_, input)| input.state == InputState::Settled && input.new.at_ms < before_ms)
            .map(|(seq, input)| (input.new.at_ms, *seq))
            .collect();
        old.sort_unstable();
        old.truncate(limit);
        for (_, seq) in &old {
            if let Some(input) = self.inputs.remove(seq) {
                self.input_keys.remove(&input.new.key);
            }
        }
        let answers: Vec<String> = self
            .answers
            .iter()
            .filter(|(_, (_, answer))| answer.at_ms < before_ms)
            .map(|(key, _)| key.clone())
            .take(limit - old.len())
            .collect();
        for key in &answers {
            self.answers.remove(key);
        }
        (old.len() + answers.len()) as u64
    }
}
