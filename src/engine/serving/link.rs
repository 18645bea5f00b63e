//! What devices send each other, and how long that takes.

use super::Deployment;
use super::shard::Deal;
use crate::engine::error::Error;
use crate::engine::quantity::{Bytes, Seconds, bandwidth};
use serde::Serialize;

/// Devices of a node that are assumed to reach each other where the device has no scale-up domain.
const HOST_DEVICES: u64 = 8;
/// Bytes per second where the device's table has no link: a PCIe 4.0 x16 slot, one direction.
const HOST_BANDWIDTH: f64 = 32e9;

/// What is assumed of the network, besides the links of the device's table.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Network {
    /// Bytes per second that a device sends to other nodes; by default one 400 Gbit/s port each.
    pub across_bytes_per_second: f64,
    /// What every step of a collective takes at least, inside a node and across nodes.
    pub latency: Seconds,
    pub latency_across: Seconds,
}

impl Default for Network {
    fn default() -> Self {
        Network { across_bytes_per_second: 50e9, latency: Seconds(2e-6), latency_across: Seconds(5e-6) }
    }
}

impl Network {
    pub(super) fn check(&self) -> Result<(), Error> {
        let sound = |value: f64| value.is_finite() && value >= 0.0;
        let rate = self.across_bytes_per_second;
        if rate.is_finite() && rate >= 1.0 && sound(self.latency.0) && sound(self.latency_across.0) {
            return Ok(());
        }
        Err(Error::Deployment {
            reason: "the network's bandwidth must be above zero and its latencies at least zero".to_owned(),
        })
    }
}

/// How devices exchange what they computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Collective {
    /// Every device ends with the sum of all.
    AllReduce,
    /// Every device ends with the parts of all.
    AllGather,
    /// Every device sends every other its own part.
    AllToAll,
    /// To the next stage.
    Send,
}

impl Collective {
    pub fn words(self) -> &'static str {
        match self {
            Collective::AllReduce => "all-reduce",
            Collective::AllGather => "all-gather",
            Collective::AllToAll => "all-to-all",
            Collective::Send => "send",
        }
    }
}

/// One exchange behind a layer.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Transfer {
    pub collective: Collective,
    /// Devices that take part.
    pub devices: u64,
    /// Bytes that one device sends.
    pub bytes: Bytes,
    pub seconds: Seconds,
}

/// The links as a deployment has them, under its ceiling.
#[derive(Clone, Copy, Debug)]
pub struct Links {
    inside: f64,
    across: f64,
    /// Devices of a node.
    node: u64,
    latency: f64,
    latency_across: f64,
}

impl Links {
    pub fn of(deployment: &Deployment) -> Self {
        let (rate, domain) = deployment
            .hardware
            .interconnect
            .map_or((HOST_BANDWIDTH, 1), |link| (link.bytes_per_second, u64::from(link.domain)));
        let Network { across_bytes_per_second, latency, latency_across } = deployment.serving.network;
        Links {
            inside: rate * deployment.serving.ceiling.bandwidth,
            across: across_bytes_per_second * deployment.serving.ceiling.bandwidth,
            node: if domain > 1 { domain } else { HOST_DEVICES },
            latency: latency.0,
            latency_across: latency_across.0,
        }
    }

    /// An exchange among `devices` neighbours, of which each brings or takes `payload` bytes.
    ///
    /// Inside a node of `m` and across `n` nodes: an all-reduce sends `2·(m−1)/m` of the payload inside and
    /// `2·(n−1)/n` of its `m`-th part across, an all-gather half of that, an all-to-all to `p` devices what
    /// is for each. A collective of `p` devices takes `⌈log₂ p⌉` steps of latency, an all-reduce twice that.
    pub fn transfer(&self, collective: Collective, devices: u64, payload: u128) -> Option<Transfer> {
        if devices < 2 {
            return None;
        }
        let inside = devices.min(self.node);
        let nodes = devices.div_ceil(inside);
        let part = |of: u128, count: u64| {
            // (count − 1)/count, rounded up
            of.checked_mul((count - 1).into()).map(|bytes| bytes.div_ceil(count.into()))
        };
        let shared = payload.div_ceil(inside.into());
        let (near, far) = match collective {
            Collective::AllReduce => {
                (part(payload.checked_mul(2)?, inside)?, part(shared.checked_mul(2)?, nodes)?)
            }
            Collective::AllGather => (part(payload, inside)?, part(shared, nodes)?),
            Collective::AllToAll => {
                let each = |count: u64| {
                    payload.checked_mul(count.into()).map(|bytes| bytes.div_ceil(devices.into()))
                };
                (each(inside - 1)?, each(devices - inside)?)
            }
            Collective::Send => {
                if devices > self.node {
                    (0, payload)
                } else {
                    (payload, 0)
                }
            }
        };
        let doublings = |count: u64| f64::from(count.next_power_of_two().trailing_zeros());
        let steps = match collective {
            Collective::AllReduce => (2.0 * doublings(inside), 2.0 * doublings(nodes)),
            Collective::AllGather => (doublings(inside), doublings(nodes)),
            Collective::AllToAll => (1.0, f64::from(u8::from(nodes > 1))),
            Collective::Send => {
                let far = f64::from(u8::from(devices > self.node));
                (1.0 - far, far)
            }
        };
        let near_time = near as f64 / self.inside + steps.0 * self.latency;
        let far_time = far as f64 / self.across + steps.1 * self.latency_across;
        // Parts for other devices travel both ways at the same time; a reduction goes through one, then
        // the other.
        let seconds = match collective {
            Collective::AllToAll => near_time.max(far_time),
            Collective::AllReduce | Collective::AllGather | Collective::Send => near_time + far_time,
        };
        Some(Transfer {
            collective,
            devices,
            bytes: Bytes(near.checked_add(far)?),
            seconds: Seconds(seconds),
        })
    }
}

/// What the times of links take for granted, where there are any.
pub(super) fn assumptions(deal: &Deal<'_>) -> Vec<String> {
    let deployment = deal.deployment;
    let devices = deployment.serving.parallel.devices();
    if devices < 2 {
        return Vec::new();
    }
    let Network { across_bytes_per_second, latency, latency_across } = deployment.serving.network;
    let node = deal.links.node;
    let mut said = Vec::new();
    said.push(match deployment.hardware.interconnect {
        Some(link) if link.domain > 1 => format!(
            "Up to {node} devices reach each other over {} at {} each way; a step takes at least {}.",
            link.name,
            bandwidth(link.bytes_per_second),
            latency.human()
        ),
        Some(link) => format!(
            "Up to {node} devices share a node and reach each other over {} at {} each way; a step takes at least {}.",
            link.name,
            bandwidth(link.bytes_per_second),
            latency.human()
        ),
        None => format!(
            "The device's link is not known: up to {node} in a node at {} each way are assumed, a step takes at least {}.",
            bandwidth(HOST_BANDWIDTH),
            latency.human()
        ),
    });
    if devices > node {
        said.push(format!(
            "Across nodes every device sends {}, and a step takes at least {}.",
            bandwidth(across_bytes_per_second),
            latency_across.human()
        ));
    }
    said
}
