//! Puts the page together: `soatbieu-page-build PAGE.wasm OUT.html`.
//!
//! Everything is in the one file: the style, the script, the worker's script with what wasm-bindgen
//! makes, the program itself (gzip, then base64). The policy names the script and the style by their
//! sums and allows nothing else, the network least of all.

use std::error::Error;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use flate2::{Compression, write::GzEncoder};
use sha2::{Digest as _, Sha256};
use wasm_bindgen_cli_support::Bindgen;

const PAGE: &str = include_str!("../../web/page.html");
const STYLE: &str = include_str!("../../web/page.css");
const WORKER: &str = include_str!("../../web/worker.js");
/// The parts of the script, in the order in which they need each other.
const SCRIPTS: [&str; 3] = [
    include_str!("../../web/words.js"),
    include_str!("../../web/engine.js"),
    include_str!("../../web/page.js"),
];

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [wasm, out] = arguments.as_slice() else {
        return Err("usage: soatbieu-page-build PAGE.wasm OUT.html".into());
    };
    let out = PathBuf::from(out);
    let (bound, program) = bind(Path::new(wasm), &out.with_extension("parts"))?;
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(&program)?;
    let packed = packer.finish()?;
    let script = format!("(() => {{\n'use strict';\n{}}})();\n", SCRIPTS.concat());
    let worker = format!("{bound}\n{WORKER}");
    // The text of a script element ends at the first such tag, wherever it stands.
    if worker.contains("</script") || script.contains("</script") {
        return Err("a script holds the tag that ends it".into());
    }
    let policy = format!(
        "default-src 'none'; script-src '{}' 'wasm-unsafe-eval'; worker-src blob:; style-src '{}'; \
         img-src 'none'; connect-src 'none'; form-action 'none'; base-uri 'none'; object-src 'none'",
        sum(&script),
        sum(STYLE)
    );
    let page = PAGE
        .replace("{{policy}}", &policy)
        .replace("{{version}}", env!("CARGO_PKG_VERSION"))
        .replace("{{style}}", STYLE)
        .replace("{{worker}}", &worker)
        .replace("{{script}}", &script)
        .replace("{{wasm}}", &BASE64.encode(&packed));
    std::fs::write(&out, &page)?;
    println!(
        "{}: {} bytes (program {}, packed {})\nSHA-256 {}",
        out.display(),
        page.len(),
        program.len(),
        packed.len(),
        hex(&Sha256::digest(page.as_bytes()))
    );
    Ok(())
}

/// What wasm-bindgen makes: the script that calls the program, and the program.
fn bind(wasm: &Path, folder: &Path) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    Bindgen::new()
        .input_path(wasm)
        .no_modules(true)?
        .typescript(false)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .out_name("page")
        .generate(folder)?;
    let made = (
        std::fs::read_to_string(folder.join("page.js"))?,
        std::fs::read(folder.join("page_bg.wasm"))?,
    );
    std::fs::remove_dir_all(folder)?;
    Ok(made)
}

/// As a policy names it.
fn sum(text: &str) -> String {
    format!("sha256-{}", BASE64.encode(Sha256::digest(text.as_bytes())))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
