//! How the cost of a check grows: with rows, findings, formulas, groups and files.

use crate::table::{Damage, Kind};
use crate::{Cost, Outcome, write};

/// Something that grows, with the sizes it is measured at.
struct Case {
    name: &'static str,
    /// The size that the exponent is about, and the table.
    steps: Vec<(u32, Kind)>,
    /// True where the size is a number of files.
    files: bool,
}

impl Case {
    fn new<const N: usize>(
        name: &'static str,
        sizes: [u32; N],
        kind: impl Fn(u32) -> Kind,
    ) -> Self {
        Self { name, steps: sizes.map(|size| (size, kind(size))).into(), files: false }
    }
}

fn cases() -> Vec<Case> {
    let plain = |villages| Kind { villages, ..Kind::default() };
    let formulas = |villages| Kind { formulas: true, ..plain(villages) };
    let wrong = |villages, cells| Kind { damage: Damage::Cells(cells), ..plain(villages) };
    let files =
        Case { files: true, ..Case::new("files of 8 rows", [10, 100, 1_000], |_| plain(8)) };
    vec![
        Case::new("rows", [8, 100, 200, 1_000, 2_000, 20_000, 100_000], plain),
        Case::new("rows with live formulas", [8, 200, 2_000, 20_000], formulas),
        Case::new("live formulas, 100 wrong figures", [200, 2_000, 20_000], |villages| Kind {
            damage: Damage::Cells(100),
            ..formulas(villages)
        }),
        Case::new("wrong figures in 200 rows", [1, 10, 100], |cells| wrong(200, cells)),
        Case::new("wrong figures in 2,000 rows", [1, 10, 100, 1_000], |cells| wrong(2_000, cells)),
        Case::new("wrong figures in 20,000 rows", [1, 10, 100, 1_000], |cells| {
            wrong(20_000, cells)
        }),
        Case::new("rows with 100 wrong figures", [200, 2_000, 20_000], |rows| wrong(rows, 100)),
        Case::new("rows, a column of rates wrong", [200, 2_000, 20_000], |villages| Kind {
            damage: Damage::Column,
            ..plain(villages)
        }),
        Case::new("rows, a count with its row and not the total", [40, 200, 1_000], |villages| {
            Kind { damage: Damage::Slip, ..plain(villages) }
        }),
        Case::new("figures typed as text", [200, 2_000, 20_000, 33_000], |villages| Kind {
            texts: true,
            ..plain(villages)
        }),
        Case::new("villages in groups of 10", [100, 1_000, 10_000, 30_000], |villages| Kind {
            group: 10,
            ..plain(villages)
        }),
        files,
    ]
}

/// Prints the table.
pub(crate) fn print() -> Outcome<()> {
    println!("case\tsize\tms\tMiB\texponent\tof calamine");
    for case in cases() {
        let mut last: Option<(f64, f64)> = None;
        for (size, kind) in case.steps {
            let folder = tempfile::tempdir()?;
            let files = if case.files { size } else { 1 };
            write(kind, files, folder.path())?;
            let times = (4_000 / (kind.villages * files)).max(1);
            let mut costs = Vec::new();
            for _ in 0..3 {
                let [raw, own] = ["calamine", "damaged"]
                    .map(|reader| Cost::of(reader, folder.path(), times, files));
                costs.push((own?, raw?));
            }
            costs.sort_by(|(a, _), (b, _)| a.cpu.total_cmp(&b.cpu));
            let (own, raw) = &costs[1];
            let (ms, size) = (own.cpu * f64::from(files), f64::from(size));
            let exponent = last.map(|(before, at)| (ms / before).ln() / (size / at).ln());
            let exponent = exponent.map_or_else(String::new, |exponent| format!("{exponent:.2}"));
            println!(
                "{}\t{size}\t{ms:.2}\t{:.0}\t{exponent}\t{:.1}",
                case.name,
                own.peak,
                own.cpu / raw.cpu
            );
            last = Some((ms, size));
        }
    }
    Ok(())
}
