//! Links: whatever stands behind the `#`, something opens, and a link to what has opened opens the same.

use crate::damage::damaged;
use crate::link_text::{SEEDS, WORDS};
use crate::runner::run;
use proptest::prelude::*;
use roofline::engine::{Model, analyze};
use roofline::share::{LinkError, MAX_LINK, MAX_VERSUS, ModelSource, Scenario};

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
