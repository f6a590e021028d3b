#!/usr/bin/env bash
# The files of a release: the page, and the program that carries it.
#
#   packaging/release.sh                        for this system
#   packaging/release.sh x86_64-pc-windows-gnu  for Windows, with mingw-w64 to link it
set -euo pipefail
cd "$(dirname "$0")/.."
target="${1:-}"
folder="${CARGO_TARGET_DIR:-$PWD/target}"
out="$folder/release-files"
mkdir -p "$out"

page/build.sh "$out/soatbieu.html"
export SOATBIEU_PAGE="$out/soatbieu.html"
profile="${SOATBIEU_PROFILE:-dist}"
if [[ -n "$target" ]]; then
  compiler="$(page/std.sh "$target")"
  RUSTC="$compiler" cargo build --locked --profile "$profile" --target "$target"
  made="$folder/$target"
else
  cargo build --locked --profile "$profile"
  made="$folder"
fi
[[ "$profile" == dev ]] && made="$made/debug" || made="$made/$profile"
for name in soatbieu soatbieu.exe; do
  if [[ -f "$made/$name" && ( -z "$target" || "$name" == *.exe || "$target" != *windows* ) ]]; then
    cp "$made/$name" "$out/"
  fi
done
(cd "$out" && sha256sum soatbieu* | tee SHA256SUMS)
