#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# symbols.sh <build folder>...: the ring, the channel, its front end and the
# doorbell need nothing but each other. In no build has an object of theirs another undefined
# symbol: not of a C library, not of an operating system, and not of the
# compiler's own (a division, an atomic operation).
#
# Both compilers ask every environment, one without a C library too, for four
# functions, and write calls of them when a structure is assigned; which ones,
# is theirs to choose. No source of ours calls them (they have no header for
# it), and where RISC-V's firmware and the host's gcc are concerned, they neither.

. tests/source/tap-lib.sh

compilers_four='memcpy memmove memset memcmp'

# undefined <build folder> <library>...: what these libraries want and none of
# them gives. nm lists symbols of every processor's objects alike.
undefined()
{
	folder=$1
	allowed=$compilers_four
	case $folder in
	*/host/gcc|*/freestanding/firmware) allowed= ;;
	esac
	shift
	for library; do
		for source in lib/"$library"/*.c; do
			object=$folder/${source%.c}.o
			[ -e "$object" ] || echo "$object is not there"
			set -- "$@" "$object"
		done
		shift
	done
	{
		nm --defined-only --extern-only --format=posix "$@" | sed 's/^/have /'
		nm --undefined-only --format=posix "$@" | sed 's/^/want /'
	} 2>&1 | awk -v allowed="_GLOBAL_OFFSET_TABLE_ $allowed" '
	BEGIN {
		count = split(allowed, names, " ")
		for (i = 1; i <= count; i++)
			have[names[i]] = 1
	}
	NF < 3			{ next }
	$1 == "have"		{ have[$2] = 1; defined++; next }
	$1 == "want" && $3 == "U" { want[$2] = 1; next }
				{ print }
	END {
		if (!defined)
			print "the objects define nothing"
		for (s in want)
			if (!(s in have))
				print s
	}'
}

for folder; do
	kind=${folder#build/}
	claim "lib/virtio needs nothing ($kind)" "$(undefined "$folder" virtio)"
	claim "lib/doorbell needs nothing ($kind)" "$(undefined "$folder" doorbell)"
	claim "lib/loopback needs only lib/virtio ($kind)" \
		"$(undefined "$folder" loopback virtio)"
	claim "lib/frontend needs only these two ($kind)" \
		"$(undefined "$folder" frontend loopback virtio)"
done
finish
