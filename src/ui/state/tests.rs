//! Tables of (state, action) → state.

use super::*;
use crate::engine::hardware::{CUSTOM_ID, PRESETS};
use crate::engine::{Workload, analyze};
use crate::hub::Case;
use crate::share::MAX_VERSUS;
use crate::ui::setup::Held;
use crate::ui::subject::Source;

fn after(actions: impl IntoIterator<Item = Action>) -> State {
    actions.into_iter().fold(State::first_view(), |state, action| state.after(action))
}

fn typed(text: &str) -> Action {
    Action::Type(text.to_owned())
}

fn shown(state: &State) -> &str {
    let subject = state.subject.as_ref();
    subject.and_then(|subject| subject.model.name.as_deref()).unwrap_or("nameless")
}

fn config() -> &'static str {
    catalog::find("HuggingFaceTB/SmolLM2-135M").unwrap().config
}

fn arrived() -> Result<Fetched, HubError> {
    Ok(Fetched { text: config().to_owned(), commit: Some("c0ffee".repeat(7)[..40].to_owned()) })
}

#[test]
fn the_page_opens_with_an_answer() {
    let state = State::first_view();
    assert_eq!(shown(&state), catalog::DEFAULT_ID);
    assert_eq!(*state.workload, Workload::default());
    assert_eq!(state.hardware.id, crate::engine::hardware::DEFAULT_ID);
    assert!(!state.is_stale());
}

#[test]
fn the_box_takes_anything_and_keeps_the_last_good_answer() {
    for (text, shows, stale) in [
        ("meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B", false),
        ("META-LLAMA/llama-3.1-8b", "meta-llama/Llama-3.1-8B", false),
        ("https://huggingface.co/meta-llama/Llama-3.1-8B", "meta-llama/Llama-3.1-8B", false),
        // Known, but at a revision that only the Hub has.
        ("meta-llama/Llama-3.1-8B@v1", catalog::DEFAULT_ID, false),
        ("somebody/something", catalog::DEFAULT_ID, false),
        ("somebody/", catalog::DEFAULT_ID, false),
        ("", catalog::DEFAULT_ID, false),
        ("what is this", catalog::DEFAULT_ID, true),
        ("{", catalog::DEFAULT_ID, true),
        (r#"{"model_type": "llama", "hidden_size": 0}"#, catalog::DEFAULT_ID, true),
        (config(), "nameless", false),
    ] {
        let state = after([typed(text)]);
        assert_eq!((shown(&state), state.is_stale()), (shows, stale), "{text}");
        assert_eq!(&*state.text, text);
    }
    assert!(!after([typed("{"), typed(config())]).is_stale());
}

#[test]
fn a_file_lends_its_name() {
    for (name, shows) in [("my-model.json", "my-model"), ("config.json", "nameless")] {
        let action = Action::OpenFile { name: name.to_owned(), text: config().to_owned() };
        assert_eq!(shown(&after([action])), shows);
    }
}

#[test]
fn a_fetch_ends_once_and_only_the_awaited_one_counts() {
    let running = after([typed("a/b"), Action::Fetch]);
    let Fetch::Running { ticket, .. } = running.fetch else { panic!("{:?}", running.fetch) };

    let late = running.after(Action::Fetched { ticket: ticket - 1, result: arrived() });
    assert_eq!(late, running);

    let done = running.after(Action::Fetched { ticket, result: arrived() });
    assert_eq!((shown(&done), &done.fetch), ("a/b", &Fetch::Idle));
    let Source::Hub { commit: Some(_), .. } = &done.subject.as_ref().unwrap().source else { panic!() };

    // Back to it without a request, and to the built-in model in between.
    let again = done.after(typed(catalog::DEFAULT_ID)).after(typed("a/b"));
    assert_eq!((shown(&again), &again.fetch), ("a/b", &Fetch::Idle));

    for stop in [Action::CancelFetch, typed("a/c")] {
        let stopped = running.after(stop);
        assert_eq!(stopped.fetch, Fetch::Idle);
        assert_eq!(stopped.after(Action::Fetched { ticket, result: arrived() }), stopped);
    }
}

#[test]
fn a_link_means_its_commit_and_a_name_the_newest() {
    let fetched = |state: State, commit: &str| {
        let running = state.after(typed("a/b")).after(Action::Fetch);
        let Fetch::Running { ticket, .. } = running.fetch else { panic!("{:?}", running.fetch) };
        let result = Ok(Fetched { commit: Some(commit.repeat(40)), ..arrived().unwrap() });
        running.after(Action::Fetched { ticket, result })
    };
    let commit = |state: &State| match &state.subject.as_ref().unwrap().source {
        Source::Hub { commit, .. } => commit.as_deref().unwrap_or_default()[..1].to_owned(),
        other => panic!("{other:?}"),
    };
    let open = |state: &State, link: &str| {
        let (scenario, warnings) = Scenario::from_fragment(link);
        state.after(Action::Open(Box::new(scenario), warnings))
    };
    let both = fetched(fetched(after([]), "a"), "b");
    for known in ["a", "b"] {
        let link = format!("v=1&m=a/b&commit={}", known.repeat(40));
        assert_eq!(commit(&open(&both, &link)), known);
    }
    assert_eq!(commit(&both.after(typed(catalog::DEFAULT_ID)).after(typed("a/b"))), "b");

    // One that is not known, one of another Hub, and one that a built-in model is named like.
    let elsewhere = both.after(Action::SetBase("https://hub.example.org".to_owned()));
    let unknown = format!("v=1&m=a/b&commit={}", "c".repeat(40));
    let named = format!("v=1&m={}@main", catalog::DEFAULT_ID);
    for (state, link) in [(&both, unknown.as_str()), (&elsewhere, "v=1&m=a/b"), (&both, named.as_str())] {
        assert!(matches!(open(state, link).fetch, Fetch::Running { .. }), "{link}");
    }
}

#[test]
fn the_families_that_are_known_are_listed_apart_from_what_is_wrong() {
    let trouble = after([typed(r#"{"model_type": "lama"}"#)]).trouble.unwrap();
    let said = trouble.message();
    assert!(said.starts_with("model_type: \"lama\" is not a family"), "{said}");
    assert!(said.ends_with("Did you mean \"llama\"?"), "{said}");
    assert_eq!(trouble.known().unwrap(), crate::engine::families::known());
    assert_eq!(after([typed(r#"{"model_type": 7}"#)]).trouble.unwrap().known(), None);
}

#[test]
fn a_refusal_keeps_the_answer_and_drops_a_bad_token() {
    let running = after([Action::SetToken("hf_x".to_owned()), typed("a/b"), Action::Fetch]);
    let Fetch::Running { ticket, model, .. } = running.fetch.clone() else { panic!() };
    let case = Box::new(Case::new(&HubBase::default(), &model, true));
    for (error, token) in [(HubError::BadToken(case.clone()), ""), (HubError::NotFound(case), "hf_x")] {
        let refused = running.after(Action::Fetched { ticket, result: Err(error.clone()) });
        assert_eq!(refused.fetch, Fetch::Failed(error));
        assert_eq!((shown(&refused), refused.token.as_str()), (catalog::DEFAULT_ID, token));
    }
    let cancelled = running.after(Action::Fetched { ticket, result: Err(HubError::Cancelled) });
    assert_eq!(cancelled.fetch, Fetch::Idle);
}

#[test]
fn a_fetched_config_that_cannot_be_read_says_whose_it_is() {
    let running = after([typed("a/b"), Action::Fetch]);
    let broken = Fetched { text: "{}".to_owned(), commit: None };
    let state = running.after(Action::Fetched { ticket: 1, result: Ok(broken) });
    assert!(state.trouble.unwrap().message().starts_with("The config.json of a/b"));
}

#[test]
fn an_unknown_family_is_read_as_llama_on_request() {
    let text = config().replace("\"llama\"", "\"brandnew\"");
    let pasted = after([typed(&text)]);
    assert!(pasted.trouble.as_ref().is_some_and(Trouble::is_llama_like));
    let running = after([typed("a/b"), Action::Fetch]);
    let fetched = running.after(Action::Fetched { ticket: 1, result: Ok(Fetched { text, commit: None }) });
    for (before, name) in [(pasted, "nameless"), (fetched, "b")] {
        let read = before.after(Action::ReadAsLlama);
        assert!(!read.is_stale(), "{:?}", read.trouble);
        assert_eq!(shown(&read), name);
        assert!(read.subject.as_ref().unwrap().model.read_as.is_some());
        assert!(read.text.contains("roofline_read_as"));
    }
}

#[test]
fn half_typed_numbers_leave_the_answer_alone() {
    let half = after([Action::SetLoad(LoadField::Cached, "10x".to_owned())]);
    assert_eq!(*half.workload, Workload::default());
    assert!(half.is_stale());
    let whole = half.after(Action::SetLoad(LoadField::Cached, "10k".to_owned()));
    assert_eq!(*whole.workload, Workload::uniform(10_240, 1, 1).unwrap());
    assert!(!whole.is_stale());
    let list = whole
        .after(Action::Describe(Mode::List))
        .after(Action::SetLoad(LoadField::Cached, "1048576 1024".to_owned()))
        .after(Action::SetLoad(LoadField::Input, "1 1".to_owned()));
    assert_eq!(*list.workload, Workload::new(&[1 << 20, 1024], &[1, 1], None).unwrap());
}

#[test]
fn devices_are_chosen_and_described() {
    let state = after([Action::ChooseDevice("a100-80gb-sxm".to_owned())]);
    assert_eq!(state.hardware.id, "a100-80gb-sxm");
    let custom = state.after(Action::ChooseDevice(CUSTOM_ID.to_owned()));
    assert_eq!(custom.hardware.bandwidth, state.hardware.bandwidth);
    let broken = custom.after(Action::SetDevice(DeviceField::Bandwidth, "fast".to_owned()));
    assert_eq!(broken.hardware, custom.hardware);
    assert!(broken.is_stale());
}

#[test]
fn rows_open_and_close() {
    let (one, two) = (RowId(1, 0), RowId(1, 1));
    let flops = Action::Explain(one, Figure::Flops);
    for (actions, pinned, figure) in [
        (vec![Action::Pin(one)], Some(one), None),
        (vec![Action::Pin(one), Action::Pin(one)], None, None),
        (vec![Action::Pin(one), Action::Pin(two)], Some(two), None),
        (vec![flops.clone()], Some(one), Some(Figure::Flops)),
        (vec![flops.clone(), flops.clone()], None, None),
        (
            vec![flops.clone(), Action::Explain(one, Figure::OutputBytes)],
            Some(one),
            Some(Figure::OutputBytes),
        ),
        (vec![flops.clone(), Action::Pin(two)], Some(two), None),
        (vec![flops.clone(), Action::Escape], None, None),
        // The same row under another accounting, but not of another model.
        (vec![Action::Pin(one), Action::SetAccounting(Accounting::EXACT)], Some(one), None),
        (vec![Action::Pin(one), typed(config())], None, None),
    ] {
        let state = after(actions.clone());
        assert_eq!((state.pinned, state.figure), (pinned, figure), "{actions:?}");
    }
}

#[test]
fn two_accountings_are_compared_and_never_one_with_itself() {
    let (document, exact, torch) = (Accounting::DOCUMENT, Accounting::EXACT, Accounting::TORCH);
    let compare = |other| Action::Compare(Some(other));
    for (actions, sides) in [
        (vec![], (document, None)),
        (vec![compare(exact)], (document, Some(exact))),
        (vec![compare(document)], (document, None)),
        (vec![compare(exact), Action::Compare(None)], (document, None)),
        (vec![compare(exact), Action::SetAccounting(torch)], (torch, Some(exact))),
        (vec![compare(exact), Action::SetAccounting(exact)], (exact, Some(document))),
        (vec![compare(exact), Action::Choose(&catalog::MODELS[0])], (document, Some(exact))),
    ] {
        let state = after(actions.clone());
        assert_eq!((state.accounting, state.compare), sides, "{actions:?}");
    }
    for (link, other) in [("v=1&cmp=exact", Some(exact)), ("v=1&acc=exact&cmp=exact", None)] {
        let (scenario, warnings) = Scenario::from_fragment(link);
        let state = after([Action::Open(Box::new(scenario), warnings)]);
        assert_eq!(state.compare, other, "{link}");
    }
}

#[test]
fn escape_closes_the_topmost_first() {
    let open = after([Action::Pin(RowId(1, 0)), Action::OfferCopy("link", "x".to_owned())]);
    let once = open.after(Action::Escape);
    assert!(once.to_copy.is_none() && once.pinned.is_some());
    assert!(once.after(Action::Escape).pinned.is_none());
}

#[test]
fn a_toast_goes_with_its_own_ticket_only() {
    let first = after([Action::Say("one".to_owned())]);
    let second = first.after(Action::Say("two".to_owned()));
    assert!(second.after(Action::Hush(first.ticket)).toast.is_some());
    assert!(second.after(Action::Hush(second.ticket)).toast.is_none());
}

#[test]
fn links_open_fetch_and_warn() {
    let open = |text: &str| {
        let (scenario, warnings) = Scenario::from_fragment(text);
        after([Action::Open(Box::new(scenario), warnings)])
    };
    let built_in = open("v=1&m=meta-llama/Llama-3.1-8B&sel=Attn%20-%20SDPA");
    assert_eq!(shown(&built_in), "meta-llama/Llama-3.1-8B");
    let pinned = built_in.pinned.and_then(|row| built_in.subject.as_ref()?.name_of(row));
    assert_eq!(pinned, Some("Attn - SDPA"));

    // Nothing of another model is shown while the named one is on its way; its row waits for it.
    let commit = "c0ffee".repeat(7)[..40].to_owned();
    let foreign = open(&format!("v=1&m=a/b&commit={commit}&sel=Attn%20-%20SDPA"));
    let Fetch::Running { ticket, commit: Some(asked), .. } = &foreign.fetch else { panic!() };
    assert_eq!((asked, &foreign.subject), (&commit, &None));
    let there = foreign.after(Action::Fetched { ticket: *ticket, result: arrived() });
    assert_eq!(shown(&there), "a/b");
    assert!(there.pinned.is_some());

    let broken = open("v=1&cached=many&nonsense=1");
    assert_eq!(shown(&broken), catalog::DEFAULT_ID);
    assert_eq!(broken.warnings.len(), 1);
    assert_eq!(broken.unknown.len(), 1);
    assert!(broken.after(Action::DismissWarnings).warnings.is_empty());
}

#[test]
fn formats_are_chosen_kept_over_models_and_taken_back() {
    let keep = |what, word: &str| Action::Keep(what, word.to_owned());
    let weights = |state: &State| {
        let subject = state.subject.as_ref().unwrap();
        let report = analyze(&subject.model, &state.workload, &state.accounting, None).unwrap();
        report.total.weight_bytes.0
    };
    let plain = after([]);
    let small = after([keep(Kept::Weights, "q4_0")]);
    // 4.5 of 16 bits, but for the norms.
    assert!(weights(&small) * 3 < weights(&plain) && weights(&small) * 4 > weights(&plain));
    let back = after([keep(Kept::Weights, "q4_0"), keep(Kept::Weights, "")]);
    assert_eq!(back.subject, plain.subject);
    // A word that chooses nothing leaves everything as it was.
    assert_eq!(after([keep(Kept::Cache, "lead")]), plain);
    let other = catalog::find("meta-llama/Llama-3.1-8B").unwrap();
    let moved = after([keep(Kept::Weights, "fp8"), Action::Choose(other)]);
    assert_eq!(moved.formats.weights.as_deref(), Some("fp8"));
    assert!(weights(&moved) < weights(&after([Action::Choose(other)])));
}

#[test]
fn what_is_varied_is_kept_while_it_is_retyped() {
    let vary = |text: &str| Action::Vary(text.to_owned());
    let state = after([vary("batch=1..64")]);
    assert_eq!((state.sweeps.len(), state.measure), (1, Measure::Time));
    let state = state.after(vary("batch=1.."));
    assert_eq!(
        (state.sweep_text.as_str(), state.sweeps[0].to_string()),
        ("batch=1..", "batch=1..64".to_owned())
    );
    // With a second thing varied the question is another, and without it the first again.
    let state = state.after(vary("batch=1..8 devices=1..4"));
    assert_eq!(state.measure, Measure::Tradeoff);
    let state = state.after(Action::Measure(Measure::Memory)).after(vary("batch=1..9 devices=1..4"));
    assert_eq!(state.measure, Measure::Memory);
    let state = state.after(vary(""));
    assert_eq!((state.sweeps.len(), state.measure), (0, Measure::Time));
}

fn device(id: &str) -> Variation {
    Variation::Device(PRESETS.iter().find(|preset| preset.id == id).unwrap())
}

fn scenarios(state: &State) -> Vec<String> {
    let now = Setup::of(state).unwrap();
    state.beside.iter().map(|setup| setup.apart_from(&now).join(", ")).collect()
}

#[test]
fn a_scenario_is_kept_changed_swapped_and_dropped() {
    let kept = after([Action::Beside(Variation::Nothing)]);
    assert_eq!(scenarios(&kept), [""]);
    let changed = kept.after(Action::ChooseDevice("l4-24gb".to_owned()));
    assert_eq!(scenarios(&changed), ["H100 80GB SXM5"]);
    let two = changed.after(Action::Beside(Variation::Weights("fp8")));
    assert_eq!(scenarios(&two), ["H100 80GB SXM5", "fp8 weights"]);

    let swapped = two.after(Action::Swap(1));
    assert_eq!(scenarios(&swapped), ["H100 80GB SXM5, weights as configured", "weights as configured"]);
    assert_eq!(swapped.formats.weights.as_deref(), Some("fp8"));
    assert_eq!(swapped.subject.as_ref().unwrap().model, two.beside[1].subject().unwrap().model);
    let back = swapped.after(Action::Swap(1));
    assert_eq!((&back.beside, Setup::of(&back)), (&two.beside, Setup::of(&two)));
    // The fields go along.
    let first = two.after(Action::Swap(0));
    assert_eq!(first.device_form.read().unwrap(), *first.hardware);
    assert!(!first.is_stale());

    assert_eq!(scenarios(&two.after(Action::Drop(0))), ["fp8 weights"]);
    for nothing in [Action::Drop(2), Action::Swap(2)] {
        assert_eq!(two.after(nothing), two);
    }
    assert_eq!(two.after(Action::DropAll).beside, []);
    let full = (0..20).fold(State::first_view(), |state, _| state.after(Action::Beside(Variation::Nothing)));
    assert_eq!(full.beside.len(), MAX_VERSUS);
    let none = after([Action::Beside(device("h100-80gb-sxm"))]);
    assert_eq!(none.beside, [], "the same device is no other scenario");
}

#[test]
fn a_swap_brings_back_what_was_pasted_and_what_was_fetched() {
    let pasted =
        after([typed(config()), Action::Beside(Variation::Nothing), typed("meta-llama/Llama-3.1-8B")]);
    let swapped = pasted.after(Action::Swap(0));
    assert_eq!(shown(&swapped), "nameless");
    assert!(swapped.text.starts_with('{') && !swapped.is_stale());
    // What the box then holds reads as the same model.
    let read = swapped.after(typed(&swapped.text));
    assert_eq!(read.subject.as_ref().unwrap().model.groups, swapped.subject.as_ref().unwrap().model.groups);

    let fetched = after([typed("somebody/something"), Action::Fetch])
        .after(Action::Fetched { ticket: 1, result: arrived() })
        .after(Action::Beside(Variation::Nothing))
        .after(Action::Choose(&catalog::MODELS[0]));
    let swapped = fetched.after(Action::Swap(0));
    assert_eq!((&*swapped.text, shown(&swapped)), ("somebody/something", "somebody/something"));
    assert_eq!(swapped.fetch, Fetch::Idle);
}

fn open(link: &str) -> Action {
    let (scenario, warnings) = Scenario::from_fragment(link);
    Action::Open(Box::new(scenario), warnings)
}

#[test]
fn a_link_asks_the_hub_for_no_scenario_before_it_is_opened() {
    let state = after([open("v=1&vs=m=somebody/something%26w=fp8&vs=hw=l4-24gb")]);
    assert_eq!(state.fetch, Fetch::Idle);
    assert!(matches!(state.beside[0].model, Held::Away { .. }));
    assert_eq!(scenarios(&state), ["something, fp8 weights", "L4"]);
    assert!(state.beside[0].report().is_none() && state.beside[1].report().is_some());
    let opened = state.after(Action::Swap(0));
    assert!(matches!(&opened.fetch, Fetch::Running { model, .. } if model.repo == "somebody/something"));
    let ticket = opened.ticket;
    let there = opened.after(Action::Fetched { ticket, result: arrived() });
    assert_eq!(shown(&there), "somebody/something");
    assert_eq!(scenarios(&there)[0], "Llama-2-7b-hf, weights as configured");
    // What was fetched in the meantime is there at once, in the formats that the link names.
    let known = there.after(open("v=1&vs=m=somebody/something%26w=fp8"));
    assert!(known.beside[0].report().is_some());
    // And what is fetched while a scenario waits for it fills that in.
    let waiting = state.after(typed("somebody/something")).after(Action::Fetch);
    let ticket = waiting.ticket;
    let filled = waiting.after(Action::Fetched { ticket, result: arrived() });
    assert!(filled.beside[0].report().is_some());
    assert_eq!(filled.beside[0].subject().unwrap().title(), "somebody/something");
}

#[test]
fn a_scenario_with_a_config_that_is_no_model_is_left_out_with_a_warning() {
    // {"model_type":"bert"}
    let state = after([open("v=1&vs=c=eyJtb2RlbF90eXBlIjoiYmVydCJ9&vs=hw=l4-24gb")]);
    assert_eq!(scenarios(&state), ["L4"]);
    assert_eq!(state.warnings.len(), 1);
    assert!(
        state.warnings[0].starts_with("Scenario B of the link was left out: ")
            && state.warnings[0].contains("bert")
    );
}
