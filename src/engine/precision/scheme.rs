//! What a quantisation method does to which modules.

use super::format::{Format, Quantized};
use super::modules::{canonical, delicate};
use super::pattern::{self, Pattern};
use crate::engine::model::Role;
use std::collections::HashMap;

/// A quantisation as a config describes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scheme {
    /// The method as a reader knows it: "GPTQ".
    pub method: String,
    /// The key that says so: `quantization_config.quant_method`.
    pub source: String,
    /// What the method makes of a matrix that nothing says otherwise about.
    pub default: Option<Quantized>,
    /// What it makes of experts, where that is something else.
    pub experts: Option<Quantized>,
    /// Whether `default` is for routers, the head and the embedding too.
    pub routers: bool,
    pub head: bool,
    pub embedding: bool,
    /// What is said about single modules.
    pub rules: Rules,
    pub kv_cache: Option<Format>,
    /// What is not understood, or only roughly.
    pub notes: Vec<String>,
}

/// What a config says about modules by name: the format, or none for those that stay as they are.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// Whether a plain name is that of one module only, not also that of all in it or of all that end so.
    pub whole_names: bool,
    names: HashMap<String, Option<Quantized>>,
    patterns: Vec<(Pattern, Option<Quantized>)>,
}

/// Patterns that are tried; a config that is no trap has a few dozen.
const MAX_PATTERNS: usize = 1024;

impl Rules {
    /// Adds a rule for an entry of a list: a name, a glob, or a regular expression behind `re:`.
    ///
    /// # Errors
    /// When the entry is a regular expression beyond what is read here.
    pub fn add(&mut self, entry: &str, becomes: Option<Quantized>) -> Result<(), String> {
        let entry = entry.trim().trim_end_matches('.');
        let expression = entry.strip_prefix("re:").or_else(|| {
            let like_one = entry.starts_with(['^', '.']) || entry.contains(['\\', '$', '(', '[']);
            like_one.then_some(entry)
        });
        match expression {
            Some(expression) => self.add_regex(expression, becomes),
            None if entry.contains('*') => self.push(pattern::glob(entry), becomes),
            None if entry.is_empty() => Ok(()),
            None => {
                self.names.insert(canonical(entry), becomes);
                Ok(())
            }
        }
    }

    /// Adds a rule for a regular expression.
    ///
    /// # Errors
    /// As [`Rules::add`].
    pub fn add_regex(&mut self, expression: &str, becomes: Option<Quantized>) -> Result<(), String> {
        let shown: String = expression.chars().take(60).collect();
        let Some(patterns) = pattern::regex(expression) else {
            return Err(format!("the pattern \"{shown}\" is not understood, so no module follows it"));
        };
        patterns.into_iter().try_for_each(|pattern| self.push(pattern, becomes))
    }

    fn push(&mut self, pattern: Pattern, becomes: Option<Quantized>) -> Result<(), String> {
        if self.patterns.len() == MAX_PATTERNS {
            return Err(format!("patterns of modules after the first {MAX_PATTERNS} are left out"));
        }
        self.patterns.push((pattern, becomes));
        Ok(())
    }

    /// What is said about a module of this canonical name; a name goes before a pattern, a long name
    /// before a short one.
    pub fn about(&self, module: &str) -> Option<Option<Quantized>> {
        self.named(module)
            .or_else(|| self.patterns.iter().find(|(pattern, _)| pattern.matches(module)).map(|row| row.1))
    }

    fn named(&self, module: &str) -> Option<Option<Quantized>> {
        if self.names.is_empty() {
            return None;
        }
        if self.whole_names {
            return self.names.get(module).copied();
        }
        let mut edges: Vec<usize> = vec![0];
        edges.extend(module.match_indices('.').map(|(at, _)| at + 1));
        edges.push(module.len() + 1);
        let last = edges.len() - 1;
        for length in (1..=last).rev() {
            for start in 0..=last - length {
                let run = &module[edges[start]..edges[start + length] - 1];
                if let Some(found) = self.names.get(run) {
                    return Some(*found);
                }
            }
        }
        None
    }

    /// The blocks that single rules are about, in no order; none where a pattern may tell any block from another.
    pub fn blocks(&self) -> Option<Vec<u64>> {
        if self.patterns.iter().any(|(pattern, _)| pattern.names_blocks()) {
            return None;
        }
        let block = |name: &String| name.strip_prefix("layers.")?.split('.').next()?.parse().ok();
        let mut blocks = Vec::new();
        for named in self.names.keys().filter_map(block) {
            if !blocks.contains(&named) {
                blocks.push(named);
            }
        }
        Some(blocks)
    }
}

impl Scheme {
    /// What becomes of a module that no rule is about.
    pub fn otherwise(&self, role: Role) -> Option<Quantized> {
        let covered = match role {
            Role::MoeGateUpProj | Role::MoeDownProj => return self.experts.or(self.default),
            Role::Embedding | Role::InputEmbedding => self.embedding,
            Role::LmHead => self.head,
            role if delicate(role) => self.routers,
            _ => true,
        };
        self.default.filter(|_| covered)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::precision::known::FP8;

    #[test]
    fn names_reach_parents_and_ends_but_no_parts_of_words() {
        let mut rules = Rules::default();
        for entry in ["gate", "model.layers.0.self_attn", "lm_head", "re:.*v_proj"] {
            rules.add(entry, None).unwrap();
        }
        rules.add("model.layers.0.self_attn.k_proj", Some(Quantized { format: FP8, compute: None })).unwrap();
        for (module, kept) in [
            ("layers.3.mlp.gate", true),
            ("layers.3.mlp.gate_proj", false),
            ("layers.0.self_attn.q_proj", true),
            ("layers.1.self_attn.q_proj", false),
            ("layers.1.self_attn.v_proj", true),
            ("layers.0.self_attn.k_proj", false),
            ("lm_head", true),
        ] {
            assert_eq!(rules.about(module) == Some(None), kept, "{module}");
        }
        assert_eq!(rules.blocks(), Some(vec![0]));
        rules.whole_names = true;
        assert_eq!(rules.about("layers.3.mlp.gate"), None);
    }

    #[test]
    fn a_pattern_beyond_us_is_said() {
        let said = Rules::default().add("re:(?!model).*", None).unwrap_err();
        assert!(said.contains("(?!model)") && said.contains("not understood"), "{said}");
    }
}
