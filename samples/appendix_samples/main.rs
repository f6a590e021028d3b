//! Writes appendices of many shapes, to be printed and looked at:
//! `cargo run --example appendix_samples OUT-FOLDER`.

mod tables;

use std::path::Path;

use soatbieu::appendix::{self, Faces, Mode, Options};
use soatbieu::lang::Lang;
use soatbieu::table::Table;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args().nth(1).ok_or("name a folder to write into")?;
    let folder = Path::new(&folder);
    std::fs::create_dir_all(folder)?;
    let options = |mode| Options { mode, ..Options::default() };
    for villages in [6, 40, 300] {
        let table = tables::poverty(villages, true, tables::SIGNED);
        write(folder, &format!("poverty-{villages}-ky"), &table, &options(Mode::Ky))?;
    }
    let table = tables::poverty(6, true, tables::SIGNED);
    let numbered = Options { number: Some("II".to_owned()), ..options(Mode::PhuLuc) };
    write(folder, "poverty-6-phu-luc", &table, &numbered)?;
    write(folder, "poverty-6-dien-tu", &table, &options(Mode::DienTu))?;
    for columns in [8, 17, 24, 32] {
        for villages in [6, 40, 300] {
            let table = tables::plain(villages, columns, tables::REPORTED);
            write(folder, &format!("plain-{villages}-{columns}-ky"), &table, &options(Mode::Ky))?;
        }
    }
    let signed = Options {
        authority: Some("TM. ỦY BAN NHÂN DÂN".to_owned()),
        signer_title: Some("KT. CHỦ TỊCH\nPHÓ CHỦ TỊCH".to_owned()),
        preparer: Some("Nguyễn Văn Lập".to_owned()),
        cosigners: vec!["KẾ TOÁN TRƯỞNG|Lê Thị Toán".to_owned()],
        recipients: Some("UBND tỉnh\nCác thôn\nLưu: VT".to_owned()),
        place: Some("Đại Lãnh".to_owned()),
        date: "5/2/2024".parse().ok(),
        title: Some("Biểu tổng hợp kết quả rà soát hộ nghèo, hộ cận nghèo và hộ có mức sống trung bình của xã năm 2024 theo chuẩn nghèo đa chiều giai đoạn 2022 – 2025".to_owned()),
        ..options(Mode::Ky)
    };
    for columns in [5, 8, 17, 32] {
        let table = tables::plain(6, columns, "");
        write(folder, &format!("signed-6-{columns}"), &table, &signed)?;
    }
    write(folder, "bare-6-ky", &tables::poverty(6, false, ""), &options(Mode::Ky))?;
    Ok(())
}

fn write(
    folder: &Path,
    name: &str,
    table: &Table,
    options: &Options,
) -> Result<(), Box<dyn std::error::Error>> {
    let said = |failure: soatbieu::failure::Failure| failure.to_string();
    let sheets = [appendix::set(table.clone(), options).map_err(said)?];
    std::fs::write(
        folder.join(format!("{name}.xlsx")),
        appendix::workbook(&sheets).map_err(said)?,
    )?;
    let faces = Faces::embedded().map_err(said)?;
    let pdf = appendix::pdf(&sheets, &faces).map_err(said)?;
    std::fs::write(folder.join(format!("{name}.pdf")), pdf.bytes)?;
    let notes: Vec<&str> =
        sheets[0].notes.iter().chain(&pdf.notes).map(|note| note.get(Lang::En)).collect();
    std::fs::write(folder.join(format!("{name}.notes.txt")), notes.join("\n"))?;
    Ok(())
}
