#!/usr/bin/env python3
"""Draws docs/speed.png: CPU time of checking, beside programs that only read the same files.

Writes tables with the example `speed` (every figure right, all files different), then measures whole
processes, children included. Needs openpyxl, pandas, matplotlib and LibreOffice; Linux or macOS.

usage: python3 docs/speed.py [largest number of rows]
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent
PROGRAM = ROOT / "target/release/soatbieu"
EXAMPLE = ROOT / "target/release/examples/speed"
ROWS = [8, 100, 1_000, 10_000, 100_000, 1_048_573]
FILES = [1, 10, 100, 1_000, 10_000]

OPENPYXL = """
import sys, openpyxl
for path in sys.argv[1:]:
    for sheet in openpyxl.load_workbook(path, read_only=True, data_only=True):
        for row in sheet.iter_rows(values_only=True):
            pass
"""
PANDAS = """
import sys, pandas
for path in sys.argv[1:]:
    pandas.read_excel(path, header=None, engine="openpyxl")
"""


def cost(command):
    """Seconds of CPU of a process with its children."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if os.waitstatus_to_exitcode(status) != 0:
        sys.exit(f"failed: {' '.join(map(str, command))[:200]}")
    return used.ru_utime + used.ru_stime


def libreoffice(folder, out):
    """At most 200 files a call: it passes over the rest in silence."""
    files = sorted(folder.iterdir())
    total = 0.0
    for start in range(0, len(files), 200):
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{out}/profile"]
        command += ["--convert-to", "xlsx", "--outdir", str(out), *files[start : start + 200]]
        total += cost(command)
    return total


def tools(folder, out, cells):
    """What is measured on the files of a folder, by name; None where it would take too long."""
    files = sorted(map(str, folder.iterdir()))
    check = [PROGRAM, "check", "--quiet", folder]
    return {
        "soatbieu check": lambda: cost(check),
        "calamine, raw read": lambda: cost([EXAMPLE, "measure", "calamine", folder, "1"]),
        "openpyxl, read only": lambda: cost([sys.executable, "-c", OPENPYXL, *files])
        if cells <= 2_000_000
        else None,
        "pandas with openpyxl": lambda: cost([sys.executable, "-c", PANDAS, *files])
        if cells <= 2_000_000
        else None,
        "LibreOffice, load and save": lambda: libreoffice(folder, out)
        if cells <= 2_000_000 and len(files) <= 1_000
        else None,
    }


def series(sizes, label, write):
    """Measures every tool at every size."""
    found = {}
    for size in sizes:
        with tempfile.TemporaryDirectory() as work:
            folder, out = pathlib.Path(work, "in"), pathlib.Path(work, "out")
            folder.mkdir()
            out.mkdir()
            rows, files = write(size)
            subprocess.run([EXAMPLE, "write", str(rows), str(files), folder], check=True)
            for name, run in tools(folder, out, rows * files * 16).items():
                measured = run()
                shutil.rmtree(out)
                out.mkdir()
                if measured is not None:
                    found.setdefault(name, []).append((size, measured))
                    print(f"{label}\t{size}\t{name}\t{measured:.3f}", flush=True)
    return found


def draw(axes, found, xlabel, title):
    for name, points in found.items():
        sizes, seconds = zip(*points)
        bold = name.startswith("soatbieu")
        axes.plot(sizes, seconds, marker="o", label=name, linewidth=2.6 if bold else 1.4, zorder=3 if bold else 2)
    axes.set_xscale("log")
    axes.set_yscale("log")
    axes.set_xlabel(xlabel)
    axes.set_ylabel("giây CPU / CPU seconds")
    axes.set_title(title)
    axes.grid(True, which="major", alpha=0.3)


def main():
    most = int(sys.argv[1]) if len(sys.argv) > 1 else ROWS[-1]
    subprocess.run(["cargo", "build", "--release", "--bin", "soatbieu", "--example", "speed"], cwd=ROOT, check=True)
    print("series\tsize\ttool\tCPU s")
    by_rows = series([rows for rows in ROWS if rows <= most], "rows", lambda rows: (rows, 1))
    by_files = series([files for files in FILES if files * 8 <= most], "files", lambda files: (8, files))
    figure, (left, right) = plt.subplots(1, 2, figsize=(12, 4.8), sharey=True)
    draw(left, by_rows, "số dòng × 16 cột / rows of 16 columns", "Một tệp / one file")
    draw(right, by_files, "số tệp, mỗi tệp 8 dòng / files of 8 rows", "Nhiều tệp / many files")
    left.legend()
    figure.tight_layout()
    figure.savefig(HERE / "speed.png", dpi=100)


if __name__ == "__main__":
    main()
