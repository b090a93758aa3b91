#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# coverage.sh <build/fuzz> <fuzzer>...: runs the inputs that are there with
# gcc's counters, and prints for each file of the libraries how many of its lines
# and branches they reach.

set -eu

out=$1
shift
. tests/fuzz/options.sh
folder=$out/coverage
find "$folder/obj" -name '*.gcda' -exec rm {} +
for name; do
	# shellcheck disable=SC2046 # a list of folders
	find $(fuzz_saved "$name" "$out") $(ls -d "$out/corpus/$name/" 2>/dev/null) -type f |
		xargs "$folder/$name" > "$out/log/replay-$name" 2>&1 || {
		echo "fuzz: $name: an input fails; see $out/log/replay-$name" >&2
		exit 1
	}
done
find "$folder/obj/lib" -name '*.gcda' | sort | while read -r data; do
	gcov --no-output --branch-probabilities "$data" 2>/dev/null
done | awk '
/^File /		{ file = $2; gsub("\047", "", file) }
/^Lines executed:/	{ split($2, part, /[:%]/); lines[file] = part[2] " of " $4 }
/^Branches executed:/	{ next }
/^Taken at least once:/	{
	split($4, part, /[:%]/)
	if (file ~ /^lib\/.*\.c$/)
		printf "%-40s lines %6s%% of %4s   branches taken %6s%% of %4s\n",
			file, first(lines[file]), last(lines[file]), part[2], $6
}
function first(text) { sub(/ .*/, "", text); return text }
function last(text) { sub(/.* /, "", text); return text }
' | sort
