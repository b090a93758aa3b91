#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# bench.sh <results.json> <console folder>: boots the measuring systems of the
# architecture $ARCH, collects their lines "bench: <name> <value> <unit>", adds
# what is measured on the files, prints a table, writes JSON. The exit status is
# 1 if a target is missed.
#
# Guest instructions are counted with -icount: one instruction is one
# nanosecond of guest time. (Not with sleep=off: QEMU 10.0 then hangs when all
# harts wait for a disk.)

set -eu

json=$1
consoles=$2
here=$(dirname "$0")
case $ARCH in
riscv)
	qemu=$QEMU
	aia=aplic-imsic
	cpu=rv64,h=false
	machine="virt, aia=$aia"
	direct='MSI delivery'
	software='software-interrupt delivery'
	# A software interrupt is the firmware's to forward.
	software_entries='4 0.5'
	;;
arm64)
	qemu=$AARCH64_QEMU
	aia=gic
	cpu=cortex-a72
	machine="virt, virtualization=on, gic-version=3, its=off"
	direct='delivery as an SPI of its own'
	software='delivery as an SGI'
	software_entries='2 0.25'
	;;
esac
. "$here/bounds.sh"
bounds "$ARCH"
qemu_version=$("$qemu" --version | sed -n '1s/QEMU emulator version \([0-9.]*\).*/\1/p')

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

# measure <system> <harts> <how doorbells are delivered>
measure()
{
	local console=$consoles/$1.log folder=build/$ARCH/$1
	[ "$ARCH" != riscv ] || folder+=/$aia
	echo "bench: $1 on $ARCH ($aia), $2 harts"
	HARTS=$2 AIA=$aia MEM=512M CPU=$cpu WRITE=0 GDB=0 DISK=build/demo.img \
		timeout --kill-after=5 120 "$here/qemu.sh" --unchecked --quiet \
		"$folder" -icount shift=0 < /dev/null > "$console" ||
	{
		tail -n 30 "$console" >&2
		echo "bench: $1 failed; its console is $console" >&2
		exit 1
	}
	collect "QEMU $qemu_version, $machine, -cpu $cpu, $2 harts, icount, $3" < "$console"
}

# bytes_copied_per_byte_moved from what both compartments say they copied
add_copies()
{
	local moved
	moved=$(value client_bytes_moved)
	[ -n "$moved" ] || return 0
	awk -v server="$(value server_bytes_copied)" -v client="$(value client_bytes_copied)" \
		-v moved="$moved" 'BEGIN {
		print "bench: bytes_copied_per_byte_moved", (server + client) / moved, "ratio"
	}' | collect "client and server together, blocks of 512 bytes and more"
}

# What must not be exceeded: name and bound.
targets="
doorbell_round_trip_vs_two_ipis 1.0
doorbell_round_trip_vs_two_ipis_ssip 1.0
firmware_entries_per_request_depth1 2
firmware_entries_per_request_depth1_ssip ${software_entries% *}
firmware_entries_per_request_depth32 0.25
firmware_entries_per_request_depth32_ssip ${software_entries#* }
external_interrupt_entries 0
bytes_copied_per_byte_moved 0
firmware_text_bytes $text_bound
firmware_lines $lines_bound
"

# with_targets <awk program>: runs it over the results, with target[name], and
# the line's conditions in a variable
with_targets()
{
	awk -v targets="$targets" '
	BEGIN {
		n = split(targets, words)
		for (i = 1; i < n; i += 2)
			target[words[i]] = words[i + 1]
	}
	{
		conditions = $0
		sub(/^[^ ]+ [^ ]+ [^ ]+ /, "", conditions)
	}'"$1" "$results"
}

write_json()
{
	with_targets '
	BEGIN { print "["; separator = "" }
	{
		printf "%s  {\"name\": \"%s\", \"value\": %s, \"unit\": \"%s\", \"target\": %s, \"conditions\": \"%s\"}",
			separator, $1, $2, $3,
			$1 in target ? "\"<= " target[$1] "\"" : "null", conditions
		separator = ",\n"
	}
	END { print "\n]" }' > "$json"
}

print_table()
{
	with_targets '
	conditions != before {
		printf "\n%s:\n", conditions
		before = conditions
	}
	{
		row = sprintf("  %-46s %12s %-13s", $1, $2, $3)
		if ($1 in target)
			row = row " target <= " target[$1]
		sub(/ +$/, "", row)
		print row
	}'
	echo
}

# Names what exceeds its target, or has one and was not measured.
judge()
{
	with_targets '
	{ measured[$1] = $2 }
	END {
		for (name in target) {
			if (!(name in measured))
				print "bench: " name " was not measured"
			else if (measured[name] > target[name] + 0)
				print "bench: " name " is " measured[name] \
					", its target <= " target[name]
			else
				continue
			missed = 1
		}
		exit missed
	}' >&2
}

measure bench 3 "$direct"
measure bench-ssip 3 "$software"
measure bench-disk 2 "$direct"
measure bench-disk-ssip 2 "$software"
add_copies
sizes=$("$here/measure.sh" "$ARCH")
grep bytes <<< "$sizes" |
	collect "board $BOARD, all objects of ours before unused sections are dropped, text and read-only data"
grep lines <<< "$sizes" |
	collect "board $BOARD, source files of what is linked, without headers, comments and empty lines"
write_json
print_table
echo "bench: $json"
judge
