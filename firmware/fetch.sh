#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# fetch.sh <destination>: puts the pinned OpenSBI tarball there, verified.
#
# It is taken from the per-user cache, which is keyed by sha256; only if that
# does not have it, from Debian's archive. No step needs root.

set -eu

here=$(dirname "$0")
. "$here/opensbi.pin"
destination=$1
cache=${XDG_CACHE_HOME:-$HOME/.cache}/bulkhead/sha256/$OPENSBI_SHA256
cached=$cache/$OPENSBI_TARBALL
apt_as_root=

# verify <file>
verify()
{
	echo "$OPENSBI_SHA256  $1" | sha256sum --quiet --check -
}

give_up()
{
	cat >&2 <<MESSAGE
fetch: $1
fetch: to go on without it, put $OPENSBI_TARBALL
fetch:   (sha256 $OPENSBI_SHA256)
fetch:   into $cache,
fetch: or name an unpacked OpenSBI $OPENSBI_VERSION with OPENSBI_SRC=.
MESSAGE
	exit 1
}

download()
{
	command -v apt-get > /dev/null ||
		give_up 'the tarball is fetched with apt-get, which is not here'
	echo "fetch: downloading $OPENSBI_TARBALL"
	scratch=$(mktemp -d)
	trap 'rm -rf "$scratch"' EXIT
	. "$here/apt-root.sh"
	apt_root_create "$scratch/apt" "deb-src @ $OPENSBI_SUITE main" ||
		give_up "no package list of Debian $OPENSBI_SUITE"
	(
		cd "$scratch"
		apt_private apt-get -qq source --download-only --tar-only \
			"$OPENSBI_PACKAGE" > log 2>&1 || { cat log >&2; exit 1; }
	) || give_up "could not download $OPENSBI_PACKAGE"
	verify "$scratch/$OPENSBI_TARBALL" ||
		give_up 'the downloaded tarball is not the pinned one'
	mkdir -p "$cache"
	cp "$scratch/$OPENSBI_TARBALL" "$cached.$$"
	mv "$cached.$$" "$cached"
}

if [ -e "$cached" ] && ! verify "$cached"; then
	echo "fetch: discarding a damaged $cached" >&2
	rm -f "$cached"
fi
[ -e "$cached" ] || download
mkdir -p "$(dirname "$destination")"
cp "$cached" "$destination.$$"
mv "$destination.$$" "$destination"
