//! Pages that list units or changes: their head, their style and the heads of their tables.

use std::fmt::Write as _;

use crate::lang::Lang;

const STYLE: &str = include_str!("listing.css");

/// What closes a table.
pub(crate) const TABLE_END: &str = "</tbody>\n</table></div>\n";
/// What closes a page.
pub(crate) const PAGE_END: &str = "</body>\n</html>\n";

/// A page up to its title; it loads nothing and runs nothing.
pub(crate) fn begin_page(title: &str, lang: Lang) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{title}</title>\n<style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n"
    )
}

/// A table up to its first row.
pub(crate) fn begin_table<const N: usize>(heads: [&str; N], html: &mut String) {
    let heads = heads.map(|head| format!("<th scope=\"col\">{head}</th>")).concat();
    // Writing to a string cannot fail.
    let _ = writeln!(html, "<div class=\"wide\"><table>\n<thead><tr>{heads}</tr></thead>\n<tbody>");
}
