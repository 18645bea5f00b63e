//! The table of layers as cells, the same for every format.

use crate::engine::quantity::{grouped, percent};
use crate::engine::report::{Report, Row, Total};
use crate::engine::roofline::{Assessment, Bound, Placement};
use crate::engine::{Bytes, Flops, Intensity};

/// The columns of a report and a line of cells for each layer, and for the total.
#[derive(Clone, Debug, PartialEq)]
pub struct Sheet<'a> {
    pub columns: Vec<Column>,
    pub rows: Vec<Vec<Cell<'a>>>,
    pub total: Vec<Cell<'a>>,
}

/// A column of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Column {
    Node,
    /// What sets a layer's blocks apart; there only if something does.
    Group,
    BlockCount,
    Compute,
    WeightBytes,
    InputBytes,
    OutputBytes,
    Intensity,
    /// There only with a device, as is the next.
    TimeShare,
    Bound,
}

/// A figure or a word.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    Empty,
    Text(&'a str),
    Count(u64),
    Flops(Flops),
    Bytes(Bytes),
    /// Bytes, under an accounting that counts none.
    Uncounted,
    Intensity(Option<Intensity>),
    Share(f64),
    Bound(Bound),
}

impl Column {
    /// The heading for people.
    pub fn title(self) -> &'static str {
        match self {
            Column::Node => "Node",
            Column::Group => "Blocks",
            Column::BlockCount => "Block Count",
            Column::Compute => "Compute",
            Column::WeightBytes => "Bandwidth (Weight)",
            Column::InputBytes => "Bandwidth (Input)",
            Column::OutputBytes => "Bandwidth (Output)",
            Column::Intensity => "Operational Intensity",
            Column::TimeShare => "Time Share",
            Column::Bound => "Bound",
        }
    }

    /// The heading for programs, with the unit of the raw figures.
    pub fn key(self) -> &'static str {
        match self {
            Column::Node => "node",
            Column::Group => "blocks",
            Column::BlockCount => "block_count",
            Column::Compute => "compute_flop",
            Column::WeightBytes => "weight_bytes",
            Column::InputBytes => "input_bytes",
            Column::OutputBytes => "output_bytes",
            Column::Intensity => "intensity_flop_per_byte",
            Column::TimeShare => "time_share",
            Column::Bound => "bound",
        }
    }

    /// Whether its cells are figures, which stand to the right.
    pub fn is_number(self) -> bool {
        !matches!(self, Column::Node | Column::Group | Column::Bound)
    }

    fn of_row<'a>(self, row: &'a Row, place: Option<&Placement>) -> Cell<'a> {
        let bytes = |bytes| Cell::bytes(bytes, row.intensity);
        match self {
            Column::Node => Cell::Text(row.name),
            Column::Group => Cell::Text(&row.group),
            Column::BlockCount => Cell::Count(row.blocks),
            Column::Compute => Cell::Flops(row.flops),
            Column::WeightBytes => bytes(row.weight_bytes),
            Column::InputBytes => bytes(row.input_bytes),
            Column::OutputBytes => bytes(row.output_bytes),
            Column::Intensity => Cell::Intensity(row.intensity),
            Column::TimeShare => place.map_or(Cell::Empty, |place| Cell::Share(place.share)),
            Column::Bound => place.map_or(Cell::Empty, |place| Cell::bound(place.bound, row.intensity)),
        }
    }

    fn of_total<'a>(self, total: &Total, placed: Option<&Assessment>) -> Cell<'a> {
        let bytes = |bytes| Cell::bytes(bytes, total.intensity);
        match self {
            Column::Node => Cell::Text("Total"),
            Column::Group | Column::BlockCount => Cell::Empty,
            Column::Compute => Cell::Flops(total.flops),
            Column::WeightBytes => bytes(total.weight_bytes),
            Column::InputBytes => bytes(total.input_bytes),
            Column::OutputBytes => bytes(total.output_bytes),
            Column::Intensity => Cell::Intensity(total.intensity),
            Column::TimeShare => placed.map_or(Cell::Empty, |_| Cell::Share(1.0)),
            Column::Bound => placed.map_or(Cell::Empty, |placed| Cell::bound(placed.bound, total.intensity)),
        }
    }
}

impl Cell<'_> {
    // Where something moves there is an intensity, and without one nothing is said of either.
    fn bytes(bytes: Bytes, intensity: Option<Intensity>) -> Self {
        intensity.map_or(Cell::Uncounted, |_| Cell::Bytes(bytes))
    }

    fn bound(bound: Bound, intensity: Option<Intensity>) -> Self {
        intensity.map_or(Cell::Empty, |_| Cell::Bound(bound))
    }

    /// Three significant digits and a unit.
    pub fn human(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Text(text) => (*text).to_owned(),
            Cell::Count(count) => grouped((*count).into()),
            Cell::Flops(flops) => flops.human(),
            Cell::Bytes(bytes) => bytes.human(),
            Cell::Uncounted => "–".to_owned(),
            Cell::Intensity(intensity) => intensity.map_or_else(|| "–".to_owned(), Intensity::human),
            Cell::Share(share) => percent(*share),
            Cell::Bound(bound) => bound.words().to_owned(),
        }
    }

    /// Every digit and no unit.
    pub fn raw(&self) -> String {
        match self {
            Cell::Empty | Cell::Intensity(None) => String::new(),
            Cell::Text(text) => (*text).to_owned(),
            Cell::Count(count) => count.to_string(),
            Cell::Flops(flops) => flops.0.to_string(),
            Cell::Bytes(bytes) => bytes.0.to_string(),
            Cell::Uncounted => "0".to_owned(),
            Cell::Intensity(Some(intensity)) => intensity.0.to_string(),
            Cell::Share(share) => share.to_string(),
            Cell::Bound(bound) => bound.words().to_owned(),
        }
    }
}

impl<'a> Sheet<'a> {
    /// Lays a report out. Rows are per block, the total is over all blocks.
    pub fn new(report: &'a Report) -> Self {
        let placed = report.roofline.as_ref();
        let twice = |(i, row): (usize, &Row)| report.layers[..i].iter().any(|other| other.name == row.name);
        let groups = report.model.read_as.is_some() || report.layers.iter().enumerate().any(twice);
        let mut columns = vec![Column::Node];
        columns.extend(groups.then_some(Column::Group));
        columns.extend([
            Column::BlockCount,
            Column::Compute,
            Column::WeightBytes,
            Column::InputBytes,
            Column::OutputBytes,
            Column::Intensity,
        ]);
        if placed.is_some() {
            columns.extend([Column::TimeShare, Column::Bound]);
        }
        let place = |i: usize| placed.and_then(|placed| placed.layers.get(i));
        let row =
            |(i, row): (usize, &'a Row)| columns.iter().map(|column| column.of_row(row, place(i))).collect();
        Sheet {
            rows: report.layers.iter().enumerate().map(row).collect(),
            total: columns.iter().map(|column| column.of_total(&report.total, placed)).collect(),
            columns,
        }
    }

    /// The rows, then the total.
    pub fn lines(&self) -> impl Iterator<Item = &Vec<Cell<'a>>> {
        self.rows.iter().chain([&self.total])
    }
}
