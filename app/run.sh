#!/bin/sh
# Installs what Limner needs, builds it, and opens it: on the folder or file given, else on a copy of the sample in tests/data.
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
if [ $# -eq 0 ]; then
    # a copy: what is drawn on the sample must not change what the tests read
    [ -d "$source_dir/build/sample" ] || cp -r "$source_dir/tests/data/sample" "$source_dir/build/sample"
    set -- "$source_dir/build/sample"
fi
exec "$build_dir/ui/limner" "$@"
