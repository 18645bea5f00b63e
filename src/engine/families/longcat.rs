//! LongCat-Flash: each of its layers is two blocks of latent attention and a dense layer, the first with a mixture
//! beside whose output joins behind the second. Some of the experts hand back what they get. Defaults:
//! `LongcatFlashConfig` in transformers 5.24, whose model has weights for those experts that nothing reads; they are
//! not counted.

use super::deepseek::{Generation, V2, attention, latent_queries};
use super::mistral::no_more_than_there_are;
use crate::engine::blocks::read::{Base, Defaults, Names};
use crate::engine::blocks::{Block, BlockNorm, Ends, Ffn, Mixer, Mlp, Moe, Placement, group};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::{Experts, Model, NormKind, Note, NoteKind};

const GENERATION: Generation = Generation {
    base: Defaults {
        class: "the default of LongcatFlashConfig",
        hidden: 6144,
        intermediate: 12288,
        layers: 28,
        heads: 64,
        head_dim: Some(64),
        vocab: 131_072,
        ..V2.base
    },
    ..V2
};

pub fn build(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    // The class makes one of the other, and each layer two blocks.
    let blocks = if keys.has("num_layers") { None } else { keys.opt_dim("num_hidden_layers")? };
    let layers = blocks.map(|blocks| (blocks / 2).max(1));
    let names = Names { intermediate: "ffn_hidden_size", count: &["num_layers"], layers, ..Names::default() };
    let base = Base::read_named(keys, &GENERATION.base, names)?;
    let attention = attention(keys, &GENERATION)?;
    latent_queries(keys, attention)?;
    if keys.peek("zero_expert_type").is_some_and(|kind| kind != "identity") {
        return Err(keys.refuse("zero_expert_type", "experts without weights are known as identity alone"));
    }
    let experts = Experts { total: base.dim("n_routed_experts", 512)?, per_token: base.dim("moe_topk", 12)? };
    let idle = keys.dim_or_none("zero_expert_num", Some(256), base.class)?.unwrap_or(0);
    let all = Experts { total: experts.total + idle, ..experts };
    no_more_than_there_are(keys, all, "n_routed_experts", "moe_topk")?;
    let expert = Mlp::gated(base.dim("expert_ffn_hidden_size", 2048)?, base.function, false);
    let router_bias = keys.flag_or("router_bias", false, "none unless the config says so")?;
    let moe = Moe { router_bias, idle, ..Moe::plain(experts, expert) };
    let mlp = Mlp::gated(base.intermediate, base.function, false);
    let norm = BlockNorm::new(NormKind::Rms, Placement::Pre);
    let pair = [Ffn::Beside(mlp, moe), Ffn::Dense(mlp)]
        .map(|ffn| Block::new(base.hidden, norm, Mixer::Latent(attention), ffn));
    let groups = group(&mut (0..base.layers).flat_map(|_| pair));
    let ends = Ends::plain(base.hidden, base.vocab, NormKind::Rms, base.tied);
    let mut model = ends.around(keys, model_type, base.precision, groups);
    if idle > 0 {
        let text = format!(
            "of {} experts {idle} do no work; a token's {} choices are taken to fall on all alike",
            all.total, experts.per_token
        );
        model.notes.push(Note::new(NoteKind::Model, text));
    }
    Ok(model)
}
