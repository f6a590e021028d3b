//! Checks workbooks and printed tables and prints every finding in one table, with what is known of
//! their mistakes beside it, so that a person can look at each cell and say whether it is wrong:
//! `cargo run --example findings_table -- [--en] PATH…`.
//!
//! A folder gives every workbook and `.tsv` file below it. A `.tsv` file is a printed table, a line
//! a row and tabs between the cells; lines that begin with `#` say where it comes from and which
//! mistakes it is known to have.
#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

mod table;

use std::path::PathBuf;

use soatbieu::lang::Lang;

fn main() {
    let (options, paths): (Vec<PathBuf>, Vec<PathBuf>) =
        std::env::args_os().skip(1).map(PathBuf::from).partition(|word| word.as_os_str() == "--en");
    let lang = if options.is_empty() { Lang::Vi } else { Lang::En };
    print!("{}", table::render(&table::lines(&paths, lang)));
}
