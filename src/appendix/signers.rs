//! Who signs a sheet: the blocks of the workbook, then what a person gave, then what the form says,
//! then the office named in the sheet's head. What nobody says is left open on a dotted line: a sheet
//! for signature always has its block.

use super::Options;
use crate::lang::Text;
use crate::table::Table;
use crate::words::{fold, is_office, is_signature};

/// A line to write on by hand.
const OPEN: &str = "……………………………";

/// Somebody who signs.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Signer {
    /// Authority and titles, top down.
    pub(super) titles: Vec<String>,
    /// `(Ký, ghi rõ họ tên, đóng dấu)`.
    pub(super) instruction: Option<String>,
    /// Name.
    pub(super) name: String,
    /// What the workbook has below the name.
    pub(super) after: Vec<String>,
}

impl Signer {
    fn of(lines: &[String]) -> Self {
        let mut signer = Self::default();
        for line in lines {
            signer.add(line);
        }
        signer
    }

    /// A line in brackets tells how to sign, a line in capitals is a title, any other is the name.
    fn add(&mut self, line: &str) {
        let letters = || line.chars().filter(|c| c.is_alphabetic());
        let capitals = letters().all(|c| !c.is_lowercase());
        let opens = self.titles.is_empty() || is_signature(line);
        let is_open = self.name.is_empty() && self.instruction.is_none();
        if letters().count() == 0 {
            // Dotted lines are drawn anew.
        } else if line.starts_with('(') && self.instruction.is_none() {
            self.instruction = Some(line.to_owned());
        } else if opens || is_open && (is_office(line) || capitals && is_title(line)) {
            self.titles.push(line.to_owned());
        } else if self.name.is_empty() {
            line.clone_into(&mut self.name);
        } else {
            self.after.push(line.to_owned());
        }
    }
}

/// Words that offices are named by: a line in capitals without one of them is a person's name.
fn is_title(line: &str) -> bool {
    const OFFICES: &[&str] = &["chủ tịch", "trưởng", "phó ", "chánh", "bí thư", "ủy viên", "ban "];
    let folded = fold(line);
    OFFICES.iter().any(|office| folded.contains(office))
}

/// Everybody who signs, from left to right; who issues the sheet is the last one. `agency` is the
/// issuing body in the sheet's head.
pub(super) fn read(
    table: &Table,
    agency: &[String],
    options: &Options,
    notes: &mut Vec<Text>,
) -> Vec<Signer> {
    let mut signers: Vec<Signer> =
        table.surroundings.blocks.iter().map(|lines| Signer::of(lines)).collect();
    let issuer = |signer: &Signer| signer.titles.iter().any(|title| is_signature(title));
    let drew_up = |signer: &Signer| {
        let first = signer.titles.first().map(|title| fold(title)).unwrap_or_default();
        ["người lập", "lập biểu", "lập bảng"].iter().any(|start| first.starts_with(start))
    };
    let place = signers
        .iter()
        .rposition(issuer)
        .or_else(|| signers.iter().rposition(|signer| !drew_up(signer)))
        .unwrap_or_else(|| {
            signers.push(Signer::default());
            signers.len() - 1
        });
    complete(&mut signers[place], table, agency, options, notes);
    if let Some(name) = &options.preparer {
        let at = signers.iter().position(drew_up).unwrap_or_else(|| {
            let signer =
                Signer { titles: vec!["Người lập biểu".to_owned()], ..Signer::default() };
            signers.insert(0, signer);
            0
        });
        name.trim().clone_into(&mut signers[at].name);
    }
    for given in &options.cosigners {
        add_cosigner(&mut signers, given);
    }
    for signer in &mut signers {
        if signer.name.is_empty() {
            OPEN.clone_into(&mut signer.name);
        }
    }
    signers
}

/// Adds `TITLE|NAME` before who issues the sheet; a block of that title gets the name.
fn add_cosigner(signers: &mut Vec<Signer>, given: &str) {
    let (title, name) = given.split_once('|').unwrap_or((given, ""));
    let (title, name) = (title.trim(), name.trim());
    let has_title =
        |signer: &Signer| signer.titles.iter().any(|own| fold(own).starts_with(&fold(title)));
    let at = signers.iter().position(has_title).unwrap_or_else(|| {
        let at = signers.len().saturating_sub(1);
        signers.insert(at, Signer { titles: vec![title.to_owned()], ..Signer::default() });
        at
    });
    if !name.is_empty() {
        name.clone_into(&mut signers[at].name);
    }
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

/// Who issues the sheet: what the workbook leaves out is taken from elsewhere, or left open.
fn complete(
    signer: &mut Signer,
    table: &Table,
    agency: &[String],
    options: &Options,
    notes: &mut Vec<Text>,
) {
    override_titles(signer, options);
    if signer.titles.is_empty() {
        signer.titles.clone_from(&table.layout.signed_by);
    }
    if let Some(name) = &options.signer {
        name.trim().clone_into(&mut signer.name);
    }
    for title in &mut signer.titles {
        *title = title.to_uppercase();
    }
    if signer.titles.is_empty() {
        // A people's committee is signed for by its chair or who stands in: only the body is sure.
        let is_committee = |line: &String| {
            let folded = fold(line);
            ["ủy ban nhân dân", "uỷ ban nhân dân", "ubnd"].iter().any(|b| folded.starts_with(b))
        };
        let authority =
            if agency.iter().any(is_committee) { "TM. ỦY BAN NHÂN DÂN" } else { OPEN };
        signer.titles = vec![authority.to_owned(), OPEN.to_owned()];
        notes.push(Text::new(
            "chưa biết quyền hạn, chức vụ người ký: chỗ này để dòng chấm, có thể đặt bằng --authority và --signer-title",
            "the signer's authority and title are not known: dotted lines are left, --authority and --signer-title set them",
        ));
    }
    if signer.name.is_empty() {
        notes.push(Text::new(
            "chưa biết họ tên người ký: chỗ này để dòng chấm, có thể đặt bằng --signer",
            "the signer's name is not known: a dotted line is left, --signer sets it",
        ));
    }
}

/// `TM.` speaks for a body and is the authority; `KT.`, `TL.`, `TUQ.` and plain titles follow it.
fn override_titles(signer: &mut Signer, options: &Options) {
    let is_authority = |line: &String| fold(line).starts_with("tm.");
    let (authority, titles): (Vec<String>, Vec<String>) =
        std::mem::take(&mut signer.titles).into_iter().partition(is_authority);
    signer.titles = options.authority.as_deref().map_or(authority, lines);
    signer.titles.extend(options.signer_title.as_deref().map_or(titles, lines));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_a_block_are_told_apart_and_none_is_lost() {
        let lines = |text: &str| text.lines().map(ToOwned::to_owned).collect::<Vec<_>>();
        let signer = Signer::of(&lines(
            "TM. ỦY BAN NHÂN DÂN\nKT. CHỦ TỊCH\nPHÓ CHỦ TỊCH\n(Ký, đóng dấu)\n……\nNGUYỄN VĂN A\nĐT: 0900",
        ));
        assert_eq!(signer.titles, ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH"]);
        assert_eq!(signer.instruction.as_deref(), Some("(Ký, đóng dấu)"));
        assert_eq!((signer.name.as_str(), signer.after), ("NGUYỄN VĂN A", lines("ĐT: 0900")));
    }
}
