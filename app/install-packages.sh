#!/bin/sh
# Installs the Debian packages that Limner is built from, where they are missing. More names may follow as arguments.
# Works as root or with sudo; asks for nothing.
set -eu

packages="gcc libc6-dev meson ninja-build pkg-config gettext desktop-file-utils libglib2.0-dev-bin
  libgtk-4-dev libadwaita-1-dev libsqlite3-dev libcjson-dev libjpeg62-turbo-dev libpng-dev
  libgdk-pixbuf-2.0-dev libexif-dev libxxhash-dev librsvg2-common adwaita-icon-theme
  fonts-cantarell dbus $*"

missing=""
for package in $packages; do
    status=$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)
    [ "$status" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

as_root=""
if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || { echo "These packages are missing, and neither root nor sudo is here to install them:$missing" >&2; exit 1; }
    as_root="sudo"
fi
echo "Installing:$missing"
# a fresh image has no package lists, an old one has stale ones
$as_root apt-get update -q >/dev/null
# shellcheck disable=SC2086
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing >/dev/null
