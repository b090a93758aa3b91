#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# measure.sh <fw_payload.elf> <OpenSBI's build folder> <OpenSBI's source>: how
# large the firmware is, as lines "bench: <name> <value> <unit>".
#
# Ours: every object of ours that is offered to the linker, code and read-only
# data, before unused sections are dropped; and its source files. OpenSBI's: the
# source files, libfdt's among them, of which a function is in the firmware.
# Neither counts headers, nor lines that hold only comment or nothing.

set -eu

elf=$1
objects=$2
opensbi=$(realpath "$3")
cross=${CROSS_COMPILE:-riscv64-linux-gnu-}
here=$(realpath "$(dirname "$0")")
root=$(pwd -P)

# our_parts: object and source of each of ours; an object's first dependency is
# its source.
our_parts()
{
	find "$objects/lib" "$objects/platform" -name '*.dep' |
	while read -r dep; do
		source=$(tr -s ' \\\n' '\n' < "$dep" | sed -n 2p)
		case $source in
		"$root"/build/*)	;;
		"$root"/*)		echo "${dep%.dep}.o $(realpath "$source")" ;;
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
