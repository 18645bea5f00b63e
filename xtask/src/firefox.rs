//! `cargo xtask firefox`: the heart of the scenarios, played in Firefox.
//!
//! Not part of `cargo xtask test`, which needs one browser. The other scenarios ask what only Chromium's own protocol
//! can: other devices, slower ones, the tree that screen readers see.

use crate::process::{cargo, say};
use crate::tally::Tally;
use crate::{page, suite, system};
use anyhow::{Result, bail};

/// What a person does first, and what browsers differ in.
const SCENARIOS: [&str; 21] = [
    "chart::a_heading_sorts_the_table",
    "chart::focus_lights_a_row_and_its_mark_too",
    "first_view::the_first_view_is_complete",
    "harness::an_error_that_nobody_catches_fails_a_scenario",
    "inputs::a_half_typed_number_keeps_the_last_good_answer",
    "inputs::another_device_moves_the_roof",
    "inputs::formats_are_chosen_and_travel_in_the_link",
    "links::a_broken_link_opens_with_a_banner_and_the_defaults",
    "links::a_link_carries_a_pasted_config_and_a_described_device",
    "links::back_and_forward_go_from_model_to_model",
    "model::a_broken_config_names_the_place_and_keeps_the_last_answer",
    "model::a_built_in_model_is_found_by_typing",
    "model::a_file_that_is_no_config_changes_nothing_but_says_so",
    "model::a_pasted_config_is_counted_as_by_hand",
    "scenarios::the_keyboard_does_it_all_and_keeps_its_place",
    "serving::a_model_that_does_not_fit_says_what_would",
    "start::it_loads_nothing_from_elsewhere",
    "start::it_works_below_any_path",
    "sweep::a_sweep_is_drawn_and_its_link_opens_the_same",
    "takeaway::files_hold_what_the_page_shows",
    "takeaway::the_clipboard_gets_link_and_table",
];

/// # Errors
/// When there is no Firefox or no geckodriver, and when a scenario fails or is no longer there.
pub fn run() -> Result<()> {
    let found = system::find_firefox()?;
    page::build(page::When::Changed)?;
    say("playing the scenarios in Firefox");
    let mut tests = cargo();
    tests
        .args(["test", "--package", "browser-tests", "--features", "firefox", "--test", "scenarios"])
        // Each is a Firefox of its own, which takes more than one processor while it starts.
        .args(["--", "--exact", "--test-threads=2"])
        .args(SCENARIOS)
        .env("FIREFOX", found.firefox)
        .env("GECKODRIVER", found.geckodriver);
    let mut tally = Tally::default();
    suite::count(&mut tests, &mut tally)?;
    if tally.passed != SCENARIOS.len() as u64 {
        bail!("{} scenarios are named in xtask/src/firefox.rs, and {tally}", SCENARIOS.len());
    }
    Ok(())
}
