#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# fio.sh <folder>: puts Debian's fio for RISC-V there, with the libraries that it
# is linked with and no more, below bin and lib; which version it is goes to
# <folder>.version.
#
# The packages are those that its dependencies name when they are first fetched;
# the per-user cache keeps them, and they stay those versions until the entry is
# removed which the download names. Environment: CROSS_COMPILE.

set -eu

folder=$1
suite=trixie
architecture=riscv64
here=$(dirname "$0")/../../firmware
. "$here/fetch-lib.sh"

# A line for each package, sha256 and file name.
entry=$cache_root/deb/$suite/$architecture/fio.libraries

give_up()
{
	echo "fetch: $1" >&2
	exit 1
}

known()
{
	local sha256 file
	[ -s "$entry" ] || return 1
	while read -r sha256 file; do
		cache_has "$sha256" "$file" || return 1
	done < "$entry"
}

fetch()
{
	local packages file sha256
	download_begin "fio for $architecture" $architecture "deb @ $suite main"
	# Its libraries' libraries; what fio's scripts need is not for us.
	packages=$(apt_private apt-cache depends --recurse --no-recommends \
		--no-suggests --no-conflicts --no-breaks --no-replaces \
		--no-enhances fio | grep -xE 'fio|zlib1g|lib[a-z0-9.+-]+' |
		grep -v '^libpython' | sort -u)
	# shellcheck disable=SC2086 # words
	download fio download $packages
	for file in "$scratch"/*.deb; do
		sha256=$(sha256sum < "$file" | cut -c 1-64)
		place "$file" "$(cache_folder "$sha256")/$(basename "$file")"
		echo "$sha256 $(basename "$file")"
	done > "$scratch/entry"
	place "$scratch/entry" "$entry"
	echo "fetch: fio from now on; remove $entry for a newer one"
}

# needed <file>: the libraries that it names
needed()
{
	"${CROSS_COMPILE-riscv64-linux-gnu-}readelf" -d "$1" |
	sed -n 's/.*(NEEDED).*\[\(.*\)\]$/\1/p'
}

# add <file>: behind it all that it is linked with
add()
{
	local name library
	for name in $(needed "$1"); do
		[ ! -e "$folder/lib/$name" ] || continue
		library=$(find "$unpacked" -name "$name" | head -n 1)
		[ -n "$library" ] || give_up "no package has $name for $1"
		cp -L "$library" "$folder/lib/$name"
		add "$folder/lib/$name"
	done
}

known || fetch
unpacked=$folder/unpacked
rm -rf "$folder"
mkdir -p "$folder/bin" "$folder/lib" "$unpacked"
while read -r sha256 file; do
	dpkg-deb -x "$(cache_folder "$sha256")/$file" "$unpacked"
	case $file in
	fio_*)	echo "${file%.deb}" > "$folder.version" ;;
	esac
done < "$entry"
cp "$unpacked/usr/bin/fio" "$folder/bin/fio"
add "$folder/bin/fio"
rm -rf "$unpacked"
