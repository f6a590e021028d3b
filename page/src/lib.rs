//! The page's side of soatbieu: what the worker's script asks, put to the library's desk.
//!
//! An [`Office`] has one workbook on its desk at a time. Nothing here knows files, time or the
//! network. What is shown goes out as JSON, outputs as bytes; what goes wrong is JSON as well, in the
//! language of the office, with advice that speaks of the page.
#![cfg_attr(
    test,
    allow(clippy::unwrap_used, reason = "in a test, a failed unwrap is the failed test")
)]

mod asked;
mod bundle;
mod said;
mod warm;

use std::sync::LazyLock;

use soatbieu::appendix::{self, Faces, Options};
use soatbieu::desk::{Desk, UnitChecker, UnitRequests};
use soatbieu::failure::{Code, Failure};
use soatbieu::forms;
use soatbieu::lang::{Lang, Text};
use soatbieu::merge::{Gathering, report};
use soatbieu::output::{Checksum, Marks};
use soatbieu::read::Limits;
use soatbieu::recognise::Request;
use soatbieu::screen::Checker;
use wasm_bindgen::prelude::wasm_bindgen;

use asked::{Choice, Merge, Sheet};

/// What a page reads: less than a program of its own may.
static LIMITS: LazyLock<Limits> = LazyLock::new(|| Limits {
    file: 64 << 20,
    part: 512 << 20,
    unpacked: 768 << 20,
    ..Limits::default()
});

static REQUEST: LazyLock<Request> =
    LazyLock::new(|| Request { known: forms::builtin().unwrap_or_default(), ..Request::default() });

static UNITS: LazyLock<UnitRequests> = LazyLock::new(|| UnitRequests::of(&REQUEST));

/// Where workbooks are worked on, one at a time.
#[wasm_bindgen]
pub struct Office {
    lang: Lang,
    checker: Checker<'static>,
    desk: Option<Desk<'static>>,
    merge: Option<(Gathering, UnitChecker<'static>)>,
    bundle: bundle::Bundle,
    /// The list of changes of the copy made last, where it is a workbook of its own.
    changes: Option<Vec<u8>>,
}

#[wasm_bindgen]
impl Office {
    /// An office with an empty desk.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> Self {
        Self {
            lang: Lang::Vi,
            checker: Checker::new(&LIMITS, &REQUEST),
            desk: None,
            merge: None,
            bundle: bundle::Bundle::default(),
            changes: None,
        }
    }

    /// Does a small workbook once, so that the browser has compiled what the first file needs.
    pub fn warm(&mut self) {
        let opened = warm::workbook().map(|bytes| self.open("", bytes, "{}"));
        if let Ok(Ok(_)) = opened {
            // Only that it was done matters.
            let _ = (self.candidates(0, "E4"), self.copy("full"), self.appendix("{}", "xlsx"));
        }
        self.desk = None;
    }

    /// The language of everything said from now on: `vi` or `en`.
    pub fn speak(&mut self, lang: &str) {
        self.lang = if lang == "en" { Lang::En } else { Lang::Vi };
    }

    /// Puts a workbook on the desk, with what a person has chosen before (JSON), and says what is to
    /// be shown of it.
    ///
    /// # Errors
    /// Why it cannot be checked.
    pub fn open(&mut self, name: &str, bytes: Vec<u8>, choices: &str) -> Result<String, String> {
        self.desk = None;
        let desk = Desk::open(name, bytes, &mut self.checker).map_err(|f| self.told(&f))?;
        self.desk = Some(desk);
        self.choose(choices)
    }

    /// Takes all that a person has chosen (JSON), and says what is to be shown then.
    ///
    /// # Errors
    /// Why it cannot be followed; what was chosen before stands then.
    pub fn choose(&mut self, choices: &str) -> Result<String, String> {
        let lang = self.lang;
        let view = Choice::read(choices).and_then(|choices| {
            let desk = self.desk()?;
            desk.choose(choices)?;
            desk.view(lang)
        });
        view.map(|view| said::json(&view)).map_err(|failure| self.told(&failure))
    }

    /// What a person may choose from for an error on a cell, as JSON. Tables are counted from zero.
    ///
    /// # Errors
    /// As [`Office::choose`].
    pub fn candidates(&mut self, table: usize, cell: &str) -> Result<String, String> {
        let lang = self.lang;
        let candidates =
            asked::address(cell).and_then(|at| self.desk()?.candidates(table, at, lang));
        candidates.map(|found| said::json(&found)).map_err(|failure| self.told(&failure))
    }

    /// The rules that a cell is part of, as JSON; `null` outside the table.
    ///
    /// # Errors
    /// As [`Office::choose`].
    pub fn cell(&mut self, table: usize, cell: &str) -> Result<String, String> {
        let lang = self.lang;
        let view = asked::address(cell).and_then(|at| self.desk()?.cell(table, at, lang));
        view.map(|view| said::json(&view)).map_err(|failure| self.told(&failure))
    }

    /// The corrected copy; `marks` is `full`, `plain` or `only`. What is told of it is a list of what a
    /// person should look at in it.
    ///
    /// # Errors
    /// Why there can be none.
    pub fn copy(&mut self, marks: &str) -> Result<Made, String> {
        let lang = self.lang;
        let marks = match marks {
            "only" => Marks::Only,
            "plain" => Marks::Plain,
            _ => Marks::Full,
        };
        let copy = self.desk().and_then(|desk| desk.copy(marks, lang));
        let (copy, _) = copy.map_err(|failure| self.told(&failure))?;
        self.changes = copy.companion;
        Ok(Made::noted(copy.bytes, &copy.warnings, lang))
    }

    /// The list of changes of the copy made last, where its kind of file cannot hold it: a workbook to
    /// be kept beside it. It is handed out once.
    pub fn changes(&mut self) -> Option<Vec<u8>> {
        self.changes.take()
    }

    /// The suffix that the corrected copy has: a workbook with macros stays one.
    ///
    /// # Errors
    /// Where the desk is empty.
    pub fn suffix(&mut self) -> Result<String, String> {
        let suffix = self.desk().and_then(|desk| desk.copy_suffix());
        suffix.map(ToOwned::to_owned).map_err(|failure| self.told(&failure))
    }

    /// The report as one HTML file.
    ///
    /// # Errors
    /// Why there can be none.
    pub fn report(&mut self) -> Result<String, String> {
        let lang = self.lang;
        let html = self.desk().and_then(|desk| desk.html(lang));
        html.map_err(|failure| self.told(&failure))
    }

    /// The appendix: all tables that are clean, as a workbook or, where `suffix` is `pdf`, as PDF;
    /// `sheet` says how they are set (JSON). What is told of it is a list of what was left open.
    ///
    /// # Errors
    /// Why there can be none.
    pub fn appendix(&mut self, sheet: &str, suffix: &str) -> Result<Made, String> {
        let made = Sheet::read(sheet).and_then(|options| self.typeset(&options, suffix == "pdf"));
        let (bytes, notes) = made.map_err(|failure| self.told(&failure))?;
        Ok(Made::noted(bytes, &notes, self.lang))
    }

    /// Begins a merge; `wanted` says how (JSON).
    ///
    /// # Errors
    /// Where that cannot be read.
    pub fn merge_begin(&mut self, wanted: &str) -> Result<(), String> {
        let options = Merge::read(wanted).map_err(|failure| self.told(&failure))?;
        self.merge = Some((Gathering::new(options), UnitChecker::new(&LIMITS, &UNITS)));
        Ok(())
    }

    /// Adds a unit's workbook to the merge.
    pub fn merge_add(&mut self, name: &str, bytes: &[u8]) {
        let Some((gathering, checker)) = &mut self.merge else { return };
        match checker.check(bytes) {
            Ok(checkup) => gathering.add(name, Some(&Checksum::of(bytes)), &checkup),
            Err(failure) => gathering.fail(name, &failure),
        }
    }

    /// Ends the merge: its outcome as `soatbieu merge --format json` prints it, and the workbook where
    /// there is one.
    ///
    /// # Errors
    /// Where the merged table cannot be written.
    pub fn merge_end(&mut self, sheet: &str, out: &str) -> Result<Made, String> {
        let Some((gathering, _)) = self.merge.take() else { return Err(String::new()) };
        let outcome = gathering.settle();
        let lang = self.lang;
        let written = outcome
            .merged
            .as_ref()
            .map(|merged| merged.write(&outcome.problems, &Sheet::read(sheet)?, &REQUEST, lang));
        let written = written.transpose().map_err(|failure| self.told(&failure))?;
        let told = report::json(&outcome, written.as_ref().map(|written| (out, written)), lang);
        Ok(Made { told, bytes: written.map(|written| written.bytes) })
    }

    /// Puts a file into the bundle.
    pub fn pack(&mut self, name: &str, bytes: Vec<u8>) {
        self.bundle.add(name, bytes);
    }

    /// All files packed so far as one zip; the bundle is empty then.
    ///
    /// # Errors
    /// Where it cannot be made.
    pub fn bundle(&mut self) -> Result<Vec<u8>, String> {
        std::mem::take(&mut self.bundle).zip().map_err(|failure| self.told(&failure))
    }
}

impl Default for Office {
    fn default() -> Self {
        Self::new()
    }
}

impl Office {
    fn desk(&mut self) -> Result<&mut Desk<'static>, Failure> {
        self.desk.as_mut().ok_or_else(|| {
            Failure::new(Code::NoTable, "chưa mở tệp nào", "no file has been opened yet")
        })
    }

    /// An appendix with its notes.
    fn typeset(
        &mut self,
        options: &Options,
        is_pdf: bool,
    ) -> Result<(Vec<u8>, Vec<Text>), Failure> {
        let desk = self.desk()?;
        let (mut ready, mut notes, mut refused) = (Vec::new(), Vec::new(), None);
        for table in 0..desk.tables().len() {
            match desk.ready(table, false) {
                Ok(()) => ready.push(table),
                Err(failure) => {
                    notes.push(said::not_set(&desk.tables()[table].table, &failure));
                    refused = refused.or(Some(failure));
                }
            }
        }
        if let Some(failure) = refused.filter(|_| ready.is_empty()) {
            return Err(failure);
        }
        let sheets = desk.sheets(&ready, options, false)?;
        notes.extend(sheets.iter().flat_map(|sheet| sheet.notes.iter().cloned()));
        if !is_pdf {
            return Ok((desk.workbook(&sheets)?, notes));
        }
        let made = appendix::pdf(&sheets, &Faces::embedded()?)?;
        notes.extend(made.notes);
        Ok((made.bytes, notes))
    }

    fn told(&self, failure: &Failure) -> String {
        said::failure(failure, self.lang)
    }
}

/// An output with what is told of it.
#[derive(Debug)]
#[wasm_bindgen]
pub struct Made {
    told: String,
    bytes: Option<Vec<u8>>,
}

impl Made {
    fn noted(bytes: Vec<u8>, notes: &[Text], lang: Lang) -> Self {
        let notes: Vec<&str> = notes.iter().map(|note| note.get(lang)).collect();
        Self { told: said::json(&notes), bytes: Some(bytes) }
    }
}

#[wasm_bindgen]
impl Made {
    /// What is told, as JSON.
    #[must_use]
    pub fn told(&self) -> String {
        self.told.clone()
    }

    /// The output, where there is one.
    #[must_use]
    pub fn bytes(&mut self) -> Option<Vec<u8>> {
        self.bytes.take()
    }
}

/// What stays the same however often it is asked: the names of outputs and of kinds, as JSON.
#[wasm_bindgen]
#[must_use]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}

#[cfg(target_family = "wasm")]
#[wasm_bindgen]
extern "C" {
    /// Given by the worker: takes what a panic says.
    #[wasm_bindgen(js_name = soatbieuPanicked)]
    fn panicked(text: &str);
}

/// Lets the worker know what a panic says: after it the program is of no more use.
#[cfg(target_family = "wasm")]
#[wasm_bindgen(start)]
pub fn start() {
    std::panic::set_hook(Box::new(|panic| panicked(&panic.to_string())));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_workbook_is_opened_decided_on_and_taken_away() {
        let mut office = Office::new();
        let bytes = warm::workbook().unwrap();
        let view = office.open("a.xlsx", bytes, "").unwrap();
        assert!(view.contains("\"changes\":1") && view.contains("\"left\":0"), "{view}");
        let decline = r#"{"declined":[{"sheet":"Sheet1","cell":"E4"}]}"#;
        let view = office.choose(decline).unwrap();
        assert!(view.contains("\"changes\":0") && view.contains("\"left\":1"), "{view}");
        let refused = office.appendix("{}", "xlsx").unwrap_err();
        assert!(refused.contains("E303") && !refused.contains("--as-is"), "{refused}");
        let offered = office.candidates(0, "E4").unwrap();
        assert!(offered.contains(r#""cell":"E4","figure":"1""#), "{offered}");
        let decide = r#"{"decided":[{"sheet":"Sheet1","cell":"E4","figure":"1,00"}]}"#;
        assert!(office.choose(decide).unwrap().contains("\"state\":\"decided\""));
        let garbled = r#"{"decided":[{"sheet":"Sheet1","cell":"E4","figure":"một"}]}"#;
        assert!(office.choose(garbled).unwrap_err().contains("không phải là số"));
        let pdf = office.appendix("{}", "pdf").unwrap().bytes().unwrap();
        assert!(pdf.starts_with(b"%PDF"));
        let copy = office.copy("plain").unwrap().bytes().unwrap();
        assert!(copy.starts_with(b"PK"));
    }

    #[test]
    fn files_of_one_name_are_told_apart_in_a_bundle() {
        let mut bundle = bundle::Bundle::default();
        bundle.add("a.da-sua.xlsx", b"1".to_vec());
        bundle.add("a.da-sua.xlsx", b"2".to_vec());
        let zip = bundle.zip().unwrap();
        let has = |name: &[u8]| zip.windows(name.len()).any(|part| part == name);
        assert!(has(b"a.da-sua.xlsx") && has(b"a-2.da-sua.xlsx"));
    }
}
