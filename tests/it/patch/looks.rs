//! What a workbook looks like is read from each format, alike.

use std::io::{Cursor, Read as _, Write as _};

use proptest::prelude::*;
use soatbieu::patch::looks::{Across, Line, Look, Looks, SheetLooks, looks};
use soatbieu::read::{Limits, workbook};
use soatbieu::workbook::Range;

use super::package::{at, entries, zipped};

const XLS: &[u8] = include_bytes!("../../../samples/dai-lanh-2024.xls");
const ODS: &[u8] = include_bytes!("../../../samples/dai-lanh-2024.ods");
const SHEET: &str = "PB 2024";

fn look<'a>(looks: &'a Looks, cell: &str) -> &'a Look {
    &looks.styles[looks.sheets[SHEET].cells[&at(cell)]]
}

/// The width of a column in letters.
fn width(sheet: &SheetLooks, column: u32) -> f64 {
    let of = sheet.columns.iter().find(|(first, last, _)| (*first..=*last).contains(&column));
    of.unwrap().2
}

#[test]
fn a_table_is_ruled_and_lettered_as_its_file_says() {
    for bytes in [XLS, ODS] {
        let looks = looks(bytes);
        let heading = look(&looks, "C4");
        assert_eq!(heading.font.name.as_deref(), Some("Times New Roman"));
        assert_eq!(heading.font.size, Some(12.0));
        assert_eq!(heading.across, Some(Across::Centre));
        assert!(heading.wraps);
        assert_eq!(heading.borders.map(|line| line.map(|(line, _)| line)), [Some(Line::Thin); 4]);
        let page = &looks.sheets[SHEET].page;
        assert!(page.landscape);
        assert_eq!((page.paper, page.fit), (Some(9), Some((1, 0))));
        assert_eq!(page.margins.map(|m| [m[0], m[2]]), Some([0.75, 1.0]));
    }
}

#[test]
fn formats_of_one_program_look_alike() {
    let (xls, ods) = (looks(XLS), looks(ODS));
    let (of_xls, of_ods) = (&xls.sheets[SHEET], &ods.sheets[SHEET]);
    // Cells under a merged one have looks of their own in one format and none in the other.
    let shown = workbook(XLS, &Limits::default()).unwrap();
    let mut compared = 0;
    for (at, _) in shown.sheets[0].cells() {
        let (one, other) = (&xls.styles[of_xls.cells[at]], &ods.styles[of_ods.cells[at]]);
        assert_eq!(one.font.name, other.font.name, "{at}");
        assert_eq!(one.font.size, other.font.size, "{at}");
        assert_eq!(one.font.italic, other.font.italic, "{at}");
        assert_eq!(one.across, other.across, "{at}");
        assert_eq!(one.borders, other.borders, "{at}");
        assert_eq!(one.wraps, other.wraps, "{at}");
        compared += 1;
    }
    assert!(compared > 150, "{compared}");
    let both = of_xls.rows.iter().filter_map(|(row, one)| Some((row, one, of_ods.rows.get(row)?)));
    assert!(both.clone().count() >= 10, "{:?} {:?}", of_xls.rows, of_ods.rows);
    for (row, one, other) in both {
        assert!((one - other).abs() < 0.6, "row {row}: {one} {other}");
    }
    // A letter is that of the workbook's own font in one and of the usual one in the other.
    let ratio = |column| width(of_xls, column) / width(of_ods, column);
    let ratios: Vec<f64> = (0..10).map(|column| ratio(column) / ratio(2)).collect();
    assert!(ratios.iter().all(|ratio| (0.85..1.15).contains(ratio)), "{ratios:?}");
}

#[test]
fn what_is_printed_and_repeated_is_read_from_ods() {
    let mut parts = entries(ODS);
    let content = &mut parts.get_mut("content.xml").unwrap().plain;
    let text = String::from_utf8(content.clone()).unwrap();
    let named = format!("<table:table table:name=\"{SHEET}\"");
    let marked = format!("{named} table:print-ranges=\"'{SHEET}'.A1:'{SHEET}'.Q14\"");
    assert!(text.contains(&named));
    let row = text.find("<table:table-row").unwrap();
    let second = row + text[row..].find("</table:table-row>").unwrap() + 18;
    let text = [
        &text[..row],
        "<table:table-header-rows>",
        &text[row..second],
        "</table:table-header-rows>",
        &text[second..],
    ]
    .concat()
    .replace(&named, &marked);
    *content = text.into_bytes();
    let parts: Vec<(&str, &[u8])> =
        parts.iter().map(|(name, entry)| (name.as_str(), &entry.plain[..])).collect();
    let page = looks(&zipped(&parts)).sheets[SHEET].page.clone();
    assert_eq!(page.area, Some(Range::new(at("A1"), at("Q14"))));
    assert_eq!(page.rows, Some((0, 0)));
}

fn workbook_stream() -> Vec<u8> {
    let mut file = cfb::CompoundFile::open(Cursor::new(XLS)).unwrap();
    let mut stream = Vec::new();
    file.open_stream("/Workbook").unwrap().read_to_end(&mut stream).unwrap();
    stream
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn damaged_looks_are_survived(
        places in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..30),
        part in 0_usize..3,
    ) {
        let damage = |bytes: &mut Vec<u8>| {
            for (place, byte) in &places {
                let at = place.index(bytes.len());
                bytes[at] = *byte;
            }
        };
        if part == 0 {
            let mut stream = workbook_stream();
            damage(&mut stream);
            let mut file = cfb::CompoundFile::create(Cursor::new(Vec::new())).unwrap();
            file.create_stream("/Workbook").unwrap().write_all(&stream).unwrap();
            file.flush().unwrap();
            let _ = looks(&file.into_inner().into_inner());
        } else {
            let mut parts = entries(ODS);
            let name = ["", "content.xml", "styles.xml"][part];
            damage(&mut parts.get_mut(name).unwrap().plain);
            let parts: Vec<(&str, &[u8])> =
                parts.iter().map(|(name, entry)| (name.as_str(), &entry.plain[..])).collect();
            let _ = looks(&zipped(&parts));
        }
    }
}
