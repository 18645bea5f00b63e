//! The fields of how a model is served.

use crate::engine::quantity::Seconds;
use crate::engine::serving::{Ceiling, Network, Parallel, Reach, Serving};
use crate::ui::fields::{count, figure};
use crate::ui::subject::complaint;

/// One text field of serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServingField {
    Output,
    Tensor,
    Pipeline,
    Expert,
    Data,
    /// Percent of the peak that is reached; empty for what was measured.
    Compute,
    /// Percent of the bandwidth that is reached.
    Bandwidth,
    /// Percent of the memory that is kept free.
    Reserve,
    /// GB/s that a device sends to other nodes.
    Port,
    /// Microseconds of a step inside a node.
    Latency,
    /// Microseconds of a step across nodes.
    FarLatency,
}

/// How many fields there are.
const FIELDS: usize = 11;

/// What the fields hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServingForm([String; FIELDS]);

/// What is wrong, beside the field it is wrong with; `all` where fields do not go together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServingErrors {
    pub fields: [Option<String>; FIELDS],
    pub all: Option<String>,
}

impl ServingField {
    /// What is asked of everyone.
    pub const DEGREES: [ServingField; 5] = [
        ServingField::Output,
        ServingField::Tensor,
        ServingField::Pipeline,
        ServingField::Expert,
        ServingField::Data,
    ];
    /// What is assumed until someone knows better.
    pub const ASSUMED: [ServingField; 6] = [
        ServingField::Compute,
        ServingField::Bandwidth,
        ServingField::Reserve,
        ServingField::Port,
        ServingField::Latency,
        ServingField::FarLatency,
    ];
}

impl ServingForm {
    /// The form that reads as these numbers.
    pub fn of(serving: &Serving) -> Self {
        let Serving { parallel, network, .. } = serving;
        let mut form = ServingForm([
            serving.output_tokens.to_string(),
            parallel.tensor.to_string(),
            parallel.pipeline.to_string(),
            parallel.expert.to_string(),
            parallel.data.to_string(),
            String::new(),
            String::new(),
            scaled(serving.reserve, 100.0),
            scaled(network.across_bytes_per_second, 1e-9),
            scaled(network.latency.0, 1e6),
            scaled(network.latency_across.0, 1e6),
        ]);
        form.reach(&serving.ceiling);
        form
    }

    /// Fills in what is reached.
    pub fn reach(&mut self, ceiling: &Ceiling) {
        let compute = match ceiling.compute {
            Reach::Measured => String::new(),
            Reach::Factor(part) => scaled(part, 100.0),
        };
        self.set(ServingField::Compute, compute);
        self.set(ServingField::Bandwidth, scaled(ceiling.bandwidth, 100.0));
    }

    pub fn text(&self, field: ServingField) -> &str {
        &self.0[field as usize]
    }

    pub fn set(&mut self, field: ServingField, text: String) {
        self.0[field as usize] = text;
    }

    /// `now` with the numbers of the fields, or what is wrong with which.
    pub fn read(&self, now: &Serving) -> Result<Serving, Box<ServingErrors>> {
        let mut errors = ServingErrors::default();
        let mut number = |field: ServingField| {
            count(self.text(field)).unwrap_or_else(|error| {
                errors.fields[field as usize] = Some(error);
                1
            })
        };
        let [output_tokens, tensor, pipeline, expert, data] = ServingField::DEGREES.map(&mut number);
        let mut part = |field: ServingField, unit: f64| {
            let text = self.text(field).trim();
            // Nothing takes no time, and keeps nothing free.
            let read = if text == "0" { Ok(0.0) } else { figure(text) };
            read.map(|number| number / unit).unwrap_or_else(|error| {
                errors.fields[field as usize] = Some(error);
                0.5
            })
        };
        let compute = match self.text(ServingField::Compute).trim() {
            "" => Reach::Measured,
            _ => Reach::Factor(part(ServingField::Compute, 100.0)),
        };
        let ceiling = Ceiling { compute, bandwidth: part(ServingField::Bandwidth, 100.0) };
        let reserve = part(ServingField::Reserve, 100.0);
        let network = Network {
            across_bytes_per_second: part(ServingField::Port, 1e-9),
            latency: Seconds(part(ServingField::Latency, 1e6)),
            latency_across: Seconds(part(ServingField::FarLatency, 1e6)),
        };
        if errors != ServingErrors::default() {
            return Err(Box::new(errors));
        }
        let parallel = Parallel { tensor, pipeline, expert, data };
        let serving = Serving { parallel, output_tokens, ceiling, reserve, network, ..*now };
        match serving.check() {
            Ok(()) => Ok(serving),
            Err(error) => Err(Box::new(ServingErrors { all: Some(complaint(&error)), ..errors })),
        }
    }
}

/// A number in another unit, without the dust of the conversion.
fn scaled(value: f64, unit: f64) -> String {
    let value = value * unit;
    let digits = 10f64.powi(12 - value.abs().max(1e-9).log10().ceil() as i32);
    ((value * digits).round() / digits).to_string()
}

impl Default for ServingForm {
    fn default() -> Self {
        Self::of(&Serving::default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_reads_as_what_it_was_made_of() {
        let serving = Serving {
            parallel: Parallel { tensor: 8, pipeline: 2, expert: 4, data: 3 },
            output_tokens: 77,
            ceiling: Ceiling { compute: Reach::Factor(0.7), bandwidth: 0.29 },
            reserve: 0.07,
            network: Network {
                across_bytes_per_second: 12.5e9,
                latency: Seconds(3e-6),
                latency_across: Seconds(0.0),
            },
            ..Serving::default()
        };
        let read = ServingForm::of(&serving).read(&Serving::default()).unwrap();
        assert_eq!(ServingForm::of(&read), ServingForm::of(&serving));
        assert_eq!(
            (read.parallel, read.ceiling, read.reserve),
            (serving.parallel, serving.ceiling, serving.reserve)
        );
        for named in [Ceiling::PEAK, Ceiling::ACHIEVABLE] {
            let serving = Serving { ceiling: named, ..Serving::default() };
            assert_eq!(ServingForm::of(&serving).read(&Serving::default()), Ok(serving));
        }
    }

    #[test]
    fn what_is_wrong_stands_beside_its_field() {
        let mut form = ServingForm::default();
        form.set(ServingField::Tensor, "many".to_owned());
        let errors = form.read(&Serving::default()).unwrap_err();
        assert!(errors.fields[ServingField::Tensor as usize].is_some() && errors.all.is_none());
        form.set(ServingField::Tensor, "0".to_owned());
        let errors = form.read(&Serving::default()).unwrap_err();
        assert!(errors.all.unwrap().contains("at least 1"));
    }
}
