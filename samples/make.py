#!/usr/bin/env python3
"""Makes the sample workbooks beside this file. Needs openpyxl and, for .xls and .ods, LibreOffice.

The table is the appendix of the 2024 plan of xã Đại Lãnh as it was printed, its two wrong rates
included: column 14 of Tây Nam 2 (2,16 for 2,35) and column 12 of Tổng cộng (0,29 for 0,30).

usage: python3 samples/make.py
"""
import datetime
import pathlib
import re
import shutil
import subprocess
import tempfile
import zipfile

from openpyxl import Workbook, load_workbook
from openpyxl.styles import Alignment, Border, Font, Side

# The order of the schema (ECMA-376 part 1, 18.8.22); openpyxl writes its own, which Microsoft's
# validator calls an error.
Font.__elements__ = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color",
    "name", "family", "charset", "scheme",
)
HERE = pathlib.Path(__file__).resolve().parent
SHEET = "PB 2024"
TITLE = "BẢNG PHÂN BỔ CHỈ TIÊU GIẢM HỘ NGHÈO, HỘ CẬN NGHÈO NĂM 2024"
REFERENCE = "(Đính kèm Kế hoạch số:         /KH-UBND ngày           /02/2024 của UBND xã Đại Lãnh)"
INDEX = "A B 1 2 3 4=3/1 5 6=5/1 7 8=7/1 9 10=9/1 11 12=11/1 13 14=13/1".split()
GROUPS = [
    ("Tổng số hộ dân cư", ["Số hộ", "Nhân khẩu"]),
    ("Tổng số hộ nghèo đầu năm 2024", ["Hộ", "Tỷ lệ"]),
    ("Tổng số hộ cận nghèo đầu năm 2024", ["Hộ", "Tỷ lệ"]),
    ("Số hộ nghèo giảm năm 2024", ["Hộ"]),
    ("Mức giảm tỷ lệ hộ nghèo trong năm 2024", ["Tỷ lệ"]),
    ("Số hộ cận nghèo giảm năm 2024", ["Hộ"]),
    ("Mức giảm tỷ lệ hộ cận nghèo trong năm 2024", ["Tỷ lệ"]),
    ("Số hộ nghèo cuối năm 2024", ["Hộ"]),
    ("Tỷ lệ hộ nghèo cuối năm 2024", ["Tỷ lệ"]),
    ("Số hộ cận nghèo cuối năm 2024", ["Hộ"]),
    ("Tỷ lệ hộ cận nghèo cuối năm 2024", ["Tỷ lệ"]),
]
# As printed: dot after thousands, comma before decimals.
ROWS = """\
1|Đông Nam|360|1.433|0|0,00|6|1,67|0|0|1|0,28|0|0|5|1,39
2|Đông Bắc|426|1.639|3|0,7|8|1,88|1|0,23|2|0,47|2|0,47|6|1,41
3|Tây Bắc 1|485|1.975|2|0,41|19|3,92|1|0,21|5|1,03|1|0,21|14|2,89
4|Tây Bắc 2|551|2.117|1|0,18|14|2,54|0|0|2|0,36|1|0,18|12|2,18
5|Tây Nam 1|690|2.794|0|0,00|20|2,9|0|0|3|0,43|0|0|17|2,46
6|Tây Nam 2|510|1.940|5|0,98|15|2,94|0|0|3|0,59|5|0,98|12|2,16
|Tổng cộng|3.022|11.898|11|0,36|82|2,71|2|0,07|16|0,53|9|0,29|66|2,18"""
ROWS = [line.split("|") for line in ROWS.splitlines()]
SIGNATURE = ["TM. ỦY BAN NHÂN DÂN", "KT. CHỦ TỊCH", "PHÓ CHỦ TỊCH", None, None, None, "Trần Duy Khoang"]
FIRST = 8  # sheet row of the first village
TOTAL = FIRST + len(ROWS) - 1
THIN = Border(*[Side(style="thin")] * 4)
CENTER = Alignment(horizontal="center", vertical="center", wrap_text=True)


def font(**more):
    return Font(name="Times New Roman", size=12, **more)


def put(ws, at, value, bold=False, italic=False, border=True, align=CENTER, number_format=None):
    cell = ws[at]
    cell.value = value
    cell.font = font(bold=bold, italic=italic)
    cell.alignment = align
    if border:
        cell.border = THIN
    if number_format:
        cell.number_format = number_format
    return cell


def column(index):
    """Letters of the index-th column of the table, which starts at B."""
    return "BCDEFGHIJKLMNOPQ"[index]


def heading(ws, reference=REFERENCE):
    put(ws, "B1", TITLE, bold=True, border=False)
    ws.merge_cells("B1:Q1")
    put(ws, "B2", reference, italic=True, border=False)
    ws.merge_cells("B2:Q2")
    for index, text in enumerate(["TT", "Thôn"]):
        put(ws, f"{column(index)}4", text, bold=True)
        ws.merge_cells(f"{column(index)}4:{column(index)}6")
    at = 2
    for text, below in GROUPS:
        first, last = column(at), column(at + len(below) - 1)
        put(ws, f"{first}4", text, bold=True)
        ws.merge_cells(f"{first}4:{last}5")
        for offset, name in enumerate(below):
            put(ws, f"{column(at + offset)}6", name, bold=True)
        at += len(below)
    for index, text in enumerate(INDEX):
        put(ws, f"{column(index)}7", int(text) if text.isdigit() else text, italic=True)
    widths = [5, 16] + [9] * 14
    for index, width in enumerate(widths):
        ws.column_dimensions[column(index)].width = width
    ws.column_dimensions["A"].width = 2
    ws.row_dimensions[4].height = 60
    ws.row_dimensions[5].height = 30


def signature(ws):
    for offset, text in enumerate(SIGNATURE):
        row = TOTAL + 2 + offset
        ws.merge_cells(f"L{row}:Q{row}")
        if text:
            put(ws, f"L{row}", text, bold=True, border=False)
    ws.page_setup.orientation = "landscape"
    ws.page_setup.paperSize = ws.PAPERSIZE_A4
    ws.page_setup.fitToWidth = 1
    ws.page_setup.fitToHeight = 0
    ws.sheet_properties.pageSetUpPr.fitToPage = True


def number(text):
    plain = text.replace(".", "").replace(",", ".")
    return float(plain) if "." in plain else int(plain)


def table(value_of):
    """A workbook of the table; value_of(row, column, text) gives value and number format."""
    wb = Workbook()
    wb.properties.creator = "soatbieu samples"
    wb.properties.created = wb.properties.modified = datetime.datetime(2024, 2, 1)
    ws = wb.active
    ws.title = SHEET
    heading(ws)
    for r, line in enumerate(ROWS):
        bold = r == len(ROWS) - 1
        for c, text in enumerate(line):
            value, number_format = value_of(r, c, text)
            align = Alignment(horizontal="left", vertical="center") if c == 1 else CENTER
            put(ws, f"{column(c)}{FIRST + r}", value, bold=bold, align=align, number_format=number_format)
    signature(ws)
    return wb


def typed(r, c, text):
    if c == 0:
        return (int(text) if text else None), None
    if c == 1:
        return text, None
    return number(text), "#,##0" if "," not in text and number(text) >= 1000 else None


def pasted(r, c, text):
    return text or None, "@"


RATES = {5: 4, 7: 6, 9: 8, 11: 10, 13: 12, 15: 14}  # rate column -> count column
DIFFERENCES = {12: (4, 8), 14: (6, 10)}


def live(r, c, text):
    """Live formulas, but the two wrong rates typed over them, as it happens in offices."""
    row = FIRST + r
    wrong = {(5, 15), (6, 13)}
    if c < 2:
        return typed(r, c, text)
    if (r, c) in wrong:
        return number(text), "0.00"
    if c in RATES:
        return f"=ROUND({column(RATES[c])}{row}/$D{row}*100,2)", "0.00"
    if c in DIFFERENCES:
        a, b = DIFFERENCES[c]
        return f"={column(a)}{row}-{column(b)}{row}", None
    if r == len(ROWS) - 1:
        return f"=SUM({column(c)}{FIRST}:{column(c)}{TOTAL - 1})", "#,##0"
    return typed(r, c, text)


# One of each error that formulas carry, in a table that is right otherwise: cell, what stands in
# it, and the result stored with it where that is not what the formula gives.
FORMULA_ERRORS = {
    "I9": ("=ROUND(H10/$D9*100,2)", None),  # the wrong row
    "F14": ("=SUM(F8:F12)", None),  # misses the last village
    "O14": ("=G14-K14", None),  # built on rounded rates
    "M10": ("=L10/$D10*100", None),  # not rounded
    "M11": ("=ROUND(ROUND(L11/$D11*100,3),2)", None),  # rounded twice
    "Q10": (2.89, None),  # typed over, right
    "Q13": (2.16, None),  # typed over, wrong
    "J9": ("=F9-2", None),  # a formula among typed figures
    "K10": ("=ROUND(J10/$D10*100,2)", 0.12),  # an old result
    "Q11": ("=ROUND(#REF!/$D11*100,2)", "#REF!"),  # a deleted cell
    "L13": ("=[1]PB!$L$13", 3),  # another workbook
    "E14": ("=SUM(E8:E14)", 0),  # a circle
    "G13": ("=ROUND(F13/510*100,2)", None),  # a number typed into the formula
    "M12": ("=TYLE(L12,D12)", 0.43),  # a function nobody knows
}


def formula_errors(r, c, text):
    value, number_format = live(r, c, {(5, 15): "2,35", (6, 13): "0,30"}.get((r, c), text))
    if c in RATES:
        value = f"=ROUND({column(RATES[c])}{FIRST + r}/$D{FIRST + r}*100,2)"
    known = FORMULA_ERRORS.get(f"{column(c)}{FIRST + r}")
    return (known[0] if known else value), number_format


def link_to_another_workbook(wb):
    from openpyxl.packaging.relationship import Relationship
    from openpyxl.workbook.external_link.external import ExternalBook, ExternalLink, ExternalSheetNames
    link = ExternalLink(externalBook=ExternalBook(sheetNames=ExternalSheetNames(sheetName=["PB"]), id="rId1"))
    link.file_link = Relationship(type="externalLinkPath", Target="nam-truoc.xlsx", TargetMode="External", Id="rId1")
    wb._external_links.append(link)


def store_results(path):
    """Stores with each formula the result LibreOffice computes, or the one given above."""
    with tempfile.TemporaryDirectory() as folder:
        # What LibreOffice cannot compute is given to it as the figure it stands for.
        plain = load_workbook(path)
        plain._external_links = []
        for at, (_, result) in FORMULA_ERRORS.items():
            if result is not None:
                plain[SHEET][at] = result
        computed = pathlib.Path(folder) / "plain.xlsx"
        plain.save(computed)
        convert(computed, "xlsx", computed)
        values = load_workbook(computed, data_only=True)[SHEET]
        with zipfile.ZipFile(path) as source:
            parts = [(info, source.read(info)) for info in source.infolist()]
        with zipfile.ZipFile(path, "w") as target:
            for info, data in parts:
                if info.filename == "xl/worksheets/sheet1.xml":
                    data = re.sub(
                        rb'<c r="([A-Z]+[0-9]+)"([^>]*)><f>([^<]*)</f><v ?/?>(</v>)?</c>',
                        lambda m: with_result(m, values[m[1].decode()].value), data)
                target.writestr(info, data)


def with_result(match, value):
    at, attributes, formula = (match[n].decode() for n in (1, 2, 3))
    kind = ' t="e"' if isinstance(value, str) else ""
    return f'<c r="{at}"{attributes}{kind}><f>{formula}</f><v>{value}</v></c>'.encode()


def clean(r, c, text):
    right = {(5, 15): "2,35", (6, 13): "0,30"}.get((r, c), text)
    value, number_format = typed(r, c, right)
    return value, "0.00" if c in RATES else number_format


# Made-up communes for `merge`: households, people, poor, near poor, and both reductions.
COMMUNES = {
    "Mẫu Đông": [(360, 1433, 4, 12, 1, 3), (426, 1639, 3, 8, 1, 2), (485, 1975, 2, 19, 1, 5)],
    "Mẫu Tây": [(551, 2117, 9, 14, 3, 2), (690, 2794, 6, 20, 2, 3)],
    "Mẫu Nam": [(510, 1940, 5, 15, 0, 3), (302, 1288, 7, 11, 2, 4), (275, 1102, 1, 6, 0, 1),
                (418, 1650, 8, 17, 3, 6)],
}


def commune(name, villages):
    wb = Workbook()
    wb.properties.creator = "soatbieu samples"
    wb.properties.created = wb.properties.modified = datetime.datetime(2024, 2, 1)
    ws = wb.active
    ws.title = SHEET
    heading(ws, REFERENCE.replace("Đại Lãnh", name))
    rows = villages + [tuple(map(sum, zip(*villages)))]
    for r, (all_, people, poor, near, less_poor, less_near) in enumerate(rows):
        total = r == len(villages)
        counts = [poor, near, less_poor, less_near, poor - less_poor, near - less_near]
        rates = [(20000 * count + all_) // (2 * all_) / 100 for count in counts]
        figures = [all_, people] + [x for pair in zip(counts, rates) for x in pair]
        names = [None, "Tổng cộng"] if total else [r + 1, f"Thôn {r + 1}"]
        for c, value in enumerate(names + figures):
            kind = "0.00" if c in RATES else "#,##0" if c > 1 else None
            put(ws, f"{column(c)}{FIRST + r}", value, bold=total, number_format=kind)
    return wb


def no_table():
    wb = Workbook()
    wb.properties.created = wb.properties.modified = datetime.datetime(2024, 2, 1)
    ws = wb.active
    ws.title = "Danh sách"
    for row in [["TT", "Họ và tên", "Chức vụ"], [1, "Nguyễn Văn A", "Trưởng thôn"], [2, "Trần Thị B", "Cán bộ"]]:
        ws.append(row)
    return wb


def settle(path):
    """The same bytes on every run: entries with one date, in their order."""
    with zipfile.ZipFile(path) as source:
        parts = [(info.filename, source.read(info)) for info in source.infolist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, data in parts:
            info = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(info, data)


def convert(source, suffix, target):
    with tempfile.TemporaryDirectory() as folder:
        command = ["soffice", "--headless", f"-env:UserInstallation=file://{folder}/profile",
                   "--convert-to", suffix, "--outdir", folder, str(source)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        shutil.move(f"{folder}/{source.stem}.{suffix}", target)


def communes():
    folder = HERE / "communes"
    folder.mkdir(exist_ok=True)
    for number, (name, villages) in enumerate(COMMUNES.items(), 1):
        path = folder / f"{number:02}.xlsx"
        commune(name, villages).save(path)
        settle(path)
    # The fourth has not sent its table.
    names = [f"Xã {name}\n" for name in [*COMMUNES, "Mẫu Bắc"]]
    (HERE / "communes.txt").write_text("".join(names), encoding="utf-8")


def main():
    for name, value_of in [("typed", typed), ("text", pasted), ("formulas", live), ("clean", clean)]:
        stem = {"typed": "dai-lanh-2024", "clean": "clean"}.get(name, f"dai-lanh-2024-{name}")
        path = HERE / f"{stem}.xlsx"
        table(value_of).save(path)
        if name == "formulas":
            # openpyxl stores no results; LibreOffice computes them.
            convert(path, "xlsx", path)
        settle(path)
    path = HERE / "dai-lanh-2024-formula-errors.xlsx"
    wb = table(formula_errors)
    link_to_another_workbook(wb)
    wb.save(path)
    store_results(path)
    settle(path)
    for suffix in ["xls", "ods"]:
        convert(HERE / "dai-lanh-2024.xlsx", suffix, HERE / f"dai-lanh-2024.{suffix}")
    no_table().save(HERE / "no-table.xlsx")
    settle(HERE / "no-table.xlsx")
    communes()
    whole = (HERE / "dai-lanh-2024.xlsx").read_bytes()
    (HERE / "broken.xlsx").write_bytes(whole[: len(whole) // 2])


if __name__ == "__main__":
    main()
