#!/usr/bin/env bash
# What offices get, into target/release-files:
#
#   packaging/release.sh                        all that this machine has the tools for
#   packaging/release.sh page linux windows wheel   these, or an error
#
# SOATBIEU_PROFILE takes another profile than `dist` (for a quick try).
set -euo pipefail
cd "$(dirname "$0")/.."
folder="${CARGO_TARGET_DIR:-$PWD/target}"
out="$folder/release-files"
profile="${SOATBIEU_PROFILE:-dist}"
mkdir -p "$out"

say() { echo "packaging: $1" >&2; }
made_in() { [[ "$profile" == dev ]] && echo "$folder/$1/debug" || echo "$folder/$1/$profile"; }
has_page() { [[ -n "${SOATBIEU_PAGE:-}" ]]; }

# Programs carry the page: it is built once, before them.
page() {
  has_page && return
  page/build.sh "$out/soatbieu.html"
  export SOATBIEU_PAGE="$out/soatbieu.html"
}

# Linked statically: it runs on any Linux, however old, from a wheel too.
static() { RUSTFLAGS="-C target-feature=+crt-static" "$@" --locked --profile "$profile" --target x86_64-unknown-linux-gnu; }

linux() {
  page
  static cargo build
  cp "$(made_in x86_64-unknown-linux-gnu)/soatbieu" "$out/"
  "$out/soatbieu" man --lang en -o "$out/man/man1" --force
  "$out/soatbieu" man -o "$out/man/vi/man1" --force
  mkdir -p "$out/completions"
  for shell in bash zsh fish powershell elvish; do
    "$out/soatbieu" completions "$shell" > "$out/completions/soatbieu.$shell"
  done
}

windows() {
  command -v x86_64-w64-mingw32-gcc >/dev/null || { say "no soatbieu.exe: mingw-w64 is not at hand"; return 3; }
  local compiler
  compiler="$(page/std.sh x86_64-pc-windows-gnu)" || { say "no soatbieu.exe: its standard library cannot be had"; return 3; }
  page
  RUSTC="$compiler" cargo build --locked --profile "$profile" --target x86_64-pc-windows-gnu
  cp "$(made_in x86_64-pc-windows-gnu)/soatbieu.exe" "$out/"
}

# For machines that have Python and pip: the program itself, as other Rust programs are given there.
# Licence texts of a wheel must lie beside its description, so both are put together first.
wheel() {
  command -v maturin >/dev/null || { say "no wheel: maturin is not at hand"; return 3; }
  page
  local parts="$folder/wheel"
  rm -rf "$parts"; mkdir -p "$parts"
  sed "s|^manifest-path = .*|manifest-path = \"$PWD/Cargo.toml\"|" packaging/pyproject.toml > "$parts/pyproject.toml"
  cp "$out"/LICENSE* "$parts/"
  rm -f "$out"/soatbieu-*.whl
  (cd "$parts" && static maturin build --out "$out")
}

# The program's own licences, that of its fonts, and those of all that is linked in.
licences() {
  [[ -n "${SOATBIEU_LICENCES:-}" ]] && return
  cp LICENSE-MIT LICENSE-APACHE "$out/"
  cp src/appendix/pdf/fonts/OFL.txt "$out/LICENSE-OFL"
  export SOATBIEU_LICENCES=made
  command -v cargo-about >/dev/null || { say "no LICENSES.html: cargo-about is not at hand"; return 0; }
  cargo about generate --locked --all-features -c packaging/about.toml -o "$out/LICENSES.html" packaging/about.hbs
}

licences
if [[ $# -gt 0 ]]; then
  for part in "$@"; do
    case "$part" in
      page | linux | windows | wheel) "$part" ;;
      *) say "what is \`$part\`? page, linux, windows or wheel"; exit 2 ;;
    esac
  done
else
  for part in page linux windows wheel; do
    # A function called beside `||` would not stop at its first failure.
    code=0; bash -e "$0" "$part" || code=$?
    [[ $code == 0 || $code == 3 ]] || exit "$code"
    [[ "$part" == page ]] && export SOATBIEU_PAGE="$out/soatbieu.html"
  done
  exit 0
fi
cd "$out"
find . -type f ! -name SHA256SUMS -printf '%P\n' | LC_ALL=C sort | xargs -d '\n' sha256sum > SHA256SUMS
cat SHA256SUMS
