#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The ring, the channel and the doorbell need nothing but each other: no
# object of theirs, hosted or freestanding, has another undefined symbol.

. tests/source/tap-lib.sh

# undefined <nm> <build folder> <library>...: what these libraries want and
# none of them gives
undefined()
{
	nm=$1
	folder=$2
	shift 2
	for library; do
		set -- "$@" "$folder/lib/$library"/*.o
		shift
	done
	[ -e "$1" ] || return
	{
		"$nm" --defined-only --extern-only --format=posix "$@" | sed 's/^/have /'
		"$nm" --undefined-only --format=posix "$@" | sed 's/^/want /'
	} | awk '
	NF < 3		{ next }
	$1 == "have"	{ have[$2] = 1 }
	$1 == "want"	{ want[$2] = 1 }
	END		{ for (s in want) if (!(s in have) && s != "_GLOBAL_OFFSET_TABLE_") print s }'
}

for kind in host/gcc riscv/freestanding; do
	nm=nm
	[ $kind = host/gcc ] || nm=${CROSS_COMPILE:-riscv64-linux-gnu-}nm
	claim "lib/virtio needs nothing ($kind)" "$(undefined $nm build/$kind virtio)"
	claim "lib/doorbell needs nothing ($kind)" "$(undefined $nm build/$kind doorbell)"
	claim "lib/loopback needs only lib/virtio ($kind)" \
		"$(undefined $nm build/$kind loopback virtio)"
done
finish
