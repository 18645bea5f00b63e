//! Readings of a config that many families share.

use super::{Block, BlockNorm, Ends, Ffn, Mixer, Mlp, Placement, SelfAttention, group};
use crate::engine::config::{Keys, MAX_DIMENSION};
use crate::engine::dtype::DType;
use crate::engine::error::Error;
use crate::engine::model::{Function, Model, NormKind, Note, NoteKind, Precision, Span};

/// What a family's configuration class in transformers assumes for keys that are missing.
#[derive(Clone, Copy, Debug)]
pub struct Defaults {
    /// The class, named where a value is assumed.
    pub class: &'static str,
    pub hidden: u64,
    /// 0: the class has no such key.
    pub intermediate: u64,
    pub layers: u64,
    pub heads: u64,
    /// None: as many as query heads.
    pub kv_heads: Option<u64>,
    /// What a missing one is; null, and None here, is the hidden size over the query heads.
    pub head_dim: Option<u64>,
    pub vocab: u64,
    pub act: &'static str,
    pub tied: bool,
}

/// What families call differently.
#[derive(Clone, Copy, Debug)]
pub struct Names<'n> {
    /// Of the activation function; none where the family has one, whatever a config says.
    pub act: &'n [&'static str],
    pub intermediate: &'static str,
    pub tied: &'static str,
    /// Of the number of layers.
    pub count: &'n [&'static str],
    /// How many layers there are, where a list of them says so.
    pub layers: Option<u64>,
}

impl Default for Names<'_> {
    fn default() -> Self {
        Names {
            act: &["hidden_act"],
            intermediate: "intermediate_size",
            tied: "tie_word_embeddings",
            count: &["num_hidden_layers"],
            layers: None,
        }
    }
}

/// The keys that nearly every decoder has.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    pub keys: Keys<'a>,
    /// Where assumed values come from: "the default of LlamaConfig".
    pub class: &'static str,
    pub hidden: u64,
    pub layers: u64,
    pub heads: Heads,
    pub intermediate: u64,
    pub function: Function,
    pub vocab: u64,
    pub tied: bool,
    pub precision: Precision,
}

impl<'a> Base<'a> {
    /// Reads the keys under their usual names.
    pub fn read(keys: Keys<'a>, defaults: &Defaults) -> Result<Self, Box<Error>> {
        Self::read_named(keys, defaults, Names::default())
    }

    /// Reads the keys with the activation function under another name.
    pub fn read_as(keys: Keys<'a>, defaults: &Defaults, act: &'static str) -> Result<Self, Box<Error>> {
        Self::read_named(keys, defaults, Names { act: &[act], ..Names::default() })
    }

    /// Reads the keys under the names that a family has for them.
    pub fn read_named(keys: Keys<'a>, defaults: &Defaults, names: Names<'_>) -> Result<Self, Box<Error>> {
        let Names { act, intermediate, tied, layers, count } = names;
        let class = defaults.class;
        let hidden = keys.dim_or("hidden_size", defaults.hidden, class)?;
        let layers = match layers {
            Some(layers) => layers,
            None => keys.layers_or(count, defaults.layers, class)?,
        };
        let heads = Heads::read(keys, hidden, defaults)?;
        Ok(Base {
            keys,
            class,
            hidden,
            layers,
            heads,
            intermediate: match defaults.intermediate {
                0 => 0,
                default => keys.dim_or(intermediate, default, class)?,
            },
            function: match act {
                [] => Function::parse(defaults.act).unwrap_or(Function::Silu),
                act => function(keys, act, defaults.act, class)?,
            },
            vocab: keys.dim_or("vocab_size", defaults.vocab, class)?,
            tied: keys.flag_or(tied, defaults.tied, class)?,
            precision: Precision::uniform(keys.dtype_or(DType::Float16)?),
        })
    }

    /// A switch of the family, with its default in transformers.
    pub fn flag(&self, key: &'static str, default: bool) -> Result<bool, Box<Error>> {
        self.keys.flag_or(key, default, self.class)
    }

    /// A dimension of the family, with its default in transformers.
    pub fn dim(&self, key: &'static str, default: u64) -> Result<u64, Box<Error>> {
        self.keys.dim_or(key, default, self.class)
    }

    /// Dimensions of the family, each with its default in transformers.
    pub fn dims<const N: usize>(&self, keys: [(&'static str, u64); N]) -> Result<[u64; N], Box<Error>> {
        let mut dims = [0; N];
        self.fill(&keys, &mut dims)?;
        Ok(dims)
    }

    fn fill(&self, keys: &[(&'static str, u64)], dims: &mut [u64]) -> Result<(), Box<Error>> {
        for (&(key, default), dim) in keys.iter().zip(dims) {
            *dim = self.dim(key, default)?;
        }
        Ok(())
    }

    /// Which of the `known` words the list under `key` has for each layer, by their places.
    pub fn kinds(&self, key: &'static str, known: &[&str]) -> Result<Option<Vec<usize>>, Box<Error>> {
        kinds(self.keys, key, self.layers, known)
    }

    /// Attention of these heads, fully rotated, without any speciality.
    pub fn attention(&self) -> SelfAttention {
        SelfAttention::plain(self.heads.q, self.heads.kv, self.heads.dim)
    }

    /// The rotated elements of a head by `partial_rotary_factor`.
    pub fn rotary(&self, default: f64) -> Result<u64, Box<Error>> {
        rotated(self.keys, self.heads.dim, "partial_rotary_factor", default, self.class)
    }

    /// The rotated elements of a head in a class without a factor: all, unless the config has one.
    pub fn rotary_or_all(&self) -> Result<u64, Box<Error>> {
        const KEYS: [&str; 2] = ["partial_rotary_factor", "rope_parameters"];
        if !KEYS.iter().any(|key| self.keys.has(key)) {
            return Ok(self.heads.dim);
        }
        rotated(self.keys, self.heads.dim, KEYS[0], 1.0, "the whole head")
    }

    /// The rotated elements of a head of `dim` in the layers of one kind, under whose name the `rope_parameters`
    /// are. A class has one default for want of these, and another where they are without a factor.
    pub fn rotary_in(
        &self,
        kind: &'static str,
        dim: u64,
        [default, without]: [f64; 2],
    ) -> Result<u64, Box<Error>> {
        const KEY: &str = "partial_rotary_factor";
        let rope = self.keys.opt_object("rope_parameters")?.and_then(|rope| rope.get(kind));
        if let Some(factor) = rope.and_then(|rope| rope.get(KEY)) {
            return rotated_by(self.keys, dim, "rope_parameters", factor.as_f64().unwrap_or(f64::NAN));
        }
        let (default, why) = match rope {
            Some(_) => (without, "whose rope_parameters have none"),
            None => (default, self.class),
        };
        rotated(self.keys, dim, KEY, default, &format!("of heads in {kind}, {why}"))
    }

    /// A gated feed-forward layer of the intermediate size.
    pub fn mlp(&self, bias: bool) -> Ffn {
        Ffn::Dense(Mlp::gated(self.intermediate, self.function, bias))
    }

    /// A pre-norm block with RMSNorm.
    pub fn block(&self, attention: SelfAttention, ffn: Ffn) -> Block {
        self.block_with(BlockNorm::new(NormKind::Rms, Placement::Pre), attention, ffn)
    }

    pub fn block_with(&self, norm: BlockNorm, attention: SelfAttention, ffn: Ffn) -> Block {
        Block::new(self.hidden, norm, Mixer::SelfAttention(attention), ffn)
    }

    /// The model of these blocks between plain ends.
    pub fn model(&self, model_type: &str, norm: NormKind, blocks: impl IntoIterator<Item = Block>) -> Model {
        self.model_within(Ends::plain(self.hidden, self.vocab, norm, self.tied), model_type, blocks)
    }

    /// The model of these blocks between other ends.
    pub fn model_within(
        &self,
        ends: Ends,
        model_type: &str,
        blocks: impl IntoIterator<Item = Block>,
    ) -> Model {
        let mut model = ends.around(self.keys, model_type, self.precision, group(&mut blocks.into_iter()));
        model.notes.extend(self.heads.note());
        model
    }

    /// The same block for every layer.
    pub fn uniform(&self, model_type: &str, norm: NormKind, block: Block) -> Model {
        self.model(model_type, norm, (0..self.layers).map(|_| block))
    }

    /// How far each layer looks back, by `layer_types`, or by the family's rule where that is missing.
    ///
    /// # Errors
    /// When the list has another length than there are layers, or names a kind this family has no width for.
    pub fn spans(
        &self,
        window: Option<u64>,
        chunk: Option<u64>,
        rule: &dyn Fn(u64) -> Span,
    ) -> Result<Vec<Span>, Box<Error>> {
        let Some(types) = self.layer_types()? else {
            return Ok((0..self.layers).map(rule).collect());
        };
        types.into_iter().map(|kind| self.span(kind, window, chunk)).collect()
    }

    /// How far a layer of one of the `layer_types` looks back.
    pub fn span(&self, kind: &str, window: Option<u64>, chunk: Option<u64>) -> Result<Span, Box<Error>> {
        match (kind, window, chunk) {
            ("full_attention", ..) => Ok(Span::Full),
            ("sliding_attention", Some(window), _) => Ok(Span::Sliding(window)),
            ("chunked_attention", _, Some(chunk)) => Ok(Span::Chunked(chunk)),
            ("sliding_attention", None, _) => Err(self
                .keys
                .refuse("layer_types", "names sliding_attention, but no sliding_window is in use")),
            (other, ..) => {
                let known = ["full_attention", "sliding_attention", "chunked_attention"];
                let known = if chunk.is_some() { &known[..] } else { &known[..2] };
                Err(no_such_kind(self.keys, "layer_types", other, known))
            }
        }
    }

    /// `layer_types`, one word a layer.
    pub fn layer_types(&self) -> Result<Option<Vec<&'a str>>, Box<Error>> {
        words(self.keys, "layer_types", self.layers)
    }

    /// Which layers have something, such as attention, by what the words of `layer_types` say of it.
    pub fn which_layers(&self, known: &[(&str, bool)]) -> Result<Option<Vec<bool>>, Box<Error>> {
        which_layers(self.keys, self.layers, known)
    }

    /// # Errors
    /// When a list with something for each layer has more or fewer entries than there are layers.
    pub fn one_each(&self, key: &str, entries: usize) -> Result<(), Box<Error>> {
        one_each(self.keys, key, entries, self.layers)
    }

    /// A dimension of every layer: one number for all of them, or a list with one each.
    pub fn each(&self, key: &'static str, default: u64) -> Result<Vec<u64>, Box<Error>> {
        if !self.keys.lists(key) {
            return Ok(vec![self.dim(key, default)?; self.layers as usize]);
        }
        let list = self.indices(key)?.unwrap_or_default();
        let bad = list.iter().find(|number| !(1..=MAX_DIMENSION).contains(*number));
        if let Some(bad) = bad {
            return Err(self
                .keys
                .refuse(key, format!("{bad} is not a whole number from 1 to {MAX_DIMENSION}")));
        }
        self.one_each(key, list.len())?;
        Ok(list)
    }

    /// Layers that a list of indices names, as `mlp_only_layers` does.
    pub fn indices(&self, key: &'static str) -> Result<Option<Vec<u64>>, Box<Error>> {
        indices(self.keys, key)
    }
}

/// The words of `layer_types` in models of full and linear attention.
pub const FULL_OR_LINEAR: &[(&str, bool)] = &[("full_attention", true), ("linear_attention", false)];

/// Which of so many layers have something, by what the words of `layer_types` say of it.
///
/// # Errors
/// When a word is not among them.
pub fn which_layers(
    keys: Keys<'_>,
    layers: u64,
    known: &[(&str, bool)],
) -> Result<Option<Vec<bool>>, Box<Error>> {
    let words: Vec<_> = known.iter().map(|row| row.0).collect();
    let kinds = kinds(keys, "layer_types", layers, &words)?;
    Ok(kinds.map(|kinds| kinds.into_iter().map(|kind| known[kind].1).collect()))
}

/// Which of the `known` words a list has for each of so many layers, by their places.
///
/// # Errors
/// When a word is not among them.
pub fn kinds(
    keys: Keys<'_>,
    key: &'static str,
    layers: u64,
    known: &[&str],
) -> Result<Option<Vec<usize>>, Box<Error>> {
    let Some(words) = words(keys, key, layers)? else { return Ok(None) };
    let place = |word: &str| {
        let found = known.iter().position(|known| *known == word);
        found.ok_or_else(|| no_such_kind(keys, key, word, known))
    };
    words.into_iter().map(place).collect::<Result<_, _>>().map(Some)
}

/// The error for a word in a list of layers that is none of those a family knows.
pub fn no_such_kind(keys: Keys<'_>, key: &str, kind: &str, known: &[&str]) -> Box<Error> {
    keys.refuse(key, format!("\"{kind}\" is no kind of layer of this family; use {}", known.join(", ")))
}

/// Layers by their numbers.
pub fn indices(keys: Keys<'_>, key: &'static str) -> Result<Option<Vec<u64>>, Box<Error>> {
    let Some(list) = keys.opt_list(key)? else { return Ok(None) };
    list.iter()
        .map(|value| value.as_u64().ok_or_else(|| keys.refuse(key, "an entry is not the number of a layer")))
        .collect::<Result<_, _>>()
        .map(Some)
}

/// # Errors
/// When `hidden_act` names another function than SiLU, the only one that is counted in a mixer that keeps a state.
pub fn silu_alone(keys: Keys<'_>) -> Result<(), Box<Error>> {
    match keys.peek("hidden_act").and_then(Function::parse) {
        None | Some(Function::Silu) => Ok(()),
        Some(_) => Err(keys.refuse("hidden_act", "only \"silu\" is counted in the mixers of this family")),
    }
}

/// A list of words, one a layer.
pub fn words<'a>(keys: Keys<'a>, key: &'static str, layers: u64) -> Result<Option<Vec<&'a str>>, Box<Error>> {
    let Some(list) = keys.opt_list(key)? else { return Ok(None) };
    one_each(keys, key, list.len(), layers)?;
    list.iter()
        .map(|value| value.as_str().ok_or_else(|| keys.refuse(key, "an entry is not a word in quotes")))
        .collect::<Result<_, _>>()
        .map(Some)
}

/// # Errors
/// When a list with something for each layer has more or fewer entries than there are layers.
pub fn one_each(keys: Keys<'_>, key: &str, entries: usize, layers: u64) -> Result<(), Box<Error>> {
    if entries as u64 == layers {
        return Ok(());
    }
    Err(keys.refuse(key, format!("has {entries} entries for {layers} layers; give one each")))
}

/// The rotated elements of a head of `dim`. Configs of transformers 5 have the factor among their
/// `rope_parameters`; before, it stood under a `key` of its own.
pub fn rotated(
    keys: Keys<'_>,
    dim: u64,
    key: &'static str,
    default: f64,
    class: &str,
) -> Result<u64, Box<Error>> {
    let rope = keys.opt_object("rope_parameters")?;
    let (key, factor) = match rope.and_then(|rope| rope.get("partial_rotary_factor")) {
        Some(inside) => ("rope_parameters", inside.as_f64().unwrap_or(f64::NAN)),
        None => (key, keys.number_or(key, default, class)?),
    };
    rotated_by(keys, dim, key, factor)
}

/// # Errors
/// When more of a head of `dim` would be rotated than there is.
pub fn no_more_rotated(keys: Keys<'_>, dim: u64, key: &str, rotary: u64) -> Result<u64, Box<Error>> {
    if rotary > dim {
        return Err(keys.refuse(key, format!("{rotary} is more than a head's {dim} elements")));
    }
    Ok(rotary)
}

/// # Errors
/// When the factor is none.
pub fn rotated_by(keys: Keys<'_>, dim: u64, key: &str, factor: f64) -> Result<u64, Box<Error>> {
    if !(0.0..=1.0).contains(&factor) {
        return Err(keys.refuse(key, format!("rotates {factor} of a head, which is not from 0 to 1")));
    }
    Ok((dim as f64 * factor) as u64)
}

/// Query heads, key/value heads and the width of one, checked against each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Heads {
    pub q: u64,
    pub kv: u64,
    pub dim: u64,
    /// `hidden_size / num_attention_heads` where an explicit `head_dim` differs from it.
    pub overridden: Option<u64>,
}

impl Heads {
    /// Reads `num_attention_heads`, `num_key_value_heads` and `head_dim`.
    ///
    /// # Errors
    /// When query heads are no multiple of the key/value heads, or nothing tells the head's width.
    pub fn read(keys: Keys<'_>, hidden: u64, defaults: &Defaults) -> Result<Self, Box<Error>> {
        let class = defaults.class;
        let q = keys.dim_or("num_attention_heads", defaults.heads, class)?;
        // Step calls them otherwise.
        let groups = "num_attention_groups";
        let own = keys.has("num_key_value_heads") || !keys.has(groups);
        let kv = match defaults.kv_heads {
            Some(_) if !own => keys.opt_dim(groups)?,
            Some(default) => keys.nullable_dim_or("num_key_value_heads", Some(default), class)?,
            None => keys.opt_dim("num_key_value_heads")?,
        };
        let kv = kv.unwrap_or_else(|| {
            keys.assume("num_key_value_heads", q, "as many as query heads");
            q
        });
        if !q.is_multiple_of(kv) {
            let reason = format!(
                "{kv} does not divide the {q} query heads (num_attention_heads); every key/value head serves the same number of query heads"
            );
            return Err(keys.refuse("num_key_value_heads", reason));
        }
        let derived = hidden.is_multiple_of(q).then_some(hidden / q);
        let given = match defaults.head_dim {
            Some(default) => keys.nullable_dim_or("head_dim", Some(default), class)?,
            None => keys.opt_dim("head_dim")?,
        };
        let dim = match (given, derived) {
            (Some(dim), _) => dim,
            (None, Some(dim)) => {
                keys.assume("head_dim", dim, "hidden_size / num_attention_heads");
                dim
            }
            (None, None) => {
                let reason = format!(
                    "{hidden} is not divisible by the {q} heads of num_attention_heads; correct one of them, or give head_dim"
                );
                return Err(keys.refuse("hidden_size", reason));
            }
        };
        Ok(Heads { q, kv, dim, overridden: derived.filter(|&d| d != dim) })
    }

    /// The note that an explicit head width deserves.
    fn note(self) -> Option<Note> {
        let derived = self.overridden?;
        Some(Note::new(
            NoteKind::Model,
            format!(
                "head_dim is {}, not hidden_size / num_attention_heads = {derived}; the explicit value is used, so the queries are {} wide",
                self.dim,
                self.dim * self.q
            ),
        ))
    }
}

/// The activation function under the first of `names`.
///
/// # Errors
/// When it is none that is known.
pub fn function(
    keys: Keys<'_>,
    names: &[&'static str],
    default: &'static str,
    class: &str,
) -> Result<Function, Box<Error>> {
    let word = keys.word_or(names, default, class)?;
    Function::parse(word).ok_or_else(|| {
        let known: Vec<_> = Function::names().collect();
        let key = names.iter().find(|name| keys.has(name)).unwrap_or(&names[0]);
        let reason = format!(
            "\"{word}\" is not an activation function this tool knows; it knows {}",
            known.join(", ")
        );
        keys.refuse(key, reason)
    })
}
