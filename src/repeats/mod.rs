//! Totals that another table of the workbook repeats: a summary whose rows are named after sheets or
//! after groups of other tables, whose columns are, or that lists the columns of another table one under
//! the other.
//!
//! Which figure repeats which is told by names alone (`seen`, `pairs`), and by what is said of them
//! besides (`words::aspects`: their year, planned or done); that the names mean the same is believed only
//! where figures bear it out (`evidence`), and no others better (`rivals`). Then a figure that differs
//! calls for a look at both cells (R703): it is never an error, and it corrects and vouches for nothing,
//! for a table may have been summed up before the other was mended.

mod evidence;
mod pairs;
mod rivals;
mod seen;

use std::collections::{BTreeMap, BTreeSet};

use crate::across::reference;
use crate::both;
use crate::findings::{Checked, check};
use crate::lang::Text;
use crate::relations::Repeat;
use crate::table::{Place, Table};
use evidence::{Held, Stand};
use seen::Seen;

/// Tables of a workbook that are held against each other; of more none is.
const MOST_TABLES: usize = 400;

/// Tables named in a note before it says that there are more.
const NAMED: usize = 6;

/// What was found to be repeated in a table.
#[derive(Default)]
struct Repeated {
    differing: BTreeMap<Place, Repeat>,
    alike: usize,
    notes: Vec<Text>,
}

/// Holds figures of each table against the totals of the others that they repeat.
pub fn within(tables: &mut [Checked]) {
    if !(2..=MOST_TABLES).contains(&tables.len()) {
        return;
    }
    for (index, repeated) in repeated(tables) {
        let checked = &mut tables[index];
        checked.table.notes.extend(repeated.notes);
        let differs = !repeated.differing.is_empty();
        checked.links.repeat(repeated.differing, repeated.alike);
        if differs {
            *checked = check(checked.judged());
        }
    }
}

/// What each table repeats, by its index.
fn repeated(tables: &[Checked]) -> BTreeMap<usize, Repeated> {
    let seen: Vec<Seen<'_>> = tables.iter().map(Seen::of).collect();
    let mut repeated: BTreeMap<usize, Repeated> = BTreeMap::new();
    let held = pairs::all(&seen).into_iter().filter_map(|one| evidence::hold(&seen, one)).collect();
    for held in rivals::settle(&seen, held) {
        let own = repeated.entry(held.repetition.table).or_default();
        own.notes.push(note(&seen, &held));
        let same = held.same();
        own.alike += same;
        for (pair, stand) in held.pairs() {
            let Stand::Differs(total) = stand else { continue };
            let there = &seen[pair.table].checked.table;
            let repeat = Repeat {
                figure: total.figure,
                cell: cell(there, pair.there),
                converted: total.converted,
                same,
            };
            own.differing.entry(pair.here).or_insert(repeat);
        }
    }
    repeated
}

/// A cell in the notation of references between sheets.
fn cell(table: &Table, place: Place) -> String {
    format!("{}!{}", reference(table, None), table.address(place))
}

/// What was held against which tables.
fn note(seen: &[Seen<'_>], held: &Held) -> Text {
    let others = held.repetition.pairs.iter().map(|pair| pair.table);
    let names: BTreeSet<String> =
        others.map(|table| reference(&seen[table].checked.table, None)).collect();
    let more = if names.len() > NAMED { ", …" } else { "" };
    let names = names.into_iter().take(NAMED).collect::<Vec<_>>().join(", ");
    let (same, differing) = (held.same(), held.differing());
    both!(
        "đã so với số tổng ở {names}{more}: {same} ô ghi như nhau, {differing} ô ghi khác",
        "compared with the totals of {names}{more}: cells that say the same {same}, that differ {differing}",
    )
}
