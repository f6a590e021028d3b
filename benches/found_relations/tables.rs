//! Tables in which nothing holds: whatever is found in them is false.

use rust_decimal::Decimal;
use soatbieu::found::{Column, Figure, Grid, Row};

use super::dice::Dice;

/// A column of figures before it is put into a grid.
pub(crate) struct Figures {
    pub(crate) heading: Vec<String>,
    pub(crate) values: Vec<i64>,
    pub(crate) decimals: u32,
}

/// A grid from columns of figures and names of rows.
pub(crate) fn grid(columns: &[Figures], rows: Vec<Row>) -> Grid {
    let heads =
        columns.iter().map(|column| Column::headed(column.heading.clone(), column.decimals > 0));
    let count = rows.len();
    let mut grid = Grid::new(heads.collect(), rows);
    for (at, column) in columns.iter().enumerate() {
        for row in 0..count {
            let value = Decimal::new(column.values[row], column.decimals);
            grid.set(row, at, Some(Figure { value, decimals: column.decimals }));
        }
    }
    grid
}

/// A village's name; all differ.
pub(crate) fn village(number: usize) -> Row {
    Row::named(format!("Thôn {}", number + 1))
}

/// Words that state nothing false by themselves: `Nữ` beside `Tổng số` would state a bound.
const HEADINGS: [&str; 9] =
    ["Tổng số", "Tăng", "Giảm", "Cuối năm", "Đầu năm", "Số hộ", "Nhân khẩu", "Số lượng", "Khác"];

const GROUPS: [&str; 4] = ["Hộ nghèo", "Hộ cận nghèo", "Chia ra", "Năm 2024"];

/// A random table without relations: 5 to 25 rows, 4 to 12 columns.
pub(crate) fn without_relations(seed: u64) -> Grid {
    let mut dice = Dice::new(seed);
    let rows = dice.between(5, 25);
    let sizes: Vec<i64> = (0..rows).map(|_| dice.between(60, 700)).collect();
    let mut columns: Vec<Figures> = Vec::new();
    for _ in 0..dice.between(4, 12) {
        let column = column(&mut dice, &sizes, &columns);
        columns.push(column);
    }
    let count = sizes.len();
    let mut names: Vec<Row> = (0..count).map(village).collect();
    if dice.falls(50) {
        let at = if dice.falls(50) { 0 } else { count - 1 };
        names[at] = Row::named("Tổng cộng");
    }
    grid(&columns, names)
}

/// One column of a kind at random.
fn column(dice: &mut Dice, sizes: &[i64], before: &[Figures]) -> Figures {
    let whole = before.iter().filter(|column| column.decimals == 0);
    let whole: Vec<&Figures> = whole.collect();
    let mut decimals = 0;
    let mut heading = *dice.any(&HEADINGS);
    let kind = dice.between(0, 9);
    let values: Vec<i64> = match (kind, whole.is_empty()) {
        (1, _) => {
            let nought = dice.between(40, 85);
            sizes.iter().map(|_| if dice.falls(nought) { 0 } else { dice.between(1, 40) }).collect()
        }
        (2, _) => sizes.iter().map(|size| size * dice.between(80, 120) / 100).collect(),
        (3, false) => {
            let other = dice.any(&whole).values.clone();
            other.iter().map(|value| (value + dice.between(-2, 2)).max(0)).collect()
        }
        (4, false) => {
            let (other, percent) = (dice.any(&whole).values.clone(), dice.between(5, 95));
            other.iter().map(|value| dice.part(value.rem_euclid(2000), percent)).collect()
        }
        (5, false) => {
            let other = dice.any(&whole).values.clone();
            other.iter().map(|value| value + dice.between(0, 30)).collect()
        }
        (6, _) => {
            (decimals, heading) = (2, "Tỷ lệ (%)");
            sizes.iter().map(|_| dice.between(0, 10_000)).collect()
        }
        (7, _) => sizes.iter().map(|_| dice.between(1, 900) * 1000).collect(),
        (8, _) => vec![dice.between(0, 50); sizes.len()],
        (9, _) => {
            (decimals, heading) = (1, "Đạt %");
            sizes.iter().map(|_| dice.between(800, 1000)).collect()
        }
        _ => sizes.iter().map(|_| dice.between(0, 30)).collect(),
    };
    let group = dice.falls(40).then(|| (*dice.any(&GROUPS)).to_owned());
    let heading = group.into_iter().chain([heading.to_owned()]).collect();
    Figures { heading, values, decimals }
}

/// What looks like a relation and is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trap {
    /// Small counts, most of them nought.
    SmallCounts,
    /// Columns of one figure each.
    Constants,
    /// Shares that add up to 100, and a column of 100.
    Shares,
    /// Each column some more than the one before.
    CumulatedColumns,
    /// Each row some more than the one before.
    CumulatedRows,
    /// Codes and years.
    Codes,
    /// Columns twice over.
    Identical,
    /// Parts headed `Trong đó` that do not add up.
    Thereof,
    /// The years differ little.
    NearYears,
}

/// All traps.
pub(crate) const TRAPS: [Trap; 9] = [
    Trap::SmallCounts,
    Trap::Constants,
    Trap::Shares,
    Trap::CumulatedColumns,
    Trap::CumulatedRows,
    Trap::Codes,
    Trap::Identical,
    Trap::Thereof,
    Trap::NearYears,
];

/// A table with a trap, of some rows.
pub(crate) fn trap(trap: Trap, rows: usize, seed: u64) -> Grid {
    let mut dice = Dice::new(seed);
    let plain = |values: Vec<i64>, heading: &str| Figures {
        heading: vec![heading.to_owned()],
        values,
        decimals: 0,
    };
    let mut many =
        |least, most| -> Vec<i64> { (0..rows).map(|_| dice.between(least, most)).collect() };
    let columns: Vec<Figures> = match trap {
        Trap::SmallCounts => (0..10)
            .map(|_| plain(many(-7, 4).iter().map(|value| (*value).max(0)).collect(), "Số hộ"))
            .collect(),
        Trap::Constants => [5, 10, 15, 20, 25]
            .map(|value| plain(vec![value; rows], "Định mức"))
            .into_iter()
            .collect(),
        Trap::Shares => shares(rows, &mut dice),
        Trap::CumulatedColumns => {
            let mut columns = vec![plain(many(10, 300), "Tháng 1")];
            for month in 2..8 {
                let more = many(0, 60);
                let before = &columns[month - 2].values;
                let values = before.iter().zip(&more).map(|(before, more)| before + more).collect();
                columns.push(plain(values, &format!("Tháng {month}")));
            }
            columns
        }
        Trap::CumulatedRows => (0..6)
            .map(|_| {
                let more = many(0, 60);
                let sums = more.iter().scan(100, |sum, more| {
                    *sum += more;
                    Some(*sum)
                });
                plain(sums.collect(), "Lũy kế")
            })
            .collect(),
        Trap::Codes => vec![
            plain((22_300..).step_by(3).take(rows).collect(), "Mã"),
            plain(many(2015, 2024), "Năm sử dụng"),
            plain(many(2015, 2024), "Năm sửa chữa"),
            plain(many(1, 12), "Tháng"),
            plain(many(10, 900), "Giá trị"),
        ],
        Trap::Identical => {
            let (a, b) = (many(10, 500), many(10, 500));
            [&a, &b, &a, &b].map(|values| plain(values.clone(), "Điểm")).into_iter().collect()
        }
        Trap::Thereof => {
            let whole = many(100, 600);
            let mut columns = vec![plain(whole.clone(), "Tổng số")];
            for (heading, percent) in [("Trong đó: nữ", 48), ("Trong đó: dân tộc", 20)] {
                let part = whole.iter().map(|whole| dice.part(*whole, percent)).collect();
                columns.push(plain(part, heading));
            }
            columns
        }
        Trap::NearYears => {
            let first = many(100, 900);
            let mut columns = vec![plain(first, "Năm 2020")];
            for year in 1..5 {
                let near = |value: &i64| value + dice.between(-2, 2);
                let values = columns[year - 1].values.iter().map(near).collect();
                columns.push(plain(values, &format!("Năm {}", 2020 + year)));
            }
            columns
        }
    };
    grid(&columns, (0..rows).map(village).collect())
}

/// Shares of three things in per cent that add up, with the 100 printed: true, and of no use.
fn shares(rows: usize, dice: &mut Dice) -> Vec<Figures> {
    let mut columns: Vec<Vec<i64>> = vec![Vec::new(); 4];
    for _ in 0..rows {
        let first = dice.between(100, 600);
        let second = dice.between(50, 1000 - first - 50);
        for (column, value) in columns.iter_mut().zip([first, second, 1000 - first - second, 1000])
        {
            column.push(value);
        }
    }
    let heading = |at: usize| ["Tốt (%)", "Khá (%)", "Yếu (%)", "Tổng (%)"][at].to_owned();
    let column = |(at, values)| Figures { heading: vec![heading(at)], values, decimals: 1 };
    columns.into_iter().enumerate().map(column).collect()
}

/// A random table of a given size, for measuring speed.
pub(crate) fn wide(columns: usize, rows: usize, seed: u64) -> Grid {
    let mut dice = Dice::new(seed);
    let sizes: Vec<i64> = (0..rows).map(|_| dice.between(60, 700)).collect();
    let mut made: Vec<Figures> = Vec::new();
    while made.len() < columns {
        let column = column(&mut dice, &sizes, &made);
        made.push(column);
    }
    grid(&made, (0..rows).map(village).collect())
}
