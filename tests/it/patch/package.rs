//! Looks into packages without the library's own eyes.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{Cursor, Read, Write};

use calamine::{Data, Reader, Xlsx};
use soatbieu::patch::{Content, Edit, ListCell, ListColumn, ListSheet};
use soatbieu::workbook::Address;

/// One entry: as it lies in the archive, and unpacked.
#[derive(Debug, PartialEq, Eq, Clone)]
pub(crate) struct Entry {
    pub(crate) packed: Vec<u8>,
    pub(crate) plain: Vec<u8>,
}

impl Entry {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.plain.clone()).unwrap()
    }
}

pub(crate) fn entries(bytes: &[u8]) -> BTreeMap<String, Entry> {
    let mut zip = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
    (0..zip.len())
        .map(|index| {
            let (mut packed, mut plain) = (Vec::new(), Vec::new());
            let mut raw = zip.by_index_raw(index).unwrap();
            let name = raw.name().unwrap().into_owned();
            raw.read_to_end(&mut packed).unwrap();
            drop(raw);
            zip.by_index(index).unwrap().read_to_end(&mut plain).unwrap();
            (name, Entry { packed, plain })
        })
        .collect()
}

pub(crate) fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, data) in parts {
        writer.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        writer.write_all(data).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Names of entries that were changed, added or dropped.
pub(crate) fn differing(old: &[u8], new: &[u8]) -> BTreeSet<String> {
    let (old, new) = (entries(old), entries(new));
    let names = old.keys().chain(new.keys()).cloned().collect::<BTreeSet<_>>();
    names.into_iter().filter(|name| old.get(name) != new.get(name)).collect()
}

pub(crate) fn at(text: &str) -> Address {
    text.parse().unwrap()
}

pub(crate) fn edit(sheet: &str, cell: &str, content: Content) -> Edit {
    Edit { sheet: sheet.into(), at: at(cell), content, format: None, highlight: false, note: None }
}

pub(crate) fn marked(sheet: &str, cell: &str, content: Content) -> Edit {
    let note = Some(format!("sai: {cell} <phải> sửa"));
    Edit { highlight: true, note, ..edit(sheet, cell, content) }
}

pub(crate) fn list() -> ListSheet {
    ListSheet {
        name: "Chỗ đã sửa".into(),
        upright: false,
        columns: vec![
            ListColumn { heading: "Ô".into(), width: 8 },
            ListColumn { heading: "Số mới".into(), width: 12 },
        ],
        rows: vec![vec![ListCell::Text("=C10".into()), ListCell::Number(481.into())]],
    }
}

/// Every cell's value and formula, by sheet, as calamine reads them.
pub(crate) type Cells = BTreeMap<(String, Address), (Data, String)>;

pub(crate) fn cells(bytes: &[u8]) -> Cells {
    let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
    let mut found = Cells::new();
    for sheet in book.sheet_names() {
        let mut put = |row: usize, column: usize, value: Option<Data>, formula: Option<String>| {
            let at = Address::new(u32::try_from(row).unwrap(), u32::try_from(column).unwrap());
            let entry = found.entry((sheet.clone(), at)).or_insert((Data::Empty, String::new()));
            if let Some(value) = value {
                entry.0 = value;
            }
            if let Some(formula) = formula {
                entry.1 = formula;
            }
        };
        if let Ok(range) = book.worksheet_range(&sheet) {
            let start = range.start().unwrap_or_default();
            for (row, column, value) in range.used_cells() {
                let (row, column) = (row + start.0 as usize, column + start.1 as usize);
                put(row, column, Some(value.clone()), None);
            }
        }
        if let Ok(range) = book.worksheet_formula(&sheet) {
            let start = range.start().unwrap_or_default();
            for (row, column, formula) in range.used_cells() {
                let (row, column) = (row + start.0 as usize, column + start.1 as usize);
                put(row, column, None, Some(formula.clone()));
            }
        }
    }
    found
}

/// The sheet's text without the cells at these addresses.
pub(crate) fn without_cells(text: &str, addresses: &[&str]) -> String {
    let mut rest = text.to_owned();
    for address in addresses {
        let Some(mark) = rest.find(&format!("c r=\"{address}\"")) else { continue };
        let start = rest[..mark].rfind('<').unwrap();
        let prefix = &rest[start + 1..mark];
        let tag_end = start + rest[start..].find('>').unwrap();
        let end = if rest[..tag_end].ends_with('/') {
            tag_end + 1
        } else {
            let closing = format!("</{prefix}c>");
            start + rest[start..].find(&closing).unwrap() + closing.len()
        };
        rest.replace_range(start..end, "");
    }
    rest
}

/// True when all of the old text's tags stand in the new text in their order, counts apart.
pub(crate) fn only_added(old: &str, new: &str, exempt: &[&str]) -> bool {
    let counted = |tag: &str| {
        let Some((before, after)) = tag.split_once(" count=\"") else { return tag.to_owned() };
        format!("{before}{}", after.split_once('"').map_or("", |(_, rest)| rest))
    };
    let tags = |text: &str| text.split('<').map(counted).collect::<Vec<_>>();
    let new = tags(new);
    let mut rest = new.iter();
    let exempt = |tag: &str| exempt.iter().any(|name| tag.starts_with(name));
    tags(old).iter().filter(|tag| !exempt(tag)).all(|tag| rest.any(|other| other == tag))
}
