#!/usr/bin/env bash
# A compiler that has the standard library of TARGET: prints its path.
#
#   RUSTC="$(page/std.sh wasm32-unknown-unknown)" cargo build --target wasm32-unknown-unknown …
#
# The usual compiler where it has the library or `rustup target add` can fetch it. Elsewhere Debian's
# compiler of its security updates (`rustc-web`), unpacked into target/std without installing it, and
# the library built from the source of the very same version, which Debian ships beside it.
set -euo pipefail
cd "$(dirname "$0")/.."
target="$1"

has_library() { compgen -G "$("$1" --print target-libdir --target "$target" 2>/dev/null)/libstd-*.rlib" >/dev/null; }

usual="$(rustup which rustc 2>/dev/null || command -v rustc)"
if has_library "$usual"; then echo "$usual"; exit; fi
if command -v rustup >/dev/null && timeout 120 rustup -q target add "$target" >&2 && has_library "$usual"; then
  echo "$usual"; exit
fi

folder="${CARGO_TARGET_DIR:-target}/std"
mkdir -p "$folder"
cd "$folder"
folder="$PWD"
exec 9>lock; flock 9
# Debian replaces the package when its browsers need a newer compiler: today's version is taken. Lists
# of packages that are older than that name one that is no longer there.
timeout 300 apt-get update -q >&2 || true
full="$(apt-cache policy rustc-web | sed -n 's/^ *Candidate: //p')"
version="${full%%+*}"
[[ -n "$version" ]] || { echo "no compiler has the library of $target: neither rustup nor Debian's rustc-web is at hand" >&2; exit 1; }
root="$folder/$version"
compiler="$root/rustc"

if [[ ! -x "$compiler" ]]; then
  rm -rf "$root"; mkdir -p "$root/packages"
  std="libstd-rust-web-${version%.*}"
  llvm="$(apt-cache depends "$std" | sed -n 's/^ *Depends: \(libllvm[0-9]*\).*/\1/p' | head -n 1)"
  (cd "$root/packages" && timeout 600 apt-get download -q \
    "rustc-web=$full" "libstd-rust-web-dev=$full" "$std=$full" "$llvm" "rust-web-src=$full" >&2)
  for package in "$root"/packages/*.deb; do
    case "$package" in
      */rust-web-src_*) dpkg-deb --fsys-tarfile "$package" | tar x -C "$root" --wildcards "./usr/src/rustc-$version/library/*" ;;
      *) dpkg -x "$package" "$root" ;;
    esac
  done
  rm -r "$root/packages"
  # The linker is the usual compiler's own: every toolchain has it.
  host="$root/usr/lib/rustlib/x86_64-unknown-linux-gnu/bin"
  mkdir -p "$host"
  ln -sf "$(rustc --print sysroot)/lib/rustlib/x86_64-unknown-linux-gnu/bin/rust-lld" "$host/rust-lld"
  cat > "$compiler.part" <<'SH'
#!/bin/sh
here="$(dirname "$(readlink -f "$0")")"
LD_LIBRARY_PATH="$here/usr/lib/x86_64-linux-gnu" exec "$here/usr/bin/rustc" "$@"
SH
  chmod +x "$compiler.part"; mv "$compiler.part" "$compiler"
fi

if ! has_library "$compiler"; then
  source="$root/usr/src/rustc-$version/library"
  flags="-Zforce-unstable-if-unmarked -Cembed-bitcode=yes"
  (cd "$source" && RUSTC="$compiler" RUSTC_BOOTSTRAP=1 __CARGO_DEFAULT_LIB_METADATA=stablestd \
    RUSTFLAGS="$flags" CARGO_TARGET_DIR="$root/build" \
    cargo build --release --locked --target "$target" --manifest-path std/Cargo.toml >&2)
  library="$("$compiler" --print target-libdir --target "$target")"
  mkdir -p "$library"
  cp "$root/build/$target"/release/deps/*.rlib "$library/"
  rm -rf "${root:?}/build/$target"
fi
echo "$compiler"
