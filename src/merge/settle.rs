//! Decides what is merged: which tables belong together, and what stands in the way.

use std::collections::BTreeMap;

use super::gather::{Errors, Gathering, Part};
use super::problem::{Kind, Problem, Spot};
use super::{Options, Order, sum};
use crate::both;
use crate::lang::Text;
use crate::output::Checksum;
use crate::table::Table;
use crate::units::NameFrom;
use crate::words::collation::Collation;
use crate::words::units::Key;

/// What came of a merge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What stood in the way; each says whether it was left out.
    pub problems: Vec<Problem>,
    /// Tables that were left aside without being asked for: on hidden sheets, of other years.
    pub aside: Vec<Text>,
    /// The merged table; `None` where a problem was not to be left out, or nothing is left.
    pub merged: Option<Merged>,
}

/// A merged table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merged {
    /// The table.
    pub table: Table,
    /// Its units, in the order of their rows.
    pub units: Vec<MergedUnit>,
    /// What was decided on the way.
    pub notes: Vec<Text>,
}

/// A unit of a merged table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MergedUnit {
    /// Its name.
    pub name: String,
    /// Where the name was taken from.
    pub from: NameFrom,
    /// Its table.
    pub spot: Spot,
    /// The checksum of its file, where it is known.
    pub source: Option<Checksum>,
    /// How many rows its total sums.
    pub rows: usize,
}

impl Gathering {
    /// Decides what is merged, and merges it.
    #[must_use]
    pub fn settle(self) -> Outcome {
        let Self { options, models, parts, mut problems, hidden, other_years } = self;
        let largest = largest(models.len(), &parts);
        for (index, model) in models.iter().enumerate().filter(|(index, _)| *index != largest.0) {
            problems.extend(other_model(&models[largest.0], model, index, &parts));
        }
        problems.extend(doubled(&models, &parts));
        problems.extend(parts.iter().filter(|part| part.errors.count > 0).map(unclean));
        problems.extend(listed(&options, &parts));
        for problem in &mut problems {
            // Of two sets of columns that occur equally often neither is the odd one out.
            let tie = problem.kind == Kind::Different && !largest.1;
            problem.left_out = options.leave_out.contains(&problem.kind) && !tie;
        }
        problems.sort_by(|a, b| (a.kind, &a.spots).cmp(&(b.kind, &b.spots)));
        let refused = problems.iter().any(|problem| !problem.left_out);
        let mut kept: Vec<&Part> = parts
            .iter()
            .filter(|part| !problems.iter().any(|problem| problem.spots.contains(&part.spot)))
            .collect();
        sort(&mut kept, &options);
        let aside: Vec<Text> =
            hidden.iter().map(hidden_sheet).chain(other_years.iter().map(other_year)).collect();
        let merged = match models.get(largest.0) {
            Some(model) if !refused && !kept.is_empty() => {
                let (table, mut notes) = sum::table(model, &kept, &options);
                notes.extend(two_names(&kept));
                notes.extend(cut_names(&kept));
                notes.extend(aside.iter().cloned());
                notes.extend(moved(&kept));
                notes.push(order(&options));
                Some(Merged {
                    table,
                    units: kept.iter().map(|part| merged_unit(part)).collect(),
                    notes,
                })
            }
            _ => None,
        };
        Outcome { problems, aside, merged }
    }
}

fn merged_unit(part: &Part) -> MergedUnit {
    MergedUnit {
        name: part.unit.name.clone(),
        from: part.unit.from,
        spot: part.spot.clone(),
        source: part.source.clone(),
        rows: part.count,
    }
}

/// The model most tables have, and whether it is the only one with so many.
fn largest(models: usize, parts: &[Part]) -> (usize, bool) {
    let mut counts = vec![0_usize; models.max(1)];
    for part in parts {
        counts[part.model] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    let first = counts.iter().position(|count| *count == most).unwrap_or(0);
    (first, counts.iter().filter(|count| **count == most).count() == 1)
}

/// Tables whose columns are others than those of most tables.
fn other_model(
    most: &super::model::Model,
    model: &super::model::Model,
    index: usize,
    parts: &[Part],
) -> Option<Problem> {
    let spots: Vec<Spot> =
        parts.iter().filter(|part| part.model == index).map(|part| part.spot.clone()).collect();
    let difference = model.difference(most)?;
    let (count, vi, en) = (spots.len(), &difference.vi, &difference.en);
    let why = Text::new(
        format!("{count} bảng không cùng biểu với các bảng còn lại: {vi}"),
        format!("tables that are not of one form with the others: {count}: {en}"),
    );
    Some(Problem::new(Kind::Different, spots, why))
}

/// Units with several tables of the same columns.
fn doubled(models: &[super::model::Model], parts: &[Part]) -> Vec<Problem> {
    let mut by_name: BTreeMap<(usize, String), Vec<(Key, &Part)>> = BTreeMap::new();
    for part in parts {
        let key = Key::of(&part.unit.name);
        by_name.entry((part.model, key.name.clone())).or_default().push((key, part));
    }
    let mut found = Vec::new();
    for bucket in by_name.into_values() {
        let mut open = bucket;
        while let Some((key, first)) = open.pop() {
            let (same, rest): (Vec<_>, Vec<_>) =
                open.into_iter().partition(|(other, _)| other.fits(&key));
            open = rest;
            if same.is_empty() {
                continue;
            }
            let mut spots: Vec<Spot> = same
                .iter()
                .map(|(_, part)| part.spot.clone())
                .chain([first.spot.clone()])
                .collect();
            spots.sort();
            let (count, form) = (spots.len(), &models[first.model].table.form);
            let why = Text::new(
                format!("có {count} bảng theo biểu `{form}`, không biết lấy bảng nào"),
                format!("has {count} tables of `{form}`, and it is not known which one is meant"),
            );
            found.push(Problem::of_unit(Kind::Doubled, &first.unit.name, spots, why));
        }
    }
    found
}

fn unclean(part: &Part) -> Problem {
    let Errors { count, first: (first_vi, first_en) } = &part.errors;
    let why = Text::new(
        format!("bảng còn {count} lỗi; lỗi đầu tiên: {first_vi}"),
        format!("the table has errors: {count}; the first: {first_en}"),
    );
    Problem::of_unit(Kind::Unclean, &part.unit.name, vec![part.spot.clone()], why)
}

/// Units that are not on the list, and units of the list without a table. A missing one whose name
/// is nearly that of an unlisted one is named with it: Đăk and Đắk are two spellings.
fn listed(options: &Options, parts: &[Part]) -> Vec<Problem> {
    let Some(list) = &options.naming.list else { return Vec::new() };
    let there = |place: &usize| parts.iter().any(|part| part.unit.listed == Some(*place));
    let missing: Vec<usize> = (0..list.names().len()).filter(|place| !there(place)).collect();
    let unlisted = parts.iter().filter(|part| part.unit.listed.is_none()).map(|part| {
        let near: Vec<String> =
            list.near(&part.unit.name, &missing).iter().map(|name| format!("`{name}`")).collect();
        let why = if near.is_empty() {
            Text::new("không có trong danh sách đơn vị", "is not on the list of units")
        } else {
            Text::new(
                format!(
                    "không có trong danh sách đơn vị; có phải là {} không? Nếu phải, hãy sửa tên trong tệp hoặc trong danh sách cho giống nhau",
                    near.join(" hay ")
                ),
                format!(
                    "is not on the list of units; is it {}? If so, write the name alike in the file and on the list",
                    near.join(" or ")
                ),
            )
        };
        Problem::of_unit(Kind::Unlisted, &part.unit.name, vec![part.spot.clone()], why)
    });
    let missing = missing.iter().map(|place| {
        let why = Text::new("chưa có bảng nào của đơn vị này", "no table of this unit is there");
        Problem::of_unit(Kind::Missing, &list.names()[*place], Vec::new(), why)
    });
    unlisted.chain(missing).collect()
}

/// Puts units in their order, those of a group together.
fn sort(parts: &mut [&Part], options: &Options) {
    match options.order {
        Order::Given => parts.sort_by_key(|part| part.unit.listed),
        Order::Name => {
            parts.sort_by_cached_key(|part| Collation::of(&Key::of(&part.unit.name).name));
        }
    }
    let mut groups: Vec<&str> = Vec::new();
    for part in parts.iter() {
        if !groups.contains(&part.group.as_str()) {
            groups.push(&part.group);
        }
    }
    let groups: BTreeMap<String, usize> =
        groups.into_iter().map(ToOwned::to_owned).zip(0..).collect();
    parts.sort_by_key(|part| groups.get(&part.group));
}

/// In which order the rows stand.
fn order(options: &Options) -> Text {
    match (options.order, &options.naming.list) {
        (Order::Name, _) => Text::new(
            "các đơn vị xếp theo tên, theo thứ tự chữ cái tiếng Việt",
            "units stand by name, in the order of the Vietnamese alphabet",
        ),
        (Order::Given, Some(_)) => Text::new(
            "các đơn vị xếp theo thứ tự của danh sách đơn vị",
            "units stand in the order of the list",
        ),
        (Order::Given, None) => Text::new(
            "các đơn vị xếp theo thứ tự tên tệp",
            "units stand in the order of their files' names",
        ),
    }
}

/// A table that is not merged because it is about another year.
fn other_year((spot, year): &(Spot, i32)) -> Text {
    Text::new(
        format!("{spot}: là bảng của năm {year} nên không được gộp"),
        format!("{spot}: the table is about {year}, so it is not merged"),
    )
}

/// Tables whose columns were put in the order of the others.
fn moved(parts: &[&Part]) -> Option<Text> {
    let spots: Vec<String> =
        parts.iter().filter(|part| part.moved).map(|part| part.spot.to_string()).collect();
    let list = spots.join(", ");
    (!spots.is_empty()).then(|| {
        both!(
            "{list}: các cột đứng theo thứ tự khác, được ghép theo nhãn và tiêu đề cột",
            "{list}: the columns stand in another order and were matched by label and heading",
        )
    })
}

/// A table that is not merged because nobody sees it.
fn hidden_sheet(spot: &Spot) -> Text {
    Text::new(
        format!("{spot}: trang tính đang ẩn nên bảng ở đó không được gộp"),
        format!("{spot}: the sheet is hidden, so its table is not merged"),
    )
}

/// Units whose names were taken from lines that do not show where they end.
fn cut_names(parts: &[&Part]) -> Vec<Text> {
    let cut = parts.iter().filter(|part| part.unit.cut);
    cut.map(|part| {
        let (spot, name) = (&part.spot, &part.unit.name);
        Text::new(
            format!("{spot}: tên đơn vị lấy là {name}, nhưng dòng chữ in hoa còn viết tiếp nên có thể chưa đúng; hãy xem lại (có danh sách đơn vị thì tên lấy theo danh sách)"),
            format!("{spot}: the unit is taken for {name}, but its line in capitals goes on, so the name may be cut short or too long; look at it (with a list of units the name is the list's)"),
        )
    })
    .collect()
}

/// Tables whose lines name another unit as well: often a copy of that unit's file.
fn two_names(parts: &[&Part]) -> Vec<Text> {
    let named = parts.iter().filter_map(|part| Some((part, part.unit.other.as_ref()?)));
    named
        .map(|(part, other)| {
            let (spot, name) = (&part.spot, &part.unit.name);
            Text::new(
                format!("{spot}: được lấy là của {name}, nhưng phần trên bảng cũng ghi {other}"),
                format!("{spot}: taken for {name}, but the lines above the table name {other} too"),
            )
        })
        .collect()
}
