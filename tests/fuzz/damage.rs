//! Real texts with random damage.

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use std::sync::Arc;

/// One thing that happens to a text.
#[derive(Clone, Debug)]
enum Damage {
    /// A part is replaced; the new one, or the old one's length, may be nothing.
    Replace { at: Index, length: usize, by: String },
    /// A part comes several times.
    Repeat { at: Index, length: usize, times: usize },
    /// A part of another text comes in between.
    Splice { at: Index, other: Index, from: Index, length: usize },
    /// The text ends early.
    Cut { at: Index },
}

/// One of the texts, damaged in up to `most` places by these words and by any characters at all.
pub fn damaged(
    texts: Vec<String>,
    words: &[&'static str],
    most: usize,
) -> impl Strategy<Value = String> + use<> {
    let texts: Arc<[Vec<char>]> = texts.into_iter().map(|text| text.chars().collect()).collect();
    let by = prop_oneof![
        6 => select(words.to_vec()).prop_map(str::to_owned),
        2 => any::<char>().prop_map(String::from),
        1 => any::<u64>().prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_map(|number| number.to_string()),
        1 => Just(String::new()),
    ];
    let length = || prop_oneof![2 => Just(0usize), 4 => 1usize..6, 1 => 6usize..60];
    let damage = prop_oneof![
        8 => (any::<Index>(), length(), by).prop_map(|(at, length, by)| Damage::Replace { at, length, by }),
        1 => (any::<Index>(), length(), 2usize..5)
            .prop_map(|(at, length, times)| Damage::Repeat { at, length, times }),
        2 => (any::<Index>(), any::<Index>(), any::<Index>(), length())
            .prop_map(|(at, other, from, length)| Damage::Splice { at, other, from, length }),
        1 => any::<Index>().prop_map(|at| Damage::Cut { at }),
    ];
    (any::<Index>(), prop::collection::vec(damage, 0..=most)).prop_map(move |(which, damages)| {
        let mut text = texts[which.index(texts.len())].clone();
        for damage in damages {
            damage.happen(&mut text, &texts);
        }
        text.into_iter().collect()
    })
}

impl Damage {
    fn happen(self, text: &mut Vec<char>, texts: &[Vec<char>]) {
        // One more place than there are characters: the end.
        let place = |at: Index, text: &[char]| at.index(text.len() + 1);
        match self {
            Damage::Replace { at, length, by } => {
                let at = place(at, text);
                text.splice(at..text.len().min(at + length), by.chars());
            }
            Damage::Repeat { at, length, times } => {
                let at = place(at, text);
                let part = text[at..text.len().min(at + length)].repeat(times);
                text.splice(at..at, part);
            }
            Damage::Splice { at, other, from, length } => {
                let other = &texts[other.index(texts.len())];
                let from = place(from, other);
                let part = other[from..other.len().min(from + length)].to_vec();
                let at = place(at, text);
                text.splice(at..at, part);
            }
            Damage::Cut { at } => text.truncate(place(at, text)),
        }
    }
}

#[test]
fn damage_does_what_it_is_called() {
    let texts = [vec!['x', 'y', 'z']];
    let indices = any::<Index>().new_tree(&mut TestRunner::deterministic()).unwrap();
    // Whatever it stands for in a text that is longer, in an empty one it is the only place.
    let at = indices.current();
    for (damage, before, after) in [
        (Damage::Replace { at, length: 2, by: "-".into() }, "", "-"),
        (Damage::Cut { at }, "", ""),
        (Damage::Repeat { at, length: 9, times: 3 }, "", ""),
    ] {
        let mut text = before.chars().collect();
        damage.clone().happen(&mut text, &texts);
        assert_eq!(text.iter().collect::<String>(), after, "{damage:?}");
    }
    // Among some hundred inputs every kind of damage shows.
    let inputs = damaged(vec!["abc".to_owned(), "xyz".to_owned()], &["<word>"], 3);
    let mut runner = TestRunner::deterministic();
    let seen: Vec<String> = (0..300).map(|_| inputs.new_tree(&mut runner).unwrap().current()).collect();
    for what in ["abc", "xyz", "<word>", "ab"] {
        assert!(
            seen.iter().any(|text| text == what || text.len() > 5 && text.contains(what)),
            "{what}: {seen:?}"
        );
    }
    assert!(seen.iter().any(|text| text.contains(['a', 'b', 'c']) && text.contains(['x', 'y', 'z'])));
}
