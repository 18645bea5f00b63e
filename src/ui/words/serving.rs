//! A plan in words.

use super::Headline;
use crate::engine::Bytes;
use crate::engine::quantity::{grouped, plain};
use crate::engine::serving::{Memory, Plan, Range, Rates};

/// How long, how fast, how many, and whether it fits.
pub fn outlook(plan: &Plan) -> Vec<Headline> {
    let memory = &plan.memory;
    let fits = Headline {
        label: if plan.devices == 1 { "On this device" } else { "On these devices" },
        value: if memory.fits { "fits".to_owned() } else { "does not fit".to_owned() },
        exact: format!("{} of {} B", grouped(memory.total.0), grouped(memory.capacity.0)),
        note: limits(memory),
        alarming: !memory.fits,
    };
    let limit = plan.limit.words();
    let Some(generation) = &plan.generation else {
        return vec![fits, of_time("One step, if it did", plan.step, limit.to_owned())];
    };
    let mut said = vec![of_time("Time to first token", plan.step, limit.to_owned())];
    if let (Some(each), Some(rates), Some(of_device)) = (
        generation.time_per_output_token,
        generation.tokens_per_second,
        generation.tokens_per_second_per_device,
    ) {
        let last = generation.last_token.unwrap_or(each);
        said.push(of_time("Time per output token", each, format!("the last: {}", last.ideal.human())));
        said.push(Headline {
            label: "Output tokens per second",
            value: format!("≤ {}", plain(rates.ideal)),
            exact: format!("{} to {}", rates.no_overlap, rates.ideal),
            note: if plan.devices == 1 { between(rates) } else { format!("{} a device", between(of_device)) },
            alarming: false,
        });
    }
    let tokens = format!("{} output tokens a query", grouped(generation.output_tokens.into()));
    said.push(of_time("Start to finish", generation.total, tokens));
    said.push(fits);
    said
}

/// What a device holds, in the order it is drawn.
pub fn held(memory: &Memory) -> [(&'static str, Bytes); 4] {
    [
        ("Weights", memory.weights),
        ("KV cache at the end", memory.kv_cache),
        ("Activations", memory.activations),
        ("Kept free", memory.reserve),
    ]
}

fn of_time(label: &'static str, time: Range, note: String) -> Headline {
    Headline {
        label,
        value: format!("≥ {}", time.ideal.human()),
        exact: format!("{} s", time.ideal.0),
        note: format!("{} without overlap; {note}", time.no_overlap.human()),
        alarming: false,
    }
}

fn between(rates: Rates) -> String {
    format!("{} to {}", plain(rates.no_overlap), plain(rates.ideal))
}

fn limits(memory: &Memory) -> String {
    let most = |count: Option<u64>| count.map(|count| grouped(count.into()));
    match (most(memory.largest_batch), most(memory.longest_context)) {
        (Some(batch), Some(context)) => format!("up to batch {batch}, or {context} tokens a query"),
        (Some(batch), None) => format!("up to batch {batch}"),
        (None, Some(context)) => format!("with up to {context} tokens a query"),
        (None, None) => "not even one query".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::serving::{Deployment, Parallel, Serving, plan};
    use crate::engine::{Hardware, Workload, catalog};

    fn said(serving: Serving) -> Vec<(&'static str, String)> {
        let model = catalog::find("meta-llama/Llama-3.1-70B").unwrap().model().unwrap();
        let deployment = Deployment { hardware: Hardware::default(), serving };
        let plan = plan(&model, &Workload::default(), &deployment).unwrap();
        outlook(&plan).into_iter().map(|headline| (headline.label, headline.value)).collect()
    }

    #[test]
    fn what_does_not_fit_is_promised_no_rate() {
        let said = said(Serving::default());
        assert_eq!(said.len(), 2);
        assert_eq!(said[0], ("On this device", "does not fit".to_owned()));
        assert_eq!(said[1].0, "One step, if it did");
    }

    #[test]
    fn what_fits_is_told_from_first_to_last_token() {
        let said = said(Serving { parallel: Parallel::tensor(8), ..Serving::default() });
        let labels: Vec<_> = said.iter().map(|line| line.0).collect();
        assert_eq!(
            labels,
            [
                "Time to first token",
                "Time per output token",
                "Output tokens per second",
                "Start to finish",
                "On these devices"
            ]
        );
        assert_eq!(said[4].1, "fits");
    }
}
