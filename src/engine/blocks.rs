//! Builders that families share: blocks of layers from shapes.

use super::config::{HfConfig, Keys};
use super::error::Error;
use super::model::{
    Activation, Attention, Function, Group, Layer, Linear, Model, Norm, NormKind, Note, NoteKind, Op,
    Precision, Role, Rope, Rows, Span, Stage,
};

/// Self-attention with queries, keys and values projected from the hidden state.
#[derive(Clone, Copy, Debug)]
pub struct SelfAttention {
    pub hidden: u64,
    pub q_heads: u64,
    pub kv_heads: u64,
    pub head_dim: u64,
    pub qkv_bias: bool,
    pub out_bias: bool,
    pub span: Span,
}

impl SelfAttention {
    /// Projection, rotary embedding, attention, output projection.
    pub fn layers(self) -> Vec<Layer> {
        let heads = self.q_heads + self.kv_heads;
        vec![
            linear(
                Role::AttnQkvProj,
                self.hidden,
                self.head_dim * (self.q_heads + 2 * self.kv_heads),
                self.qkv_bias,
            ),
            Layer {
                role: Role::AttnRope,
                op: Op::Rope(Rope { heads, dims: self.head_dim, head_dim: self.head_dim }),
            },
            Layer {
                role: Role::AttnSdpa,
                op: Op::Attention(Attention {
                    q_heads: self.q_heads,
                    kv_heads: self.kv_heads,
                    qk_dim: self.head_dim,
                    v_dim: self.head_dim,
                    span: self.span,
                }),
            },
            linear(Role::AttnOutProj, self.head_dim * self.q_heads, self.hidden, self.out_bias),
        ]
    }
}

/// A feed-forward layer with a gate: `down(act(gate(x)) · up(x))`.
#[derive(Clone, Copy, Debug)]
pub struct GatedFfn {
    pub hidden: u64,
    pub intermediate: u64,
    pub function: Function,
    pub bias: bool,
}

impl GatedFfn {
    /// Fused gate and up projection, activation, down projection.
    pub fn layers(self) -> Vec<Layer> {
        vec![
            linear(Role::FfnGateUpProj, self.hidden, 2 * self.intermediate, self.bias),
            Layer {
                role: Role::FfnAct,
                op: Op::Activation(Activation {
                    function: self.function,
                    width: self.intermediate,
                    gated: true,
                }),
            },
            linear(Role::FfnDownProj, self.intermediate, self.hidden, self.bias),
        ]
    }
}

/// A pre-norm block: norm, attention, residual, norm, feed-forward, residual.
pub fn pre_norm_block(hidden: u64, kind: NormKind, attention: Vec<Layer>, ffn: Vec<Layer>) -> Vec<Layer> {
    let mut layers = vec![norm(Role::AttnNorm, kind, hidden)];
    layers.extend(attention);
    layers.push(Layer { role: Role::AttnResidual, op: Op::Residual { width: hidden } });
    layers.push(norm(Role::FfnNorm, kind, hidden));
    layers.extend(ffn);
    layers.push(Layer { role: Role::FfnResidual, op: Op::Residual { width: hidden } });
    layers
}

/// A norm over the hidden state.
pub fn norm(role: Role, kind: NormKind, width: u64) -> Layer {
    Layer { role, op: Op::Norm(Norm { kind, width }) }
}

/// A product that runs for every new token.
pub fn linear(role: Role, inputs: u64, outputs: u64, bias: bool) -> Layer {
    Layer { role, op: Op::Linear(Linear { inputs, outputs, bias, rows: Rows::Tokens, shared: false }) }
}

/// What surrounds the blocks of a language model.
#[derive(Clone, Copy, Debug)]
pub struct Ends {
    pub hidden: u64,
    pub vocab: u64,
    pub norm: NormKind,
    /// The LM head is the embedding table.
    pub tied: bool,
}

impl Ends {
    /// Puts the embedding before the blocks, the final norm and the LM head behind them.
    pub fn around(
        self,
        config: &HfConfig,
        model_type: &str,
        precision: Precision,
        blocks: Vec<Group>,
    ) -> Model {
        let Ends { hidden, vocab, norm: kind, tied } = self;
        let embedding = Layer { role: Role::Embedding, op: Op::Lookup { rows: vocab, width: hidden } };
        let head = Layer {
            role: Role::LmHead,
            op: Op::Linear(Linear {
                inputs: hidden,
                outputs: vocab,
                bias: false,
                rows: Rows::Logits,
                shared: tied,
            }),
        };
        let mut groups = vec![Group { stage: Stage::Embedding, repeat: 1, layers: vec![embedding] }];
        groups.extend(blocks);
        groups.push(Group {
            stage: Stage::Head,
            repeat: 1,
            layers: vec![norm(Role::FinalNorm, kind, hidden), head],
        });
        let name = config
            .keys()
            .opt_word(&["_name_or_path"])
            .ok()
            .flatten()
            .filter(|name| !name.is_empty())
            .map(str::to_owned);
        let reads = config.reads();
        let notes = reads
            .iter()
            .filter_map(|read| {
                let why = read.assumed.as_deref()?;
                Some(Note::new(NoteKind::Assumed, format!("{} = {}: {why}", read.key, read.value)))
            })
            .collect();
        Model {
            name,
            model_type: model_type.to_owned(),
            hidden_size: hidden,
            vocab_size: vocab,
            tied_head: tied,
            precision,
            groups,
            reads,
            ignored: config.ignored(),
            notes,
            reduced: config.reduced(),
        }
    }
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
    pub fn read(keys: Keys<'_>, hidden: u64, default_heads: u64) -> Result<Self, Error> {
        let q = keys.dim_or("num_attention_heads", default_heads, "the family's default")?;
        let kv = keys.dim_or("num_key_value_heads", q, "as many as query heads")?;
        if q % kv != 0 {
            return Err(keys.refuse(
                "num_key_value_heads",
                format!("{kv} does not divide the {q} query heads (num_attention_heads); every key/value head serves the same number of query heads"),
            ));
        }
        let derived = hidden.is_multiple_of(q).then_some(hidden / q);
        let dim = match (keys.opt_dim("head_dim")?, derived) {
            (Some(dim), _) => dim,
            (None, Some(dim)) => {
                keys.assume("head_dim", dim, "hidden_size / num_attention_heads");
                dim
            }
            (None, None) => {
                return Err(keys.refuse(
                    "hidden_size",
                    format!("{hidden} is not divisible by the {q} heads of num_attention_heads; correct one of them, or give head_dim"),
                ));
            }
        };
        Ok(Heads { q, kv, dim, overridden: derived.filter(|&d| d != dim) })
    }

    /// The note that an explicit head width deserves.
    pub fn note(self) -> Option<Note> {
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
pub fn function(keys: Keys<'_>, name: &'static str, default: &'static str) -> Result<Function, Error> {
    let word = keys.word_or(&[name], default, "the family's default")?;
    Function::parse(word).ok_or_else(|| {
        let known: Vec<_> = Function::names().collect();
        keys.refuse(
            name,
            format!(
                "\"{word}\" is not an activation function this tool knows; it knows {}",
                known.join(", ")
            ),
        )
    })
}
