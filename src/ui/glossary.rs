//! The words of the trade that the page uses, and what they mean.

/// A word, and what it means in a sentence or two.
#[derive(Debug, PartialEq, Eq)]
pub struct Term {
    /// Its name, and how else it is written on the page.
    pub words: &'static [&'static str],
    pub meaning: &'static str,
}

/// From what every reader meets to what few models have.
pub const TERMS: &[Term] = &[
    term(
        &["Roofline", "roofline"],
        "The most FLOP/s that a device reaches at each intensity: a slope for its bandwidth and a flat line for its peak.",
    ),
    term(
        &["Operational intensity", "Intensity", "operational intensity", "intensity"],
        "How many FLOP a piece of work does for each byte it moves. It belongs to the work, not to the device.",
    ),
    term(
        &["Ridge point", "ridge point", "ridge"],
        "The intensity at which computing and moving take equally long: peak over bandwidth. Left of it memory sets the time, right of it compute.",
    ),
    term(
        &["Memory-bound", "memory-bound"],
        "Moving bytes takes longer than computing, so fewer bytes make it faster.",
    ),
    term(
        &["Compute-bound", "compute-bound"],
        "Computing takes longer than moving bytes, so only less work or a higher peak makes it faster.",
    ),
    term(
        &["FLOP"],
        "One addition or multiplication. A product with a weight matrix does about two for each weight and token.",
    ),
    term(
        &["Prefill", "prefill"],
        "The step that reads a prompt: many new tokens at once, so each weight that is read is used many times.",
    ),
    term(
        &["Decode", "decode"],
        "A step that writes one token for each query. All weights are read for it, so a small batch is memory-bound.",
    ),
    term(
        &["Batch", "batch"],
        "Queries that are computed in one step. They share the weights that are read, but each has its own KV cache.",
    ),
    term(
        &["KV cache"],
        "Keys and values of earlier tokens, kept so that they are not computed again. It grows with the context, and every decode step reads it.",
    ),
    term(&["TTFT", "Time to first token"], "Time to first token: how long the prefill of the prompt takes."),
    term(
        &["TPOT", "Time per output token"],
        "Time per output token: how long a decode step takes, on average over a generation.",
    ),
    term(
        &["head_dim"],
        "The width of one attention head: as the config says, else hidden_size over num_attention_heads.",
    ),
    term(
        &["GQA", "grouped-query attention"],
        "Grouped-query attention: several query heads share one head of keys and values, so the KV cache is that much smaller.",
    ),
    term(
        &["MLA", "latent attention"],
        "Multi-head latent attention: one short vector for each token stands in the KV cache for the keys and values of all heads.",
    ),
    term(
        &["Sliding attention", "sliding attention"],
        "Each token sees only so many before it, so the KV cache of such a block stops growing.",
    ),
    term(
        &["Sparse attention", "sparse attention", "sparse latent attention"],
        "An indexer scores every token, and attention sees only so many of the best; all of them stay in the KV cache.",
    ),
    term(
        &["Linear attention", "linear attention"],
        "A state of fixed size in place of a KV cache: its cost does not grow with the context.",
    ),
    term(
        &["State space", "state space"],
        "A mixer, such as Mamba, with a state of fixed size in place of a KV cache: its cost does not grow with the context.",
    ),
    term(
        &["MoE", "Mixture of experts", "mixture of experts", "experts"],
        "Mixture of experts: a router sends each token to a few of many feed-forward networks. All are stored, those drawn are read.",
    ),
    term(
        &["Quantised", "quantised"],
        "Kept in fewer bits than it was trained in, often with a scale for each group of numbers: fewer bytes to hold and to read.",
    ),
];

const fn term(words: &'static [&'static str], meaning: &'static str) -> Term {
    Term { words, meaning }
}

/// The text in pieces; those that are a term which is not said yet have it beside them.
pub fn split<'a>(text: &'a str, said: &mut Vec<&'static Term>) -> Vec<(&'a str, Option<&'static Term>)> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((at, len, term)) = first(rest, said) {
        pieces.push((&rest[..at], None));
        pieces.push((&rest[at..at + len], Some(term)));
        said.push(term);
        rest = &rest[at + len..];
    }
    pieces.push((rest, None));
    pieces.retain(|piece| !piece.0.is_empty());
    pieces
}

/// The first term in a text that is not said yet, of several the longest: where, and how long.
fn first(text: &str, said: &[&Term]) -> Option<(usize, usize, &'static Term)> {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_' || c == '/';
    let mut found: Option<(usize, usize, &'static Term)> = None;
    for term in TERMS {
        for word in term.words {
            let Some(at) = text.find(word) else { continue };
            let (len, end) = (word.len(), at + word.len());
            let alone = !text[..at].ends_with(part_of_word) && !text[end..].starts_with(part_of_word);
            let better = found.is_none_or(|(best, most, _)| at < best || (at == best && len > most));
            if alone && better && !said.contains(&term) {
                found = Some((at, len, term));
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_sum_of_its_pieces_and_names_each_term_once() {
        for (text, terms) in [
            ("Intensity", &["Operational intensity"][..]),
            ("26 × latent attention · 6 of 64 experts + shared", &["MLA", "MoE"]),
            ("58 × sparse latent attention 2,048 · 8 of 256 experts", &["Sparse attention", "MoE"]),
            ("The ridge point is no ridge.", &["Ridge point"]),
            ("A mixture of experts, the experts of which decode", &["MoE", "Decode"]),
            ("batches, FLOPs, FLOP/B and my_batch", &[]),
            ("", &[]),
            ("≥ KV cache ≤", &["KV cache"]),
        ] {
            let pieces = split(text, &mut Vec::new());
            assert_eq!(pieces.iter().map(|piece| piece.0).collect::<String>(), text);
            let found: Vec<&str> = pieces.iter().filter_map(|piece| Some(piece.1?.words[0])).collect();
            assert_eq!(found, terms, "{text}");
        }
    }

    #[test]
    fn a_term_is_explained_once_to_one_reader() {
        let mut said = Vec::new();
        let mut terms = |text| split(text, &mut said).iter().filter(|piece| piece.1.is_some()).count();
        assert_eq!(
            (terms("the ridge of a batch"), terms("a batch at the ridge point"), terms("decode")),
            (2, 0, 1)
        );
    }

    #[test]
    fn no_word_has_two_meanings_and_every_meaning_is_a_sentence() {
        let words: Vec<&str> = TERMS.iter().flat_map(|term| term.words).copied().collect();
        for (i, word) in words.iter().enumerate() {
            assert!(!words[..i].contains(word), "{word}");
        }
        for term in TERMS {
            assert!(term.meaning.ends_with('.') && term.meaning.len() < 160, "{}", term.words[0]);
        }
    }
}
