#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# bench.sh <results.json> <consoles' folder>: what Linux in a compartment gets of
# its disk, against QEMU's own virtio-blk device in the same machine, and how
# often the firmware is entered for it. Prints a table and writes JSON. The exit
# status is 1 if a target (<=) is missed; an aim (>=) depends on the host as well.
#
# Times are of this host: the two disks are measured in turn by one fio in one
# Linux, on one hart, and only their ratio is published, the median of all rounds.
# Both are the same file, in memory (/dev/shm), through the same kind of back end;
# ours is at its end that very device of QEMU's, driven by the server's hart.

set -eu

json=$1
consoles=$2
qemu=${QEMU:-qemu-system-riscv64}
bytes=$((256 << 20))
file=$(mktemp -p /dev/shm bulkhead-bench.XXXXXX)
trap 'rm -f "$file"' EXIT
truncate -s $bytes "$file"
mkdir -p "$consoles"
results=$consoles/results
: > "$results"

# boot <console> <system> <aia> <QEMU argument>...: with our disk
boot()
{
	local console=$consoles/$1.log folder=build/riscv/$2/$3 aia=$3
	shift 3
	timeout --kill-after=5 900 "$qemu" -M "virt,aia=$aia" -cpu rv64,h=false \
		-smp 2 -m 2G -display none -bios "$folder/fw_payload.bin" \
		-serial stdio -monitor none -no-reboot \
		-global virtio-mmio.force-legacy=false \
		-drive "if=none,id=disk,format=raw,cache=writeback,file=$file,file.locking=off" \
		-device virtio-blk-device,drive=disk,bus=virtio-mmio-bus.0 \
		"$@" < /dev/null 2>&1 |
		LC_ALL=C sed $'s/.*\r\e\\[K//; s/\r//g' > "$console" || :
	grep -q '^bulkhead: all compartments ended in good order' "$console" || {
		tail -n 30 "$console" >&2
		echo "bench: $2 failed; its console is $console" >&2
		exit 1
	}
}

# total <console> <text before the number> <text behind it>: all such numbers
total()
{
	sed -nE "s/^.*$2([0-9]+)$3.*\$/\1/p" "$consoles/$1.log" |
	awk '{ sum += $1 } END { print sum + 0 }'
}

# Two runs that differ in nothing but the number of requests, so that what the
# start of Linux costs is not counted.
count_entries()
{
	local depth=$1 run requests entries=() served=()
	for run in 2000 22000; do
		truncate -s 0 "$file"
		truncate -s $bytes "$file"
		echo "$run $depth" | dd of="$file" conv=notrunc status=none
		boot "entries-$depth-$run" guest-bench-entries aplic-imsic
		entries+=("$(total "entries-$depth-$run" 'starts 1, ' ' firmware entries')")
		served+=("$(total "entries-$depth-$run" 'all clients are done: ' ' requests')")
	done
	requests=$((served[1] - served[0]))
	awk -v entries=$((entries[1] - entries[0])) -v requests=$requests -v depth="$depth" 'BEGIN {
		printf "firmware_entries_per_request_linux_depth%d %.3f entries\n", depth,
			entries / requests
	}' >> "$results"
}

# What the payload "guest" counts: name in the results, system, aia. Instructions
# can be counted with -icount alone.
count_interrupts()
{
	boot "$1" "$2" "$3" -icount shift=0 \
		-drive "if=none,id=second,format=raw,snapshot=on,file=build/demo.img" \
		-device virtio-blk-device,drive=second,bus=virtio-mmio-bus.1
	sed -nE "s/^client: bench: ([a-z_]+) ([0-9.]+) ([a-z]+)\$/\1_${3/aplic-imsic/imsic} \2 \3/p" \
		"$consoles/$1.log" | sed 's/_none /_plic /' >> "$results"
}

compare_disks()
{
	truncate -s 0 "$file"
	truncate -s $bytes "$file"
	# Holes would be faster to read than anything.
	head -c $bytes /dev/urandom > "$file"
	boot fio guest-bench aplic-imsic \
		-drive "if=none,id=own,format=raw,cache=writeback,file=$file,file.locking=off" \
		-device virtio-blk-device,drive=own,serial=qemu,bus=virtio-mmio-bus.1
	# "guest: bench <job>:<which>:<round> <KiB/s>"
	sed -n 's/^linux: guest: bench //p' "$consoles/fio.log" | tr ':' ' ' |
	awk '{ rate[$1, $3, $2] = $4; names[$1]; if ($3 > rounds) rounds = $3 }
	END {
		for (name in names) {
			n = 0
			for (round = 1; round <= rounds; round++)
				list[n++] = rate[name, round, "ours"] / rate[name, round, "qemu"]
			for (i = 1; i < n; i++)
				for (k = i; k > 0 && list[k - 1] > list[k]; k--) {
					t = list[k]; list[k] = list[k - 1]; list[k - 1] = t
				}
			printf "fio_vs_qemu_%s %.3f ratio %.3f %.3f\n", name, list[int(n / 2)],
				list[0], list[n - 1]
		}
	}' | sort >> "$results"
}

# Least that is aimed at, most that is allowed: name, relation, bound.
targets="
fio_vs_qemu_randread_4k_depth32 >= 0.8
fio_vs_qemu_randwrite_4k_depth32 >= 0.8
fio_vs_qemu_seqread_128k_depth32 >= 0.8
fio_vs_qemu_seqwrite_128k_depth32 >= 0.8
fio_vs_qemu_seqread_1m_depth32 >= 0.8
fio_vs_qemu_seqwrite_1m_depth32 >= 0.8
firmware_entries_per_external_interrupt_plic <= 0
firmware_entries_per_external_interrupt_imsic <= 0
"

write_results()
{
	awk -v targets="$targets" -v json="$json" '
	BEGIN {
		n = split(targets, words)
		for (i = 1; i < n; i += 3)
			target[words[i]] = words[i + 1] " " words[i + 2]
		printf "[" > json
	}
	{
		range = NF > 4 ? sprintf("(%s to %s)", $4, $5) : ""
		printf "  %-52s %9s %-12s %-18s %s\n", $1, $2, $3, range,
			!($1 in target) ? "" : (target[$1] ~ /^>/ ? "aim " : "target ") target[$1]
		printf "%s\n  {\"name\": \"%s\", \"value\": %s, \"unit\": \"%s\", ",
			separator, $1, $2, $3 > json
		if (NF > 4)
			printf "\"min\": %s, \"max\": %s, ", $4, $5 > json
		printf "\"target\": %s}",
			$1 in target ? "\"" target[$1] "\"" : "null" > json
		separator = ","
		measured[$1] = $2
	}
	END {
		printf "\n]\n" > json
		for (name in target) {
			split(target[name], words, " ")
			if (!(name in measured))
				missed = missed "bench: " name " was not measured\n"
			else if (words[1] == "<=" && measured[name] > words[2])
				missed = missed "bench: " name " is " measured[name] ", target " target[name] "\n"
		}
		printf "%s", missed > "/dev/stderr"
		exit missed != ""
	}' "$results"
}

compare_disks
count_entries 1
count_entries 32
count_interrupts interrupts-imsic guest-bench-interrupts aplic-imsic
count_interrupts interrupts-plic guest-bench-interrupts none
count_interrupts virtual-imsic guest-bench-mixed aplic-imsic
count_interrupts virtual-plic guest-bench-mixed none
status=0
write_results || status=1
echo "bench: $json"
exit $status
