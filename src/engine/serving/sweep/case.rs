//! What a sweep starts from, and what a setting makes of it.

use super::{Quantity, Setting};
use crate::engine::error::Error;
use crate::engine::model::Model;
use crate::engine::precision::Overrides;
use crate::engine::serving::{Deployment, Parallel};
use crate::engine::workload::{Query, Workload};
use std::borrow::Cow;

/// A model with what is asked of it and what it runs on.
#[derive(Clone, Debug)]
pub struct Case<'a> {
    pub model: Cow<'a, Model>,
    pub workload: Cow<'a, Workload>,
    pub deployment: Cow<'a, Deployment>,
}

impl<'a> Case<'a> {
    pub fn new(model: &'a Model, workload: &'a Workload, deployment: &'a Deployment) -> Self {
        Case {
            model: Cow::Borrowed(model),
            workload: Cow::Borrowed(workload),
            deployment: Cow::Borrowed(deployment),
        }
    }

    /// The case with some of it set otherwise.
    ///
    /// # Errors
    /// Where a workload cannot be so, or a format is not known.
    pub fn with(&self, settings: &[Setting]) -> Result<Case<'a>, Error> {
        settings.iter().try_fold(self.clone(), |case, setting| case.set(setting))
    }

    fn set(mut self, setting: &Setting) -> Result<Self, Error> {
        match setting {
            Setting::Number(Quantity::Batch, queries) => {
                self.workload = Cow::Owned(workload(&self.workload, Some(*queries), |query| query)?);
            }
            Setting::Number(Quantity::Context, cached_tokens) => {
                let set = |query| Query { cached_tokens: *cached_tokens, ..query };
                self.workload = Cow::Owned(workload(&self.workload, None, set)?);
            }
            Setting::Number(Quantity::Input, input_tokens) => {
                let set = |query| Query { input_tokens: *input_tokens, ..query };
                self.workload = Cow::Owned(workload(&self.workload, None, set)?);
            }
            Setting::Number(Quantity::Devices, tensor) => {
                let serving = &mut self.deployment.to_mut().serving;
                serving.parallel = Parallel { tensor: *tensor, ..serving.parallel };
            }
            Setting::Weights(word) => {
                let overrides = Overrides::parse(Some(word), None, None)?;
                self.model = Cow::Owned(self.model.with(&overrides));
            }
        }
        Ok(self)
    }
}

/// A workload with each of its queries changed, and with so many of them.
fn workload(from: &Workload, batch: Option<u64>, change: impl Fn(Query) -> Query) -> Result<Workload, Error> {
    let (cached, input): (Vec<u64>, Vec<u64>) = from
        .pattern()
        .iter()
        .map(|&query| change(query))
        .map(|query| (query.cached_tokens, query.input_tokens))
        .unzip();
    Workload::new(&cached, &input, Some(batch.unwrap_or_else(|| from.batch_size())))
}
