//! The JavaScript function, called as JavaScript calls it. Runs in Node or a browser:
//!
//! ```text
//! CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER=wasm-bindgen-test-runner \
//!     cargo test --target wasm32-unknown-unknown --test js
//! ```

#![cfg(target_arch = "wasm32")]

mod types;

use js_sys::{Array, BigInt, Error, JSON, Object, Reflect};
use roofline::engine::catalog;
use roofline::js::analyze;
use types::{Kind, Types};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

const UNDEFINED: JsValue = JsValue::UNDEFINED;

fn object(json: &str) -> JsValue {
    JSON::parse(json).unwrap()
}

fn word(text: &str) -> JsValue {
    JsValue::from_str(text)
}

/// `total.flops` and the like; numbers are indices.
fn at(value: &JsValue, path: &str) -> JsValue {
    path.split('.').fold(value.clone(), |value, key| Reflect::get(&value, &word(key)).unwrap())
}

fn report(config: &JsValue, workload: &JsValue, options: &JsValue) -> JsValue {
    analyze(config, workload, options).map_err(JsValue::from).unwrap()
}

fn refusal(config: &JsValue, workload: &JsValue, options: &JsValue) -> String {
    let error = analyze(config, workload, options).map_err(JsValue::from).unwrap_err();
    String::from(error.dyn_into::<Error>().unwrap().message())
}

#[wasm_bindgen_test]
fn text_object_and_name_give_one_report() {
    let entry = catalog::find(catalog::DEFAULT_ID).unwrap();
    // 13,491,740,800 FLOPs: one decode step after 1,024 tokens.
    let flops = JsValue::from(BigInt::from(13_491_740_800u64));
    for config in [word(entry.config), object(entry.config), word(entry.id), word("META-LLAMA/llama-2-7b-hf")]
    {
        let report = report(&config, &UNDEFINED, &UNDEFINED);
        assert_eq!(at(&report, "total.flops"), flops);
        assert_eq!(at(&report, "accounting"), word("document"));
    }
}

/// Whether a value is what `types.d.ts` says.
fn check(types: &Types, kind: &str, value: &JsValue, path: &str) {
    match types.kind(kind) {
        Kind::List(item) => {
            let list = value.dyn_ref::<Array>().unwrap_or_else(|| panic!("{path} is no list"));
            list.iter().for_each(|value| check(types, item, &value, path));
        }
        Kind::Object(keys) => {
            assert!(value.is_object(), "{path} is no object");
            for key in keys {
                let there = Reflect::has(value, &word(key.name)).unwrap();
                assert!(there || key.optional, "{path}.{} is missing", key.name);
                if there {
                    check(types, key.kind, &at(value, key.name), &format!("{path}.{}", key.name));
                }
            }
        }
        Kind::OneOf(kinds) => {
            let fits = kinds.into_iter().any(|one| match one {
                "bigint" => value.is_bigint(),
                "number" => value.as_f64().is_some(),
                "string" => value.is_string(),
                "boolean" => value.as_bool().is_some(),
                "null" => value.is_null(),
                "unknown" => !value.is_undefined() && !value.is_bigint(),
                quoted => value.as_string().is_some_and(|text| quoted == format!("\"{text}\"")),
            });
            assert!(fits, "{path} is {value:?}, not {kind}");
        }
    }
}

#[wasm_bindgen_test]
fn every_value_is_of_the_type_written_down() {
    let types = Types::read();
    let workload = object(r#"{"cached_tokens": [3, 4], "input_tokens": 1, "batch_size": 4}"#);
    for entry in catalog::MODELS {
        for options in [r#"{"accounting": "exact", "hardware": "v100"}"#, r#"{"accounting": "torch"}"#] {
            let report = report(&word(entry.id), &workload, &object(options));
            check(&types, "Report", &report, entry.id);
            assert_eq!(at(&report, "workload.queries.3.cached_tokens"), JsValue::from(4));
            assert_eq!(at(&report, "workload.queries.length"), JsValue::from(4));
        }
    }
}

#[wasm_bindgen_test]
fn what_is_missing_is_null_or_not_there() {
    let entry = catalog::find(catalog::DEFAULT_ID).unwrap();
    let report = report(&word(entry.config), &UNDEFINED, &object(r#"{"accounting": "torch"}"#));
    assert!(at(&report, "model.name").is_null());
    assert!(at(&report, "layers.0.intensity").is_null());
    assert!(at(&report, "total.intensity").is_null());
    let keys = Object::keys(report.unchecked_ref::<Object>());
    assert!(!keys.includes(&word("roofline"), 0));
    assert!(keys.includes(&word("schema"), 0));
}

#[wasm_bindgen_test]
fn tokens_may_be_bigints_and_missing_keys_undefined() {
    let workload = Object::new();
    let set = |key: &str, value: &JsValue| assert!(Reflect::set(&workload, &word(key), value).unwrap());
    set("cached_tokens", &BigInt::from(7).into());
    set("input_tokens", &UNDEFINED);
    set("batch_size", &JsValue::NULL);
    let report = report(&word(catalog::DEFAULT_ID), &workload, &JsValue::NULL);
    assert_eq!(at(&report, "workload.queries.0.cached_tokens"), JsValue::from(7));
    assert_eq!(at(&report, "workload.queries.0.input_tokens"), JsValue::from(1));
}

#[wasm_bindgen_test]
fn errors_are_errors_with_the_engine_s_sentence() {
    let good = word(catalog::DEFAULT_ID);
    let cyclic = Object::new();
    assert!(Reflect::set(&cyclic, &word("self"), &cyclic).unwrap());
    for (config, workload, options, needle) in [
        (word("nobody/nothing"), UNDEFINED, UNDEFINED, "no built-in model “nobody/nothing”"),
        (word("{"), UNDEFINED, UNDEFINED, "not valid JSON at line 1"),
        (word(""), UNDEFINED, UNDEFINED, "not valid JSON"),
        (word("[1]"), UNDEFINED, UNDEFINED, "a config.json is a JSON object"),
        (object("[1]"), UNDEFINED, UNDEFINED, "a config.json is a JSON object"),
        (object("{}"), UNDEFINED, UNDEFINED, "model_type"),
        (UNDEFINED, UNDEFINED, UNDEFINED, "config: pass a config.json"),
        (JsValue::from(3), UNDEFINED, UNDEFINED, "config: pass a config.json"),
        (cyclic.into(), UNDEFINED, UNDEFINED, "cannot be written as JSON"),
        (
            good.clone(),
            object(r#"{"batch": 2}"#),
            UNDEFINED,
            "workload: there is no “batch”, only cached_tokens",
        ),
        (good.clone(), object(r#"{"input_tokens": 0}"#), UNDEFINED, "query 1 has no input token"),
        (good.clone(), object(r#"{"input_tokens": 1.5}"#), UNDEFINED, "input_tokens must be a whole number"),
        (
            good.clone(),
            object(r#"{"cached_tokens": ["1"]}"#),
            UNDEFINED,
            "cached_tokens must be a whole number",
        ),
        (good.clone(), object(r#"{"cached_tokens": -1}"#), UNDEFINED, "not below zero"),
        (good.clone(), object("[1]"), UNDEFINED, "workload: pass an object"),
        (good.clone(), UNDEFINED, object(r#"{"accounting": "all"}"#), "no accounting “all”, only document"),
        (good.clone(), UNDEFINED, object(r#"{"hardware": "abacus"}"#), "no device “abacus”"),
        (good.clone(), UNDEFINED, object(r#"{"hardware": 1}"#), "hardware must be a string"),
        (good.clone(), UNDEFINED, word("exact"), "options: pass an object"),
    ] {
        let said = refusal(&config, &workload, &options);
        assert!(said.contains(needle), "{said}");
    }
    assert!(Array::is_array(&at(&report(&good, &UNDEFINED, &UNDEFINED), "layers")));
}
