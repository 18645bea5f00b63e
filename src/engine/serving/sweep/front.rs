//! What is best when one thing is paid for with another.

use super::Point;

/// The points that none of the others beats, as indices, the shortest time per output token first: no other
/// has a time as short and as many tokens per second per device, one of the two better. Both are ideal.
/// Points that do not fit, or generate one token only, have no place.
pub fn front<'a>(points: impl IntoIterator<Item = Option<&'a Point>>) -> Vec<usize> {
    let placed = points.into_iter().enumerate().filter_map(|(at, point)| {
        let generation = point?.generation?;
        let time = generation.time_per_output_token?.ideal.0;
        Some((at, time, generation.tokens_per_second_per_device?.ideal))
    });
    undominated(placed.collect())
}

/// Of rows of index, what should be low and what should be high those that none beats; of equals the first.
fn undominated(mut rows: Vec<(usize, f64, f64)>) -> Vec<usize> {
    rows.sort_by(|a, b| a.1.total_cmp(&b.1).then(b.2.total_cmp(&a.2)).then(a.0.cmp(&b.0)));
    let mut best = f64::NEG_INFINITY;
    rows.retain(|row| {
        let better = row.2 > best;
        best = best.max(row.2);
        better
    });
    rows.into_iter().map(|row| row.0).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_front_beats_all_else_and_none_of_itself(
            // Few values, so that equals are common.
            rows in prop::collection::vec((0u8..12, 0u8..12), 0..60),
        ) {
            let kept = undominated(
                rows.iter().enumerate().map(|(at, row)| (at, row.0.into(), row.1.into())).collect(),
            );
            let beats = |a: (u8, u8), b: (u8, u8)| a.0 <= b.0 && a.1 >= b.1 && a != b;
            for &at in &kept {
                prop_assert!(rows.iter().all(|&other| !beats(other, rows[at])));
            }
            for &row in &rows {
                prop_assert!(kept.iter().any(|&at| rows[at] == row || beats(rows[at], row)));
            }
            prop_assert!(kept.windows(2).all(|pair| rows[pair[0]].0 < rows[pair[1]].0));
        }
    }
}
