#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh <stride> <folder> <program>...: disables one check in <stride> of those
# in <folder>/table, each in turn, and runs those programs of <folder> in which
# it ever decided anything. Prints TAP, one line per source; the checks that
# absence no test noticed go to standard error: "file:line: function: what".
#
# tests/mutation/allowed lists those that no test need notice. They are always
# tried, so that an entry which is no longer true fails.

set -euo pipefail

here=tests/mutation
export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=1:strict_string_checks=1:symbolize=0:hard_rss_limit_mb=256
export UBSAN_OPTIONS=print_stacktrace=0

# One check: each program in turn, until one notices that it is gone. One that
# does not end has noticed; it is processor time that is counted, in seconds.
if [ "$1" = one ]; then
	exec 2> /dev/null
	work=$2
	number=$3
	shift 3
	for program; do
		limit=$(cat "$work/$program.limit")
		if ! (ulimit -t "$limit" -c 0
			MUTANT=$number exec timeout 300 "$work/../$program"_test -q) \
			> /dev/null; then
			echo "$number noticed" >> "$work/results"
			exit 0
		fi
	done
	echo "$number unnoticed" >> "$work/results"
	exit 0
fi

# Undisturbed, a program must pass; how long it takes sets its limit.
if [ "$1" = learn ]; then
	work=$2
	program=$3
	TIMEFORMAT='%U %S'
	{ time MUTANT_DECISIVE=$work/$program.decisive timeout 300 \
		"$work/../$program"_test -q > "$work/$program.log" 2>&1; } \
		2> "$work/$program.time" ||
		{ cat "$work/$program.log" >&2; exit 255; }
	awk '{ print int(2 + 20 * ($1 + $2)) }' "$work/$program.time" \
		> "$work/$program.limit"
	exit 0
fi

stride=$1
work=$2/run.$1
table=$2/table
shift 2
jobs=$(nproc)
rm -rf "$work"
mkdir -p "$work"
: > "$work/results"

printf '%s\n' "$@" | xargs -P "$jobs" -I{} "$0" learn "$work" {} || {
	echo 'not ok 1 - with nothing disabled, every program passes'
	echo '1..1'
	exit 1
}

# A different source has a different sample.
start=$(($(cut -f 2 "$table" | uniq | xargs cat | cksum | cut -d ' ' -f 1) % stride))

# Which programs each check in the sample concerns, the quickest first.
(cd "$work" && sort -s -n -k 1,1 <(
	for program; do echo "$(awk '{ print $1 + $2 }' "$program.time") $program"; done)) |
awk -v work="$work" -v stride="$stride" -v start="$start" -f "$here/select.awk" \
	"$here/allowed" "$table" - > "$work/runs"
xargs -P "$jobs" -L 1 "$0" one "$work" < "$work/runs"

awk -v stride="$stride" -v start="$start" -f "$here/report.awk" \
	"$here/allowed" "$table" "$work/runs" "$work/results"
