//! Packages that state the type of each relationships part by its name alone, as some programs do.

use std::io::{Cursor, Read as _, Write as _};

use soatbieu::patch::{Content, Edit, Options, apply, check_package};

/// The sample with its `Default` for `.rels` replaced by an `Override` for each such part.
fn without_default() -> Vec<u8> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/samples/dai-lanh-2024.xlsx");
    let mut source = zip::ZipArchive::new(Cursor::new(std::fs::read(path).unwrap())).unwrap();
    let names: Vec<String> =
        source.file_names().flatten().map(std::borrow::Cow::into_owned).collect();
    let kind = "application/vnd.openxmlformats-package.relationships+xml";
    let mut target = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for name in &names {
        let mut text = String::new();
        source.by_name(name).unwrap().read_to_string(&mut text).unwrap();
        if name == "[Content_Types].xml" {
            let default = format!("<Default Extension=\"rels\" ContentType=\"{kind}\"/>");
            let plain = text.replace(" />", "/>");
            assert!(plain.contains(&default), "{plain}");
            let overrides: Vec<String> = names
                .iter()
                .filter(|name| name.to_ascii_lowercase().contains("_rels/"))
                .map(|name| format!("<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>"))
                .chain(["</Types>".to_owned()])
                .collect();
            text = plain.replace(&default, "").replace("</Types>", &overrides.concat());
        }
        target.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        target.write_all(text.as_bytes()).unwrap();
    }
    target.finish().unwrap().into_inner()
}

#[test]
fn a_note_that_needs_new_relationships_states_their_type() {
    let source = without_default();
    check_package(&source).unwrap();
    let edit = Edit {
        sheet: "PB 2024".into(),
        at: "Q13".parse().unwrap(),
        content: Content::Keep,
        format: None,
        highlight: true,
        note: Some("ghi chú".into()),
    };
    let patched = apply(&source, &[edit], None, &Options::default()).unwrap();
    check_package(&patched.bytes).unwrap();
}
