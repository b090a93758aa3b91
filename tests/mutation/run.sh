#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh <stride> <folder> <program>...: disables one check in <stride> of those
# in <folder>/table, each in turn, and runs those tests of those programs of
# <folder> in which it ever decided anything. Prints TAP, one line per source;
# the checks whose absence no test noticed go to standard error:
# "file:line: function: what".
#
# tests/mutation/allowed lists those that no test need notice. They are always
# tried, so that an entry which is no longer true fails.

set -euo pipefail

here=tests/mutation
export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1:strict_string_checks=1:symbolize=0:quarantine_size_mb=64:hard_rss_limit_mb=256
export UBSAN_OPTIONS=print_stacktrace=0

# One check: each program in turn, as select.awk says, until one notices that it
# is gone. One that does not end has noticed; what counts is processor time.
if [ "$1" = one ]; then
	exec 2> /dev/null
	work=$2
	number=$3
	shift 3
	for run; do
		IFS=, read -ra words <<< "$run"
		if ! (ulimit -t "${words[1]}" -c 0
			MUTANT=$number exec timeout 300 "$work/../${words[0]}"_test \
				-q "${words[@]:2}") > /dev/null; then
			echo "$number noticed ${words[0]}" >> "$work/results"
			exit 0
		fi
	done
	echo "$number unnoticed" >> "$work/results"
	exit 0
fi

# One test, undisturbed: it must pass. Learns in which checks it decides
# anything, and how long it takes.
if [ "$1" = learn ]; then
	work=$2
	name=$3,$4
	TIMEFORMAT='%U %S'
	{ time MUTANT_DECISIVE=$work/$name.decisive timeout 300 \
		"$work/../$3"_test -q "$4" > "$work/$name.log" 2>&1; } \
		2> "$work/$name.time" ||
		{ cat "$work/$name.log" >&2; exit 255; }
	exit 0
fi

stride=$1
folder=$2
work=$folder/run.$stride
table=$folder/table
shift 2
jobs=$(nproc)
rm -rf "$work"
mkdir -p "$work"
: > "$work/results"

for program; do
	"$folder/$program"_test -l | sed "s/^/$program /"
done > "$work/tests"
xargs -P "$jobs" -L 1 "$0" learn "$work" < "$work/tests" || {
	echo 'not ok 1 - with nothing disabled, every test passes'
	echo '1..1'
	exit 1
}

# Different sources have a different sample.
start=$(($(cut -f 2 "$table" | uniq | xargs cat | cksum | cut -d ' ' -f 1) % stride))

awk -v work="$work" -v stride="$stride" -v start="$start" -f "$here/select.awk" \
	"$here/allowed" "$table" "$work/tests" > "$work/runs"
xargs -P "$jobs" -L 1 "$0" one "$work" < "$work/runs"

awk -v stride="$stride" -v start="$start" -f "$here/report.awk" \
	"$here/allowed" "$table" "$work/runs" "$work/results"
