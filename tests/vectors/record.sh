#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# record.sh <architecture> <system's folder> <aia> <cpu> <console>: boots it,
# bounded in time, and writes what it has recorded to tests/vectors. That its
# verdict on the recordings that are in it is bad does not matter: they are
# about to be replaced.

set -u

console=$5
mkdir -p "$(dirname "$console")"
ARCH=$1 AIA=$3 CPU=$4 HARTS=2 MEM=512M DISK=build/demo.img WRITE=0 GDB=0 \
	timeout --kill-after=5 120 firmware/qemu.sh --unchecked "$2" \
	< /dev/null 2>&1 | tr -d '\r' > "$console"
if ! "$(dirname "$0")/extract.sh" "$1" "$console" > "$console.txt"; then
	echo "record-vectors: nothing whole was recorded:" >&2
	tail -n 20 "$console" >&2
	exit 1
fi
mv "$console.txt" "tests/vectors/$1.txt"
