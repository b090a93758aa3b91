#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# fetch.sh <pin file> <destination>: puts the upstream tarball of a pinned
# Debian source package there, verified.
#
# A pin file <name>.pin gives, each behind <NAME>_: PACKAGE (package=version),
# SUITE, TARBALL, SHA256; VERSION is for those who build it, INSTEAD says what
# else a user could do. It is read by make and by shells alike.
#
# The tarball is taken from the per-user cache; only if that does not have it,
# from Debian's archive.

set -eu

here=$(dirname "$0")
. "$here/fetch-lib.sh"
if [ $# -ne 2 ] || [ ! -r "$1" ]; then
	echo "usage: fetch.sh <pin file> <destination>" >&2
	exit 2
fi
# shellcheck disable=SC1090 # whichever it is
. "$(realpath "$1")"
prefix=$(basename "$1" .pin | tr 'a-z-' 'A-Z_')
destination=$2

# pin <key>: its value, or nothing
pin()
{
	eval "echo \"\${${prefix}_$1:-}\""
}

package=$(pin PACKAGE)
suite=$(pin SUITE)
tarball=$(pin TARBALL)
sha256=$(pin SHA256)
instead=$(pin INSTEAD)
cached=$(cache_folder "$sha256")/$tarball

give_up()
{
	cat >&2 <<MESSAGE
fetch: $1
fetch: to go on without it, put $tarball
fetch:   (sha256 $sha256)
fetch:   into $(dirname "$cached")${instead:+,
fetch: or $instead}.
MESSAGE
	exit 1
}

if ! cache_has "$sha256" "$tarball"; then
	download_begin "$tarball" '' "deb-src @ $suite main"
	download "$package" source --download-only --tar-only "$package"
	verify "$sha256" "$scratch/$tarball" ||
		give_up 'the downloaded tarball is not the pinned one'
	place "$scratch/$tarball" "$cached"
fi
place "$cached" "$destination"
