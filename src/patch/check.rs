//! Would a spreadsheet program open this package without repair?
//!
//! Excel refuses or repairs a workbook whose parts contradict each other, often without a word
//! about where. These are the contradictions that a change in place can cause, after ECMA-376
//! parts 1 and 2 and what Excel is known to insist on.

use std::collections::{BTreeMap, BTreeSet};

use crate::workbook::Address;

use super::book::{Book, folded};
use super::fault::{CellTarget, PackageFault};
use super::order::{Order, STYLESHEET, WORKBOOK, WORKSHEET};
use super::package::{CONTENT_TYPES, Package, read_relationships, relationships_part};
use super::rows::{PlainCell, plain_row};
use super::xml::{CellParts, Event, Scan, Tag, containers, plain_text, root};
use super::{DEFAULT_PART_LIMIT, PatchError};

/// Children of a sheet that lead to other parts by their `r:id`.
const LEADING: &[&str] = &[
    "drawing",
    "legacyDrawing",
    "legacyDrawingHF",
    "picture",
    "hyperlink",
    "tablePart",
    "control",
];

/// Checks a whole package, part against part. Parts that unpack to more than 512 MiB count as
/// unreadable.
///
/// # Errors
///
/// All contradictions found, sorted, each once.
pub fn check_package(bytes: &[u8]) -> Result<(), Vec<PackageFault>> {
    let faults = match Package::open(bytes, DEFAULT_PART_LIMIT) {
        Ok(mut package) => faults(&mut package, None),
        Err(error) => BTreeSet::from([unreadable("", &error)]),
    };
    if faults.is_empty() { Ok(()) } else { Err(faults.into_iter().collect()) }
}

/// The faults of a package as it stands; with a scope, sheets and notes outside it are not looked into.
pub(super) fn faults(
    package: &mut Package<'_>,
    scope: Option<&BTreeSet<String>>,
) -> BTreeSet<PackageFault> {
    let mut faults = BTreeSet::new();
    let mut checker = Checker {
        package,
        scope,
        formats: usize::MAX,
        texts: usize::MAX,
        formulas: BTreeMap::new(),
        scanned: BTreeSet::new(),
        faults: &mut faults,
    };
    if let Err(error) = checker.run() {
        faults.insert(unreadable("", &error));
    }
    faults
}

fn unreadable(part: &str, error: &PatchError) -> PackageFault {
    let (part, reason) = match error {
        PatchError::Malformed { part, reason } => (part.clone(), reason.clone()),
        other => (part.to_owned(), other.to_string()),
    };
    PackageFault::Unreadable { part, reason }
}

struct Checker<'a, 'p> {
    package: &'a mut Package<'p>,
    scope: Option<&'a BTreeSet<String>>,
    /// Formats in the styles.
    formats: usize,
    /// Shared strings.
    texts: usize,
    /// Formula cells of the sheets looked into.
    formulas: BTreeMap<String, BTreeSet<Address>>,
    /// Names, in lower case, of other parts that were read to their end.
    scanned: BTreeSet<String>,
    faults: &'a mut BTreeSet<PackageFault>,
}

impl Checker<'_, '_> {
    fn run(&mut self) -> Result<(), PatchError> {
        let names: Vec<String> = self.package.names().map(str::to_owned).collect();
        self.names(&names);
        self.content_types(&names)?;
        for name in names.iter().filter(|name| name.to_ascii_lowercase().ends_with(".rels")) {
            self.guarded(name, |checker| checker.relationships(name));
        }
        let book = Book::open(self.package)?;
        self.guarded(&book.part, |checker| checker.tabs(&book));
        if let Some(styles) = book.related("styles") {
            self.guarded(&styles.target, |checker| checker.styles(&styles.target));
        } else {
            self.formats = 1;
        }
        if let Some(texts) = book.related("sharedStrings").filter(|_| self.scope.is_none()) {
            self.guarded(&texts.target, |checker| checker.shared_strings(&texts.target));
        }
        for tab in book.tabs.iter().filter(|tab| tab.worksheet) {
            if self.covers(&tab.part) {
                self.guarded(&tab.part, |checker| checker.sheet(&tab.part));
            }
            self.guarded(&tab.part, |checker| checker.notes(&tab.part));
        }
        if let Some(chain) = book.related("calcChain") {
            self.guarded(&chain.target, |checker| checker.chain(&book, &chain.target));
        }
        self.well_formed(&names);
        Ok(())
    }

    fn covers(&self, part: &str) -> bool {
        self.scope.is_none_or(|scope| scope.contains(&part.to_ascii_lowercase()))
    }

    fn has_scanned(&mut self, part: &str) {
        self.scanned.insert(part.to_ascii_lowercase());
    }

    fn guarded(&mut self, part: &str, check: impl FnOnce(&mut Self) -> Result<(), PatchError>) {
        if let Err(error) = check(self) {
            self.faults.insert(unreadable(part, &error));
        }
    }

    fn names(&mut self, names: &[String]) {
        let mut seen = BTreeSet::new();
        for name in names {
            if !seen.insert(name.to_ascii_lowercase()) {
                self.faults.insert(PackageFault::PartTwice(name.clone()));
            }
        }
    }

    fn content_types(&mut self, names: &[String]) -> Result<(), PatchError> {
        let text = self.package.need(CONTENT_TYPES)?;
        let (mut suffixes, mut parts) = (BTreeSet::new(), BTreeSet::new());
        let faults = &mut *self.faults;
        Scan::new(&text, CONTENT_TYPES).tags(|tag| {
            let suffix = tag.get("Extension").map(|s| s.to_ascii_lowercase());
            let part = tag.get("PartName").map(|name| name.to_ascii_lowercase());
            if let Some(name) = suffix.filter(|_| tag.local() == "Default")
                && !suffixes.insert(name.clone())
            {
                faults.insert(PackageFault::ContentTypeTwice(name));
            }
            if let Some(name) = part.filter(|_| tag.local() == "Override")
                && !parts.insert(name.trim_start_matches('/').to_owned())
            {
                faults.insert(PackageFault::ContentTypeTwice(name));
            }
            Ok(())
        })?;
        self.has_scanned(CONTENT_TYPES);
        for name in names.iter().map(|name| name.to_ascii_lowercase()) {
            let suffix = name.rsplit_once('.').map_or("", |(_, suffix)| suffix);
            if !parts.remove(&name)
                && !suffixes.contains(suffix)
                && !name.eq_ignore_ascii_case(CONTENT_TYPES)
            {
                self.faults.insert(PackageFault::NoContentType(name));
            }
        }
        for part in parts.into_iter().filter(|part| !self.package.has(part)) {
            self.faults.insert(PackageFault::ContentTypeOfNothing(part));
        }
        Ok(())
    }

    fn relationships(&mut self, part: &str) -> Result<(), PatchError> {
        let text = self.package.need(part)?;
        let owner = part.replacen("_rels/", "", 1);
        let owner = owner.strip_suffix(".rels").unwrap_or(&owner).to_owned();
        let mut seen = BTreeSet::new();
        let related = if relationships_part(&owner) == part {
            self.package.relationships(&owner)?
        } else {
            read_relationships(&owner, part, &text)?.into()
        };
        for relationship in related.iter() {
            let (owner, id) = (owner.clone(), relationship.id.clone());
            if !seen.insert(id.clone()) {
                let (owner, id) = (owner.clone(), id.clone());
                self.faults.insert(PackageFault::RelationshipTwice { owner, id });
            }
            // A link into the workbook itself (`#Sheet2!A1`) has no part.
            let inner = !relationship.external && relationship.kind != "hyperlink";
            if inner && !self.package.has(&relationship.target) {
                let target = relationship.target.clone();
                self.faults.insert(PackageFault::NoTarget { owner, id, target });
            }
        }
        Ok(())
    }

    fn tabs(&mut self, book: &Book) -> Result<(), PatchError> {
        let text = self.package.need(&book.part)?;
        let mut order = Order::new(&book.part, WORKBOOK);
        let (mut names, mut numbers) = (BTreeSet::new(), BTreeSet::new());
        let faults = &mut *self.faults;
        Scan::new(&text, &book.part).tags(|tag| {
            faults.extend(order.fault(tag));
            if tag.depth == 2 && tag.local() == "sheet" {
                let name = tag.get("name").unwrap_or_default();
                let number = tag.get("sheetId").unwrap_or_default();
                let new = names.insert(folded(&name)) && numbers.insert(number);
                if !new || !is_tab_name(&name) {
                    faults.insert(PackageFault::Tab(name));
                }
            }
            Ok(())
        })?;
        self.has_scanned(&book.part);
        for tab in book.tabs.iter().filter(|tab| tab.part.is_empty()) {
            let (part, id) = (book.part.clone(), tab.name.clone());
            self.faults.insert(PackageFault::NoRelationship { part, id });
        }
        Ok(())
    }

    fn styles(&mut self, part: &str) -> Result<(), PatchError> {
        /// What cells' formats point into, and these themselves.
        const LISTS: [&str; 5] = ["fonts", "fills", "borders", "cellStyleXfs", "cellXfs"];
        const FORMATS: usize = 4;
        const POINTERS: [&str; FORMATS] = ["fontId", "fillId", "borderId", "xfId"];
        let text = self.package.need(part)?;
        let mut order = Order::new(part, STYLESHEET);
        // Each list with what it says of its length, and its length.
        let mut found: Vec<(usize, Option<usize>, usize)> = Vec::new();
        let mut inside = None;
        let mut furthest = [0; FORMATS];
        let faults = &mut *self.faults;
        Scan::new(&text, part).tags(|tag| {
            faults.extend(order.fault(tag));
            let number = |name| tag.get(name).and_then(|number| number.parse::<usize>().ok());
            match (tag.depth, inside) {
                (1, _) => {
                    inside = LISTS.iter().position(|name| *name == tag.local());
                    found.extend(inside.map(|list| (list, number("count"), 0)));
                }
                (2, Some(list)) => {
                    if let Some((.., length)) = found.last_mut() {
                        *length += 1;
                    }
                    if list == FORMATS {
                        for (furthest, name) in furthest.iter_mut().zip(POINTERS) {
                            *furthest = number(name).unwrap_or_default().max(*furthest);
                        }
                    }
                }
                _ => {}
            }
            Ok(())
        })?;
        let miscounted =
            found.iter().filter(|(_, stated, length)| stated.is_some_and(|n| n != *length));
        faults.extend(miscounted.map(|(list, ..)| PackageFault::Styles(LISTS[*list].to_owned())));
        let length = |list: usize| {
            found.iter().find(|(own, ..)| *own == list).map_or(0, |(.., length)| *length)
        };
        for (list, (furthest, name)) in furthest.into_iter().zip(POINTERS).enumerate() {
            if furthest > 0 && furthest >= length(list) {
                faults.insert(PackageFault::Styles(name.to_owned()));
            }
        }
        self.formats = length(FORMATS);
        self.has_scanned(part);
        Ok(())
    }

    fn shared_strings(&mut self, part: &str) -> Result<(), PatchError> {
        let text = self.package.need(part)?;
        let mut number = 0;
        Scan::new(&text, part).tags(|tag| {
            number += usize::from(tag.depth == 1 && tag.local() == "si");
            Ok(())
        })?;
        self.texts = number;
        self.has_scanned(part);
        Ok(())
    }

    fn sheet(&mut self, part: &str) -> Result<(), PatchError> {
        let text = self.package.need(part)?;
        let mut order = Order::new(part, WORKSHEET);
        let ids: BTreeSet<String> =
            self.package.relationships(part)?.iter().map(|r| r.id.clone()).collect();
        let (formats, texts) = (self.formats, self.texts);
        let mut cells = SheetCheck::new(part, &text, formats, texts, self.faults);
        let (mut events, mut plain) = (Scan::new(&text, part), Vec::new());
        while let Some(event) = events.next()? {
            match event {
                Event::Open(tag) => {
                    cells.faults.extend(order.fault(&tag));
                    cells.open(&tag);
                    if cells.is_in_row(&tag)
                        && let Some(end) = plain_row(&text, tag.span.end, &mut plain)
                    {
                        for cell in &plain {
                            cells.plain(cell);
                        }
                        events.pass_to(end);
                    }
                    let leads = tag.depth <= 2 && LEADING.contains(&tag.local());
                    let id = leads.then(|| tag.get_any_prefix("id")).flatten();
                    if let Some(id) = id.filter(|id| !ids.contains(id)) {
                        let part = part.to_owned();
                        cells.faults.insert(PackageFault::NoRelationship { part, id });
                    }
                }
                Event::Close(depth, span) => cells.close(depth, span.start),
            }
        }
        let formulas = cells.finish();
        self.formulas.insert(part.to_owned(), formulas);
        Ok(())
    }

    fn notes(&mut self, sheet: &str) -> Result<(), PatchError> {
        let relationships = self.package.relationships(sheet)?;
        for relationship in relationships.iter().filter(|r| r.kind == "comments") {
            let part = &relationship.target;
            if !self.covers(part) {
                continue;
            }
            let text = self.package.need(part)?;
            let found = containers(&text, part, &["authors"])?;
            let authors = found.first().map_or(0, |authors| authors.children.len());
            let mut seen = BTreeSet::new();
            let faults = &mut *self.faults;
            Scan::new(&text, part).tags(|tag| {
                if tag.depth == 2 && tag.local() == "comment" {
                    let at = tag.get("ref").and_then(|at| at.parse().ok()).unwrap_or_default();
                    let author = tag.get("authorId").and_then(|id| id.parse::<usize>().ok());
                    if !seen.insert(at) || author.is_none_or(|author| author >= authors) {
                        faults.insert(PackageFault::Note { part: part.clone(), at });
                    }
                }
                Ok(())
            })?;
            self.has_scanned(part);
        }
        Ok(())
    }

    fn chain(&mut self, book: &Book, part: &str) -> Result<(), PatchError> {
        let text = self.package.need(part)?;
        let sheets = self.sheets_by_number(book)?;
        let (formulas, faults) = (&self.formulas, &mut *self.faults);
        let mut number = String::new();
        Scan::new(&text, part).tags(|tag| {
            if let (1, Some(at)) = (tag.depth, tag.get("r").and_then(|at| at.parse().ok())) {
                // Without its own the entry is on the sheet of the one before.
                number = tag.get("i").unwrap_or(std::mem::take(&mut number));
                let sheet = sheets.get(&number);
                let cells = sheet.and_then(|sheet| formulas.get(sheet));
                if let (Some(sheet), Some(cells)) = (sheet, cells)
                    && !cells.contains(&at)
                {
                    faults.insert(PackageFault::CalculationChain { part: sheet.clone(), at });
                }
            }
            Ok(())
        })
    }

    fn sheets_by_number(&mut self, book: &Book) -> Result<BTreeMap<String, String>, PatchError> {
        let text = self.package.need(&book.part)?;
        let mut numbers = Vec::new();
        Scan::new(&text, &book.part).tags(|tag| {
            if tag.depth == 2 && tag.local() == "sheet" {
                numbers.push(tag.get("sheetId").unwrap_or_default());
            }
            Ok(())
        })?;
        Ok(numbers.into_iter().zip(book.tabs.iter().map(|tab| tab.part.clone())).collect())
    }

    fn well_formed(&mut self, names: &[String]) {
        for name in names {
            let suffix = name.rsplit_once('.').map_or("", |(_, suffix)| suffix);
            let unseen = !self.formulas.contains_key(name) && self.covers(name);
            if unseen && suffix.eq_ignore_ascii_case("xml") {
                self.guarded(name, |checker| {
                    let text = checker.package.need(name)?;
                    root(&text, name)?;
                    if checker.scanned.contains(&name.to_ascii_lowercase()) {
                        return Ok(());
                    }
                    Scan::new(&text, name).tags(|_| Ok(()))
                });
            }
        }
    }
}

fn is_tab_name(name: &str) -> bool {
    (1..=31).contains(&name.encode_utf16().count())
        && !name.contains(['[', ']', ':', '*', '?', '/', '\\'])
        && !name.starts_with('\'')
        && !name.ends_with('\'')
}

/// The cells of one sheet, checked as they pass.
struct SheetCheck<'a> {
    part: &'a str,
    text: &'a str,
    formats: usize,
    texts: usize,
    faults: &'a mut BTreeSet<PackageFault>,
    in_data: bool,
    /// One-based; 0 before the first.
    row: u32,
    /// Zero-based: where its cells should stand.
    cells_row: u32,
    /// True for a row without a number until its first cell, which may name another.
    placed_by_cells: bool,
    column: u32,
    at: Address,
    shared_text: bool,
    value: Option<usize>,
    formulas: BTreeSet<Address>,
    masters: BTreeSet<String>,
    members: Vec<(String, Address)>,
}

impl<'a> SheetCheck<'a> {
    fn new(
        part: &'a str,
        text: &'a str,
        formats: usize,
        texts: usize,
        faults: &'a mut BTreeSet<PackageFault>,
    ) -> Self {
        Self {
            part,
            text,
            formats,
            texts,
            faults,
            in_data: false,
            row: 0,
            cells_row: 0,
            placed_by_cells: false,
            column: 0,
            at: Address::default(),
            shared_text: false,
            value: None,
            formulas: BTreeSet::new(),
            masters: BTreeSet::new(),
            members: Vec::new(),
        }
    }

    fn open(&mut self, tag: &Tag<'_>) {
        match (tag.depth, tag.local()) {
            (1, name) => self.in_data = name == "sheetData",
            (2, "row") if self.in_data => self.open_row(tag),
            (3, "c") if self.in_data => self.open_cell(tag),
            (4, "f") if self.in_data => self.open_formula(tag),
            (4, "v") if self.in_data && self.shared_text => self.value = Some(tag.span.end),
            _ => {}
        }
    }

    fn open_row(&mut self, tag: &Tag<'_>) {
        let before = self.row;
        self.column = 0;
        let number = tag.get("r");
        self.placed_by_cells = number.is_none();
        self.row = match number {
            Some(number) => number.trim().parse().unwrap_or(0),
            None => before.saturating_add(1),
        };
        self.cells_row = self.row.saturating_sub(1);
        if self.row <= before {
            self.faults
                .insert(PackageFault::RowOrder { part: self.part.to_owned(), row: self.row });
        }
    }

    fn open_cell(&mut self, tag: &Tag<'_>) {
        self.cell(tag.cell_parts());
    }

    /// True for the start of a row of cells.
    fn is_in_row(&self, tag: &Tag<'_>) -> bool {
        self.in_data && tag.depth == 2 && tag.name() == "row" && !tag.empty
    }

    /// A cell of a plain row, with its value.
    fn plain(&mut self, cell: &PlainCell<'_>) {
        let text = |bytes| str::from_utf8(bytes).unwrap_or_default();
        let format = cell.format.and_then(|format| text(format).trim().parse().ok());
        let is_shared_text = cell.kind == Some(b"s");
        self.cell(CellParts { at: Some(Ok(cell.at)), format, is_shared_text });
        if let (true, Some(value)) = (is_shared_text, cell.value) {
            self.shared_text_at(text(value));
        }
        if cell.computes {
            self.formulas.insert(self.at);
        }
    }

    fn cell(&mut self, parts: CellParts) {
        let before = self.column;
        let CellParts { at: stated, format, is_shared_text } = parts;
        if let (true, Some(Ok(first))) = (std::mem::take(&mut self.placed_by_cells), &stated) {
            self.cells_row = first.row;
        }
        let row = self.cells_row;
        self.at = match &stated {
            Some(Ok(at)) => *at,
            _ => Address::new(row, before),
        };
        self.column = self.at.column.saturating_add(1);
        if matches!(stated, Some(Err(_))) || self.at.row != row || self.column <= before {
            let (part, at) = (self.part.to_owned(), self.at);
            self.faults.insert(PackageFault::CellOrder { part, at });
        }
        if format.is_some_and(|format| format > 0 && format >= self.formats) {
            self.points(self.at, CellTarget::Format);
        }
        self.shared_text = is_shared_text;
    }

    fn open_formula(&mut self, tag: &Tag<'_>) {
        self.formulas.insert(self.at);
        if tag.get("t").as_deref() != Some("shared") {
            return;
        }
        let index = tag.get("si").unwrap_or_default();
        if tag.get("ref").is_some() && !tag.empty {
            self.masters.insert(index);
        } else {
            self.members.push((index, self.at));
        }
    }

    fn close(&mut self, depth: usize, at: usize) {
        if let (4, Some(start)) = (depth, self.value.take()) {
            self.shared_text_at(self.text.get(start..at).unwrap_or_default());
        }
    }

    /// The value of a cell that is the number of a shared text.
    fn shared_text_at(&mut self, value: &str) {
        // Nearly all are digits alone, which need no copy to be read.
        let plain = || plain_text(value).trim().parse();
        if value.parse::<usize>().or_else(|_| plain()).is_ok_and(|index| index >= self.texts) {
            self.points(self.at, CellTarget::Text);
        }
    }

    fn points(&mut self, at: Address, what: CellTarget) {
        self.faults.insert(PackageFault::CellPoints { part: self.part.to_owned(), at, what });
    }

    fn finish(mut self) -> BTreeSet<Address> {
        for (index, at) in std::mem::take(&mut self.members) {
            if !self.masters.contains(&index) {
                self.points(at, CellTarget::SharedFormula);
            }
        }
        self.formulas
    }
}
