#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# measure.sh <riscv|arm64>: how large the demonstration's firmware is, as lines
# "bench: <name> <value> <unit>".
#
# Ours: every object of ours that is offered to the linker, code and read-only
# data, before unused sections are dropped; and its source files. OpenSBI's: the
# source files of its tree, libfdt's among them and on AArch64 alone, of which a
# function is in the firmware. Neither counts headers, nor lines that hold only
# comment or nothing.

set -eu

here=$(realpath "$(dirname "$0")")
root=$(pwd -P)
. "$here/opensbi.pin"
opensbi=$(realpath "${OPENSBI_SRC:-build/opensbi-$OPENSBI_VERSION}")
case $1 in
riscv)
	cross=${CROSS_COMPILE-riscv64-linux-gnu-}
	elf=build/riscv/demo/none/fw_payload.elf
	objects=build/riscv/opensbi
	;;
arm64)
	cross=${AARCH64_CROSS_COMPILE-aarch64-linux-gnu-}
	elf=build/arm64/demo/firmware.elf
	objects=build/arm64/firmware
	;;
esac

# our_parts: object and source of each of ours; an object's first dependency is
# its source.
our_parts()
{
	find "$objects/lib" "$objects/platform" -name '*.dep' -o -name '*.d' |
	while read -r dep; do
		source=$(tr -s ' \\\n' '\n' < "$dep" | sed -n 2p | xargs realpath)
		case $source in
		"$root"/build/*|"$opensbi"/*)	;;
		"$root"/*)			echo "${dep%.*}.o $source" ;;
		esac
	done
}

opensbi_sources()
{
	"${cross}nm" --defined-only "$elf" |
	awk '$2 ~ /[tTwW]/ { print $1 }' |
	"${cross}addr2line" -e "$elf" | sed 's/:.*//' | grep "^$opensbi/" |
	xargs realpath | sort -u
}

count_lines()
{
	# One awk per file, so that an unclosed comment harms no other.
	while read -r file; do
		awk -f "$here/lines.awk" "$file"
	done | awk '{ sum += $1 } END { print sum + 0 }'
}

text=$(our_parts | cut -d ' ' -f 1 | xargs "${cross}size" | awk 'NR > 1 { sum += $1 } END { print sum + 0 }')
echo "bench: firmware_text_bytes $text bytes"
echo "bench: firmware_lines $(our_parts | cut -d ' ' -f 2 | sort -u | count_lines) lines"
echo "bench: firmware_lines_opensbi $(opensbi_sources | count_lines) lines"
