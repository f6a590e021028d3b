//! Formulas and references of `OpenDocument` in Excel's notation.

/// An `OpenFormula` text (OASIS OpenDocument 1.3 part 4) in Excel's notation: `of:=SUM([.C5:.C10];2)`
/// becomes `SUM(C5:C10,2)`. Text in quotes is left as it is.
pub(super) fn excel_formula(text: &str) -> String {
    let body = text.strip_prefix("of:").or_else(|| text.strip_prefix("oooc:")).unwrap_or(text);
    let body = body.strip_prefix('=').unwrap_or(body);
    let mut excel = String::with_capacity(body.len());
    let mut reference: Option<String> = None;
    let mut quoted = false;
    for c in body.chars() {
        if c == '"' {
            quoted = !quoted;
        }
        match (c, &mut reference) {
            ('[', None) if !quoted => reference = Some(String::new()),
            (']', Some(inside)) => {
                excel.push_str(&excel_reference(inside));
                reference = None;
            }
            (_, Some(inside)) => inside.push(c),
            (';', None) if !quoted => excel.push(','),
            (_, None) => excel.push(c),
        }
    }
    excel
}

/// `.C5:.C10` is `C5:C10`; `$'Biểu 1'.C5` is `'Biểu 1'!C5`.
pub(super) fn excel_reference(inside: &str) -> String {
    let ends: Vec<String> = inside
        .split(':')
        .map(|end| match end.rsplit_once('.') {
            Some(("", cell)) => cell.to_owned(),
            Some((sheet, cell)) => format!("{}!{cell}", sheet.trim_start_matches('$')),
            None => end.to_owned(),
        })
        .collect();
    ends.join(":")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_told_in_excels_notation() {
        assert_eq!(excel_formula("of:=SUM([.C5:.C10])"), "SUM(C5:C10)");
        assert_eq!(excel_formula("of:=ROUND([.E8]/[.$C8]*100;2)"), "ROUND(E8/$C8*100,2)");
        assert_eq!(excel_formula("of:=[$'Biểu 1'.C5]+1"), "'Biểu 1'!C5+1");
        assert_eq!(excel_formula("of:=IF([.A1]=\";\";1;2)"), "IF(A1=\";\",1,2)");
    }
}
