//! Transformer Roofline Analyzer: what every layer of a transformer costs, from its config.json.
//!
//! The modules in the order that data takes: the [`engine`] turns text into a [report](engine::Report);
//! everything else shows it, shares it or fetches its input.
//!
//! ```
//! use roofline::engine::explain::explain;
//! use roofline::engine::{Accounting, Hardware, Model, Workload, analyze};
//!
//! // A decode step of Llama-2-7B: 1,024 tokens are cached, one is new.
//! let model = Model::from_json(r#"{
//!     "model_type": "llama", "hidden_size": 4096, "intermediate_size": 11008, "num_hidden_layers": 32,
//!     "num_attention_heads": 32, "vocab_size": 32000, "torch_dtype": "float16"
//! }"#)?;
//! let workload = Workload::new(&[1024], &[1], None)?;
//! let h100 = Hardware::find("h100").expect("it is built in");
//! let report = analyze(&model, &workload, &Accounting::DOCUMENT, Some(&h100))?;
//!
//! assert_eq!(report.total.flops.0, 13_491_740_800);
//! assert_eq!(report.total.intensity.map(|of| of.human()).as_deref(), Some("0.999 FLOP/B"));
//! let placed = report.roofline.as_ref().expect("a device was named");
//! assert_eq!(placed.bound.words(), "memory-bound");
//!
//! // Every figure can be asked where it comes from, from the very expression that computed it.
//! let row = report.layers.iter().find(|row| row.name == "Attn - O_Proj").expect("every block has one");
//! let flops = &explain(&model, &workload, &Accounting::DOCUMENT, row)[0];
//! assert_eq!(flops.value, Some(row.flops.0));
//! # Ok::<(), roofline::engine::Error>(())
//! ```
//!
//! How fast it can be served, and on how many devices, is a [plan](engine::serving::plan):
//!
//! ```
//! use roofline::engine::serving::{Deployment, Parallel, Serving, plan};
//! use roofline::engine::{Hardware, Workload, catalog};
//!
//! let model = catalog::find("meta-llama/Llama-3.1-70B").expect("it is built in").model()?;
//! let serving = Serving { parallel: Parallel::tensor(8), output_tokens: 512, ..Serving::default() };
//! let deployment = Deployment { hardware: Hardware::default(), serving };
//! let plan = plan(&model, &Workload::new(&[0], &[2048], Some(16))?, &deployment)?;
//!
//! assert!(plan.memory.fits);
//! let generation = plan.generation.expect("what fits is given a time");
//! assert!(generation.time_to_first_token.ideal.0 < generation.total.ideal.0);
//! # Ok::<(), roofline::engine::Error>(())
//! ```
//!
//! A number that JSON, CSV or a table carries is written by [`export`], a link by [`share`], a picture by
//! [`plot`]. `docs/formulas.md` lists all formulas, ARCHITECTURE.md says what holds between the modules.

#![forbid(unsafe_code)]

#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
pub mod engine;
pub mod export;
pub mod hub;
#[cfg(target_arch = "wasm32")]
pub mod js;
pub mod plot;
pub mod share;
pub mod ui;
