//! Mamba-2's state space beside attention: Bamba and Granite 4, which take turns; Falcon-H1, which has both in each
//! block; Nemotron-H, whose blocks are a mixer or a feed-forward layer alone.
//! Defaults: `BambaConfig`, `GraniteMoeHybridConfig`, `FalconH1Config` and `NemotronHConfig` in transformers 5.24.

use super::llama::LLAMA;
use super::mistral::experts;
use crate::engine::blocks::read::{Base, Defaults, Names};
use crate::engine::blocks::{
    Block, BlockNorm, Ffn, Mamba, Mixer, Mlp, Moe, MoeLatent, Placement, SelfAttention,
};
use crate::engine::config::{Keys, MAX_DIMENSION};
use crate::engine::error::Error;
use crate::engine::model::{Model, NormKind, StateSpace};

const BAMBA: Defaults = Defaults {
    class: "the default of BambaConfig",
    intermediate: 14336,
    kv_heads: Some(8),
    vocab: 128_000,
    ..LLAMA
};

const GRANITE: Defaults = Defaults { class: "the default of GraniteMoeHybridConfig", ..LLAMA };

const FALCON_H1: Defaults = Defaults { class: "the default of FalconH1Config", ..BAMBA };

const NEMOTRON_H: Defaults = Defaults {
    class: "the default of NemotronHConfig",
    intermediate: 21504,
    kv_heads: Some(8),
    head_dim: Some(128),
    vocab: 131_072,
    act: "relu2",
    ..LLAMA
};

pub fn bamba(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &BAMBA)?;
    let mut attention = base.attention().biased(base.flag("attention_bias", false)?);
    // The class overrides whatever a config says.
    attention.rotary /= 2;
    let mamba = mamba(&base, expanded(&base)?)?;
    let ffn = base.mlp(base.flag("mlp_bias", false)?);
    let attends = base.indices("attn_layer_indices")?.unwrap_or_default();
    let mixer = |layer| match attends.contains(&layer) {
        true => Mixer::SelfAttention(attention),
        false => Mixer::Mamba(mamba),
    };
    Ok(base.model(model_type, NormKind::Rms, (0..base.layers).map(|layer| block(&base, mixer(layer), ffn))))
}

pub fn granite(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &GRANITE)?;
    let mut attention = base.attention().biased(base.flag("attention_bias", false)?);
    let positions = keys.opt_word(&["position_embedding_type"])?;
    if positions.is_none() {
        keys.assume("position_embedding_type", serde_json::Value::Null, base.class);
    }
    if positions != Some("rope") {
        attention.rotary = 0;
    }
    let mamba = Mixer::Mamba(mamba(&base, expanded(&base)?)?);
    let shared = Mlp::gated(base.dim("shared_intermediate_size", 1024)?, base.function, false);
    let ffn = match keys.count_or("num_local_experts", 8, base.class)? {
        0 => Ffn::Dense(shared),
        _ => Ffn::Moe(Moe {
            shared: Some(shared),
            ..Moe::plain(
                experts(keys, base.class, ("num_local_experts", 8), ("num_experts_per_tok", 2))?,
                Mlp::gated(base.intermediate, base.function, false),
            )
        }),
    };
    let known =
        [("mamba", false), ("linear_attention", false), ("attention", true), ("full_attention", true)];
    let attends = base.which_layers(&known)?.unwrap_or_else(|| vec![false; base.layers as usize]);
    let blocks = attends.into_iter().map(|attends| {
        let mixer = if attends { Mixer::SelfAttention(attention) } else { mamba };
        block(&base, mixer, ffn)
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

pub fn falcon_h1(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let base = Base::read(keys, &FALCON_H1)?;
    let attention = base.attention().biased(base.flag("attention_bias", false)?);
    let width = match keys.nullable_dim_or("mamba_d_ssm", Some(1024), base.class)? {
        Some(width) => width,
        None => expanded(&base)?,
    };
    let mamba = Mamba {
        out_bias: base.flag("projectors_bias", false)?,
        normed: base.flag("mamba_rms_norm", false)?,
        ..mamba(&base, width)?
    };
    let ffn = base.mlp(base.flag("mlp_bias", false)?);
    Ok(base.uniform(model_type, NormKind::Rms, block(&base, Mixer::Both(attention, mamba), ffn)))
}

pub fn nemotron(keys: Keys<'_>, model_type: &str) -> Result<Model, Box<Error>> {
    let kinds = kinds(keys)?;
    let layers = Some(kinds.len() as u64);
    let base =
        Base::read_named(keys, &NEMOTRON_H, Names { act: &["mlp_hidden_act"], layers, ..Names::default() })?;
    let attention = SelfAttention { rotary: 0, ..base.attention() };
    let bias = base.flag("use_bias", false)?;
    let mamba = Mamba {
        space: StateSpace {
            heads: base.dim("mamba_num_heads", 128)?,
            head_dim: base.dim("mamba_head_dim", 64)?,
            state: base.dim("ssm_state_size", 128)?,
            groups: keys.dim_of_or(&["n_groups", "mamba_n_groups"], 8, base.class)?,
            own_rates: false,
        },
        kernel: keys.dim_of_or(&["conv_kernel", "mamba_d_conv"], 4, base.class)?,
        conv_bias: base.flag("use_conv_bias", true)?,
        in_bias: bias,
        out_bias: bias,
        normed: true,
        steps: None,
    };
    grouped(keys, "n_groups", mamba.space)?;
    let mlp_bias = base.flag("mlp_bias", false)?;
    let mlp = Mlp::plain(base.intermediate, base.function, mlp_bias);
    let moe = match kinds.contains(&Kind::Moe) {
        true => Ffn::Moe(mixture(&base, mlp_bias)?),
        false => Ffn::None,
    };
    let blocks = kinds.into_iter().map(|kind| match kind {
        Kind::Mamba => block(&base, Mixer::Mamba(mamba), Ffn::None),
        Kind::Attention => block(&base, Mixer::SelfAttention(attention), Ffn::None),
        Kind::Mlp => block(&base, Mixer::None, Ffn::Dense(mlp)),
        Kind::Moe => block(&base, Mixer::None, moe),
    });
    Ok(base.model(model_type, NormKind::Rms, blocks))
}

fn mixture(base: &Base<'_>, bias: bool) -> Result<Moe, Box<Error>> {
    let width = |key| base.dim(key, 7688);
    let latent = base.keys.nullable_dim_or("moe_latent_size", None, base.class)?;
    Ok(Moe {
        shared: Some(Mlp::plain(width("moe_shared_expert_intermediate_size")?, base.function, bias)),
        latent: latent.map(|width| MoeLatent { width, bias }),
        ..Moe::plain(
            experts(base.keys, base.class, ("n_routed_experts", 8), ("num_experts_per_tok", 2))?,
            Mlp::plain(width("moe_intermediate_size")?, base.function, false),
        )
    })
}

/// What a block of Nemotron-H is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Mamba,
    Attention,
    Mlp,
    Moe,
}

/// The blocks by name, or by letter as older configs have them.
fn kinds(keys: Keys<'_>) -> Result<Vec<Kind>, Box<Error>> {
    const PATTERN: &str = "hybrid_override_pattern";
    let refuse = |key: &str, what: String, known: &str| {
        keys.refuse(key, format!("{what} is no kind of block of this family; use {known}"))
    };
    for key in ["layers_block_type", "layer_types"] {
        let Some(list) = keys.opt_list(key)? else { continue };
        let kind = |value: &serde_json::Value| match value.as_str() {
            Some("mamba" | "linear_attention") => Ok(Kind::Mamba),
            Some("attention" | "full_attention") => Ok(Kind::Attention),
            Some("mlp") => Ok(Kind::Mlp),
            Some("moe") => Ok(Kind::Moe),
            _ => Err(refuse(key, value.to_string(), "mamba, attention, mlp or moe")),
        };
        return list.iter().map(kind).collect();
    }
    let Some(pattern) = keys.opt_word(&[PATTERN])? else {
        let names = ["linear_attention", "moe", "full_attention", "mlp"];
        keys.assume("layers_block_type", names.as_slice(), NEMOTRON_H.class);
        return Ok(vec![Kind::Mamba, Kind::Moe, Kind::Attention, Kind::Mlp]);
    };
    let kind = |letter| match letter {
        'M' => Ok(Kind::Mamba),
        '*' => Ok(Kind::Attention),
        '-' => Ok(Kind::Mlp),
        'E' => Ok(Kind::Moe),
        _ => Err(refuse(PATTERN, format!("{letter:?}"), "M, *, - or E")),
    };
    pattern.chars().map(kind).collect()
}

fn block(base: &Base<'_>, mixer: Mixer, ffn: Ffn) -> Block {
    Block::new(base.hidden, BlockNorm::new(NormKind::Rms, Placement::Pre), mixer, ffn)
}

fn expanded(base: &Base<'_>) -> Result<u64, Box<Error>> {
    Ok(base.hidden * base.dim("mamba_expand", 2)?)
}

/// A state space of this width under the names that all but Nemotron-H use.
fn mamba(base: &Base<'_>, width: u64) -> Result<Mamba, Box<Error>> {
    let heads = base.dim("mamba_n_heads", 128)?;
    let head_dim = unless_auto(base.keys, "mamba_d_head")?.unwrap_or(width / heads);
    let bias = base.flag("mamba_proj_bias", false)?;
    let space = StateSpace {
        heads,
        head_dim,
        state: base.dim("mamba_d_state", 256)?,
        groups: base.dim("mamba_n_groups", 1)?,
        own_rates: false,
    };
    filled(base.keys, "mamba_n_heads", space, width)?;
    grouped(base.keys, "mamba_n_groups", space)?;
    Ok(Mamba {
        space,
        kernel: base.dim("mamba_d_conv", 4)?,
        conv_bias: base.flag("mamba_conv_bias", true)?,
        in_bias: bias,
        out_bias: bias,
        normed: true,
        steps: None,
    })
}

/// A dimension that may be missing, or left open by the word "auto".
pub fn unless_auto(keys: Keys<'_>, key: &'static str) -> Result<Option<u64>, Box<Error>> {
    if keys.peek(key) == Some("auto") { Ok(None) } else { keys.opt_dim(key) }
}

/// # Errors
/// When the heads are not as wide together as the state space is to be.
pub fn filled(keys: Keys<'_>, key: &str, space: StateSpace, width: u64) -> Result<(), Box<Error>> {
    let StateSpace { heads, head_dim, .. } = space;
    if heads.checked_mul(head_dim) != Some(width) {
        let reason = format!("{heads} heads of {head_dim} are not the {width} features of the state space");
        return Err(keys.refuse(key, reason));
    }
    Ok(())
}

/// # Errors
/// When the groups do not divide the heads, or their features are more than can be counted.
pub fn grouped(keys: Keys<'_>, key: &str, space: StateSpace) -> Result<(), Box<Error>> {
    if !space.heads.is_multiple_of(space.groups) {
        let reason = format!("{} does not divide the {} heads", space.groups, space.heads);
        return Err(keys.refuse(key, reason));
    }
    // Two dimensions at their limit are more than the sums of a projection's parts can hold.
    let features = space.width().max(space.shared());
    if features > MAX_DIMENSION {
        let reason = format!("makes {features} features of the state space, more than {MAX_DIMENSION}");
        return Err(keys.refuse(key, reason));
    }
    Ok(())
}
