//! Scenarios in a few words: what one is, and what sets it apart from another.

use crate::engine::Workload;
use crate::engine::precision::Words;
use crate::engine::quantity::{grouped, percent};
use crate::engine::serving::{Ceiling, Serving};
use crate::ui::forms::Phase;
use crate::ui::setup::{Held, Setup, Variation};

impl Setup {
    /// `Llama-2-7b-hf · H100 80GB SXM5 · decode at 1,024`, with what is not as usual behind it.
    pub fn words(&self) -> String {
        let usual = Setup {
            formats: Words::default(),
            serving: Serving::default(),
            accounting: Default::default(),
            ..self.clone()
        };
        let mut said = vec![self.name(), self.hardware.name.to_string(), load(&self.workload)];
        said.extend(self.apart_from(&usual));
        said.join(" · ")
    }

    /// What sets it apart from another; nothing where they are the same.
    pub fn apart_from(&self, other: &Setup) -> Vec<String> {
        let mut said = Vec::new();
        if !self.same_model(other) {
            said.push(self.name());
        }
        if self.hardware != other.hardware {
            said.push(self.hardware.name.to_string());
        }
        let (own, usual) = (&self.formats, &other.formats);
        for (word, before, what) in [
            (&own.weights, &usual.weights, "weights"),
            (&own.activations, &usual.activations, "activations"),
            (&own.kv_cache, &usual.kv_cache, "KV cache"),
        ] {
            if word != before {
                said.push(match word {
                    Some(word) => format!("{word} {what}"),
                    None => format!("{what} as configured"),
                });
            }
        }
        if self.workload.pattern() != other.workload.pattern() {
            said.push(load(&self.workload));
        } else if self.workload != other.workload {
            said.push(format!("batch of {}", grouped(self.workload.batch_size().into())));
        }
        if self.accounting != other.accounting {
            said.push(format!("{} accounting", self.accounting.name()));
        }
        serving(&self.serving, &other.serving, &mut said);
        said
    }

    /// The model without its owner.
    pub fn name(&self) -> String {
        let name = match &self.model {
            Held::Here(subject) => subject.title(),
            Held::Away { model, .. } => model.repo.clone(),
        };
        name.rsplit('/').next().unwrap_or_default().to_owned()
    }

    fn same_model(&self, other: &Setup) -> bool {
        match (&self.model, &other.model) {
            (Held::Here(own), Held::Here(other)) => own.same_config(other),
            (own, other) => own == other,
        }
    }
}

impl Variation {
    /// What a button that adds it says.
    pub fn words(&self) -> String {
        match self {
            Variation::Nothing => "Keep this one".to_owned(),
            Variation::Device(preset) => format!("On {}", preset.name),
            Variation::Weights("int4-g128") => "4-bit weights".to_owned(),
            Variation::Weights(word) => format!("{word} weights"),
            Variation::Phase(Phase::Prefill) => "Prefill".to_owned(),
            Variation::Phase(Phase::Decode) => "Decode".to_owned(),
            Variation::Model(entry) => entry.id.to_owned(),
        }
    }
}

fn load(workload: &Workload) -> String {
    let tokens = |count: u64| grouped(count.into());
    let batch = match workload.batch_size() {
        1 => String::new(),
        batch => format!(", batch of {}", tokens(batch)),
    };
    match workload.pattern() {
        [query] if query.cached_tokens == 0 => format!("prefill of {}{batch}", tokens(query.input_tokens)),
        [query] if query.input_tokens == 1 => format!("decode at {}{batch}", tokens(query.cached_tokens)),
        [query] => format!("{} new after {}{batch}", tokens(query.input_tokens), tokens(query.cached_tokens)),
        queries => format!("{} different queries{batch}", queries.len()),
    }
}

fn serving(own: &Serving, usual: &Serving, said: &mut Vec<String>) {
    let (degrees, before) = (own.parallel, usual.parallel);
    for (degree, before, what) in [
        (degrees.tensor, before.tensor, "tensor"),
        (degrees.pipeline, before.pipeline, "pipeline"),
        (degrees.expert, before.expert, "expert"),
        (degrees.data, before.data, "data"),
    ] {
        if degree != before {
            said.push(format!("{what} parallel {degree}"));
        }
    }
    if own.output_tokens != usual.output_tokens {
        said.push(format!("{} output tokens", grouped(own.output_tokens.into())));
    }
    if own.ceiling != usual.ceiling {
        let named = Ceiling::NAMED.iter().find(|row| row.1 == own.ceiling);
        said.push(match named {
            Some((.., words)) => words.to_ascii_lowercase(),
            None => format!("reaching {}", own.ceiling.id()),
        });
    }
    if own.fused != usual.fused {
        said.push(if own.fused { "fused" } else { "unfused" }.to_owned());
    }
    if own.reserve != usual.reserve {
        said.push(format!("{} kept free", percent(own.reserve)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::Accounting;
    use crate::engine::serving::Parallel;
    use crate::ui::state::State;
    use std::rc::Rc;

    #[test]
    fn a_scenario_says_what_sets_it_apart() {
        let first = Setup::of(&State::first_view()).unwrap();
        assert_eq!(first.words(), "Llama-2-7b-hf · H100 80GB SXM5 · decode at 1,024");
        assert_eq!(first.apart_from(&first), [""; 0]);
        let fp8 = Variation::Weights("fp8").on(&first).unwrap();
        assert_eq!(fp8.apart_from(&first), ["fp8 weights"]);
        assert_eq!(first.apart_from(&fp8), ["weights as configured"]);
        assert!(fp8.words().ends_with(" · fp8 weights"));
        let batch = |cached, input, batch| Setup {
            workload: Rc::new(Workload::uniform(cached, input, batch).unwrap()),
            ..first.clone()
        };
        assert_eq!(batch(1024, 1, 32).apart_from(&first), ["batch of 32"]);
        assert_eq!(batch(0, 4096, 2).apart_from(&first), ["prefill of 4,096, batch of 2"]);
        assert_eq!(batch(1000, 24, 1).apart_from(&first), ["24 new after 1,000"]);
        let serving = Serving {
            parallel: Parallel { tensor: 8, data: 2, ..Parallel::default() },
            output_tokens: 64,
            ceiling: Ceiling::ACHIEVABLE,
            fused: false,
            reserve: 0.05,
            ..Serving::default()
        };
        let served = Setup { serving, accounting: Accounting::EXACT, ..first.clone() };
        let said = served.apart_from(&first).join(", ");
        assert_eq!(
            said,
            "exact accounting, tensor parallel 8, data parallel 2, 64 output tokens, achievable, unfused, 5.0 % kept free"
        );
    }
}
