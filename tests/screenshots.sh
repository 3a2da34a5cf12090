#!/bin/bash
# Takes the pictures of the README again, from the real program on the sample folder.
#   bash tests/screenshots.sh [BUILD-FOLDER]      default: build/release, made where it is missing
set -eu
source_dir=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd)
build=${1:-$source_dir/build/release}

[ -f "$build/build.ninja" ] || meson setup "$build" "$source_dir" --buildtype=release >/dev/null
ninja -C "$build" tests/gui/screenshots >/dev/null

export LIMNER_SOURCE_DIR=$source_dir LIMNER_SCREENSHOTS=$source_dir/tests/data/screenshots
mkdir -p "$LIMNER_SCREENSHOTS"
# the window is smaller than the screen, so that all of it is there
bash "$source_dir/tests/with-display" -s 1600x1000 "$build/tests/gui/screenshots"
# steps of three in 255 are not seen, and are a tenth of the bytes
for picture in "$LIMNER_SCREENSHOTS"/*.png; do
    convert "$picture" -posterize 86 -strip -quality 95 "$picture"
done
ls -l "$LIMNER_SCREENSHOTS"
