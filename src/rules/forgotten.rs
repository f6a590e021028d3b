//! Which figures are not known: cells that cannot be read, and blanks that are no zeros.
//!
//! A blank counts as zero, as offices leave it where there is nothing to count, and as spreadsheets
//! add it up. It is a forgotten figure where that cannot be: where the rules that read it would be
//! broken for it, or where a rule gives it another value. What rules say of forgotten figures is
//! undecided; which value lets them hold is asked of the solver ([`crate::locate`]).

use std::collections::{BTreeMap, BTreeSet, HashMap};

use rust_decimal::Decimal;

use super::{BLANK_CELL, Ledger, Remark, Severity};
use crate::judge::{Judged, Standing};
use crate::relations::{Concern, Edit, Instance, Outcome, Undecided};
use crate::table::{Place, Reading, Role, Table};

/// Blanks that rules confirm to be zeros show from this number on that a table leaves zeros out.
const HABIT: usize = 3;

/// Blanks among the parts of one sum beyond which it tells none of them: whichever is forgotten, the
/// others are zeros.
const MOST_BLANKS: usize = 3;

/// What the rules say of one blank, were it zero.
#[derive(Debug, Default)]
struct Blank {
    /// Rules that would be broken for it.
    against: usize,
    /// Whether one of them speaks of its row alone.
    in_row: bool,
    /// Rules that hold with it.
    fits: usize,
    /// What the first rule that computes it is about.
    wanted: Option<Concern>,
    /// Whether another blank is computed from it: its zero would be told there.
    passed_on: bool,
}

impl Blank {
    /// True where more rules would be broken for it than hold with it.
    fn breaks(&self) -> bool {
        self.against > self.fits
    }
}

/// Finds the unknown figures of a table, sets what rules say of them aside, and remarks on blanks
/// that were forgotten.
pub(super) fn set_aside(judged: &Judged, unusual: &[Place], ledger: &mut Ledger) {
    let table = &judged.table;
    let mut filling = None;
    let unread = |place: &Place| {
        let reading = &table.datum(*place).reading;
        matches!(reading, Reading::Text(_) | Reading::Error(_) | Reading::Unknown(_))
    };
    ledger.unknown = unusual.iter().copied().filter(unread).collect();
    // Of merged cells nobody knows which the figure is of.
    let mut free: BTreeSet<Place> = table.merged.iter().flatten().copied().collect();
    let mut blanks = suspects(table, &ledger.instances);
    blanks.retain(|place, _| !free.contains(place));
    if !blanks.is_empty() {
        let zeros = weigh(judged, &ledger.instances, &mut blanks);
        let leaves_zeros_out = zeros >= HABIT && zeros > blanks.len();
        let filling = filling.get_or_insert_with(|| Filling::of(table));
        let unknown =
            |place: &Place, blank: &Blank| filling.is_unknown(*place, blank, leaves_zeros_out);
        free.extend(blanks.iter().filter(|(place, blank)| unknown(place, blank)).map(|(p, _)| *p));
    }
    if !free.is_empty() {
        let filling = filling.get_or_insert_with(|| Filling::of(table));
        follow(filling, &ledger.instances, &mut free, &mut blanks);
        ledger.instances.iter_mut().for_each(|instance| open(instance, &free));
    }
    if let Some(filling) = filling {
        let expected = expected_of(&ledger.instances, &blanks);
        let told = blanks.iter().filter_map(|(place, blank)| {
            let remark = filling.remark(*place, blank, free.contains(place))?;
            Some(Remark { expected: expected.get(place).copied(), ..remark })
        });
        ledger.remarks.extend(told);
    }
    ledger.unknown.extend(free);
}

/// Adds the blanks that are computed from what is not known: nobody knows that they are zeros.
fn follow(
    filling: &Filling<'_>,
    instances: &[Instance],
    free: &mut BTreeSet<Place>,
    blanks: &mut BTreeMap<Place, Blank>,
) {
    let blank = |place| filling.table.datum(place).reading == Reading::Blank;
    let computed: Vec<&Instance> =
        instances.iter().filter(|i| i.is_equality() && blank(i.target())).collect();
    loop {
        let next: Vec<&&Instance> = computed
            .iter()
            .filter(|i| {
                !free.contains(&i.target()) && i.inputs().any(|input| free.contains(&input))
            })
            .collect();
        if next.is_empty() {
            return;
        }
        for instance in next {
            free.insert(instance.target());
            let known = instance.inputs().filter(|input| free.contains(input));
            if !known.into_iter().all(|input| filling.is_left_out(input)) {
                let blank = blanks.entry(instance.target()).or_default();
                blank.wanted.get_or_insert(instance.concern());
            }
        }
    }
}

/// The blanks that cannot be zero by some rule.
fn suspects(table: &Table, instances: &[Instance]) -> BTreeMap<Place, Blank> {
    let mut blanks: BTreeMap<Place, Blank> = BTreeMap::new();
    let is_blank = |place: &Place| table.datum(*place).reading == Reading::Blank;
    let stands = |place| table.number(place).is_some_and(|figure| !figure.is_zero());
    let open =
        |instance: &&Instance| instance.is_equality() && instance.outcome != Outcome::Satisfied;
    for instance in instances.iter().filter(open) {
        let target = instance.target();
        let in_row = instance.inputs().all(|input| input.row == target.row);
        let broken = match instance.outcome {
            Outcome::Violated => true,
            // A figure computed from nothing, or divided by nothing.
            Outcome::Undecided(Undecided::InputsBlank | Undecided::ZeroDenominator) => {
                in_row && stands(target)
            }
            Outcome::Undecided(Undecided::TargetBlank) => {
                if instance.expected().is_some_and(|value| !value.is_zero()) {
                    let blank = blanks.entry(target).or_default();
                    blank.wanted.get_or_insert(instance.concern());
                    for input in instance.inputs().filter(is_blank) {
                        blanks.entry(input).or_default().passed_on = true;
                    }
                }
                false
            }
            _ => false,
        };
        let blank_inputs = || instance.inputs().filter(|input| broken && is_blank(input));
        if !in_row && blank_inputs().nth(MOST_BLANKS).is_some() {
            continue;
        }
        for input in blank_inputs() {
            let blank = blanks.entry(input).or_default();
            blank.against += 1;
            blank.in_row |= in_row;
        }
    }
    blanks
}

/// Counts the rules that hold with each of the blanks, and the other blanks that rules confirm to be
/// zeros. What computes itself confirms nothing.
fn weigh(judged: &Judged, instances: &[Instance], blanks: &mut BTreeMap<Place, Blank>) -> usize {
    let table = &judged.table;
    let computed = |place: &Place| {
        judged.judgements.get(place).is_some_and(|known| known.standing == Standing::Computed)
    };
    let mut zeros = BTreeSet::new();
    for instance in instances.iter().filter(|instance| instance.is_equality()) {
        if instance.outcome != Outcome::Satisfied || computed(&instance.target()) {
            continue;
        }
        for input in confirmed(instance) {
            if table.datum(input).reading != Reading::Blank {
                continue;
            }
            match blanks.get_mut(&input) {
                Some(blank) => blank.fits += 1,
                None => _ = zeros.insert(input),
            }
        }
    }
    zeros.len()
}

/// The inputs whose figure a rule that holds confirms: not what it divides by.
fn confirmed(instance: &Instance) -> impl Iterator<Item = Place> + '_ {
    let numerator = match instance.edit() {
        Edit::Ratio { numerator, .. } => Some(numerator),
        _ => None,
    };
    instance.inputs().filter(move |input| {
        numerator.is_none_or(|terms| terms.places().any(|(place, _)| place == *input))
    })
}

/// What a rule says of figures that are not known is undecided.
fn open(instance: &mut Instance, free: &BTreeSet<Place>) {
    let reads = instance.inputs().any(|input| free.contains(&input));
    let decided = !matches!(instance.outcome, Outcome::Undecided(_));
    if reads || decided && free.contains(&instance.target()) {
        instance.outcome = Outcome::Undecided(Undecided::Unknown);
    }
    if reads {
        instance.forget();
    }
}

/// What the first rule that computes each of the blanks gives for it.
fn expected_of(instances: &[Instance], blanks: &BTreeMap<Place, Blank>) -> HashMap<Place, Decimal> {
    let mut expected = HashMap::new();
    for instance in instances.iter().filter(|i| i.is_equality() && blanks.contains_key(&i.target()))
    {
        if let Some(value) = instance.expected() {
            expected.entry(instance.target()).or_insert(value);
        }
    }
    expected
}

/// How many cells of a column are filled, and how many blank.
#[derive(Debug, Default, Clone, Copy)]
struct Filled {
    filled: usize,
    blank: usize,
}

/// How the columns of a table are filled, by the part their rows play.
struct Filling<'a> {
    table: &'a Table,
    /// By column.
    counts: Vec<HashMap<Role, Filled>>,
}

impl<'a> Filling<'a> {
    fn of(table: &'a Table) -> Self {
        let mut counts: Vec<HashMap<Role, Filled>> = vec![HashMap::new(); table.columns.len()];
        for (row, data) in table.rows.iter().zip(&table.grid) {
            for (column, datum) in counts.iter_mut().zip(data) {
                let count = column.entry(row.role).or_default();
                match datum.reading {
                    Reading::Blank => count.blank += 1,
                    _ => count.filled += 1,
                }
            }
        }
        Self { table, counts }
    }

    fn in_rows(&self, column: usize, role: Role) -> Filled {
        self.counts[column].get(&role).copied().unwrap_or_default()
    }

    fn in_all_rows(&self, column: usize) -> Filled {
        let own = self.counts[column].values();
        own.fold(Filled::default(), |sum, count| Filled {
            filled: sum.filled + count.filled,
            blank: sum.blank + count.blank,
        })
    }

    /// True for a blank that is no zero: rules would be broken for it, or compute another figure. Where
    /// zeros are left blank, in the table or in most of the column, only rules on its own row tell one
    /// from a zero, and in a column that is not filled at all not even those.
    fn is_unknown(&self, place: Place, blank: &Blank, leaves_zeros_out: bool) -> bool {
        let Filled { filled, blank: left } = self.in_rows(place.column, Role::Unit);
        let usual = if blank.in_row { filled == 0 } else { leaves_zeros_out || left > filled };
        let doubted = blank.breaks() || blank.fits == 0 && blank.passed_on;
        blank.wanted.is_some() && (blank.breaks() || blank.fits == 0) || doubted && !usual
    }

    /// True for a blank in a row of a group where most rows of groups leave the column blank: it is not
    /// meant to be summed there.
    fn is_left_out(&self, place: Place) -> bool {
        let role = self.table.rows[place.row].role;
        if role != Role::Subtotal || self.table.datum(place).reading != Reading::Blank {
            return false;
        }
        let Filled { filled, blank } = self.in_rows(place.column, role);
        blank > filled
    }

    /// A forgotten figure, unless leaving it out is what the table does: totals leave rates and unlike
    /// things blank by habit, and so do rows of groups.
    fn remark(&self, place: Place, blank: &Blank, is_unknown: bool) -> Option<Remark> {
        let broken = is_unknown && blank.breaks();
        let wanted = self.is_wanted(place, blank) || is_unknown && blank.passed_on;
        if self.is_left_out(place) || !broken && !wanted {
            return None;
        }
        let of_a_form = self.table.has_form();
        let severity = if broken || of_a_form { BLANK_CELL.severity } else { Severity::Warning };
        Some(Remark { severity, ..Remark::at(&BLANK_CELL, place) })
    }

    /// True for a blank that a rule computes, in a column that is filled.
    fn is_wanted(&self, place: Place, blank: &Blank) -> bool {
        let computes = |concern: Concern| {
            matches!(concern, Concern::Rate | Concern::Formula | Concern::Sum | Concern::TotalRate)
        };
        let Filled { filled, blank: left } = self.in_all_rows(place.column);
        blank.wanted.is_some_and(computes) && filled > left
    }
}
