//! The merged ranges of a sheet, and which of them an address lies in.

use std::ops::Deref;

use super::{Address, Range};

/// Rows beyond which a range is tall. Most are a row or a few high, so that the one over an address
/// begins near it; tall ones are few.
const TALL: u32 = 8;

/// Merged ranges by their first cell.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Merges {
    ranges: Vec<Range>,
    tall: Vec<Range>,
}

impl Merges {
    /// The range that an address lies in.
    #[must_use]
    pub fn at(&self, at: Address) -> Option<Range> {
        let begun = self.ranges.partition_point(|range| range.start.row <= at.row);
        let near = self.ranges[..begun].iter().rev();
        let near = near.take_while(|range| range.start.row + TALL > at.row);
        near.chain(&self.tall).find(|range| range.contains(at)).copied()
    }
}

impl From<Vec<Range>> for Merges {
    fn from(mut ranges: Vec<Range>) -> Self {
        ranges.sort_unstable_by_key(|range| (range.start, range.end));
        let is_tall = |range: &&Range| range.end.row - range.start.row >= TALL;
        let tall = ranges.iter().filter(is_tall).copied().collect();
        Self { ranges, tall }
    }
}

impl FromIterator<Range> for Merges {
    fn from_iter<I: IntoIterator<Item = Range>>(ranges: I) -> Self {
        ranges.into_iter().collect::<Vec<_>>().into()
    }
}

impl Deref for Merges {
    type Target = [Range];

    fn deref(&self) -> &[Range] {
        &self.ranges
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_range_over_an_address_is_found_however_high_it_is() {
        let range = |text: &str| {
            let (start, end) = text.split_once(':').unwrap();
            Range::new(start.parse().unwrap(), end.parse().unwrap())
        };
        let texts = ["C20:D20", "A1:F1", "A3:A900", "B3:B10", "B11:B11", "C4:D5", "B12:B20"];
        let merges: Merges = texts.iter().map(|text| range(text)).collect();
        for row in 0..1_000 {
            for column in 0..8 {
                let at = Address::new(row, column);
                let expected = texts.map(range).into_iter().find(|range| range.contains(at));
                assert_eq!(merges.at(at), expected, "{at}");
            }
        }
    }
}
