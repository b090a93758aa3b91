#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# lines.sh [--files]: how many lines of code the architectures share and how
# many are each one's, in the firmware and in the payloads, and together:
#
#	firmware: shared <n>, riscv <n>, arm64 <n>
#
# A folder named like an architecture is that one's; the source of a board
# outside of such folders is RISC-V's, where OpenSBI wants it, and so is console
# input, which only RISC-V has yet. The device side of virtio-mmio is part of the
# firmware, not of payloads. Headers, empty lines and comments do not count, nor
# does text.S, which is recorded data. With --files prints what was counted
# instead, "<part> <whose> <file>".

set -eu

here=$(dirname "$0")

# files <part> <folder>...
files()
{
	part=$1
	shift
	find "$@" -name '*.[cS]' ! -path payloads/vectors/text.S |
	LC_ALL=C sort | while read -r file; do
		case $part:$file in
		payloads:*/mmio_device.c|payloads:*/mmio_queue.c)	continue ;;
		*/terminal_input.c)	whose=riscv ;;
		*/riscv/*)	whose=riscv ;;
		*/arm64/*)	whose=arm64 ;;
		*:platform/*)	whose=riscv ;;
		*)		whose=shared ;;
		esac
		echo "$part $whose $file"
	done
}

counted()
{
	files firmware lib/partitioner lib/compartment lib/doorbell lib/frontend \
		lib/virtio/mmio_device.c lib/virtio/mmio_queue.c \
		lib/riscv lib/arm64 platform
	files payloads lib/virtio lib/loopback lib/freestanding payloads/common \
		payloads/client payloads/server payloads/hostile payloads/bench payloads/vectors
}

if [ "${1:-}" = --files ]; then
	counted
	exit
fi

# One awk per file, so that an unclosed comment harms no other.
counted | while read -r part whose file; do
	echo "$part $whose $(awk -f "$here/lines.awk" "$file")"
done | awk '
{ sum[$1, $2] += $3; sum["together", $2] += $3 }
END {
	n = split("firmware payloads together", parts, " ")
	for (i = 1; i <= n; i++)
		printf "%s: shared %d, riscv %d, arm64 %d\n", parts[i],
			sum[parts[i], "shared"], sum[parts[i], "riscv"],
			sum[parts[i], "arm64"]
}'
