//! Patterns of module names, as far as configs use them: names, globs, and the plain part of regular
//! expressions.

use super::modules::canonical;

/// What a pattern of more than plain text is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Piece {
    Char(char),
    /// Any one character.
    One,
    /// Any run of characters, also none: `*` of a glob, `.*` of a regular expression.
    Run,
    /// One digit or more.
    Digits,
}

/// A pattern that is matched piece by piece.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    pieces: Vec<Piece>,
    /// Whether it must reach the end of the name; otherwise a name may go on behind it.
    to_the_end: bool,
}

/// Alternatives that one regular expression may expand to.
const MAX_ALTERNATIVES: usize = 64;

/// A shell pattern, where `*` stands for anything. It may name a parent of the module.
pub fn glob(text: &str) -> Pattern {
    let piece = |c| if c == '*' { Piece::Run } else { Piece::Char(c) };
    Pattern { pieces: canonical(text).chars().map(piece).collect(), to_the_end: true }
}

/// The part of regular expressions that such lists use: text, `.`, `.*`, `\d+`, `[0-9]+`, `(a|b)`, `^` at
/// the start and `$` at the end. None for anything else. They are anchored at the start only.
pub fn regex(text: &str) -> Option<Vec<Pattern>> {
    alternatives(text)?.iter().map(|one| plain_regex(one)).collect()
}

/// Spells out every `(a|b)`.
fn alternatives(text: &str) -> Option<Vec<String>> {
    let mut done = Vec::new();
    let mut todo = vec![text.to_owned()];
    while let Some(one) = todo.pop() {
        let Some((before, rest)) = one.split_once('(') else {
            done.push(one);
            continue;
        };
        let (inside, after) = rest.split_once(')')?;
        let repeated = after.starts_with(['*', '+', '?', '{']);
        let inside = inside.strip_prefix("?:").unwrap_or(inside);
        if before.ends_with('\\') || inside.contains(['(', '?']) || repeated {
            return None;
        }
        todo.extend(inside.split('|').map(|choice| format!("{before}{choice}{after}")));
        if todo.len() + done.len() > MAX_ALTERNATIVES {
            return None;
        }
    }
    // A bar outside of brackets divides the whole.
    Some(done.iter().flat_map(|one| one.split('|')).map(str::to_owned).collect())
}

fn plain_regex(text: &str) -> Option<Pattern> {
    let text = text.strip_prefix('^').unwrap_or(text);
    let (text, to_the_end) = match text.strip_suffix('$') {
        Some(text) => (text, true),
        None => (text, false),
    };
    // Dots that are meant as dots, so that what wraps the text model is found in either spelling.
    let text = canonical(&text.replace("\\.", "."));
    let mut pieces = Vec::new();
    let mut rest = text.as_str();
    while let Some(c) = rest.chars().next() {
        let (piece, taken) = if rest.starts_with(".*") || rest.starts_with(".+") {
            (Piece::Run, 2)
        } else if rest.starts_with("\\d+") {
            (Piece::Digits, 3)
        } else if rest.starts_with("[0-9]+") {
            (Piece::Digits, 6)
        } else if c == '.' {
            (Piece::One, 1)
        } else if c.is_alphanumeric() || c == '_' || c == '-' {
            (Piece::Char(c), c.len_utf8())
        } else {
            return None;
        };
        rest = &rest[taken..];
        if rest.starts_with(['*', '+', '?', '{']) {
            return None;
        }
        pieces.push(piece);
    }
    Some(Pattern { pieces, to_the_end })
}

impl Pattern {
    /// Whether a module of this canonical name is meant, by its own name, by that of its weight, or by
    /// that of a module it is in.
    pub fn matches(&self, name: &str) -> bool {
        let weight = format!("{name}.weight");
        let name: Vec<char> = weight.chars().collect();
        let ends = |at: usize| !self.to_the_end || at == name.len() || name[at] == '.';
        // All places in the name where the pieces so far may end.
        let mut at = vec![false; name.len() + 1];
        at[0] = true;
        for piece in &self.pieces {
            let mut next = vec![false; name.len() + 1];
            match piece {
                Piece::Char(_) | Piece::One => {
                    for i in 0..name.len() {
                        let fits = match piece {
                            Piece::Char(c) => name[i] == *c,
                            Piece::One | Piece::Run | Piece::Digits => true,
                        };
                        next[i + 1] = at[i] && fits;
                    }
                }
                Piece::Run => {
                    let mut open = false;
                    for i in 0..=name.len() {
                        open |= at[i];
                        next[i] = open;
                    }
                }
                Piece::Digits => {
                    for i in 0..name.len() {
                        next[i + 1] = (at[i] || next[i]) && name[i].is_ascii_digit();
                    }
                }
            }
            at = next;
        }
        (0..=name.len()).any(|i| at[i] && ends(i))
    }

    /// Whether it can tell one block from another.
    pub fn names_blocks(&self) -> bool {
        self.pieces.iter().any(|piece| matches!(piece, Piece::Char(c) if c.is_ascii_digit()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn globs_reach_modules_and_what_they_are_in() {
        let q = "layers.13.self_attn.q_proj";
        for (pattern, name, want) in [
            ("model.layers.*.self_attn", q, true),
            ("model.layers.*.self_attn*", q, true),
            ("*self_attn*", q, true),
            ("*.q_proj", q, true),
            ("*.q", q, false),
            ("model.layers.1.*", q, false),
            ("model.layers.1*", q, true),
            ("*mlp.gate.*", "layers.0.mlp.gate", true),
            ("*mlp.gate.*", "layers.0.mlp.gate_proj", false),
            ("*lm_head*", "lm_head", true),
            ("*", q, true),
            ("", q, false),
        ] {
            assert_eq!(glob(pattern).matches(name), want, "{pattern} {name}");
        }
    }

    #[test]
    fn the_common_regular_expressions_are_read() {
        let q = "layers.13.self_attn.q_proj";
        for (pattern, name, want) in [
            (".*self_attn.*", q, true),
            (".*lm_head", "lm_head", true),
            (".*mlp.gate$", "layers.0.mlp.gate", true),
            (".*mlp.gate$", "layers.0.mlp.gate_proj", false),
            (r".*mlp\.(gate|up|gate_up|down)_proj.*", "layers.0.mlp.up_proj", true),
            (r".*mlp\.(gate|up|gate_up|down)_proj.*", "layers.0.mlp.experts.0.up_proj", false),
            (r"model\.layers\.\d+\.self_attn\.q_proj", q, true),
            (r"model.layers.[0-9]+.mlp", q, false),
            ("^model.layers.13.", q, true),
            ("visual.*", q, false),
            (".*o_proj|.*q_proj", q, true),
        ] {
            let patterns = regex(pattern).unwrap_or_else(|| panic!("{pattern}"));
            assert_eq!(patterns.iter().any(|one| one.matches(name)), want, "{pattern} {name}");
        }
        for pattern in ["a{2}", "[ab]c", "(?!x)y", "((a))", "a?", r"\w+", "(a|b)+"] {
            assert_eq!(regex(pattern), None, "{pattern}");
        }
    }
}
