//! What families with many small experts have in common.

use super::mistral::experts;
use crate::engine::blocks::read::{no_such_kind, words};
use crate::engine::blocks::{Mlp, Moe};
use crate::engine::config::Keys;
use crate::engine::error::Error;
use crate::engine::model::Function;

/// What a class assumes of its experts, under the keys that it has for them.
#[derive(Clone, Copy)]
pub struct Small {
    pub total: (&'static str, u64),
    pub taken: (&'static str, u64),
    /// `moe_intermediate_size`
    pub width: u64,
    /// How many as wide as these every token takes, where the class has any.
    pub shared: Option<(&'static str, u64)>,
}

impl Small {
    /// The mixture that the config describes.
    pub fn read(
        &self,
        keys: Keys<'_>,
        class: &str,
        function: Function,
        bias: bool,
    ) -> Result<Moe, Box<Error>> {
        let expert = Mlp::gated(keys.dim_or("moe_intermediate_size", self.width, class)?, function, bias);
        let names = ["n_shared_experts", "num_shared_experts"];
        let shared = match self.shared {
            Some((key, shared)) => keys.count_of_or(&[key, names[0], names[1]], shared, class)?,
            None => 0,
        };
        if let (None, Some(key)) = (self.shared, names.into_iter().find(|key| keys.has(key)))
            && keys.count_or(key, 0, class)? > 0
        {
            return Err(keys.refuse(key, "this family has no shared experts"));
        }
        let routed = Moe::plain(experts(keys, class, self.total, self.taken)?, expert);
        Ok(Moe { shared: expert.side_by_side(shared), ..routed })
    }
}

/// Which layers are mixed, by `mlp_layer_types`, or where that is missing all behind the first few.
pub fn mixed_layers(
    keys: Keys<'_>,
    layers: u64,
    (key, first): (&'static str, u64),
    why: &str,
) -> Result<Vec<bool>, Box<Error>> {
    if let Some(mixed) = mixed_by_name(keys, layers)? {
        return Ok(mixed);
    }
    let first = keys.count_or(key, first, why)?;
    Ok((0..layers).map(|layer| layer >= first).collect())
}

/// Which layers are mixed, by `mlp_layer_types`.
pub fn mixed_by_name(keys: Keys<'_>, layers: u64) -> Result<Option<Vec<bool>>, Box<Error>> {
    words(keys, "mlp_layer_types", layers)?.map(|types| sparse(keys, types)).transpose()
}

/// Which of the `mlp_layer_types` are mixtures.
pub fn sparse(keys: Keys<'_>, types: Vec<&str>) -> Result<Vec<bool>, Box<Error>> {
    types
        .into_iter()
        .map(|kind| match kind {
            "sparse" => Ok(true),
            "dense" => Ok(false),
            other => Err(no_such_kind(keys, "mlp_layer_types", other, &["dense", "sparse"])),
        })
        .collect()
}
