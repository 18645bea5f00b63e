use super::*;
use crate::engine::Seconds;
use crate::engine::accounting::Choice;
use crate::engine::lineup::letter;
use crate::engine::serving::sweep::{Quantity, Spacing};
use crate::engine::serving::{Ceiling, Network, Parallel, Reach, Serving};
use proptest::prelude::*;

fn built_in(id: &str) -> ModelSource {
    ModelSource::BuiltIn(catalog::find(id).unwrap().id)
}

fn hub(repo: &str, revision: Option<&str>, commit: Option<&str>) -> ModelSource {
    ModelSource::Hub {
        repo: repo.to_owned(),
        revision: revision.map(str::to_owned),
        commit: commit.map(str::to_owned),
    }
}

fn own_device(name: &str, peak: f64, bandwidth: f64, memory: f64) -> DeviceChoice {
    DeviceChoice::Custom(Box::new(Hardware::custom(name, peak, bandwidth, memory).unwrap()))
}

const SHA: &str = "01c7f73d771dfac7d292323805ebc428287df4f9";

#[test]
fn links_say_what_they_say() {
    let base = Scenario::default;
    let tokens = |cached: &[u64], input: &[u64], batch| Workload::new(cached, input, batch).unwrap();
    for (scenario, fragment) in [
        (base(), "v=1"),
        (Scenario { model: built_in("meta-llama/Llama-3.1-8B"), ..base() }, "v=1&m=meta-llama/Llama-3.1-8B"),
        (Scenario { model: hub("gpt2", None, None), ..base() }, "v=1&m=gpt2"),
        (
            Scenario { model: hub("org/name", Some("refs/pr/1"), Some(SHA)), ..base() },
            "v=1&m=org/name@refs/pr/1&commit=01c7f73d771dfac7d292323805ebc428287df4f9",
        ),
        // Fetched from the Hub although it is built in.
        (
            Scenario { model: hub("meta-llama/Llama-2-7b-hf", None, None), ..base() },
            "v=1&m=meta-llama/Llama-2-7b-hf@main",
        ),
        // {"a":1} in base64url
        (
            Scenario { model: ModelSource::Pasted { config: "{\"a\":1}".into() }, ..base() },
            "v=1&c=eyJhIjoxfQ",
        ),
        (Scenario { workload: tokens(&[1024], &[1], Some(8)), ..base() }, "v=1&batch=8"),
        (Scenario { workload: tokens(&[0], &[4096], None), ..base() }, "v=1&cached=0&in=4096"),
        (
            Scenario { workload: tokens(&[1_048_576, 1024], &[1, 1], None), ..base() },
            "v=1&cached=1048576,1024&in=1x2",
        ),
        (
            Scenario { workload: tokens(&[7, 7, 7], &[1, 2, 3], Some(6)), ..base() },
            "v=1&cached=7x3&in=1,2,3&batch=6",
        ),
        (Scenario { hardware: DeviceChoice::BuiltIn("l4-24gb"), ..base() }, "v=1&hw=l4-24gb"),
        (Scenario { hardware: DeviceChoice::None, ..base() }, "v=1&hw=none"),
        (
            Scenario { hardware: own_device("My board, rev 2", 1e15, 4.5e12, 96e9), ..base() },
            "v=1&hw=custom:1e15,4.5e12,9.6e10,My%20board,%20rev%202",
        ),
        (
            Scenario {
                hardware: DeviceChoice::Custom(Box::new(
                    Hardware::described("1e15,1e12,1e11,fp8:2e15,link:450e9x16,name:fp4:1").unwrap(),
                )),
                ..base()
            },
            "v=1&hw=custom:1e15,1e12,1e11,fp8:2e15,link:4.5e11x16,name:fp4:1",
        ),
        (
            Scenario { accounting: Accounting::EXACT, selection: Some("Attn - SDPA".into()), ..base() },
            "v=1&acc=exact&sel=Attn%20-%20SDPA",
        ),
        (
            Scenario { accounting: Accounting { softmax: true, ..Accounting::DOCUMENT }, ..base() },
            "v=1&acc=document,softmax=on",
        ),
        (Scenario { compare: Some(Accounting::EXACT), ..base() }, "v=1&cmp=exact"),
        (
            Scenario {
                formats: Words {
                    weights: Some("q4_k_m".into()),
                    activations: Some("float16".into()),
                    kv_cache: Some("fp8".into()),
                },
                ..base()
            },
            "v=1&w=q4_k_m&act=float16&kv=fp8",
        ),
        (
            Scenario {
                serving: Serving {
                    parallel: Parallel { tensor: 8, pipeline: 2, expert: 4, data: 3 },
                    output_tokens: 64,
                    ceiling: Ceiling::ACHIEVABLE,
                    fused: false,
                    reserve: 0.05,
                    ..Serving::default()
                },
                ..base()
            },
            "v=1&tp=8&pp=2&ep=4&dp=3&out=64&reach=achievable&fuse=off&free=0.05",
        ),
        (
            Scenario {
                accounting: Accounting::TORCH,
                compare: Some(Accounting { softmax: true, ..Accounting::DOCUMENT }),
                selection: Some("x".into()),
                ..base()
            },
            "v=1&acc=torch&cmp=document,softmax=on&sel=x",
        ),
        (
            Scenario { selection: Some("x".into()), embed: Some(Embed::Chart), ..base() },
            "v=1&sel=x&embed=chart",
        ),
        (Scenario { embed: Some(Embed::Table), ..base() }, "v=1&embed=table"),
        (
            Scenario { unknown: vec![("frame".into(), "1".into()), ("ü".into(), "&=".into())], ..base() },
            "v=1&frame=1&%C3%BC=%26=",
        ),
    ] {
        assert_eq!(scenario.to_fragment().as_deref(), Ok(fragment));
        assert_eq!(Scenario::from_fragment(fragment), (scenario.clone(), vec![]), "{fragment}");
        assert_eq!(Scenario::from_fragment(&format!("#{fragment}")), (scenario, vec![]));
    }
}

#[test]
fn links_written_by_hand_are_understood() {
    let base = Scenario::default;
    let tokens = |cached: &[u64], input: &[u64], batch| Workload::new(cached, input, batch).unwrap();
    for (fragment, scenario) in [
        ("", base()),
        ("#", base()),
        ("&&", base()),
        ("m=META-LLAMA/llama-3.1-8b", Scenario { model: built_in("meta-llama/Llama-3.1-8B"), ..base() }),
        ("hw=L4", Scenario { hardware: DeviceChoice::BuiltIn("l4-24gb"), ..base() }),
        ("cached=5,6", Scenario { workload: tokens(&[5, 6], &[1, 1], None), ..base() }),
        ("in=9x2", Scenario { workload: tokens(&[1024, 1024], &[9, 9], None), ..base() }),
        ("cached=0&in=5,6", Scenario { workload: tokens(&[0, 0], &[5, 6], None), ..base() }),
        (
            "c=eyJhIjoxfQ%3D%3D",
            Scenario { model: ModelSource::Pasted { config: "{\"a\":1}".into() }, ..base() },
        ),
        (
            "m=meta-llama/Llama-2-7b-hf&commit=01C7F73D771DFAC7D292323805EBC428287DF4F9",
            Scenario { model: hub("meta-llama/Llama-2-7b-hf", None, Some(SHA)), ..base() },
        ),
    ] {
        assert_eq!(Scenario::from_fragment(fragment), (scenario, vec![]), "{fragment}");
    }
}

#[test]
fn what_cannot_be_read_is_said_and_has_its_default() {
    for (fragment, warnings) in [
        ("v=2&m=gpt2", &["another version of this page (v=2)"][..]),
        ("v=1.0", &["another version"]),
        ("top&batch=1", &["“top”, is not of the form"]),
        ("top", &["nothing that this page understands"]),
        ("m=../../etc", &["“../../etc” is not a model's name"]),
        ("m=a/b/c", &["not a model's name"]),
        ("m=org/name@../x", &["not a model's revision"]),
        ("m=org/name@", &["not a model's revision"]),
        ("m=%FF", &["“m” was left out: it is not text in UTF-8"]),
        ("m=", &["“” is not a model's name"]),
        ("commit=abc", &["40 hexadecimal digits"]),
        ("c=eyJhIjox", &["“c” was left out: not valid JSON at line 1, column 6"]),
        ("c=%20", &["not base64url"]),
        ("c=MTI", &["a config.json is a JSON object"]),
        ("cached=1,2&in=1,1,1", &["2 values for the cached tokens and 3 values"]),
        ("cached=1&in=0", &["no input token"]),
        ("batch=0", &["not a multiple"]),
        ("batch=99999999999", &["use a smaller one"]),
        ("cached=-1", &["“-1” is not a whole number"]),
        ("hw=abacus", &["there is no device “abacus”"]),
        ("hw=custom:1e15", &["the bandwidth, “”, is no number"]),
        ("hw=custom:NaN,1,1,x", &["the peak, “NaN”, is no number"]),
        ("acc=Exact", &["only document, exact, torch"]),
        ("cmp=mine", &["“cmp” was left out: there is no accounting “mine”, only document"]),
        ("sel=", &["1 to 200 letters"]),
        ("batch=1&batch=2", &["“batch” more than once"]),
        ("hw=x&acc=y", &["“hw”", "“acc”"]),
    ] {
        let (scenario, said) = Scenario::from_fragment(fragment);
        assert_eq!(scenario, Scenario::default(), "{fragment}");
        assert_eq!(said.len(), warnings.len(), "{fragment} {said:?}");
        for (said, needle) in said.iter().zip(warnings) {
            assert!(said.to_string().contains(needle), "{fragment}: {said}");
        }
    }
    let (scenario, said) = Scenario::from_fragment("c=eyJhIjoxfQ&m=gpt2&in=x&acc=exact");
    assert_eq!(scenario.model, ModelSource::Pasted { config: "{\"a\":1}".into() });
    assert_eq!(scenario.accounting, Accounting::EXACT);
    assert_eq!(said.len(), 2);
}

/// The link's own scenario is told by differences from the default, the others by differences from it.
#[test]
fn scenarios_to_compare_with_are_told_by_what_differs() {
    let tokens = |cached: &[u64], input: &[u64], batch| Workload::new(cached, input, batch).unwrap();
    let words = |weights: Option<&str>| Words { weights: weights.map(str::to_owned), ..Words::default() };
    let own = Scenario {
        model: built_in("meta-llama/Llama-3.1-8B"),
        workload: tokens(&[4096], &[1], Some(8)),
        hardware: DeviceChoice::BuiltIn("h200-141gb-sxm"),
        accounting: Accounting::EXACT,
        formats: words(Some("fp8")),
        serving: Serving { fused: false, output_tokens: 64, ..Serving::default() },
        ..Scenario::default()
    };
    let own_text = "v=1&m=meta-llama/Llama-3.1-8B&cached=4096&in=1&batch=8&hw=h200-141gb-sxm&acc=exact&w=fp8&out=64&fuse=off";
    let case = own.case();
    for (versus, text) in [
        // Nothing differs yet.
        (case.clone(), "vs="),
        (Case { hardware: DeviceChoice::BuiltIn("b200-180gb-sxm"), ..case.clone() }, "vs=hw=b200-180gb-sxm"),
        // The batch is the link's.
        (Case { workload: tokens(&[0], &[4096], Some(8)), ..case.clone() }, "vs=cached=0%26in=4096"),
        (
            Case { workload: tokens(&[5, 6], &[1, 1], None), ..case.clone() },
            "vs=cached=5,6%26in=1x2%26batch=2",
        ),
        // What has its default value, and differs from the link's own, is spelled out.
        (
            Case::default(),
            "vs=m=meta-llama/Llama-2-7b-hf%26cached=1024%26in=1%26batch=1%26hw=h100-80gb-sxm%26acc=document\
             %26w=auto%26out=256%26fuse=on",
        ),
        (
            Case { model: hub("org/name", None, Some(SHA)), formats: words(None), ..case.clone() },
            "vs=m=org/name%26commit=01c7f73d771dfac7d292323805ebc428287df4f9%26w=auto",
        ),
        (
            Case { hardware: own_device("A & B", 1e15, 1e12, 1e11), ..case.clone() },
            "vs=hw=custom:1e15,1e12,1e11,A%2520%2526%2520B",
        ),
    ] {
        let scenario = Scenario { versus: vec![versus, case.clone()], ..own.clone() };
        let fragment = format!("{own_text}&{text}&vs=");
        assert_eq!(scenario.to_fragment().as_deref(), Ok(&*fragment));
        assert_eq!(Scenario::from_fragment(&fragment), (scenario, vec![]));
    }
}

#[test]
fn what_cannot_be_read_of_a_scenario_to_compare_with_is_as_in_the_link() {
    let own = Scenario::from_fragment("in=7&batch=6&hw=l4-24gb&w=fp8").0;
    for (text, warnings) in [
        ("hw=abacus", &["Of scenario B in the link something was left out: The link's value for “hw”"][..]),
        ("w=mush%26kv=mush", &["mush", "mush"]),
        // 6 queries are no multiple of 4.
        ("cached=1,2,3,4", &["not a multiple"]),
        ("stray", &["“stray”"]),
        ("%2500=%2500", &["“” means nothing there"]),
        (
            "v=1%26sel=x%26cmp=exact%26vs=%26colour=green",
            &["“colour” means", "“v” means", "“sel”", "“cmp”", "“vs”"],
        ),
        ("tp=0", &["“tp”"]),
        ("commit=abc", &["40 hexadecimal digits"]),
        ("c=eyJhIjox", &["“c” was left out"]),
    ] {
        let (read, said) = Scenario::from_fragment(&format!("in=7&batch=6&hw=l4-24gb&w=fp8&vs={text}"));
        assert_eq!(read.versus, [own.case()], "{text}");
        assert_eq!(said.len(), warnings.len(), "{text} {said:?}");
        for (said, needle) in said.iter().zip(warnings) {
            assert!(said.to_string().contains(needle), "{text}: {said}");
        }
    }
    let (read, said) = Scenario::from_fragment(&"vs=hw=l4-24gb&".repeat(20));
    assert_eq!((read.versus.len(), said), (MAX_VERSUS, vec![Warning::TooMany]));
    let (read, said) = Scenario::from_fragment(&"vs=hw=x%26w=x%26acc=x&".repeat(8));
    assert_eq!((read.versus.len(), said.len()), (MAX_VERSUS, 8));
    assert_eq!((letter(0), letter(MAX_VERSUS)), ('A', 'I'));
}

#[test]
fn too_long_is_refused_on_both_sides() {
    let config = format!("{{\"a\":\"{}\"}}", "x".repeat(6000));
    let long = Scenario { model: ModelSource::Pasted { config }, ..Scenario::default() };
    // 6,008 bytes are 8,011 characters of base64, after `v=1&c=`.
    assert_eq!(long.to_fragment(), Err(LinkError::TooLong { length: 8017 }));
    assert!(long.to_fragment().unwrap_err().to_string().contains("download"));
    assert_eq!(
        Scenario::from_fragment(&"a=b&".repeat(20_000)),
        (Scenario::default(), vec![Warning::TooLong])
    );
    let (scenario, warnings) =
        Scenario::from_fragment(&(0..2000).map(|i| format!("k{i}=1&")).collect::<String>());
    assert_eq!((scenario.unknown.len(), warnings.len()), (16, 8));
    let varied = Workload::new(&[1; 65_537], &[1; 65_537], None).unwrap();
    assert_eq!(Scenario { workload: varied, ..Scenario::default() }.to_fragment(), Err(LinkError::Queries));
}

#[test]
fn a_link_tells_what_it_contains() {
    for (model, needle) in [
        (built_in(catalog::DEFAULT_ID), "contains the model's name, the device's name and the workload."),
        (hub("a/b", None, Some(SHA)), "its commit"),
        (ModelSource::Pasted { config: "{}".into() }, "the pasted config (2 characters"),
    ] {
        let said = Scenario { model, ..Scenario::default() }.contents();
        assert!(said.contains(needle), "{said}");
    }
    let pasted = Case { model: ModelSource::Pasted { config: "{}".into() }, ..Case::default() };
    let said = |versus| Scenario { versus, ..Scenario::default() }.contents();
    assert!(said(vec![Case::default()]).ends_with("what differs in 1 scenario to compare with."));
    assert!(
        said(vec![pasted, Case::default()])
            .ends_with("in 2 scenarios to compare with, pasted configs among it.")
    );
}

fn cases() -> impl Strategy<Value = Case> {
    let model = prop_oneof![
        (0..catalog::MODELS.len()).prop_map(|i| ModelSource::BuiltIn(catalog::MODELS[i].id)),
        (
            "[A-Za-z0-9_-][A-Za-z0-9._-]{0,9}(/[A-Za-z0-9_-][A-Za-z0-9._-]{0,9})?",
            proptest::option::of("v[a-z0-9.@:&=+-]{0,9}(/[a-z0-9]{1,5})?"),
            proptest::option::of("[0-9a-f]{40}"),
        )
            .prop_map(|(repo, revision, commit)| ModelSource::Hub { repo, revision, commit }),
        "\\PC{0,40}".prop_map(|text| ModelSource::Pasted {
            config: serde_json::json!({ "hidden_act": text }).to_string(),
        }),
    ];
    let workload = (proptest::collection::vec((0..=1u64 << 40, 1..=1u64 << 40), 1..6), 1u64..1000).prop_map(
        |(queries, times)| {
            let (cached, input): (Vec<_>, Vec<_>) = queries.into_iter().unzip();
            Workload::new(&cached, &input, Some(times * cached.len() as u64)).unwrap()
        },
    );
    let hardware = prop_oneof![
        Just(DeviceChoice::None),
        (0..hardware::PRESETS.len()).prop_map(|i| DeviceChoice::BuiltIn(hardware::PRESETS[i].id)),
        ("\\S\\PC{0,40}", 1.0..1e24f64, 1.0..1e21f64, 1.0..1e18f64).prop_filter_map(
            "control characters are taken out of names",
            |(name, peak, bandwidth, memory)| {
                (!name.chars().any(char::is_control)).then(|| own_device(&name, peak, bandwidth, memory))
            }
        ),
    ];
    let accounting = (0..3usize, proptest::collection::vec((0..10usize, any::<bool>()), 0..5)).prop_map(
        |(name, choices)| {
            choices.into_iter().fold(Accounting::NAMED[name].1, |accounting, (i, first)| {
                let choice = Choice::ALL[i];
                let options = choice.options();
                let option = if first { options[0] } else { options[options.len() - 1] };
                accounting.with(choice, option.id).unwrap()
            })
        },
    );
    let serving = (1..9u64, 1..9u64, 1..9u64, 1..9u64, 1..99u64, 0.01..1f64, any::<bool>()).prop_map(
        |(expert, times, pipeline, data, output_tokens, part, fused)| Serving {
            parallel: Parallel { tensor: expert * times, pipeline, expert, data },
            output_tokens,
            ceiling: Ceiling { compute: Reach::Factor(part), bandwidth: part },
            reserve: part / 2.0,
            fused,
            network: Network {
                across_bytes_per_second: part * 1e12,
                latency: Seconds(part / 1e6),
                latency_across: Seconds(part / 1e5),
            },
        },
    );
    let word = |words: &'static [&'static str]| {
        proptest::option::of(proptest::sample::select(words).prop_map(str::to_owned))
    };
    let formats = (word(&["fp8", "q4_k_m", "int4-g128"]), word(&["fp8", "float16"]), word(&["q8_0"]))
        .prop_map(|(weights, activations, kv_cache)| Words { weights, activations, kv_cache });
    (model, workload, hardware, accounting, formats, serving).prop_map(
        |(model, workload, hardware, accounting, formats, serving)| Case {
            model,
            workload,
            hardware,
            accounting,
            formats,
            serving,
        },
    )
}

/// A case that has some of its parts from another.
fn variant(other: &Case, parts: [bool; 6], own: Case) -> Case {
    let [model, workload, hardware, accounting, formats, serving] = parts;
    let mut case = other.clone();
    if model {
        case.model = own.model;
    }
    if workload {
        case.workload = own.workload;
    }
    if hardware {
        case.hardware = own.hardware;
    }
    if accounting {
        case.accounting = own.accounting;
    }
    if formats {
        case.formats = own.formats;
    }
    if serving {
        case.serving = own.serving;
    }
    case
}

/// What is varied, and which figure of it is drawn.
fn sweeps() -> impl Strategy<Value = (Vec<Sweep>, Measure)> {
    (0..4usize, 1..9u64, 1..99u64, 2..99u64, 0..Measure::ALL.len()).prop_map(
        |(what, from, more, points, measure)| {
            let spacing = if points % 2 == 0 { Spacing::Doubling } else { Spacing::Points(points) };
            let range = Sweep::Numbers { what: Quantity::ALL[what], from, to: from + more, spacing };
            (vec![range, Sweep::Weights(vec!["fp8".to_owned(), "q4_k_m".to_owned()])], Measure::ALL[measure])
        },
    )
}

fn scenarios() -> impl Strategy<Value = Scenario> {
    let unknown = proptest::collection::btree_map("x\\PC{0,9}", "\\PC{0,20}", 0..4);
    let compare = proptest::option::of(cases().prop_map(|case| case.accounting));
    let selection = proptest::option::of("\\PC{1,40}");
    let versus = proptest::collection::vec((any::<[bool; 6]>(), cases()), 0..3);
    let embed = proptest::option::of(proptest::sample::select(Embed::ALL.to_vec()));
    (cases(), compare, sweeps(), selection, embed, versus, unknown).prop_map(
        |(own, compare, (sweeps, measure), selection, embed, versus, unknown)| {
            let versus = versus.into_iter().map(|(parts, case)| variant(&own, parts, case)).collect();
            let Case { model, workload, hardware, accounting, formats, serving } = own;
            Scenario {
                model,
                workload,
                hardware,
                accounting,
                compare,
                formats,
                serving,
                sweeps,
                measure,
                selection,
                embed,
                versus,
                unknown: unknown.into_iter().collect(),
            }
        },
    )
}

/// A fragment of plausible parts, some of them broken.
fn fragments() -> impl Strategy<Value = String> {
    let key = prop_oneof![
        proptest::sample::select(vec![
            "v", "m", "commit", "c", "cached", "in", "batch", "hw", "acc", "cmp", "w", "act", "kv", "sel",
            "tp", "ep", "out", "reach", "fuse", "free", "net", "sweep", "show", "embed", "vs", "vs", "%"
        ]),
        Just("zz"),
    ];
    let value = prop_oneof![
        "\\PC{0,20}",
        "[0-9x,]{0,30}",
        "custom:[0-9e.,+-]{0,30}",
        "[A-Za-z0-9_-]{0,60}",
        "(%[0-9A-Fa-f]{0,2}){0,8}",
        "(batch|context|devices|weights)=[0-9.x+,a-z]{0,12}",
        Just("1".to_owned()),
        Just("meta-llama/Llama-2-7b-hf".to_owned()),
        "(hw|w|kv|m|cached|batch|vs|sel|tp)=[a-z0-9,%]{0,9}(%26(hw|acc|in|batch|c)=[A-Za-z0-9,-]{0,9}){0,2}",
    ];
    proptest::collection::vec((key, value), 0..8).prop_map(|parts| {
        parts.into_iter().map(|(key, value)| format!("{key}={value}")).collect::<Vec<_>>().join("&")
    })
}

/// Whatever was read can be written, and then is the same for good.
fn settles(text: &str) {
    let (scenario, warnings) = Scenario::from_fragment(text);
    for warning in warnings {
        assert!(!warning.to_string().is_empty());
    }
    assert_eq!(scenario.hardware.hardware().is_none(), scenario.hardware == DeviceChoice::None);
    if let Ok(fragment) = scenario.to_fragment() {
        assert_eq!(Scenario::from_fragment(&fragment), (scenario, vec![]), "{fragment}");
    }
}

proptest! {
    #[test]
    fn scenarios_survive_the_round_trip(scenario in scenarios()) {
        let fragment = scenario.to_fragment().unwrap();
        prop_assert!(fragment.is_ascii());
        prop_assert_eq!(Scenario::from_fragment(&fragment), (scenario, vec![]));
    }

    #[test]
    fn any_text_is_read(text in "\\PC*") {
        settles(&text);
    }

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        settles(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn plausible_nonsense_is_read(text in fragments()) {
        settles(&text);
    }

    #[test]
    fn damaged_links_are_read(scenario in scenarios(), at in 0.0..1.0f64, with in "\\PC", cut in any::<bool>()) {
        let fragment = scenario.to_fragment().unwrap();
        let at = (fragment.len() as f64 * at) as usize;
        let rest = if cut { "" } else { &fragment[(at + 1).min(fragment.len())..] };
        settles(&format!("{}{with}{rest}", &fragment[..at]));
    }
}
