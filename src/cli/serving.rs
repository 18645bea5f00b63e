//! Time, fit and scale of a deployment, for a terminal or a program.

use super::{Failure, input};
use crate::engine::quantity::Seconds;
use crate::engine::serving::sweep::Sweep;
use crate::engine::serving::{Ceiling, Deployment, Network, Parallel, Plan, Serving, plan};
use crate::engine::{Hardware, Model, Workload};
use crate::export::{self, Format};
use clap::Args;

/// Any of these asks for the plan of a deployment instead of the report.
#[derive(Debug, Args)]
#[command(next_help_heading = "Serving: how fast it can be, and whether it fits")]
pub struct Flags {
    /// Tokens to generate for every query; the workload is the prompt and yields the first.
    #[arg(long, value_name = "N")]
    output_tokens: Option<u64>,

    /// Devices that share every layer's heads and matrices.
    #[arg(long, value_name = "N")]
    tensor_parallel: Option<u64>,

    /// Stages that the blocks are divided into.
    #[arg(long, value_name = "N")]
    pipeline_parallel: Option<u64>,

    /// Devices, of tensor times data, that the experts of a layer are spread over.
    #[arg(long, value_name = "N")]
    expert_parallel: Option<u64>,

    /// Copies of the model that the batch is dealt among.
    #[arg(long, value_name = "N")]
    data_parallel: Option<u64>,

    /// Varies a figure of the plan, and answers with a line for each value; given twice, for each combination.
    ///
    /// batch=1..512 takes the powers of two and both ends, batch=1..512x64 some 64 numbers with the same factor
    /// between them, batch=1..512+8 every eighth, batch=64 that one. So do context (cached tokens of every query),
    /// input (its new tokens) and devices (the tensor-parallel degree); weights=auto,fp8,q4_k_m takes formats. A
    /// value that cannot be has its reason in its line.
    #[arg(long, value_name = "NAME=VALUES", value_parser = sweep, conflicts_with_all = ["explain", "compare", "svg"])]
    pub sweep: Vec<Sweep>,

    /// Takes what is measured on matrix products, and four fifths of bandwidth, for the vendor's peaks; or the
    /// parts of compute and bandwidth that are given, as in --achievable=0.7,0.85.
    #[arg(long, value_name = "COMPUTE,BANDWIDTH", num_args = 0..=1, require_equals = true,
        default_missing_value = "achievable", value_parser = ceiling)]
    achievable: Option<Ceiling>,

    /// Lets element-wise layers move their inputs and outputs, as kernels of their own do.
    #[arg(long)]
    unfused: bool,

    /// The part of the memory to keep free, from 0 to 1. Without this, 0.1.
    #[arg(long, value_name = "PART")]
    reserve: Option<f64>,

    /// Microseconds that a step of a collective takes at least inside a node. Without this, 2.
    #[arg(long, value_name = "MICROSECONDS")]
    link_latency: Option<f64>,

    /// Microseconds that a step of a collective takes at least across nodes. Without this, 5.
    #[arg(long, value_name = "MICROSECONDS")]
    network_latency: Option<f64>,

    /// Gigabytes per second that every device sends to other nodes. Without this, 50.
    #[arg(long, value_name = "GB/S")]
    network_bandwidth: Option<f64>,
}

fn sweep(text: &str) -> Result<Sweep, String> {
    // The error says that it is about a sweep, as the option's name does.
    Sweep::parse(text).map_err(|e| e.to_string().trim_start_matches("sweep: ").to_owned())
}

fn ceiling(text: &str) -> Result<Ceiling, String> {
    Ceiling::parse(text)
        .ok_or_else(|| "write two parts above 0 and at most 1, of compute and bandwidth: 0.7,0.85".to_owned())
}

impl Flags {
    /// Whether the user asks how a deployment does.
    pub fn asked(&self) -> bool {
        let degrees =
            [self.tensor_parallel, self.pipeline_parallel, self.expert_parallel, self.data_parallel];
        self.output_tokens.is_some()
            || degrees.iter().any(Option::is_some)
            || !self.sweep.is_empty()
            || self.achievable.is_some()
            || self.unfused
            || [self.reserve, self.link_latency, self.network_latency, self.network_bandwidth]
                .iter()
                .any(Option::is_some)
    }

    pub fn deployment(&self, hardware: Hardware) -> Deployment {
        let usual = Serving::default();
        let time = |given: Option<f64>, usual| given.map_or(usual, |micros| Seconds(micros * 1e-6));
        let serving = Serving {
            parallel: Parallel {
                tensor: self.tensor_parallel.unwrap_or(1),
                pipeline: self.pipeline_parallel.unwrap_or(1),
                expert: self.expert_parallel.unwrap_or(1),
                data: self.data_parallel.unwrap_or(1),
            },
            ceiling: self.achievable.unwrap_or(usual.ceiling),
            fused: !self.unfused,
            reserve: self.reserve.unwrap_or(usual.reserve),
            output_tokens: self.output_tokens.unwrap_or(usual.output_tokens),
            network: Network {
                across_bytes_per_second: self
                    .network_bandwidth
                    .map_or(usual.network.across_bytes_per_second, |rate| rate * 1e9),
                latency: time(self.link_latency, usual.network.latency),
                latency_across: time(self.network_latency, usual.network.latency_across),
            },
        };
        Deployment { hardware, serving }
    }
}

/// The plan of a deployment.
///
/// # Errors
/// When the model cannot be divided so, or the format is one that holds a report only.
pub fn write(
    model: &Model,
    workload: &Workload,
    deployment: &Deployment,
    format: Format,
) -> Result<String, Failure> {
    let plan = plan(model, workload, deployment).map_err(|e| input(e.to_string()))?;
    match format {
        Format::Json => Ok(export::json(&plan)),
        Format::JsonLine => Ok(export::json_line(&plan)),
        Format::Table => Ok(text(&plan)),
        Format::Markdown => Ok(export::plan_markdown(&plan)),
        Format::Csv | Format::Tsv => Err(input(
            "the plan of a deployment is printed as table, markdown or json: use --format json, or --sweep batch=1 for a line of csv",
        )),
    }
}

fn text(plan: &Plan) -> String {
    let lines = plan.layers.iter().map(|share| export::plan_cells(share).to_vec());
    let mut out = format!("{}\n", export::ruled(export::PLAN_COLUMNS.into_iter(), lines));
    for (what, value) in export::plan_facts(plan) {
        out += &format!("{what:<24} {value}\n");
    }
    for assumption in &plan.assumptions {
        out += &format!("- {assumption}\n");
    }
    out
}
