#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# check.sh <fuzzer> <build/fuzz>: every saved input once, then a short search that
# is always the same, since its length is a count and its seed a constant.

name=$1
out=$2
runs=8000
. tests/fuzz/options.sh
saved=$(fuzz_saved "$name" "$out")
work=$out/check/$name
rm -rf "$work"
mkdir -p "$work/new"

# result <number> <status> <log> <what>
result()
{
	if [ "$2" -eq 0 ]; then
		echo "ok $1 - $4"
	else
		echo "not ok $1 - $4"
		tail -n 40 "$3" >&2
	fi
}

if [ -z "$saved" ]; then
	echo "not ok 1 - $name has saved inputs in tests/fuzz/corpus/$name"
	echo 1..1
	exit 1
fi
# shellcheck disable=SC2086 # a list of folders
find $saved -type f | sort > "$work/inputs"
# shellcheck disable=SC2046,SC2086 # lists of options and files
timeout 600 "$out/bin/$name" $fuzz_options -artifact_prefix="$work/" \
	$(cat "$work/inputs") > "$work/saved.log" 2>&1
first=$?
result 1 $first "$work/saved.log" \
	"$name: $(wc -l < "$work/inputs") saved inputs do no harm"
# Without what libFuzzer keeps of comparisons: it depends on where the program lies.
# shellcheck disable=SC2086 # a list of folders
timeout 600 "$out/bin/$name" $fuzz_options -artifact_prefix="$work/" -seed=1 \
	-use_cmp=0 -runs=$runs "$work/new" $saved > "$work/search.log" 2>&1
second=$?
result 2 $second "$work/search.log" "$name: neither do $runs runs from there"
echo 1..2
[ $first -eq 0 ] && [ $second -eq 0 ]
