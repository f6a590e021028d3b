"""Makes the four faces that stand in PDF files out of Tinos (https://fonts.google.com/specimen/Tinos).

    python3 -m pip install fonttools==4.68.0
    python3 make.py FOLDER_WITH_TINOS

Tinos is metric-compatible with Times New Roman and licensed under the SIL Open Font License (OFL.txt
beside this file). What is made here is a Modified Version, so it bears another name. Letters of
Vietnamese and of Western Europe, figures, and the signs that official tables use are kept; hints and
layout tables are not, for paper needs neither. The same fonts give the same bytes.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

FAMILY = "Soat Bieu Serif"
FACES = {"Regular": "Regular", "Bold": "Bold", "Italic": "Italic", "BoldItalic": "Bold Italic"}
LETTERS = (
    "U+0020-007E,U+00A0-017F,U+01A0,U+01A1,U+01AF,U+01B0,U+0391-03A1,U+03A3-03A9,U+03B1-03C9,"
    "U+1EA0-1EF9,U+2010-2015,U+2018-201E,U+2020-2022,U+2026,U+2030,U+2032,U+2033,U+2039,U+203A,"
    "U+2044,U+2070-208E,U+20AB,U+20AC,U+2113,U+2116,U+2122,U+2190-2195,U+2202,U+2206,U+2211,U+2212,"
    "U+2215,U+2219,U+221A,U+221E,U+2248,U+2260,U+2264,U+2265,U+25A0,U+25A1,U+25AA,U+25AB,U+25B2,"
    "U+25BA,U+25BC,U+25CA,U+25CB,U+25CF,U+2640,U+2642"
)
# Copyright and licence stay; the rest names Tinos.
KEPT = {0, 13, 14}


def make(source: Path, target: Path, style: str) -> None:
    options = subset.Options(hinting=False, layout_features=[], glyph_names=False, notdef_outline=True)
    options.drop_tables += ["DSIG", "GPOS", "GSUB", "GDEF", "kern"]
    font = TTFont(source, recalcTimestamp=False)
    subsetter = subset.Subsetter(options)
    subsetter.populate(unicodes=subset.parse_unicodes(LETTERS))
    subsetter.subset(font)
    names = font["name"]
    names.names = [name for name in names.names if name.nameID in KEPT and name.platformID == 3]
    postscript = f"{FAMILY.replace(' ', '')}-{style.replace(' ', '')}"
    for number, text in [
        (1, FAMILY),
        (2, style),
        (3, postscript),
        (4, FAMILY if style == "Regular" else f"{FAMILY} {style}"),
        (5, "Version 1.33"),
        (6, postscript),
    ]:
        names.setName(text, number, 3, 1, 0x409)
    font.save(target, reorderTables=True)


if __name__ == "__main__":
    for file, style in FACES.items():
        make(Path(sys.argv[1]) / f"Tinos-{file}.ttf", Path(__file__).parent / f"{file}.ttf", style)
