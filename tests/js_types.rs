//! The types that TypeScript sees, held to the report of every built-in model. `js.rs` holds them to what
//! JavaScript really gets, in wasm.

#![cfg(not(target_arch = "wasm32"))]

mod types;

use roofline::engine::{Accounting, Hardware, Workload, analyze, catalog};
use serde_json::Value;
use types::{Kind, Types};

fn check(types: &Types, kind: &str, value: &Value, path: &str) {
    match types.kind(kind) {
        Kind::List(item) => {
            let list = value.as_array().unwrap_or_else(|| panic!("{path} is no list"));
            list.iter().for_each(|value| check(types, item, value, path));
        }
        Kind::Object(keys) => {
            let object = value.as_object().unwrap_or_else(|| panic!("{path} is no object"));
            for name in object.keys() {
                assert!(keys.iter().any(|key| key.name == name), "{kind} lacks {path}.{name}");
            }
            for key in keys {
                match object.get(key.name) {
                    Some(value) => check(types, key.kind, value, &format!("{path}.{}", key.name)),
                    None => assert!(key.optional, "{path}.{} is missing", key.name),
                }
            }
        }
        Kind::OneOf(kinds) => {
            let fits = kinds.into_iter().any(|one| match one {
                "bigint" => value.is_u64(),
                "number" => value.is_number(),
                "string" => value.is_string(),
                "boolean" => value.is_boolean(),
                "null" => value.is_null(),
                "unknown" => true,
                word => value.as_str().is_some_and(|text| word == format!("\"{text}\"")),
            });
            assert!(fits, "{path} is {value}, not {kind}");
        }
    }
}

#[test]
fn every_report_is_as_written_down() {
    let types = Types::read();
    assert!(types.interfaces.len() > 10 && types.interfaces["Row"].len() > 10);
    for entry in catalog::MODELS {
        let model = entry.model().unwrap();
        for (_, accounting, _) in Accounting::NAMED {
            for device in [None, Some("h100"), Some("v100")] {
                let device = device.and_then(Hardware::find);
                let report = analyze(&model, &Workload::default(), &accounting, device.as_ref()).unwrap();
                check(&types, "Report", &serde_json::to_value(&report).unwrap(), entry.id);
            }
        }
    }
}
