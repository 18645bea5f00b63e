//! The fields of how a model is served.

use crate::engine::serving::{Parallel, Serving};
use crate::ui::fields::count;
use crate::ui::subject::complaint;

/// One text field of serving.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServingField {
    Output,
    Tensor,
    Pipeline,
    Expert,
    Data,
}

/// What the fields hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServingForm([String; 5]);

/// What is wrong, beside the field it is wrong with; `all` where fields do not go together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServingErrors {
    pub fields: [Option<String>; 5],
    pub all: Option<String>,
}

impl ServingField {
    pub const ALL: [ServingField; 5] = [
        ServingField::Output,
        ServingField::Tensor,
        ServingField::Pipeline,
        ServingField::Expert,
        ServingField::Data,
    ];
}

impl ServingForm {
    /// The form that reads as these numbers.
    pub fn of(serving: &Serving) -> Self {
        let Parallel { tensor, pipeline, expert, data } = serving.parallel;
        ServingForm([serving.output_tokens, tensor, pipeline, expert, data].map(|number| number.to_string()))
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
        let mut numbers = [1; 5];
        for (i, text) in self.0.iter().enumerate() {
            match count(text) {
                Ok(number) => numbers[i] = number,
                Err(error) => errors.fields[i] = Some(error),
            }
        }
        if errors != ServingErrors::default() {
            return Err(Box::new(errors));
        }
        let [output_tokens, tensor, pipeline, expert, data] = numbers;
        let parallel = Parallel { tensor, pipeline, expert, data };
        let serving = Serving { parallel, output_tokens, ..*now };
        match serving.check() {
            Ok(()) => Ok(serving),
            Err(error) => Err(Box::new(ServingErrors { all: Some(complaint(&error)), ..errors })),
        }
    }
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
            ..Serving::default()
        };
        assert_eq!(ServingForm::of(&serving).read(&Serving::default()), Ok(serving));
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
