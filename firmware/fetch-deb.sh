#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# fetch-deb.sh [--dependency] <package>[=<version>] <suite> <architecture> \
#	<destination.deb>: puts a binary package of Debian there, verified.
#
#	fetch-deb.sh linux-source-6.1 bookworm all build/linux-source.deb
#	fetch-deb.sh busybox-static trixie riscv64 build/guest/busybox.deb
#	fetch-deb.sh --dependency linux-image-riscv64 trixie riscv64 build/linux.deb
#
# With --dependency, <package> is one that only names another, the first it
# depends on, and that one is fetched: the kernel of today, for instance.
#
# The suite's signed list says which version there is and its sha256. Once in
# the per-user cache, a package is taken from there, without a network, and
# stays that version until the entry is removed which the download names.
# Nothing is installed or unpacked ("dpkg-deb -x" does that).

set -eu

here=$(dirname "$0")
. "$here/fetch-lib.sh"
follow=false
if [ "${1:-}" = --dependency ]; then
	follow=true
	shift
fi
if [ $# -ne 4 ]; then
	sed -n '3,/^[^#]*$/s/^# \{0,1\}//p' "$0" >&2
	exit 2
fi
wanted=$1
suite=$2
architecture=$3
destination=$4

# One line, sha256 and file name of what was fetched for these arguments.
entry=$cache_root/deb/$suite/$architecture/$wanted
! $follow || entry=$entry.dependency

give_up()
{
	cat >&2 <<MESSAGE
fetch: $1
fetch: to go on without it, put the package $wanted of Debian $suite
fetch:   for $architecture as $destination.
MESSAGE
	exit 1
}

# known: whether the cache has what was fetched before; sets sha256 and file
known()
{
	[ -r "$entry" ] && read -r sha256 file < "$entry" &&
		cache_has "$sha256" "$file"
}

# field <package> <field>: of the newest version in the list, or the given one
field()
{
	apt_private apt-cache show --no-all-versions "$1" |
	sed -n "s/^$2: //p" | head -n 1
}

fetch()
{
	# "all" is no architecture of a machine: take the list of a common one.
	listed=$architecture
	[ "$architecture" != all ] || listed=amd64
	download_begin "$wanted for $architecture" "$listed" "deb @ $suite main"
	package=$wanted
	if $follow; then
		package=$(field "$wanted" Depends | sed 's/[ ,|].*//')
		[ -n "$package" ] ||
			give_up "$wanted depends on nothing in Debian $suite"
	fi
	sha256=$(field "$package" SHA256)
	[ -n "$sha256" ] || give_up "Debian $suite has no $package"
	download "$package" download "$package"
	set -- "$scratch"/*.deb
	[ -e "$1" ] && verify "$sha256" "$1" ||
		give_up "the downloaded $package is not the one listed"
	file=$(basename "$1")
	place "$1" "$(cache_folder "$sha256")/$file"
	echo "$sha256 $file" > "$scratch/entry"
	place "$scratch/entry" "$entry"
	echo "fetch: $file from now on; remove $entry for a newer one"
}

known || fetch
place "$(cache_folder "$sha256")/$file" "$destination"
