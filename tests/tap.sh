#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tap.sh <test>: runs one test and keeps its output beside it. A test that ends
# with an error status without having said "not ok" has failed nevertheless.

result=${1%.t}.tap
{
	sh "$1"
	status=$?
	[ $status -eq 0 ] || echo "# ended with status $status"
} < /dev/null > "$result.part"
if [ $status -ne 0 ] && ! grep -q '^not ok' "$result.part"; then
	{
		grep -v '^1\.\.' "$result.part"
		count=$(grep -c '^ok' "$result.part")
		echo "not ok $((count + 1)) - the test ended with status $status"
		echo "1..$((count + 1))"
	} > "$result"
	rm "$result.part"
else
	mv "$result.part" "$result"
fi
cat "$result"
