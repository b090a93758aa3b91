#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# merge.sh <fuzzer> <build/fuzz>: makes the saved corpus anew, of few inputs of it
# and of build/fuzz/corpus that reach the same code. Regressions stay.

set -eu

name=$1
out=$2
. tests/fuzz/options.sh
saved=tests/fuzz/corpus/$name
new=$out/merged/$name
rm -rf "$new"
mkdir -p "$new" "$saved" "$out/corpus/$name" "$out/log"
# shellcheck disable=SC2086 # options
"$out/bin/$name" $fuzz_options -set_cover_merge=1 -use_counters=0 \
	"$new" "$saved" "$out/corpus/$name" > "$out/log/merge-$name" 2>&1
find "$saved" -type f ! -name 'regression-*' -exec rm {} +
find "$new" -type f -size -9 -exec cp {} "$saved" \;
echo "fuzz: $name: $(find "$saved" -type f | wc -l) inputs, $(du -sb "$saved" | cut -f 1) bytes"
