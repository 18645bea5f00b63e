//! Sorting, compiled once. The standard library's sort is compiled anew for every type and every order,
//! some 3 kB of the page each time, and nothing here is long enough to be sorted faster for it.

use std::cmp::Ordering;

/// The places of `len` things in order. Equal things stay as they are.
pub fn order(len: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    places.sort_by(|&a, &b| compare(a, b));
    places
}

/// The things themselves in order. Equal things stay as they are.
pub fn sorted<T: Clone>(things: &[T], compare: impl Fn(&T, &T) -> Ordering) -> Vec<T> {
    let places = order(things.len(), &|a, b| compare(&things[a], &things[b]));
    places.into_iter().map(|place| things[place].clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_things_stay_as_they_are() {
        let by_tens = |a: &u32, b: &u32| (a / 10).cmp(&(b / 10));
        assert_eq!(sorted(&[31, 12, 30, 11, 20], by_tens), [12, 11, 20, 31, 30]);
        assert!(sorted::<u32>(&[], by_tens).is_empty());
        assert_eq!(order(3, &|a, b| b.cmp(&a)), [2, 1, 0]);
    }
}
