#!/usr/bin/env bash
# Builds the page, one HTML file: page/build.sh [OUT.html]
#
# Needs cargo, and the standard library of wasm32-unknown-unknown, which page/std.sh finds or builds.
set -euo pipefail
cd "$(dirname "$0")/.."
out="${1:-target/soatbieu.html}"
folder="${CARGO_TARGET_DIR:-target}"
compiler="$(page/std.sh wasm32-unknown-unknown)"
RUSTC="$compiler" cargo build --locked --profile page --target wasm32-unknown-unknown -p soatbieu-page
mkdir -p "$(dirname "$out")"
cargo run --locked --quiet -p soatbieu-page-build -- \
  "$folder/wasm32-unknown-unknown/page/soatbieu_page.wasm" "$out"
