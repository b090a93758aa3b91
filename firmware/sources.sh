#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sources.sh <list>: brings the list of all source files up to date. It is
# rewritten only if it changes; what was compiled from files that are gone is
# removed, so that no later step finds it. A header that is gone leaves the
# object of the source beside it, which make has perhaps looked at already.

set -eu

list=$1
build=$(dirname "$list")
mkdir -p "$build"
find include lib platform payloads tests -name '*.[chS]' | LC_ALL=C sort > "$list.new"
if cmp -s "$list.new" "$list"; then
	rm "$list.new"
	exit
fi
if [ -e "$list" ]; then
	LC_ALL=C comm -13 "$list.new" "$list" | sed -n '/\.[cS]$/p' |
	while read -r gone; do
		find "$build" -path "*/${gone%.*}.*" \
			'(' -name '*.o' -o -name '*.d' -o -name '*.dep' ')' \
			-exec rm -f {} +
	done
fi
mv "$list.new" "$list"
