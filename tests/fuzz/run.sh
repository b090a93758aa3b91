#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run.sh <fuzzer> <build/fuzz> <seconds>: fuzzes for that long. What is new joins
# <build/fuzz>/corpus/<fuzzer>; an input that crashes is kept in
# <build/fuzz>/crashes, and its path is printed with how to see it again.

name=$1
out=$2
seconds=$3
case $seconds in
''|*[!0-9]*|0*)	echo "fuzz: FUZZ_SECONDS=$seconds is not a number above 0" >&2; exit 255 ;;
esac
. tests/fuzz/options.sh
saved=$(fuzz_saved "$name" "$out")
log=$out/log/$name
mkdir -p "$out/corpus/$name" "$out/crashes" "$out/log"

# shellcheck disable=SC2086 # a list of folders
"$out/bin/$name" $fuzz_options -max_total_time="$seconds" -print_final_stats=1 \
	-artifact_prefix="$out/crashes/$name-" "$out/corpus/$name" $saved \
	> "$log" 2>&1
status=$?
if [ $status -eq 0 ]; then
	awk -v name="$name" '
	/cov: /	{ line = $0 }
	/^stat::number_of_executed_units/	{ runs = $2 }
	/^stat::new_units_added/		{ added = $2 }
	END {
		sub(/^.*cov: /, "", line)
		sub(/ .*/, "", line)
		printf "fuzz: %s: %d runs, %d edges reached, %d new inputs\n",
			name, runs, line, added
	}' "$log"
	exit 0
fi
tail -n 40 "$log" >&2
input=$(sed -n 's/.*Test unit written to //p' "$log" | tail -n 1)
echo "fuzz: $name failed (status $status); all it said: $log" >&2
[ -z "$input" ] || cat >&2 <<TEXT
fuzz: the input:  $input
fuzz: again:      $out/bin/$name $input
fuzz: smaller:    $out/bin/$name -minimize_crash=1 -runs=100000 -exact_artifact_path=small $input
fuzz: then keep it as tests/fuzz/corpus/$name/regression-<what it was>
TEXT
# xargs goes on with the other fuzzers, and fails in the end.
exit 1
