//! What is typed into the workload's and the device's fields.

use crate::damage::damaged;
use crate::runner::run;
use proptest::prelude::*;
use roofline::engine::{Accounting, Error, Hardware, Model, Workload, analyze};
use roofline::ui::fields::{count, counts, figure};
use roofline::ui::forms::{LoadField, Mode, Phase, WorkloadForm};

const SEEDS: &[&str] = &[
    "1024",
    "1,024",
    "128k",
    "1.5M",
    "1 048 576",
    "1048576 1024",
    "1M, 1k,\n3",
    "0.5",
    "",
    "1'000",
    "3350e9",
];

const WORDS: &[&str] = &[
    "0",
    "1",
    "9",
    "k",
    "K",
    "m",
    "Mi",
    "ki",
    ".",
    ",",
    ";",
    " ",
    "\t",
    "\n",
    "_",
    "'",
    "’",
    "-",
    "+",
    "e",
    "x",
    "é",
    "İ",
    "K",
    "\u{a0}",
    "\u{2009}",
    "٣",
    "18446744073709551615",
    "18446744073709551616",
    "1099511627776",
    "1099511627777",
    "1e308",
    "inf",
    "NaN",
    "4194304",
];

fn texts() -> impl Strategy<Value = String> {
    damaged(SEEDS.iter().map(|seed| (*seed).to_owned()).collect(), WORDS, 4)
}

#[test]
fn fields_are_read_or_refused_in_words() {
    run("fields", 6_000, &texts(), |text| {
        for refusal in [count(&text).err(), counts(&text).err(), figure(&text).err()].into_iter().flatten() {
            prop_assert!(!refusal.is_empty() && refusal.chars().count() < 120, "{refusal:?}");
        }
        if let Ok(number) = figure(&text) {
            prop_assert!(number.is_finite() && number > 0.0);
            match Hardware::custom("board", number, number, number) {
                Ok(hardware) => prop_assert!(hardware.bandwidth > 0.0),
                Err(refusal) => prop_assert!(refusal.to_string().starts_with("device: ")),
            }
        }
        Ok(())
    });
}

#[test]
fn forms_are_read_or_refused_beside_a_field() {
    let model = Model::from_json(r#"{"model_type": "llama", "num_hidden_layers": 2}"#).unwrap();
    let mode = prop_oneof![Just(Mode::Uniform), Just(Mode::List)];
    run("workload forms", 4_000, &(mode, texts(), texts(), texts()), |(mode, cached, input, batch)| {
        let mut form = WorkloadForm::default();
        form.switch(mode);
        for (field, text) in
            [(LoadField::Cached, cached), (LoadField::Input, input), (LoadField::Batch, batch)]
        {
            form.set(field, text);
        }
        match form.read() {
            Ok(workload) => {
                prop_assert_eq!(WorkloadForm::of(&workload).read(), Ok(workload.clone()));
                match analyze(&model, &workload, &Accounting::EXACT, None) {
                    Ok(report) => prop_assert_eq!(report.workload, workload),
                    Err(Error::Overflow { .. }) => {}
                    Err(other) => return Err(TestCaseError::fail(other.to_string())),
                }
            }
            Err(errors) => {
                let said = [errors.cached, errors.input, errors.batch, errors.all];
                prop_assert!(said.iter().flatten().any(|words| !words.is_empty()), "{said:?}");
            }
        }
        for phase in [Phase::Decode, Phase::Prefill] {
            form.start(phase);
            prop_assert!(form.phase().is_some());
        }
        Ok(())
    });
}

#[test]
fn batches_are_read_or_refused() {
    let numbers = prop_oneof![
        4 => 0u64..5000, 1 => any::<u64>(), 1 => ((1u64 << 40) - 2)..=((1 << 40) + 2), 1 => Just(u64::MAX)
    ];
    let lists = prop::collection::vec(numbers.clone(), 0..5);
    run("batches", 4_000, &(lists.clone(), lists, prop::option::of(numbers)), |(cached, input, batch)| {
        match Workload::new(&cached, &input, batch) {
            Ok(workload) => {
                prop_assert_eq!(workload.pattern().len(), cached.len());
                prop_assert_eq!(workload.batch_size(), batch.unwrap_or(cached.len() as u64));
                let load = workload.load();
                let new: u128 = input.iter().map(|n| u128::from(*n)).sum();
                let repeat = u128::from(workload.batch_size()) / cached.len() as u128;
                prop_assert_eq!(load.new_tokens, Some(new * repeat));
            }
            Err(refusal) => prop_assert!(refusal.to_string().starts_with("workload: ")),
        }
        Ok(())
    });
}
