//! The workload's fields.

use crate::engine::{Error, Workload};
use crate::ui::fields::{count, counts};
use crate::ui::subject::complaint;

/// How the batch is described.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Identical queries.
    #[default]
    Uniform,
    /// Every query with numbers of its own.
    List,
}

/// The usual steps of generation, as starting points of the form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    Decode,
    Prefill,
}

/// One text field of the workload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoadField {
    Cached,
    Input,
    Batch,
}

/// What the workload's fields hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WorkloadForm {
    pub mode: Mode,
    pub cached: String,
    pub input: String,
    pub batch: String,
    pub cached_list: String,
    pub input_list: String,
    /// Empty: as many as the lists name.
    pub list_batch: String,
}

/// What is wrong, beside the field it is wrong with; `all` where two fields do not go together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoadErrors {
    pub cached: Option<String>,
    pub input: Option<String>,
    pub batch: Option<String>,
    pub all: Option<String>,
}

impl WorkloadForm {
    /// The form that reads as a workload.
    pub fn of(workload: &Workload) -> Self {
        let pattern = workload.pattern();
        let list = |f: fn(&crate::engine::Query) -> u64| {
            pattern.iter().map(|query| f(query).to_string()).collect::<Vec<_>>().join(" ")
        };
        let mut form = WorkloadForm {
            mode: Mode::List,
            cached_list: list(|q| q.cached_tokens),
            input_list: list(|q| q.input_tokens),
            ..Self::default()
        };
        if workload.batch_size() != pattern.len() as u64 {
            form.list_batch = workload.batch_size().to_string();
        }
        if let [only] = pattern {
            form = WorkloadForm {
                cached: only.cached_tokens.to_string(),
                input: only.input_tokens.to_string(),
                batch: workload.batch_size().to_string(),
                ..Self::default()
            };
        }
        form
    }

    /// The text of a field in the current mode.
    pub fn text(&self, field: LoadField) -> &str {
        match (self.mode, field) {
            (Mode::Uniform, LoadField::Cached) => &self.cached,
            (Mode::Uniform, LoadField::Input) => &self.input,
            (Mode::Uniform, LoadField::Batch) => &self.batch,
            (Mode::List, LoadField::Cached) => &self.cached_list,
            (Mode::List, LoadField::Input) => &self.input_list,
            (Mode::List, LoadField::Batch) => &self.list_batch,
        }
    }

    pub fn set(&mut self, field: LoadField, text: String) {
        *match (self.mode, field) {
            (Mode::Uniform, LoadField::Cached) => &mut self.cached,
            (Mode::Uniform, LoadField::Input) => &mut self.input,
            (Mode::Uniform, LoadField::Batch) => &mut self.batch,
            (Mode::List, LoadField::Cached) => &mut self.cached_list,
            (Mode::List, LoadField::Input) => &mut self.input_list,
            (Mode::List, LoadField::Batch) => &mut self.list_batch,
        } = text;
    }

    /// Goes over to the other description; an untouched list starts with the identical query.
    pub fn switch(&mut self, mode: Mode) {
        if mode == Mode::List && self.cached_list.is_empty() && self.input_list.is_empty() {
            self.cached_list = self.cached.clone();
            self.input_list = self.input.clone();
            self.list_batch = if self.batch.trim() == "1" { String::new() } else { self.batch.clone() };
        }
        self.mode = mode;
    }

    /// Makes the context of the query its prompt, or its cache.
    pub fn start(&mut self, phase: Phase) {
        self.mode = Mode::Uniform;
        let cached = count(&self.cached).unwrap_or(1024);
        let input = count(&self.input).unwrap_or(1);
        let context = if self.phase().is_none() { cached.saturating_add(input) } else { cached.max(input) };
        let (cached, input) = match phase {
            Phase::Decode => (context, 1),
            Phase::Prefill => (0, context.max(1)),
        };
        self.cached = cached.to_string();
        self.input = input.to_string();
    }

    /// Which usual step the numbers describe.
    pub fn phase(&self) -> Option<Phase> {
        if self.mode == Mode::List {
            return None;
        }
        match (count(&self.cached), count(&self.input)) {
            (Ok(0), Ok(_)) => Some(Phase::Prefill),
            (Ok(_), Ok(1)) => Some(Phase::Decode),
            _ => None,
        }
    }

    /// The workload the fields describe, or what is wrong with which field.
    pub fn read(&self) -> Result<Workload, LoadErrors> {
        let (cached, input, batch) = match self.mode {
            Mode::Uniform => (
                count(&self.cached).map(|n| vec![n]),
                count(&self.input).map(|n| vec![n]),
                count(&self.batch).map(Some),
            ),
            Mode::List => (
                counts(&self.cached_list),
                counts(&self.input_list),
                match self.list_batch.trim() {
                    "" => Ok(None),
                    text => count(text).map(Some),
                },
            ),
        };
        match (cached, input, batch) {
            (Ok(cached), Ok(input), Ok(batch)) => {
                Workload::new(&cached, &input, batch).map_err(|error| self.place(&error, batch))
            }
            (cached, input, batch) => {
                Err(LoadErrors { cached: cached.err(), input: input.err(), batch: batch.err(), all: None })
            }
        }
    }

    /// The engine's sentence, beside the field it can be cured in.
    fn place(&self, error: &Error, batch: Option<u64>) -> LoadErrors {
        let said = complaint(error);
        let mut errors = LoadErrors::default();
        if batch == Some(0) {
            errors.batch = Some("A batch has at least one query.".to_owned());
        } else if said.contains("batch size") {
            errors.batch = Some(said);
        } else if self.mode == Mode::Uniform && said.contains("no input token") {
            errors.input = Some("Every query processes at least one token.".to_owned());
        } else {
            errors.all = Some(said);
        }
        errors
    }
}

impl Default for WorkloadForm {
    fn default() -> Self {
        WorkloadForm {
            mode: Mode::Uniform,
            cached: "1024".to_owned(),
            input: "1".to_owned(),
            batch: "1".to_owned(),
            cached_list: String::new(),
            input_list: String::new(),
            list_batch: String::new(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_reads_back_as_the_workload_it_shows() {
        for workload in [
            Workload::default(),
            Workload::uniform(0, 4096, 8).unwrap(),
            Workload::new(&[1 << 20, 1024], &[1, 1], None).unwrap(),
            Workload::new(&[5, 6], &[1, 2], Some(8)).unwrap(),
        ] {
            assert_eq!(WorkloadForm::of(&workload).read(), Ok(workload));
        }
    }

    #[test]
    fn phases_hand_the_context_over() {
        let mut form = WorkloadForm::default();
        assert_eq!(form.phase(), Some(Phase::Decode));
        form.start(Phase::Prefill);
        assert_eq!((form.cached.as_str(), form.input.as_str()), ("0", "1024"));
        form.start(Phase::Decode);
        assert_eq!((form.cached.as_str(), form.input.as_str()), ("1024", "1"));
        form.input = "512".to_owned();
        assert_eq!(form.phase(), None);
        form.start(Phase::Prefill);
        assert_eq!((form.cached.as_str(), form.input.as_str()), ("0", "1536"));
    }

    #[test]
    fn errors_stand_beside_their_field() {
        let form = |cached: &str, input: &str, batch: &str| WorkloadForm {
            cached: cached.to_owned(),
            input: input.to_owned(),
            batch: batch.to_owned(),
            ..WorkloadForm::default()
        };
        assert!(form("x", "1", "1").read().unwrap_err().cached.is_some());
        assert!(form("1", "", "1").read().unwrap_err().input.is_some());
        assert!(form("1", "0", "1").read().unwrap_err().input.is_some());
        assert!(form("1", "1", "0").read().unwrap_err().batch.is_some());
        assert!(form("9M", "1", "99M").read().unwrap_err().batch.is_some());
        let mut list = form("1", "1", "1");
        list.switch(Mode::List);
        list.cached_list = "1 2 3".to_owned();
        let said = list.read().unwrap_err().all.unwrap();
        assert!(said.starts_with("3 values for the cached tokens"), "{said}");
        list.input_list = "1 1 1".to_owned();
        list.list_batch = "4".to_owned();
        assert!(list.read().unwrap_err().batch.unwrap().contains("multiple"));
    }
}
