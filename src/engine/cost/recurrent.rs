//! Linear attention: a state of fixed size instead of a growing cache.

use super::symbols::*;
use super::{Context, Cost, activation_bytes, new_tokens, state_bytes, weight_bytes};
use crate::engine::model::{Conv, Decay, DeltaRule, StateSpace};
use crate::engine::number::Number;

/// A causal depthwise convolution: `K` products and `K − 1` sums an element, one sum for a bias, and SiLU's four.
pub fn conv<N: Number>(conv: &Conv, context: &Context<'_>) -> Cost<N> {
    let channels = || N::named(CHANNELS, conv.channels);
    let kernel = || N::named(KERNEL, conv.kernel);
    let elements = || channels() * new_tokens(context);
    // The last K − 1 inputs of every query stay for the next step.
    let state = || channels() * (kernel() - N::int(1)) * N::named(BATCH, context.load.batch);
    let (bias, act) = (u128::from(conv.bias), if conv.act { 4 } else { 0 });
    let parameters = || match conv.bias {
        true => channels() * kernel() + channels(),
        false => channels() * kernel(),
    };
    Cost {
        flops: (N::int(2) * kernel() - N::int(1) + N::int(bias + act)) * elements(),
        weight_bytes: weight_bytes(parameters(), context),
        input_bytes: activation_bytes(elements(), context) + state_bytes(state(), context),
        output_bytes: activation_bytes(elements(), context) + state_bytes(state(), context),
        cache_bytes: state_bytes(state(), context),
        ..Cost::nothing()
    }
    .with_parameters(parameters(), context)
}

/// The gated delta rule, token by token: decay the state `1`, read it with the key `2`, add the outer
/// product of the correction `2`, read it with the query `2`, for each element of the state. With a fixed decay
/// nothing is corrected, so that it is read once. How decays and step sizes come about is not counted.
pub fn delta_rule<N: Number>(rule: &DeltaRule, context: &Context<'_>) -> Cost<N> {
    let groups = || N::named(KV_HEADS, rule.key_heads);
    let heads = || N::named(Q_HEADS, rule.value_heads);
    let key = || N::named(K_DIM, rule.key_dim);
    let value = || N::named(V_DIM, rule.value_dim);
    let state = || heads() * key() * value();
    let kept = || state() * N::named(BATCH, context.load.batch);
    // A decay and a step size for every value head and token, and for every head or channel a weight of either.
    let parameters = || match rule.decay {
        Decay::Head => N::int(2) * heads(),
        Decay::Channel => heads() * key() + heads(),
        Decay::Fixed => N::int(0),
    };
    let read = N::int(2) * groups() * key() + heads() * value() + parameters();
    let per_element = if rule.decay == Decay::Fixed { 5 } else { 7 };
    Cost {
        flops: N::int(per_element) * state() * new_tokens(context),
        weight_bytes: weight_bytes(parameters(), context),
        input_bytes: activation_bytes(read * new_tokens(context), context) + state_bytes(kept(), context),
        output_bytes: activation_bytes(heads() * value() * new_tokens(context), context)
            + state_bytes(kept(), context),
        cache_bytes: state_bytes(kept(), context),
        ..Cost::nothing()
    }
    .with_parameters(parameters(), context)
}

/// A state space, token by token: decay the state `1`, add the outer product of input and write vector `2`, read
/// it `2`, for each element of the state; and the input once more, scaled, on top of each output `2`. Where each
/// element has a rate of its own, its decay is the exponential of that times the step `2`.
pub fn state_space<N: Number>(space: &StateSpace, context: &Context<'_>) -> Cost<N> {
    let groups = || N::named(SPACE_GROUPS, space.groups);
    let heads = || N::named(SPACE_HEADS, space.heads);
    let width = || heads() * N::named(SPACE_DIM, space.head_dim);
    let state = || N::named(SPACE_STATE, space.state);
    let kept = || width() * state() * N::named(BATCH, context.load.batch);
    let read = width() + N::int(2) * groups() * state() + heads();
    // A decay, a step-size bias and a scale of the skip for every head. With rates of their own, the bias is that of
    // the projection that makes the steps.
    let parameters = || match space.own_rates {
        true => width() * state() + heads(),
        false => N::int(3) * heads(),
    };
    let per_element = if space.own_rates { 7 } else { 5 };
    Cost {
        flops: (N::int(per_element) * state() + N::int(2)) * width() * new_tokens(context),
        weight_bytes: weight_bytes(parameters(), context),
        input_bytes: activation_bytes(read * new_tokens(context), context) + state_bytes(kept(), context),
        output_bytes: activation_bytes(width() * new_tokens(context), context) + state_bytes(kept(), context),
        cache_bytes: state_bytes(kept(), context),
        ..Cost::nothing()
    }
    .with_parameters(parameters(), context)
}
