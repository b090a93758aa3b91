#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# bench.sh <results.json> <console folder> <OpenSBI's build folder> <its source>:
# boots the measuring systems, collects their lines "bench: <name> <value>
# <unit>", adds what is measured on the files, prints a table, writes JSON.
#
# Guest instructions are counted with -icount: one instruction is one
# nanosecond of guest time. (Not with sleep=off: QEMU 10.0 then hangs when all
# harts wait for a disk.)

set -eu

json=$1
consoles=$2
opensbi_build=$3
opensbi_source=$4
here=$(dirname "$0")
qemu_version=$("$QEMU" --version | sed -n '1s/QEMU emulator version \([0-9.]*\).*/\1/p')

mkdir -p "$consoles"
results=$consoles/results
: > "$results"

# value <name>: of one result
value()
{
	awk -v name="$1" '$1 == name { print $2; exit }' "$results"
}

# collect <conditions>: appends "name value unit conditions" for each line read
# whose name is new
collect()
{
	local name value unit
	tr -d '\r' |
	sed -nE 's/^([a-z0-9-]+: )?bench: ([a-z0-9_]+) (-?[0-9.]+) ([a-z_]+)$/\2 \3 \4/p' |
	while read -r name value unit; do
		[ -z "$(value "$name")" ] || continue
		echo "$name $value $unit $1" >> "$results"
	done
}

# measure <system> <aia> <harts> <how doorbells are delivered>
measure()
{
	local console=$consoles/$1-$2.log
	echo "bench: $1 on aia=$2, $3 harts"
	HARTS=$3 AIA=$2 MEM=512M CPU=rv64,h=false WRITE=0 QUIET=1 \
	DISK=build/demo.img QEMU_EXTRA='-icount shift=0' \
		timeout --kill-after=5 120 "$here/qemu.sh" "build/riscv/$1/$2" \
		< /dev/null > "$console" ||
	{
		tail -n 30 "$console" >&2
		echo "bench: $1 failed; its console is $console" >&2
		exit 1
	}
	collect "QEMU $qemu_version, virt, aia=$2, $3 harts, icount, $4" < "$console"
}

# bytes_copied_per_byte_moved from what both compartments say they copied
add_copies()
{
	local moved
	moved=$(value client_bytes_moved)
	[ -n "$moved" ] || return 0
	awk -v server="$(value server_bytes_copied)" -v client="$(value client_bytes_copied)" \
		-v moved="$moved" 'BEGIN {
		print "bench: bytes_copied_per_byte_moved", (server + client) / moved, "bytes"
	}' | collect "client and server together, blocks of 512 bytes and more"
}

write_json()
{
	awk 'BEGIN { print "["; separator = "" }
	{
		conditions = $0
		sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", conditions)
		printf "%s  {\"name\": \"%s\", \"value\": %s, \"unit\": \"%s\", \"conditions\": \"%s\"}",
			separator, $1, $2, $3, conditions
		separator = ",\n"
	}
	END { print "\n]" }' "$results" > "$json"
}

print_table()
{
	awk '{
		conditions = $0
		sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", conditions)
		printf "%-46s %14s %-14s %s\n", $1, $2, $3, conditions
	}' "$results"
}

imsic='MSI delivery'
software='software-interrupt delivery'
measure bench aplic-imsic 3 "$imsic"
measure bench-ssip aplic-imsic 3 "$software"
measure bench-disk aplic-imsic 2 "$imsic"
measure bench-disk-ssip aplic-imsic 2 "$software"
add_copies
"$here/measure.sh" build/riscv/demo/none/fw_payload.elf "$opensbi_build" "$opensbi_source" |
	collect "source lines without comment and empty ones, no headers; text with read-only data; board qemu-virt"
write_json
print_table
echo "bench: $json"
