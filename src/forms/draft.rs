//! A form written from a table, as a start for a person to edit.
//!
//! What the table says is written as it was understood: labels, kinds, formulas as printed, scales,
//! the words of the headings. What a table cannot say (bounds, relations to other forms) stands as
//! a commented example. A statement that would judge the table more strictly than its own index row
//! does, such as decimals that not every figure has, is written as a comment too: the draft checks
//! its own table as before.

use std::fmt::Write as _;

use rust_decimal::Decimal;
use unicode_normalization::UnicodeNormalization as _;

use super::validate::names_columns_only;
use crate::table::{
    BoundKind, Column, Inference, Inferred, Kind, Linear, Reading, Role, Shape, Table, Voice,
    parse_expression,
};
use crate::words::{fold_heading, single_blanks};

/// What every key means, for the person who edits the form.
const GUIDE: &str = "\
# id        mã của biểu mẫu: chữ thường không dấu, chữ số và dấu gạch nối
# name      tên biểu mẫu, tiếng Việt (vi) và tiếng Anh (en)
# source    văn bản quy định biểu mẫu; để trống nếu không có
# total     true nếu bảng có dòng tổng
#
# Mỗi cột là một mục [[column]]:
#   label     nhãn cột trong dòng chỉ số; là tên gọi, không phải vị trí
#   kind      text: chữ; count: số lượng (nguyên, không âm); amount: số lượng, số tiền;
#             rate: tỷ lệ; average: bình quân
#   words     các cụm từ đều phải có trong tiêu đề cột (chữ thường), để tự nhận ra biểu mẫu
#   formula   cách tính từ các cột khác cùng dòng, ví dụ \"3/1\", \"1-2+5\"
#   scale     hệ số của phép chia: 100 nếu là phần trăm, 1 nếu là thương số
#   decimals  số chữ số thập phân phải có; bỏ dòng này thì mỗi ô được soát theo số chữ số đã in
#
# Có biểu mẫu thì ô tính được mà bỏ trống là lỗi, và số lượng không được âm.
";

/// Examples of what only a person can state.
const EXAMPLES: &str = "
# Phép kiểm tra hiển nhiên giữa các cột: phần <= toàn bộ.
# kind: part (bộ phận), reduction (số giảm không quá số đầu kỳ), people (số hộ không quá số khẩu)
# [[bound]]
# relation = \"3+5<=1\"
# kind = \"part\"

# Cột của biểu này phải bằng cột của biểu khác (mã biểu ở form), từng đơn vị theo tên.
# [[across]]
# form = \"ma-bieu-khac\"
# relation = \"2=5\"
";

/// The form of a table as TOML.
#[must_use]
pub fn draft(table: &Table, id: &str) -> String {
    let title = title(table);
    let total = table.rows.iter().any(|row| row.role == Role::Total);
    let mut text = format!(
        "# Biểu mẫu nháp, lập từ trang tính {}, vùng {}. Sửa lại rồi dùng: soatbieu check TỆP --form TỆP.toml\n",
        plain(&table.sheet),
        table.range
    );
    for line in table.surroundings.above.lines() {
        let _ = writeln!(text, "# Tiêu đề: {}", plain(line));
    }
    let _ = write!(
        text,
        "#\n{GUIDE}\nid = {}\nname = {{ vi = {title}, en = {title} }}\nsource = {{ vi = \"\", en = \"\" }}\ntotal = {total}\n",
        quoted(&slug(id)),
        title = quoted(&title),
    );
    let mut labels: Vec<&str> = Vec::new();
    for (index, column) in table.columns.iter().enumerate() {
        text.push_str(&column_text(table, index, &labels));
        labels.push(&column.label);
    }
    text.push_str(EXAMPLES);
    text.push_str(&stated(table));
    text.push_str("\n# Thể thức phụ lục; độ dài tính bằng mm, cỡ chữ bằng pt.\n[appendix]\n");
    text.push_str(&toml::to_string(&table.layout).unwrap_or_default());
    text
}

/// Bounds and relations of the form that the table was recognised by.
fn stated(table: &Table) -> String {
    let mut text = String::new();
    for bound in table.bounds.iter() {
        let kind = match bound.kind {
            BoundKind::Part => "part",
            BoundKind::Reduction => "reduction",
            BoundKind::People => "people",
        };
        let _ =
            write!(text, "\n[[bound]]\nrelation = {}\nkind = \"{kind}\"\n", quoted(&bound.text));
    }
    for one in table.inferred.iter().filter(|one| !one.of_rows && one.voice >= Voice::Warns) {
        let Inference::AtMost(most) = &one.says else { continue };
        let part = sum_of(table, &Linear::column(one.target));
        let Some((part, most)) = part.zip(sum_of(table, most)) else { continue };
        let ground = plain(&one.statement.vi);
        let relation = quoted(&format!("{part}<={most}"));
        let _ = write!(text, "\n# {ground}\n[[bound]]\nrelation = {relation}\nkind = \"part\"\n");
    }
    for across in &table.across {
        let (form, relation) = (quoted(&across.form), quoted(&across.text));
        let _ = write!(text, "\n[[across]]\nform = {form}\nrelation = {relation}\n");
        if across.year != 0 {
            let _ = writeln!(text, "year = {}", across.year);
        }
        if across.total {
            text.push_str("total = true\n");
        }
    }
    text
}

fn title(table: &Table) -> String {
    let title = plain(&table.surroundings.above.lines().join(" "));
    if title.is_empty() { plain(&table.sheet) } else { title }
}

/// One column; a comment where a form cannot name it.
fn column_text(table: &Table, index: usize, before: &[&str]) -> String {
    let column = &table.columns[index];
    let letters = crate::workbook::Address::new(0, column.sheet_column).column_letters();
    let heading = plain(&column.heading());
    let mut text = format!("\n# Cột {letters}: {heading}\n");
    if column.label.is_empty() {
        text.push_str("# không có nhãn trong dòng chỉ số nên không khai báo được\n");
        return text;
    }
    if before.contains(&column.label.as_str()) {
        let _ = writeln!(text, "# nhãn {} lặp lại nên chỉ khai báo cột đầu", plain(&column.label));
        return text;
    }
    let _ = write!(
        text,
        "[[column]]\nlabel = {}\nkind = \"{}\"\n",
        quoted(&column.label),
        kind(table, index)
    );
    let words: Vec<String> = words(column).iter().map(|word| quoted(word)).collect();
    if column.kind != Kind::Text && !words.is_empty() {
        let _ = writeln!(text, "words = [{}]", words.join(", "));
    }
    text.push_str(&formula_text(table, column));
    text.push_str(&decimals_text(table, index));
    text
}

/// The kind; a column with negative figures is no column of counts.
fn kind(table: &Table, column: usize) -> &'static str {
    let negative = table.grid.iter().any(|row| match &row[column].reading {
        Reading::Number(figure) => figure.shown < Decimal::ZERO,
        _ => false,
    });
    match table.columns[column].kind {
        Kind::Text => "text",
        Kind::Count if !negative => "count",
        Kind::Count | Kind::Amount => "amount",
        Kind::Rate => "rate",
        Kind::Average => "average",
    }
}

/// The formula as printed, where the form's grammar can say the same; else as a comment: a printed
/// formula stays in force without the form's.
fn formula_text(table: &Table, column: &Column) -> String {
    let Some(formula) = column.formula.as_ref().filter(|_| column.kind != Kind::Text) else {
        return inferred_text(table, column);
    };
    let printed = formula.text.split_once('=').map_or("", |(_, right)| right);
    let known = |label: &str| table.column(label).is_some();
    let same =
        parse_expression(printed, &known).ok().filter(names_columns_only).is_some_and(|parsed| {
            Shape::of(&parsed, &|label| table.column(label))
                .is_ok_and(|shape| shape == formula.shape)
        });
    let note = if same { "" } else { "# vẫn soát theo dòng chỉ số: " };
    let mut text = format!("{note}formula = {}\n", quoted(printed));
    if let (Shape::Ratio { .. }, Some(scale)) = (&formula.shape, column.scale) {
        let _ = writeln!(text, "scale = {}", scale.normalize());
    }
    text
}

/// The formula that figures, headings or live formulas show, with its evidence: in force once a person
/// uses the form.
fn inferred_text(table: &Table, column: &Column) -> String {
    let told = |one: &&Inferred| {
        let target = table.columns.get(one.target).map(|column| column.sheet_column);
        !one.of_rows && one.speaks() && target == Some(column.sheet_column)
    };
    for one in table.inferred.iter().filter(told) {
        let Inference::Is(shape) = &one.says else { continue };
        let Some(formula) = formula_of(table, shape) else { continue };
        let (ground, fits, of) = (plain(&one.statement.vi), one.fits, one.of);
        let mut text = format!(
            "# không in trên biểu, khớp {fits}/{of} ô ({ground}); xem lại, sai thì xóa dòng dưới\nformula = {}\n",
            quoted(&formula)
        );
        if let Shape::Ratio { scale: Some(scale), .. } = shape {
            let _ = writeln!(text, "scale = {}", scale.normalize());
        }
        return text;
    }
    String::new()
}

/// A shape as a form writes it, by labels that name one column each.
fn formula_of(table: &Table, shape: &Shape) -> Option<String> {
    Some(match shape {
        Shape::Linear(sum) => sum_of(table, sum)?,
        Shape::Ratio { numerator, denominator, .. } => {
            format!("{}/{}", bracketed(table, numerator)?, bracketed(table, denominator)?)
        }
        Shape::Product(factors) => {
            let factors = factors.iter().map(|factor| bracketed(table, factor));
            factors.collect::<Option<Vec<_>>>()?.join("*")
        }
    })
}

fn bracketed(table: &Table, sum: &Linear) -> Option<String> {
    let text = sum_of(table, sum)?;
    Some(if sum.terms.len() > 1 { format!("({text})") } else { text })
}

/// `1-2+5`; `None` for factors, constants and columns without a label of their own.
fn sum_of(table: &Table, sum: &Linear) -> Option<String> {
    if !sum.constant.is_zero() || sum.terms.is_empty() {
        return None;
    }
    let mut text = String::new();
    // What is taken away comes after what is added.
    let (minus, plus): (Vec<_>, Vec<_>) =
        sum.terms.iter().partition(|(_, factor)| factor.is_sign_negative());
    for (column, factor) in plus.into_iter().chain(minus) {
        let label = &table.columns.get(*column)?.label;
        let same = table.columns.iter().filter(|other| other.label == *label).count();
        if factor.abs() != Decimal::ONE || label.is_empty() || same > 1 {
            return None;
        }
        let sign = if factor.is_sign_negative() { "-" } else { "+" };
        text = text + sign + label;
    }
    Some(text.strip_prefix('+').map_or(text.clone(), str::to_owned))
}

/// The decimals of a rate, in force only where every figure has them.
fn decimals_text(table: &Table, index: usize) -> String {
    let column = &table.columns[index];
    let Some(decimals) =
        column.decimals.filter(|_| matches!(column.kind, Kind::Rate | Kind::Average))
    else {
        return String::new();
    };
    let uniform = table.grid.iter().all(|row| match &row[index].reading {
        Reading::Number(figure) => figure.decimals == decimals,
        _ => true,
    });
    let note = if uniform || column.decimals_stated { "" } else { "# các ô in không đều: " };
    format!("{note}decimals = {decimals}\n")
}

/// Longest phrase taken from a heading, in characters.
const PHRASE: usize = 40;

/// Phrases of a heading that will recognise it again: the beginnings of its levels, up to what
/// changes from year to year.
fn words(column: &Column) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for level in column.headings.iter() {
        let folded = fold_heading(level);
        let stops = |c: char| c.is_ascii_digit() || "()[]:;,–%=/".contains(c) || c.is_control();
        let phrase = folded.split(stops).map(str::trim).find(|part| part.chars().count() > 1);
        let Some(phrase) = phrase else { continue };
        let phrase = whole_words(phrase);
        if !words.iter().any(|known| known.contains(phrase)) {
            words.retain(|known| !phrase.contains(known.as_str()));
            words.push(phrase.to_owned());
        }
    }
    words
}

/// A phrase cut at a blank, so that the last word is whole.
fn whole_words(phrase: &str) -> &str {
    match phrase.char_indices().nth(PHRASE) {
        None => phrase,
        Some((end, _)) => phrase[..end].rsplit_once(' ').map_or(&phrase[..end], |(whole, _)| whole),
    }
}

/// A text on one line without control characters, for comments and names.
fn plain(text: &str) -> String {
    let kept: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    single_blanks(&kept)
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

/// A name as an id: letters without marks, digits, single hyphens.
fn slug(name: &str) -> String {
    let letters = name.to_lowercase().replace('đ', "d");
    let ascii: String = letters
        .nfd()
        .filter(|c| !unicode_normalization::char::is_combining_mark(*c))
        .map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' })
        .collect();
    let id = ascii.split_whitespace().collect::<Vec<_>>().join("-");
    if id.is_empty() { "bieu".to_owned() } else { id }
}
