//! What the families before LLaMA have in common.

use crate::engine::blocks::read::function;
use crate::engine::blocks::{Block, BlockNorm, Ends, Ffn, Mixer, SelfAttention, group};
use crate::engine::config::Keys;
use crate::engine::dtype::DType;
use crate::engine::error::Error;
use crate::engine::model::{Function, Model, NormKind, Precision};

/// The shape of the models before LLaMA: as many key as query heads, and keys under GPT-2's names too.
#[derive(Clone, Copy)]
pub struct Shape<'a> {
    pub keys: Keys<'a>,
    pub class: &'static str,
    pub hidden: u64,
    pub layers: u64,
    pub heads: u64,
    pub head_dim: u64,
}

impl<'a> Shape<'a> {
    pub fn read(
        keys: Keys<'a>,
        class: &'static str,
        (hidden, layers, heads): (u64, u64, u64),
    ) -> Result<Self, Box<Error>> {
        let hidden = keys.dim_of_or(&["hidden_size", "n_embd", "n_embed"], hidden, class)?;
        let layers = keys.layers_or(&["num_hidden_layers", "n_layer"], layers, class)?;
        let heads = keys.dim_of_or(&["num_attention_heads", "n_head"], heads, class)?;
        let key = if keys.has("hidden_size") { "hidden_size" } else { "n_embd" };
        Self::of(keys, class, key, (hidden, layers, heads))
    }

    /// The shape of these sizes, the first of which stands under `key`.
    pub fn of(
        keys: Keys<'a>,
        class: &'static str,
        key: &str,
        (hidden, layers, heads): (u64, u64, u64),
    ) -> Result<Self, Box<Error>> {
        if !hidden.is_multiple_of(heads) {
            let reason = format!("{hidden} is not divisible by the {heads} heads; correct one of them");
            return Err(keys.refuse(key, reason));
        }
        Ok(Shape { keys, class, hidden, layers, heads, head_dim: hidden / heads })
    }

    /// The feed-forward width, four times the hidden size unless the config says otherwise.
    pub fn inner(&self, key: &'static str) -> Result<u64, Box<Error>> {
        Ok(self.keys.opt_dim(key)?.unwrap_or_else(|| {
            self.keys.assume(key, 4 * self.hidden, "four times the hidden size");
            4 * self.hidden
        }))
    }

    pub fn function(&self, names: &[&'static str], default: &'static str) -> Result<Function, Box<Error>> {
        function(self.keys, names, default, self.class)
    }

    pub fn ends(&self, norm: NormKind, vocab: u64, tied: bool) -> Result<Ends, Box<Error>> {
        let vocab = self.keys.dim_or("vocab_size", vocab, self.class)?;
        let tied = self.keys.flag_or("tie_word_embeddings", tied, self.class)?;
        Ok(Ends::plain(self.hidden, vocab, norm, tied))
    }

    pub fn model(
        &self,
        model_type: &str,
        ends: Ends,
        norm: BlockNorm,
        attention: SelfAttention,
        ffn: Ffn,
    ) -> Result<Model, Box<Error>> {
        let block = Block::new(self.hidden, norm, Mixer::SelfAttention(attention), ffn);
        self.of_blocks(model_type, ends, (0..self.layers).map(|_| block))
    }

    pub fn of_blocks(
        &self,
        model_type: &str,
        ends: Ends,
        mut blocks: impl Iterator<Item = Block>,
    ) -> Result<Model, Box<Error>> {
        let precision = Precision::uniform(self.keys.dtype_or(DType::Float16)?);
        let blocks = group(&mut blocks);
        Ok(ends.around(self.keys, model_type, precision, blocks))
    }
}
