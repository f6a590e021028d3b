//! What the targets share.

use std::io::Write as _;

use soatbieu::read::Limits;
use zip::write::SimpleFileOptions;

/// Limits a case meets soon, so that the search goes on beyond them.
pub fn limits() -> Limits {
    Limits {
        file: 4 << 20,
        part: 4 << 20,
        unpacked: 8 << 20,
        cells: 50_000,
        text: 4 << 20,
        ..Limits::default()
    }
}

/// Lets calamine panic: the program catches that and calls the file damaged. A panic anywhere else
/// ends the run.
pub fn forgive_calamine() {
    std::panic::set_hook(Box::new(|panic| {
        if !panic.location().is_some_and(|at| at.file().contains("calamine")) {
            eprintln!("{panic}");
            std::process::abort();
        }
    }));
}

/// A package with the parts given, stored.
pub fn package(parts: &[(&str, &[u8])]) -> Vec<u8> {
    packed(parts, zip::CompressionMethod::Stored)
}

/// A package with the parts given.
pub fn packed(parts: &[(&str, &[u8])], method: zip::CompressionMethod) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().compression_method(method);
    for (name, content) in parts {
        writer.start_file(*name, options).expect("a name of our own");
        writer.write_all(content).expect("into memory");
    }
    writer.finish().expect("into memory").into_inner()
}
