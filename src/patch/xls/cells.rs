//! The records of cells, taken apart cell by cell and put together again ([MS-XLS] 2.5.6).

use rust_decimal::Decimal;

use super::super::binary::{bits, rk};
use super::records::record;
use crate::read::bytes::short;

pub(super) const FORMULA: u16 = 0x0006;
const MUL_RK: u16 = 0x00BD;
const MUL_BLANK: u16 = 0x00BE;
const RICH_STRING: u16 = 0x00D6;
const LABEL_SST: u16 = 0x00FD;
const BLANK: u16 = 0x0201;
const NUMBER: u16 = 0x0203;
const LABEL: u16 = 0x0204;
const BOOL_ERR: u16 = 0x0205;
const RK: u16 = 0x027E;

/// One cell of a record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) column: u16,
    /// The number of its format.
    pub(super) xf: u16,
    pub(super) held: Held,
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Held {
    Blank,
    /// A number of 30 bits.
    Rk(u32),
    /// The bits of a number in full.
    Number(u64),
    /// A formula: the bits of its result, and what follows them.
    Formula(u64, Vec<u8>),
    /// A text, a truth value, an error: the type of the record and its data behind the format.
    Other(u16, Vec<u8>),
}

/// True for records of cells.
pub(super) fn is_cell(kind: u16) -> bool {
    matches!(
        kind,
        FORMULA
            | MUL_RK
            | MUL_BLANK
            | RICH_STRING
            | LABEL_SST
            | BLANK
            | NUMBER
            | LABEL
            | BOOL_ERR
            | RK
    )
}

/// The row of a record of cells, and its cells.
pub(super) fn pieces(kind: u16, data: &[u8]) -> Option<(u16, Vec<Piece>)> {
    let (row, first) = (short(data, 0)?, short(data, 2)?);
    let several = |width: usize| {
        let count = data.len().checked_sub(6)? / width;
        let exact = count > 0 && data.len() == 6 + count * width;
        exact.then_some(0..count)
    };
    let column = |index: usize| first.checked_add(u16::try_from(index).ok()?);
    let pieces = match kind {
        MUL_RK => several(6)?
            .map(|index| {
                let rk = data.get(6 + 6 * index..10 + 6 * index)?.try_into().ok()?;
                let held = Held::Rk(u32::from_le_bytes(rk));
                Some(Piece { column: column(index)?, xf: short(data, 4 + 6 * index)?, held })
            })
            .collect::<Option<Vec<_>>>()?,
        MUL_BLANK => several(2)?
            .map(|index| {
                let xf = short(data, 4 + 2 * index)?;
                Some(Piece { column: column(index)?, xf, held: Held::Blank })
            })
            .collect::<Option<Vec<_>>>()?,
        _ => {
            let bits = |at: usize| Some(u64::from_le_bytes(data.get(at..at + 8)?.try_into().ok()?));
            let held = match kind {
                BLANK => Held::Blank,
                RK => Held::Rk(u32::from_le_bytes(data.get(6..10)?.try_into().ok()?)),
                NUMBER => Held::Number(bits(6)?),
                FORMULA => Held::Formula(bits(6)?, data.get(14..)?.to_vec()),
                other => Held::Other(other, data.get(6..)?.to_vec()),
            };
            vec![Piece { column: first, xf: short(data, 4)?, held }]
        }
    };
    Some((row, pieces))
}

/// The records of neighbouring cells: numbers of 30 bits, and blanks, stand together.
pub(super) fn written(row: u16, pieces: &[Piece]) -> Vec<u8> {
    let together = |a: &Piece, b: &Piece| {
        matches!((&a.held, &b.held), (Held::Rk(_), Held::Rk(_)) | (Held::Blank, Held::Blank))
    };
    let mut bytes = Vec::new();
    for run in pieces.chunk_by(together) {
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let head =
            |xf: u16| [row.to_le_bytes(), first.column.to_le_bytes(), xf.to_le_bytes()].concat();
        let many = run.len() > 1;
        let (kind, data) = match &first.held {
            Held::Rk(rk) if !many => (RK, [&head(first.xf)[..], &rk.to_le_bytes()].concat()),
            Held::Blank if !many => (BLANK, head(first.xf)),
            Held::Number(bits) => (NUMBER, [&head(first.xf)[..], &bits.to_le_bytes()].concat()),
            Held::Formula(bits, rest) => {
                (FORMULA, [&head(first.xf)[..], &bits.to_le_bytes(), rest].concat())
            }
            Held::Other(kind, rest) => (*kind, [&head(first.xf)[..], rest].concat()),
            Held::Rk(_) | Held::Blank => {
                let mut data = head(0);
                data.truncate(4);
                for piece in run {
                    data.extend_from_slice(&piece.xf.to_le_bytes());
                    if let Held::Rk(rk) = &piece.held {
                        data.extend_from_slice(&rk.to_le_bytes());
                    }
                }
                data.extend_from_slice(&last.column.to_le_bytes());
                (if first.held == Held::Blank { MUL_BLANK } else { MUL_RK }, data)
            }
        };
        bytes.extend_from_slice(&record(kind, &data));
    }
    bytes
}

impl Held {
    /// A figure, in the room the cell has where that holds it exactly.
    pub(super) fn figure(&self, figure: Decimal) -> Self {
        match (self, rk(figure)) {
            (Self::Number(_), _) | (_, None) => Self::Number(bits(figure)),
            (_, Some(rk)) => Self::Rk(rk),
        }
    }

    /// The cell that a formula leads to which is shared, of an array, or of a data table: its row and
    /// column.
    pub(super) fn leads_to(&self) -> Option<(u16, u16)> {
        // The tokens stand behind flags, a chain that means nothing, and their length.
        match self {
            Self::Formula(_, rest) if matches!(rest.get(8), Some(1 | 2)) => {
                short(rest, 9).zip(short(rest, 11))
            }
            _ => None,
        }
    }

    /// True for a formula whose result is a text, which a record of its own holds.
    pub(super) fn gives_text(&self) -> bool {
        matches!(self, Self::Formula(bits, _) if bits & 0xFFFF_0000_0000_00FF == 0xFFFF_0000_0000_0000)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn records_are_put_together_as_they_were() {
        let shorts = |numbers: &[u16]| -> Vec<u8> {
            numbers.iter().flat_map(|number| number.to_le_bytes()).collect()
        };
        for (kind, data) in [
            (MUL_RK, shorts(&[7, 2, 15, 6, 0, 16, 10, 0, 3])),
            (MUL_BLANK, shorts(&[7, 2, 15, 16, 17, 4])),
            (RK, shorts(&[7, 2, 15, 6, 0])),
            (BLANK, shorts(&[7, 2, 15])),
            (NUMBER, shorts(&[7, 2, 15, 1, 2, 3, 4])),
            (FORMULA, shorts(&[7, 2, 15, 0, 0, 0, 0, 0, 0, 0, 3, 0x1E, 5])),
            (LABEL_SST, shorts(&[7, 2, 15, 3, 0])),
        ] {
            let (row, pieces) = pieces(kind, &data).unwrap();
            assert_eq!(written(row, &pieces), record(kind, &data));
        }
        assert_eq!(pieces(MUL_RK, &[0; 9]), None);
    }

    #[test]
    fn a_blank_among_blanks_becomes_a_figure() {
        let data: Vec<u8> =
            [7_u16, 2, 15, 16, 17, 4].iter().flat_map(|n| n.to_le_bytes()).collect();
        let (row, mut cells) = pieces(MUL_BLANK, &data).unwrap();
        cells[1].held = cells[1].held.figure(Decimal::new(235, 2));
        let bytes = written(row, &cells);
        let kinds: Vec<u16> = [0, 10, 24].iter().filter_map(|at| short(&bytes, *at)).collect();
        assert_eq!(kinds, [BLANK, RK, BLANK]);
    }
}
