//! States worth a look, each with what to look at.

/// A link under a name.
pub struct Example {
    pub name: &'static str,
    /// What follows the # of its link.
    pub fragment: &'static str,
    pub look: &'static str,
}

pub const EXAMPLES: [Example; 7] = [
    Example {
        name: "Dense decode",
        fragment: "v=1&m=meta-llama/Llama-3.1-8B&cached=4096&in=1",
        look: "Every layer lies left of the ridge point: each weight is read for a single token. Raise the batch size and watch the products climb.",
    },
    Example {
        name: "Long prefill",
        fragment: "v=1&m=meta-llama/Llama-3.1-8B&cached=0&in=32768",
        look: "The products stand under the flat roof. Attention, which grows with the square of the prompt, takes the most time.",
    },
    Example {
        name: "Mixture of experts",
        fragment: "v=1&m=Qwen/Qwen3-30B-A3B&cached=4096&in=1&batch=16&acc=exact",
        look: "Sixteen tokens draw most of the 128 experts, each for a token or two: four fifths of the time goes into reading experts.",
    },
    Example {
        name: "Latent attention (MLA)",
        fragment: "v=1&m=deepseek-ai/DeepSeek-V3&cached=32768&in=1&batch=8&hw=h200-141gb-sxm&acc=exact&tp=8",
        look: "128 heads read one short vector for each token, so attention is compute-bound even in decode. No device holds the model alone; Serving deals it out among eight.",
    },
    Example {
        name: "Sparse attention",
        fragment: "v=1&m=deepseek-ai/DeepSeek-V3.2-Exp&cached=131072&in=1&batch=4&hw=h200-141gb-sxm&acc=exact&tp=8",
        look: "Attention reads 2,048 of 131,072 tokens. Choosing them takes twelve times as long, as an index scores every one.",
    },
    Example {
        name: "State spaces",
        fragment: "v=1&m=nvidia/NVIDIA-Nemotron-Nano-9B-v2&cached=131072&in=1&batch=8&acc=exact",
        look: "Four of 56 blocks attend and take half of the time, as they read every token. The scans of 27 others take a fifteenth of that, however long the context is.",
    },
    Example {
        name: "Quantised to 4 bits",
        fragment: "v=1&m=meta-llama/Llama-3.1-70B&w=int4-g128",
        look: "A quarter of the bytes, so a quarter of the time, and it fits one device. Set the weights to bfloat16 and it does not.",
    },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::roofline::Bound;
    use crate::engine::{Report, analyze, serving};
    use crate::share::Scenario;
    use crate::ui::state::{Action, Kept, State};

    fn open(name: &str) -> State {
        let example = EXAMPLES.iter().find(|example| example.name == name).unwrap();
        let (scenario, warnings) = Scenario::from_fragment(example.fragment);
        State::first_view().after(Action::Open(Box::new(scenario), warnings))
    }

    fn report(state: &State) -> Report {
        let model = &state.subject.as_ref().unwrap().model;
        analyze(model, &state.workload, &state.accounting, Some(&state.hardware)).unwrap()
    }

    /// Share of the time and bound of the layers with this in their names.
    fn layers(report: &Report, name: &str) -> (f64, Vec<Bound>) {
        let placed = &report.roofline.as_ref().unwrap().layers;
        let rows = report.layers.iter().zip(placed).filter(|(row, _)| row.name.contains(name));
        let rows: Vec<_> = rows.map(|(_, place)| (place.share, place.bound)).collect();
        (rows.iter().map(|row| row.0).sum(), rows.iter().map(|row| row.1).collect())
    }

    #[test]
    fn every_example_is_a_link_that_needs_nobody() {
        for example in &EXAMPLES {
            let (scenario, warnings) = Scenario::from_fragment(example.fragment);
            assert_eq!(warnings, []);
            assert_eq!(scenario.to_fragment().as_deref(), Ok(example.fragment));
            let state = State::first_view().after(Action::Open(Box::new(scenario), warnings));
            assert!(state.subject.is_some() && state.fetch == Default::default(), "{}", example.name);
        }
    }

    #[test]
    fn what_the_examples_say_is_so() {
        let decode = report(&open("Dense decode"));
        assert!(layers(&decode, "").1.iter().all(|bound| *bound == Bound::Memory));

        let prefill = report(&open("Long prefill"));
        assert!(layers(&prefill, "Proj").1.iter().all(|bound| *bound == Bound::Compute));
        let attention = layers(&prefill, "SDPA").0;
        let shares = prefill.roofline.as_ref().unwrap().layers.iter().map(|layer| layer.share);
        assert_eq!(shares.fold(0.0, f64::max), attention);

        let mixture = report(&open("Mixture of experts"));
        assert!((0.78..0.84).contains(&layers(&mixture, "Experts").0));
        let drawn = mixture.layers.iter().find_map(|row| row.experts).unwrap();
        assert!(drawn.total == 128 && drawn.expected > 64.0 && 16.0 * 8.0 / drawn.expected < 2.0);

        let state = open("Latent attention (MLA)");
        let latent = report(&state);
        assert!(layers(&latent, "SDPA").1.iter().all(|bound| *bound == Bound::Compute));
        assert!(!latent.roofline.as_ref().unwrap().fits);
        let deployment = serving::Deployment { hardware: (*state.hardware).clone(), serving: state.serving };
        let plan = serving::plan(&state.subject.unwrap().model, &state.workload, &deployment).unwrap();
        assert!(plan.devices == 8 && plan.memory.fits);

        let sparse = report(&open("Sparse attention"));
        let ratio = layers(&sparse, "Index - Score").0 / layers(&sparse, "SDPA").0;
        assert!((11.5..12.5).contains(&ratio), "{ratio}");

        let hybrid = report(&open("State spaces"));
        let blocks =
            |name| hybrid.layers.iter().filter(|row| row.name == name).map(|row| row.blocks).sum::<u64>();
        assert_eq!((blocks("Attn - SDPA"), blocks("SSM - Scan"), hybrid.model.num_blocks), (4, 27, 56));
        let (attention, scans) = (layers(&hybrid, "SDPA").0, layers(&hybrid, "Scan").0);
        assert!((0.47..0.51).contains(&attention) && (14.0..16.0).contains(&(attention / scans)));

        let state = open("Quantised to 4 bits");
        let (four, sixteen) =
            (report(&state), report(&state.after(Action::Keep(Kept::Weights, "bfloat16".to_owned()))));
        let (four, sixteen) = (four.roofline.unwrap(), sixteen.roofline.unwrap());
        assert!(four.fits && !sixteen.fits);
        assert!((3.5..4.0).contains(&(sixteen.seconds.0 / four.seconds.0)));
    }
}
