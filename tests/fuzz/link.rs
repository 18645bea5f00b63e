//! Links: whatever stands behind the `#`, something opens, and a link to what has opened opens the same.

use crate::damage::damaged;
use crate::runner::run;
use proptest::prelude::*;
use roofline::engine::{Model, analyze};
use roofline::share::{LinkError, MAX_LINK, MAX_VERSUS, ModelSource, Scenario};

const SEEDS: &[&str] = &[
    "#v=1",
    "#v=1&m=meta-llama/Llama-3.1-8B&cached=4096&in=1&batch=32&hw=l4-24gb&acc=exact&sel=Attn%20-%20SDPA",
    "v=1&m=org/name@refs/pr/1&commit=01c7f73d771dfac7d292323805ebc428287df4f9&cached=1048576,1024x3&in=1x4&batch=8",
    "v=1&c=eyJtb2RlbF90eXBlIjoibGxhbWEiLCJudW1faGlkZGVuX2xheWVycyI6Mn0&hw=none&cmp=exact,pairs=all&w=q4_k_m&act=fp8&kv=fp8",
    "v=1&hw=custom:9.894e14,3.35e12,8.589934592e10,fp8:1.979e15,link:4.5e11x8,My board, 2nd&colour=green&acc=torch",
    "v=1&batch=8&w=fp8&vs=&vs=hw=h200-141gb-sxm%26w=auto&vs=m=org/name@v1%26cached=0%26in=4096%26tp=8",
    "v=1&acc=document,softmax=off,pairs=causal&cmp=torch&sel=Moe%20-%20Router&m=gpt2&x=1&y=2",
];

const WORDS: &[&str] = &[
    "&",
    "=",
    "#",
    "%",
    "%00",
    "%FF",
    "%2",
    "%3D",
    "%E2%80%AE",
    ",",
    "x",
    "@",
    "/",
    ":",
    "..",
    "../",
    "+",
    "-",
    "v=1",
    "v=2",
    "m=",
    "commit=",
    "c=",
    "cached=",
    "in=",
    "batch=",
    "hw=",
    "acc=",
    "cmp=",
    "w=",
    "act=",
    "kv=",
    "sel=",
    "vs=",
    "&vs=hw=",
    "%26",
    "%26w=auto",
    "%2526",
    "0",
    "1",
    "1024",
    "65536",
    "1x65536",
    "1x65537",
    "1099511627776",
    "1099511627777",
    "4194304",
    "4194305",
    "18446744073709551615",
    "18446744073709551616",
    "custom:",
    "fp8:2e15,",
    "link:450e9x8,",
    "1e308",
    "1e-308",
    "1e999",
    "nan",
    "inf",
    "-inf",
    "none",
    "auto",
    "exact",
    "torch",
    "document",
    "pairs=all",
    "pairs=",
    "h100",
    "org/name",
    "main",
    "eyJ9",
    "e30",
    "W10",
    "__proto__=1",
    "<b>",
    "\"",
    "\u{202e}",
    "é",
    "\u{0}",
    "\n",
];

#[test]
fn links_open_and_open_again() {
    let seeds = SEEDS.iter().map(|seed| (*seed).to_owned()).collect();
    run("links", 6_000, &damaged(seeds, WORDS, 8), |text| {
        let (scenario, warnings) = Scenario::from_fragment(&text);
        prop_assert!(warnings.len() <= 8);
        for warning in &warnings {
            let said = warning.to_string();
            prop_assert!(said.len() < 4_000 && !said.contains(['\0', '\n']), "{said:?}");
        }
        prop_assert!(scenario.contents().contains("The link contains"));
        if let ModelSource::Pasted { config } = &scenario.model
            && let Ok(model) = Model::from_json(config)
        {
            let hardware = scenario.hardware.hardware().unwrap_or_default();
            let model = model.with(&scenario.formats.read().map_err(|e| TestCaseError::fail(e.to_string()))?);
            let _ = analyze(&model, &scenario.workload, &scenario.accounting, Some(&hardware));
        }
        prop_assert!(scenario.versus.len() <= MAX_VERSUS);
        for case in &scenario.versus {
            prop_assert!(case.formats.read().is_ok(), "{case:?}");
            prop_assert!(case.serving.check().is_ok(), "{case:?}");
        }
        match scenario.to_fragment() {
            Ok(link) => {
                prop_assert!(link.len() <= MAX_LINK && link.is_ascii());
                let (again, warnings) = Scenario::from_fragment(&link);
                prop_assert!(warnings.is_empty(), "{link}: {warnings:?}");
                prop_assert_eq!(&again, &scenario, "{}", link);
                prop_assert_eq!(again.to_fragment(), Ok(link));
            }
            // A long text may be read and be too long to be written.
            Err(LinkError::TooLong { length }) => prop_assert!(length > MAX_LINK),
            Err(LinkError::Queries) => return Err(TestCaseError::fail("more queries than a link can name")),
        }
        Ok(())
    });
}

#[test]
fn any_text_at_all_opens() {
    run("fragments of any characters", 2_000, &"\\PC{0,80}", |text: String| {
        let (scenario, _) = Scenario::from_fragment(&text);
        let link = scenario.to_fragment().map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!(Scenario::from_fragment(&link), (scenario, vec![]));
        Ok(())
    });
}
