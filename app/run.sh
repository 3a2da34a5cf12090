#!/bin/sh
# Installs what Limner needs, builds it, and opens it: on the folder or file given, else on the sample.
#   sh app/run.sh [FOLDER | COCO FILE | PICTURE]
set -eu
source_dir=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)

sh "$source_dir/app/install-packages.sh"
build_dir=$source_dir/build/release
[ -f "$build_dir/build.ninja" ] || meson setup "$build_dir" "$source_dir" --buildtype=release >/dev/null
meson compile -C "$build_dir" >/dev/null

if [ -z "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    echo "Limner is built: $build_dir/ui/limner and $build_dir/app/cli/limn"
    echo "There is no display here to open a window on; run it from a desktop session."
    exit 0
fi
[ $# -gt 0 ] || set -- "$source_dir/tests/data/sample"
exec "$build_dir/ui/limner" "$@"
