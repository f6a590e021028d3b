//! From a figure of a sentence to a cell, and what the cell says to it.

use rust_decimal::{Decimal, RoundingStrategy};

use super::cells::{Cells, Column, Named};
use super::figures::{Figure, From, Lead, Prose, Said, read};
use super::told;
use super::{Match, Outcome, Statement};
use crate::findings::Finding;
use crate::lang::Text;
use crate::relations::ratio;
use crate::rules::Severity;
use crate::table::{Place, Shape, print_number};

/// A statement with what its neighbours need to know of it.
#[derive(Debug)]
pub(super) struct One {
    pub(super) statement: Statement,
    /// The table and the row that it was held against.
    at: Option<(usize, usize)>,
    digits: usize,
}

/// What a figure counts, with what it takes over from the figure before it and the lines above.
#[derive(Debug, Clone)]
struct Subject {
    objects: Vec<usize>,
    flow: Option<usize>,
    time: Option<usize>,
    years: Vec<String>,
    row: Named,
    /// True where what is said before may or may not go on: `giảm 2 hộ nghèo, hộ cận nghèo 66 hộ`.
    unclear: bool,
}

/// The figures of prose against the tables.
pub(super) fn statements(prose: &[String], tables: &[Cells<'_>]) -> Vec<One> {
    // Tables of one vocabulary read a text alike; of several, the first that matches a figure counts.
    let mut all: Vec<Vec<One>> = Vec::new();
    for (index, cells) in tables.iter().enumerate() {
        let read = read(prose, &cells.phrases);
        let found = outcomes(&read, cells, prose);
        all.push(
            found
                .into_iter()
                .map(|(statement, row, digits)| One {
                    statement,
                    at: row.map(|row| (index, row)),
                    digits,
                })
                .collect(),
        );
    }
    merged(all)
}

/// Of what several tables say to one figure: that it agrees, else the one that it was held against,
/// else why it was held against none.
fn merged(all: Vec<Vec<One>>) -> Vec<One> {
    let mut kept: Vec<One> = Vec::new();
    for one in all.into_iter().flatten() {
        let same = |known: &&mut One| {
            known.statement.paragraph == one.statement.paragraph
                && known.statement.figure == one.statement.figure
                && known.statement.text == one.statement.text
        };
        match kept.iter_mut().find(same) {
            None => kept.push(one),
            Some(known) => {
                if rank(&one) > rank(known) {
                    *known = one;
                } else if rank(&one) == 1 && rank(known) == 1 {
                    // Two tables that each say something else: neither is surely meant.
                    known.statement.outcome =
                        Outcome::NotMatched(told::several(&cells_of(&[known, &one])));
                    known.at = None;
                }
            }
        }
    }
    kept.sort_by_key(|one| one.statement.paragraph);
    kept
}

fn rank(one: &One) -> u8 {
    match one.statement.outcome {
        Outcome::NotMatched(_) => 0,
        Outcome::Contradicts(_) => 1,
        Outcome::Agrees(_) => 2,
    }
}

fn cells_of(ones: &[&One]) -> Vec<String> {
    let matches = ones.iter().filter_map(|one| one.statement.outcome.matched());
    matches
        .flat_map(|found| found.cells.iter().map(|cell| format!("{}!{cell}", found.sheet)))
        .collect()
}

/// The figures with their outcomes, the row each was held against, and its digits.
fn outcomes(
    prose: &Prose,
    cells: &Cells<'_>,
    texts: &[String],
) -> Vec<(Statement, Option<usize>, usize)> {
    let mut before: Option<(usize, std::ops::Range<usize>, Subject)> = None;
    // Paragraphs that have named a row speak of it until they name another.
    let mut named_in: Option<usize> = None;
    let mut found = Vec::new();
    for figure in &prose.figures {
        let same_sentence = before.as_ref().filter(|(paragraph, sentence, _)| {
            *paragraph == figure.paragraph && *sentence == figure.sentence
        });
        let subject =
            subject_of(figure, cells, prose, same_sentence.map(|(_, _, subject)| subject));
        let elsewhere = named_in == Some(figure.paragraph) && subject.row == Named::Nothing;
        if matches!(subject.row, Named::Row(_)) {
            named_in = Some(figure.paragraph);
        }
        let outcome = match why_not(figure, &subject, cells, prose) {
            _ if elsewhere => Err(told::no_row()),
            Some(why) => Err(why),
            None => held_against(figure, &subject, cells),
        };
        let (outcome, row) = match outcome {
            Ok((outcome, row)) => (outcome, Some(row)),
            Err(why) => (Outcome::NotMatched(why), None),
        };
        let text = &texts[figure.paragraph];
        let start = figure.sentence.start;
        let statement = Statement {
            text: text[figure.sentence.clone()].to_owned(),
            figure: figure.place.start - start..figure.place.end - start,
            value: figure.number.value,
            unit: cells.vocabulary.unit[figure.unit].name.clone(),
            paragraph: figure.paragraph + 1,
            outcome,
        };
        found.push((statement, row, figure.number.digits));
        before = Some((figure.paragraph, figure.sentence.clone(), subject));
    }
    found
}

/// What a figure counts.
fn subject_of(
    figure: &Figure,
    cells: &Cells<'_>,
    prose: &Prose,
    before: Option<&Subject>,
) -> Subject {
    let is_rate = cells.vocabulary.unit[figure.unit].name == "%";
    let (left, right) = (&figure.left, &figure.right);
    let named_before = !left.objects.is_empty();
    // Behind a proportion stands what it is a part of.
    let objects = if named_before || is_rate { &left.objects } else { &right.objects };
    let mut subject = Subject {
        objects: objects.clone(),
        flow: left.flows.first().or(right.flows.first()).copied(),
        time: left.times.first().or(right.times.first()).copied(),
        years: figure.years.clone(),
        row: cells.row_named(&figure.words, &[From::Left, From::Right]),
        unclear: false,
    };
    if let Some(before) = before {
        subject.go_on_from(before, named_before, cells.continues(&figure.words));
    }
    if subject.row == Named::Nothing {
        subject.row = cells.row_named(&figure.words, &[From::Earlier]);
    }
    for lead in figure.leads.iter().rev().map(|lead| &prose.leads[*lead]) {
        subject.stand_under(lead, figure, named_before, cells);
    }
    subject
}

impl Subject {
    /// Takes over what the figure before it in the sentence counts.
    fn go_on_from(&mut self, before: &Self, named_before: bool, continues: bool) {
        let own_time = self.time.is_some();
        if named_before {
            self.unclear = self.flow.is_none() && before.flow.is_some() && !own_time;
        } else {
            if self.objects.is_empty() && continues {
                self.objects.clone_from(&before.objects);
            }
            // What is said of the end of a year is no longer said of what happened in it.
            self.flow = self.flow.or(before.flow.filter(|_| !own_time));
        }
        self.unclear |= before.unclear && !own_time;
        self.time = self.time.or(before.time);
        if self.years.is_empty() {
            self.years.clone_from(&before.years);
        }
        if self.row == Named::Nothing {
            self.row = before.row.clone();
        }
    }

    /// Takes over what the line above it says.
    fn stand_under(&mut self, lead: &Lead, figure: &Figure, named_before: bool, cells: &Cells<'_>) {
        let leads = || {
            // A title of two things says not which of them is meant.
            let one = lead.meaning.objects.len() == 1;
            one && lead.opens && cells.strange(&lead.words).is_empty()
        };
        let flow = lead.meaning.flows.first().copied();
        if self.objects.is_empty() && cells.continues(&figure.words) && leads() {
            self.objects.clone_from(&lead.meaning.objects);
            self.flow = self.flow.or(flow.filter(|_| self.time.is_none()));
        } else if named_before && lead.goes_on && flow.is_some() && self.flow.is_none() {
            self.unclear |= self.time.is_none();
        }
        self.time = self.time.or(lead.meaning.times.first().copied());
        if self.years.is_empty() {
            self.years.clone_from(&lead.years);
        }
        if self.row == Named::Nothing {
            self.row = cells.row_named(&lead.words, &[From::Left]);
        }
    }
}

/// Why a figure is not held against the table, as far as its words tell.
fn why_not(figure: &Figure, subject: &Subject, cells: &Cells<'_>, prose: &Prose) -> Option<Text> {
    if figure.loose {
        return Some(told::loose());
    }
    let mut strange = cells.strange(&figure.words);
    let leads = figure.leads.iter().map(|lead| &prose.leads[*lead]);
    if leads.clone().any(|lead| lead.of_others) {
        return Some(told::of_others());
    }
    strange.extend(
        leads.clone().filter(|lead| lead.goes_on).flat_map(|lead| cells.strange(&lead.words)),
    );
    if !strange.is_empty() {
        return Some(told::strange(&strange));
    }
    let is_one = |left: &[usize], right: &[usize]| {
        let mut all: Vec<usize> = left.iter().chain(right).copied().collect();
        all.sort_unstable();
        all.dedup();
        all.len() < 2
    };
    let (left, right) = (&figure.left, &figure.right);
    let lead_time = leads.flat_map(|lead| lead.meaning.times.iter()).copied().last();
    let own_time = left.times.first().or(right.times.first()).copied();
    let changed = own_time.is_some() && lead_time.is_some() && own_time != lead_time;
    if !is_one(&left.times, &right.times) || changed {
        return Some(told::two_times());
    }
    // `giảm …, còn 4 hộ`: what is left is not what went.
    let is_left = |said: &Said| said.from == From::Left && said.word == "còn" && !said.taken;
    let left_over = subject.flow.is_some() && figure.words.iter().any(is_left);
    let unclear = left_over || subject.unclear || !is_one(&left.flows, &right.flows);
    if unclear || subject.objects.is_empty() {
        return Some(told::no_object());
    }
    if subject.row == Named::Other {
        return Some(told::no_row());
    }
    let is_rate = cells.vocabulary.unit[figure.unit].name == "%";
    let said_behind = !is_rate && !left.objects.is_empty();
    if said_behind && right.objects.iter().any(|object| !left.objects.contains(object)) {
        return Some(told::no_object());
    }
    None
}

/// What a table says to a figure whose words are all explained.
fn held_against(
    figure: &Figure,
    subject: &Subject,
    cells: &Cells<'_>,
) -> Result<(Outcome, usize), Text> {
    let rows = cells.rows_of(&subject.row, figure.unit);
    let [row] = rows.as_slice() else { return Err(told::no_row()) };
    let wanted = things(&subject.objects, cells).ok_or_else(told::no_object)?;
    let mut columns = Vec::new();
    for object in wanted {
        columns.push(column_of(figure, subject, object, *row, cells)?);
    }
    let outcome = compared(figure, &columns, *row, cells)?;
    Ok((outcome, *row))
}

/// The things that some objects stand for: one by itself, or the two that a third is the sum of.
fn things(objects: &[usize], cells: &Cells<'_>) -> Option<Vec<usize>> {
    let all = &cells.vocabulary.object;
    let parts = |sum: &[String]| -> Option<Vec<usize>> {
        sum.iter().map(|part| all.iter().position(|one| one.name == *part)).collect()
    };
    if let [object] = objects {
        let sum = &all[*object].sum;
        return if sum.is_empty() { Some(vec![*object]) } else { parts(sum) };
    }
    let sums = all.iter().filter(|one| !one.sum.is_empty()).filter_map(|one| parts(&one.sum));
    let mut same = sums.filter(|parts| {
        parts.len() == objects.len() && parts.iter().all(|part| objects.contains(part))
    });
    same.next()
}

/// The one column that a figure of an object means.
fn column_of<'c>(
    figure: &Figure,
    subject: &Subject,
    object: usize,
    row: usize,
    cells: &'c Cells<'_>,
) -> Result<&'c Column, Text> {
    let says = |column: &&Column| {
        column.object == object
            && column.flow == subject.flow
            && column.unit.is_none_or(|unit| unit == figure.unit)
            && (column.time.is_none() || subject.time.is_none() || column.time == subject.time)
            && column.with.iter().all(|phrase| says_phrase(figure, phrase))
            && figure.right.objects.iter().all(|behind| {
                // Behind a proportion stands what it is a part of.
                column.of.is_none_or(|of| of == *behind)
            })
    };
    let fitting: Vec<&Column> = cells.columns.iter().filter(says).collect();
    let of_year: Vec<&Column> = fitting
        .iter()
        .copied()
        .filter(|column| {
            subject.years.is_empty() || subject.years.iter().all(|year| column.years.contains(year))
        })
        .collect();
    match (fitting.is_empty(), of_year.as_slice()) {
        (true, _) => Err(told::no_column()),
        (false, []) => Err(told::other_year()),
        (false, [column]) => Ok(column),
        (false, several) => {
            let table = &cells.checked.table;
            let name = |column: &&Column| table.address(Place::new(row, column.index)).to_string();
            Err(told::several(&several.iter().map(name).collect::<Vec<_>>()))
        }
    }
}

/// True where the words that lead to a figure hold a phrase.
fn says_phrase(figure: &Figure, phrase: &str) -> bool {
    let wanted = super::tokens::words(phrase);
    let said: Vec<&str> = figure
        .words
        .iter()
        .filter(|said| said.from == From::Left)
        .map(|said| said.word.as_str())
        .collect();
    said.windows(wanted.len().max(1)).any(|here| here.iter().zip(&wanted).all(|(a, b)| a == b))
}

/// The finding that accuses a cell.
fn error_at<'c>(cells: &'c Cells<'_>, place: Place) -> Option<&'c Finding> {
    let errors =
        cells.checked.findings.iter().filter(|finding| finding.severity == Severity::Error);
    let mut errors = errors.filter(|finding| {
        finding.place == Some(place) || finding.alternatives.iter().any(|set| set.contains(&place))
    });
    errors.next()
}

fn rounded(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// Compares a figure with its cell, or with the sum of its two cells.
fn compared(
    figure: &Figure,
    columns: &[&Column],
    row: usize,
    cells: &Cells<'_>,
) -> Result<Outcome, Text> {
    let table = &cells.checked.table;
    let places: Vec<Place> = columns.iter().map(|column| Place::new(row, column.index)).collect();
    let mut values = Vec::new();
    let mut wrong = Text::default();
    for place in &places {
        let cell = table.address(*place).to_string();
        let written = table.number(*place).ok_or_else(|| told::not_a_figure(&cell))?;
        let value = match error_at(cells, *place) {
            None => written,
            Some(finding) => {
                let right = finding
                    .expected
                    .filter(|_| finding.place == Some(*place))
                    .ok_or_else(|| told::in_doubt(&cell))?;
                let note = told::wrong_cell(
                    &cell,
                    &table.print(place.column, written),
                    &table.print(place.column, right),
                );
                wrong = Text::new(wrong.vi + &note.vi, wrong.en + &note.en);
                right
            }
        };
        values.push((*place, written, value));
    }
    let sum = |pick: fn(&(Place, Decimal, Decimal)) -> Decimal| {
        values.iter().try_fold(Decimal::ZERO, |sum, value| sum.checked_add(pick(value)))
    };
    let (Some(written), Some(right)) = (sum(|v| v.1), sum(|v| v.2)) else {
        return Err(told::no_column());
    };
    let exact = exact(&places, cells, figure.number.places);
    let agrees = |value: Decimal| rounded(value, figure.number.places) == figure.number.value;
    let same = agrees(right)
        || agrees(written)
        || exact.as_ref().is_some_and(|(value, _)| *value == figure.number.value);
    let derivation = derivation(figure, &values, right, exact.map(|(_, text)| text), cells, same);
    let derivation = match twin(figure, &places, row, cells).filter(|_| !same) {
        Some(twin) => Text::new(
            format!("{}{}{}", derivation, wrong.vi, twin.vi),
            format!("{}{}{}", derivation, wrong.en, twin.en),
        ),
        None => Text::new(format!("{derivation}{}", wrong.vi), format!("{derivation}{}", wrong.en)),
    };
    let found = Match {
        sheet: table.sheet.clone(),
        cells: places.iter().map(|place| table.address(*place)).collect(),
        row: table.rows[row].name.clone(),
        columns: places
            .iter()
            .map(|place| table.columns[place.column].heading())
            .collect::<Vec<_>>()
            .join(" + "),
        expected: right,
        derivation,
    };
    Ok(if same { Outcome::Agrees(found) } else { Outcome::Contradicts(found) })
}

/// A proportion worked out from what its columns are ratios of, to the decimals of the figure, with
/// its writing; for two columns of one denominator, of their sum.
fn exact(places: &[Place], cells: &Cells<'_>, decimals: u32) -> Option<(Decimal, String)> {
    let table = &cells.checked.table;
    let mut above: Vec<Decimal> = Vec::new();
    let mut below: Option<Decimal> = None;
    let mut factor: Option<Decimal> = None;
    for place in places {
        let column = &table.columns[place.column];
        let Shape::Ratio { numerator, denominator, .. } = &column.formula.as_ref()?.shape else {
            return None;
        };
        let number = |index: usize| {
            let at = Place::new(place.row, index);
            // What rests on a wrong figure is worth nothing.
            table.number(at).filter(|_| error_at(cells, at).is_none())
        };
        above.push(numerator.value(number)?);
        let own = (denominator.value(number)?, column.scale?);
        if below.is_some_and(|known| known != own.0) || factor.is_some_and(|known| known != own.1) {
            return None;
        }
        (below, factor) = (Some(own.0), Some(own.1));
    }
    let (below, factor) = (below?, factor?);
    let whole = above.iter().try_fold(Decimal::ZERO, |sum, part| sum.checked_add(*part))?;
    let value = ratio::rounded(whole, below, factor, decimals)?;
    let parts = above.iter().map(|part| print_number(*part, None)).collect::<Vec<_>>().join(" + ");
    let parts = if above.len() > 1 { format!("({parts})") } else { parts };
    let text = format!(
        "{parts} × {} / {} = {}",
        print_number(factor, None),
        print_number(below, None),
        print_number(value, Some(decimals)),
    );
    Some((value, text))
}

/// `0,63 ≠ 0,07 + 0,53 = 0,60; (2 + 16) × 100 / 3.022 = 0,60`
fn derivation(
    figure: &Figure,
    values: &[(Place, Decimal, Decimal)],
    right: Decimal,
    exact: Option<String>,
    cells: &Cells<'_>,
    same: bool,
) -> String {
    let table = &cells.checked.table;
    let decimals = figure.number.places;
    let own = print_number(figure.number.value, Some(decimals));
    let sign = if same { "=" } else { "≠" };
    // Where the figure is right and the cell is not, the right figure is shown.
    let written = values.iter().map(|value| value.1).sum::<Decimal>();
    let by_right = same && rounded(written, decimals) != figure.number.value;
    let shown = |(place, written, right): &(Place, Decimal, Decimal)| {
        table.print(place.column, if by_right { *right } else { *written })
    };
    let parts: Vec<String> = values.iter().map(shown).collect();
    let mut text = format!("{own} {sign} {}", parts.join(" + "));
    if values.len() > 1 {
        let most = values
            .iter()
            .map(|(place, ..)| table.columns[place.column].decimals.unwrap_or(decimals))
            .max();
        text = format!("{text} = {}", print_number(right, most));
    }
    match exact {
        Some(exact) => format!("{text}; {exact}"),
        None => text,
    }
}

/// Another column of the row that holds just the figure, in its unit.
fn twin(figure: &Figure, places: &[Place], row: usize, cells: &Cells<'_>) -> Option<Text> {
    let table = &cells.checked.table;
    let holds = |column: &&Column| {
        let place = Place::new(row, column.index);
        !places.contains(&place)
            && column.unit == Some(figure.unit)
            && table.number(place) == Some(figure.number.value)
    };
    let mut twins = cells.columns.iter().filter(holds);
    let (twin, None) = (twins.next()?, twins.next()) else { return None };
    let own = print_number(figure.number.value, Some(figure.number.places));
    let cell = table.address(Place::new(row, twin.index)).to_string();
    Some(told::twin(&own, &cell, &table.columns[twin.index].heading()))
}

/// Digits of agreeing figures, each beyond its first, that show a table to be the document's own.
const TELLING_DIGITS: usize = 2;

/// Figures of one column that agree beside one that does not, where rows are told one by one.
const TELLING_ROWS: usize = 2;

/// Leaves a contradiction only where a figure of the same row beside it agrees, or several of the
/// same column in the lines around, and where what agrees with the table is too much for chance and
/// not outweighed.
pub(super) fn demand_company(list: &mut [One]) {
    let heard: Vec<Heard> = list.iter().filter_map(Heard::of).collect();
    for one in list.iter_mut() {
        let (Outcome::Contradicts(found), Some(own)) = (&one.statement.outcome, Heard::of(one))
        else {
            continue;
        };
        let here = || heard.iter().filter(|other| other.table == own.table);
        let agreeing = || here().filter(|other| other.agrees);
        let near = |other: &Heard, reach| other.paragraph.abs_diff(own.paragraph) <= reach;
        let beside = agreeing().any(|other| other.row == own.row && near(other, 1));
        let below = agreeing().filter(|other| other.column == own.column && near(other, 2)).count();
        let against = here().count() - agreeing().count();
        let digits: usize = agreeing().map(|other| other.digits.saturating_sub(1)).sum();
        if !beside && below < TELLING_ROWS {
            one.statement.outcome = Outcome::NotMatched(told::alone(&found.derivation));
        } else if digits < TELLING_DIGITS || agreeing().count() < against {
            one.statement.outcome = Outcome::NotMatched(told::mostly_other(&found.derivation));
        }
    }
}

/// What a figure that was held against a cell says to its neighbours.
#[derive(Debug, Clone, Copy)]
struct Heard {
    agrees: bool,
    table: usize,
    row: usize,
    /// Zero-based column of the sheet of the first cell.
    column: Option<u32>,
    paragraph: usize,
    digits: usize,
}

impl Heard {
    fn of(one: &One) -> Option<Self> {
        let (table, row) = one.at?;
        let found = one.statement.outcome.matched()?;
        Some(Self {
            agrees: matches!(one.statement.outcome, Outcome::Agrees(_)),
            table,
            row,
            column: found.cells.first().map(|cell| cell.column),
            paragraph: one.statement.paragraph,
            digits: one.digits,
        })
    }
}
