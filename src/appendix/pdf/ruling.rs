//! The lines of a table on one page: sides that cells share are drawn once, those in one line as one.

use std::collections::BTreeMap;

use krilla::geom::{Path, PathBuilder};

use super::lines::Frame;

/// A place in hundredths of a point, so that sides computed twice are the same.
type Hundredths = i32;

/// Lines across and upright, by where they lie; each from and to.
#[derive(Debug, Default)]
pub(super) struct Ruling {
    across: BTreeMap<Hundredths, Vec<(Hundredths, Hundredths)>>,
    upright: BTreeMap<Hundredths, Vec<(Hundredths, Hundredths)>>,
}

impl Ruling {
    /// Adds the four sides of a cell.
    pub(super) fn add(&mut self, frame: Frame) {
        let (left, top) = (hundredths(frame.x), hundredths(frame.y));
        let (right, bottom) =
            (hundredths(frame.x + frame.width), hundredths(frame.y + frame.height));
        for y in [top, bottom] {
            self.across.entry(y).or_default().push((left, right));
        }
        for x in [left, right] {
            self.upright.entry(x).or_default().push((top, bottom));
        }
    }

    /// All lines; none on a page without a table.
    pub(super) fn path(self) -> Option<Path> {
        let mut path = PathBuilder::new();
        for (y, sides) in self.across {
            for (from, to) in joined(sides) {
                path.move_to(points(from), points(y));
                path.line_to(points(to), points(y));
            }
        }
        for (x, sides) in self.upright {
            for (from, to) in joined(sides) {
                path.move_to(points(x), points(from));
                path.line_to(points(x), points(to));
            }
        }
        path.finish()
    }
}

/// Sides that touch or lie over each other as one.
fn joined(mut sides: Vec<(Hundredths, Hundredths)>) -> Vec<(Hundredths, Hundredths)> {
    sides.sort_unstable();
    let mut joined: Vec<(Hundredths, Hundredths)> = Vec::new();
    for (from, to) in sides {
        match joined.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => joined.push((from, to)),
        }
    }
    joined
}

#[expect(clippy::cast_possible_truncation, reason = "a page is some hundred points wide")]
fn hundredths(points: f32) -> Hundredths {
    (points * 100.0).round() as Hundredths
}

#[expect(clippy::cast_precision_loss, reason = "a page is some hundred points wide")]
fn points(hundredths: Hundredths) -> f32 {
    hundredths as f32 / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sides_in_one_line_become_one_and_gaps_stay() {
        assert_eq!(joined(vec![(20, 30), (0, 10), (10, 15), (0, 10)]), [(0, 15), (20, 30)]);
        let mut ruling = Ruling::default();
        for column in 0..5_u8 {
            let x = f32::from(column) * 10.0;
            ruling.add(Frame { x, y: 0.0, width: 10.0, height: 5.0 });
        }
        assert_eq!(ruling.across.len(), 2);
        assert_eq!(ruling.upright.len(), 6);
        assert!(ruling.across.into_values().all(|sides| joined(sides) == [(0, 5000)]));
    }
}
