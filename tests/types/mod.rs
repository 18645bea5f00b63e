//! `types.d.ts` as data: what each key of the report is said to be.

use std::collections::BTreeMap;

const TEXT: &str = include_str!("../../src/js/types.d.ts");

/// Interfaces by name, and unions under a name of their own.
pub struct Types {
    pub interfaces: BTreeMap<&'static str, Vec<Key>>,
    pub unions: BTreeMap<&'static str, &'static str>,
}

/// A key of an interface.
#[derive(Debug)]
pub struct Key {
    pub name: &'static str,
    pub optional: bool,
    pub kind: &'static str,
}

/// What a type stands for.
pub enum Kind<'a> {
    List(&'a str),
    Object(&'a [Key]),
    /// Of `bigint`, `number`, `string`, `boolean`, `null`, `unknown` and quoted words, one.
    OneOf(Vec<&'a str>),
}

impl Types {
    pub fn read() -> Self {
        let mut types = Types { interfaces: BTreeMap::new(), unions: BTreeMap::new() };
        let mut open = None;
        for line in TEXT.lines().map(str::trim) {
            if let Some(rest) = line.strip_prefix("export interface ") {
                open = rest.strip_suffix(" {");
            } else if let Some((name, union)) =
                line.strip_prefix("export type ").and_then(|rest| rest.split_once(" = "))
            {
                types.unions.insert(name, union.trim_end_matches(';'));
            } else if line == "}" {
                open = None;
            } else if let (Some(interface), false) = (open, line.starts_with("/**")) {
                let (name, kind) = line.split_once(": ").unwrap_or_else(|| panic!("{line}"));
                let (optional, kind) = (name.ends_with('?'), kind.trim_end_matches(';'));
                let key = Key { name: name.trim_end_matches('?'), optional, kind };
                types.interfaces.entry(interface).or_default().push(key);
            }
        }
        types
    }

    pub fn kind<'a>(&'a self, name: &'a str) -> Kind<'a> {
        match (name.strip_suffix("[]"), self.interfaces.get(name)) {
            (Some(item), _) => Kind::List(item),
            (None, Some(keys)) => Kind::Object(keys),
            (None, None) => Kind::OneOf(self.unions.get(name).unwrap_or(&name).split(" | ").collect()),
        }
    }
}
