//! Any bytes, as the content of a file.

#![no_main]

use libfuzzer_sys::fuzz_target;
use soatbieu::read;

fuzz_target!(
    init: soatbieu_fuzz::forgive_calamine(),
    |bytes: &[u8]| {
        let _ = read::workbook(bytes, &soatbieu_fuzz::limits());
    }
);
