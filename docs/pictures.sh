#!/usr/bin/env bash
# Makes the README's pictures from the sample. Needs poppler-utils and Chromium.
set -euo pipefail
cd "$(dirname "$0")/.."
work="$(mktemp -d)"
trap 'rm -rf "$work"' EXIT
cargo run --quiet --release -- process samples/dai-lanh-2024.xlsx --out "$work" --quiet
pdftoppm -r 80 -png -singlefile "$work/dai-lanh-2024.phu-luc.pdf" docs/appendix
chromium --headless --no-sandbox --disable-gpu --hide-scrollbars "--user-data-dir=$work/chromium" \
  --window-size=1160,1240 --screenshot=docs/report.png \
  "file://$work/dai-lanh-2024.bao-cao.html" >/dev/null 2>&1
ls -l docs/*.png
