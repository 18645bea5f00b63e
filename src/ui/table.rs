//! The order of the table's rows.

use crate::engine::Report;
use crate::engine::order::order;
use crate::engine::report::Row;

/// A column that rows can be sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Column {
    /// Execution order.
    #[default]
    Layer,
    Blocks,
    Flops,
    WeightBytes,
    InputBytes,
    OutputBytes,
    Intensity,
    Share,
}

impl Column {
    pub const ALL: [Column; 8] = [
        Column::Layer,
        Column::Blocks,
        Column::Flops,
        Column::WeightBytes,
        Column::InputBytes,
        Column::OutputBytes,
        Column::Intensity,
        Column::Share,
    ];

    pub fn label(self) -> &'static str {
        match self {
            Column::Layer => "Layer",
            Column::Blocks => "Blocks",
            Column::Flops => "Compute",
            Column::WeightBytes => "Weights",
            Column::InputBytes => "Input",
            Column::OutputBytes => "Output",
            Column::Intensity => "Intensity",
            Column::Share => "Share of time",
        }
    }

    /// What the column holds, for a tooltip and for a screen reader.
    pub fn meaning(self) -> &'static str {
        match self {
            Column::Layer => "In execution order",
            Column::Blocks => "How many blocks have this layer",
            Column::Flops => "Floating-point operations of one block",
            Column::WeightBytes => "Weight bytes that one block reads",
            Column::InputBytes => "Bytes of activations and cache that one block reads",
            Column::OutputBytes => "Bytes that one block writes",
            Column::Intensity => "FLOP per byte moved",
            Column::Share => "Part of the least possible time that all blocks of this layer take",
        }
    }
}

/// What rows are sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sort {
    pub column: Column,
    pub ascending: bool,
}

impl Sort {
    /// The sort after a click on a header: largest first, smallest first, execution order again.
    pub fn after_click(self, column: Column) -> Self {
        match (column, self.column == column, self.ascending) {
            (Column::Layer, ..) | (_, true, true) => Sort::default(),
            (_, true, false) => Sort { column, ascending: true },
            (_, false, _) => Sort { column, ascending: false },
        }
    }

    /// `aria-sort` of a header; none where rows are not sorted by it.
    pub fn aria(self, column: Column) -> Option<&'static str> {
        match (self.column == column && column != Column::Layer, self.ascending) {
            (false, _) => None,
            (true, true) => Some("ascending"),
            (true, false) => Some("descending"),
        }
    }

    /// The indices of the report's rows in this order.
    pub fn order(self, report: &Report) -> Vec<usize> {
        let share = |i: usize| {
            let layers = report.roofline.as_ref().map(|roofline| &roofline.layers);
            layers.and_then(|layers| layers.get(i)).map_or(0.0, |placement| placement.share)
        };
        let key = |i: usize, row: &Row| match self.column {
            Column::Layer => i as f64,
            Column::Blocks => row.blocks as f64,
            Column::Flops => row.flops.0 as f64,
            Column::WeightBytes => row.weight_bytes.0 as f64,
            Column::InputBytes => row.input_bytes.0 as f64,
            Column::OutputBytes => row.output_bytes.0 as f64,
            Column::Intensity => row.intensity.map_or(0.0, |intensity| intensity.0),
            Column::Share => share(i),
        };
        let keys: Vec<f64> = report.layers.iter().enumerate().map(|(i, row)| key(i, row)).collect();
        let descending = !self.ascending && self.column != Column::Layer;
        // Equal rows stay in execution order.
        order(keys.len(), &|a, b| {
            let (a, b) = if descending { (b, a) } else { (a, b) };
            keys[a].total_cmp(&keys[b])
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Hardware, analyze, catalog};

    #[test]
    fn a_header_goes_round() {
        let start = Sort::default();
        let once = start.after_click(Column::Flops);
        let twice = once.after_click(Column::Flops);
        assert_eq!((once.aria(Column::Flops), once.aria(Column::Layer)), (Some("descending"), None));
        assert_eq!(twice.aria(Column::Flops), Some("ascending"));
        assert_eq!(twice.after_click(Column::Flops), start);
        assert_eq!(twice.after_click(Column::Share), Sort { column: Column::Share, ascending: false });
        assert_eq!(once.after_click(Column::Layer), start);
    }

    #[test]
    fn every_order_holds_every_row_once() {
        let model = catalog::find(catalog::DEFAULT_ID).unwrap().model().unwrap();
        let report =
            analyze(&model, &Default::default(), &Default::default(), Some(&Hardware::default())).unwrap();
        for column in Column::ALL {
            for ascending in [false, true] {
                let mut order = Sort { column, ascending }.order(&report);
                if column == Column::Share && !ascending {
                    assert_eq!(report.layers[order[0]].name, "Ffn - GateUp_Proj");
                }
                order.sort_unstable();
                assert!(order.into_iter().eq(0..report.layers.len()));
            }
        }
    }
}
