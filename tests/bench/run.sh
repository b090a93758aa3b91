#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh <results.json> <folder of the programs> <compiler flags>: times our
# rings and the reference's in turn, counts instructions and cache lines, prints
# tables, writes JSON. The exit status is 1 if a target is missed.
#
# Environment: BENCH_BUFFERS and BENCH_REPEAT change the conditions, for a quick
# look; BENCH_CPUS ("<driver side's>,<device side's>") says which processors,
# otherwise the first two that this process may run on.

set -eu

json=$1
programs=$2
flags=$3
buffers=${BENCH_BUFFERS:-10000000}
repeat=${BENCH_REPEAT:-9}
theirs='virtio_ring_0_9 virtio_ring_0_9-apart virtio_ring_poll virtio_ring_poll-apart
	virtio_ring_inorder virtio_ring_inorder-apart ring'
ours='ring_split ring_split_inorder ring_packed ring_packed_inorder'
work=$programs/work
results=$work/results

rm -rf "$work"
mkdir -p "$work"
: > "$results"

die()
{
	echo "bench-ring: $1" >&2
	exit 1
}

# record <name> <value> <unit> <min> <max> <conditions>; "-" for no min and max
record()
{
	echo "$*" >> "$results"
}

# first_two <list of processors, "0-3,8">: "0,1"
first_two()
{
	local range cpu found=()
	for range in ${1//,/ }; do
		for ((cpu = ${range%-*}; cpu <= ${range#*-} && ${#found[@]} < 2; cpu++)); do
			found+=("$cpu")
		done
	done
	echo "${found[0]},${found[1]}"
}

# choose_cpus: sets cpus
choose_cpus()
{
	local allowed
	[ "$(nproc)" -ge 2 ] || die 'two processors are needed'
	cpus=${BENCH_CPUS:-}
	if [ -z "$cpus" ]; then
		allowed=$(sed -n 's/^Cpus_allowed_list:[[:space:]]*//p' /proc/self/status)
		cpus=$(first_two "$allowed")
	fi
	[[ $cpus =~ ^[0-9]+,[0-9]+$ ]] || die "BENCH_CPUS=$cpus: name two, such as 0,1"
}

# siblings: whether the two share a core, which decides how far a cache line
# travels between them
siblings()
{
	local cpu list text=
	for cpu in ${cpus//,/ }; do
		list=/sys/devices/system/cpu/cpu$cpu/topology/thread_siblings_list
		text+="${text:+ and }$(cat "$list" 2> /dev/null || echo unknown)"
	done
	echo "$text"
}

# The conditions of everything that is timed.
conditions()
{
	local cpu
	cpu=$(sed -n 's/^model name[[:space:]]*: //p' /proc/cpuinfo | head -n 1)
	echo "${cpu:-unknown processor}$(grep -q '^flags.* hypervisor' /proc/cpuinfo && echo ' (virtual machine)'), \
CPUs $cpus of $(nproc) (thread siblings $(siblings)), Linux $(uname -r), $(gcc --version | head -n 1), $flags; ringtest of \
$(cat "$programs/ringtest/version" 2>/dev/null || echo 'a tree of the user'); ring of 256"
}

# time_one <program> <file> <arguments>...: appends its seconds
time_one()
{
	local program=$1 file=$2 begin end
	shift 2
	begin=$EPOCHREALTIME
	timeout --kill-after=5 300 "$programs/$program" --guest-affinity "${cpus%,*}" \
		--host-affinity "${cpus#*,}" "$@" || die "$program $* failed"
	end=$EPOCHREALTIME
	awk -v begin="$begin" -v end="$end" 'BEGIN { printf "%.6f\n", end - begin }' >> "$file"
}

# summarise <seconds file> <buffers>: median, least and most as ns per buffer
summarise()
{
	sort -n "$1" | awk -v buffers="$2" '
	{ value[NR] = $1 }
	END {
		median = (value[int((NR + 1) / 2)] + value[int(NR / 2) + 1]) / 2
		scale = 1e9 / buffers
		printf "%.2f %.2f %.2f\n", median * scale, value[1] * scale, value[NR] * scale
	}'
}

# time_mode <mode> <buffers> <repetitions> <arguments>...: all rings in turn,
# so that what disturbs the machine for a while disturbs all alike
time_mode()
{
	local mode=$1 count=$2 rounds=$3 ring median least most
	shift 3
	echo "bench-ring: timing $count buffers, $rounds runs of each${*:+, $*}"
	for _ in $(seq "$rounds"); do
		for ring in $theirs $ours; do
			time_one "$ring" "$work/$mode.$ring" --run-cycles "$count" "$@"
		done
	done
	for ring in $theirs $ours; do
		read -r median least most <<< "$(summarise "$work/$mode.$ring" "$count")"
		record "${ring//-/_}_${mode}_ns" "$median" ns_per_buffer "$least" "$most" \
			"median of $rounds runs in turn, $count buffers; ${*:+$*; }$timed"
	done
}

# value <name>: of one result
value()
{
	awk -v name="$1" '$1 == name { print $2; exit }' "$results"
}

# ratio <name> <ours> <theirs>: how many times as fast, against the faster of
# the reference's two builds, and against the one as its Makefile makes it
ratio()
{
	local own as_built apart
	own=$(value "$2_poll_ns")
	as_built=$(value "$3_poll_ns")
	apart=$(value "$3_apart_poll_ns")
	record "$1" "$(awk -v a="$as_built" -v b="$apart" -v own="$own" \
		'BEGIN { printf "%.2f", (a < b ? a : b) / own }')" times_as_fast - - \
		"medians, polling; the faster of $3's two builds; $timed"
	record "$1_as_built" "$(awk -v a="$as_built" -v own="$own" \
		'BEGIN { printf "%.2f", a / own }')" times_as_fast - - \
		"medians, polling; $3 as its Makefile builds it; $timed"
}

# count_instructions <program> <buffers> <depth> <ahead>
count_instructions()
{
	local output=$work/callgrind
	timeout --kill-after=5 300 valgrind --quiet --tool=callgrind --callgrind-out-file="$output" \
		"$programs/$1.step" "$2" "$3" "$4" > "$work/log" 2>&1 || {
			cat "$work/log" >&2
			die "callgrind of $1 failed"
		}
	sed -n 's/^summary: //p; s/^totals: //p' "$output" | head -n 1
}

# count_lines <program> <buffers> <depth> <ahead>: "reads writes"
count_lines()
{
	local marks
	marks=$(nm "$programs/$1.step" | sed -n 's/ [bBdD] step_marks.*//p')
	timeout --kill-after=5 300 valgrind --quiet --tool=lackey --trace-mem=yes --log-fd=9 \
		"$programs/$1.step" "$2" "$3" "$4" 9>&1 | "$programs/trace-lines" "$marks" ||
		die "lackey of $1 failed"
}

# count <pattern> <depth> <ahead> <what that is>
count()
{
	local pattern=$1 depth=$2 ahead=$3 few=2048 many=6144 ring a b lines
	echo "bench-ring: counting, $4"
	for ring in $theirs $ours; do
		a=$(count_instructions "$ring" $few "$depth" "$ahead")
		b=$(count_instructions "$ring" $many "$depth" "$ahead")
		lines=$(count_lines "$ring" $few "$depth" "$ahead")
		record "${ring//-/_}_${pattern}_instructions" \
			"$(awk -v a="$a" -v b="$b" -v n=$((many - few)) 'BEGIN { printf "%.1f", (b - a) / n }')" \
			instructions_per_buffer - - "callgrind, both sides together, $4"
		record "${ring//-/_}_${pattern}_lines" \
			"$(awk -v n=$few '{ printf "%.2f", ($1 + $2) / n }' <<< "$lines")" \
			lines_per_buffer - - \
			"cache lines moved between the sides in a model (MESI, lines of 64 bytes), $4"
	done
}

targets='
ring_split_vs_virtio_ring_0_9 1.3
ring_packed_vs_virtio_ring_inorder 1.0
ring_inorder_vs_virtio_ring_inorder 1.0
'

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
		sub(/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ [^ ]+ /, "", conditions)
	}'"$1" "$results"
}

write_json()
{
	with_targets '
	BEGIN { print "["; separator = "" }
	{
		range = $4 == "-" ? "" : sprintf("\"min\": %s, \"max\": %s, ", $4, $5)
		printf "%s  {\"name\": \"%s\", \"value\": %s, \"unit\": \"%s\", %s\"target\": %s, \"conditions\": \"%s\"}",
			separator, $1, $2, $3, range,
			$1 in target ? "\">= " target[$1] "\"" : "null", conditions
		separator = ",\n"
	}
	END { print "\n]" }' > "$json"
}

# table <title> <unit> <column>...: rows are rings, columns suffixes of names
table()
{
	local title=$1 ring column
	shift
	printf '\n%s\n%-28s' "$title" ''
	printf ' %14s' "$@"
	echo
	for ring in $theirs $ours; do
		printf '%-28s' "  $ring"
		for column; do
			printf ' %14s' "$(value "${ring//-/_}_$column")"
		done
		echo
	done
}

print_tables()
{
	echo "bench-ring: $timed"
	table "ns per buffer, medians ($buffers buffers, $repeat runs; others fewer)" \
		poll_ns outstanding_ns sleep_ns batch_ns
	table 'instructions per buffer, both sides together' \
		alone_instructions batches_instructions full_instructions
	table 'cache lines moved per buffer (a model, not hardware)' \
		alone_lines batches_lines full_lines
	printf '\nhow many times as fast\n'
	with_targets '
	$3 == "times_as_fast" {
		printf "  %-48s %6s%s\n", $1, $2,
			$1 in target ? "   target >= " target[$1] : ""
	}'
	echo
}

# Names what misses its target, or has one and was not measured.
judge()
{
	with_targets '
	{ measured[$1] = $2 }
	END {
		for (name in target) {
			if (!(name in measured))
				print "bench-ring: " name " was not measured"
			else if (measured[name] < target[name] + 0)
				print "bench-ring: " name " is " measured[name] \
					", its target >= " target[name]
			else
				continue
			missed = 1
		}
		exit missed
	}' >&2
}

choose_cpus
timed=$(conditions)
fewer=$((buffers / 10 > 0 ? buffers / 10 : 1))
count alone 1 0 'one buffer in the ring at a time'
count batches 32 0 'batches of 32'
count full 1 255 'the ring kept full'
time_mode poll "$buffers" "$repeat"
time_mode outstanding "$fewer" 5 --outstanding 16
time_mode sleep "$fewer" 5 --sleep
time_mode batch "$fewer" 5 --sleep --batch 32
ratio ring_split_vs_virtio_ring_0_9 ring_split virtio_ring_0_9
ratio ring_packed_vs_virtio_ring_inorder ring_packed virtio_ring_inorder
ratio ring_inorder_vs_virtio_ring_inorder ring_split_inorder virtio_ring_inorder
ratio ring_packed_inorder_vs_virtio_ring_inorder ring_packed_inorder virtio_ring_inorder
write_json
print_tables
echo "bench-ring: $json"
judge
