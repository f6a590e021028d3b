//! A form in TOML.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let _ = soatbieu::forms::parse(text);
});
