#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# check.sh <test>...: runs the tests, two at a time, shows what fails and ends
# with one line that counts. Exit status 0 only if nothing failed.

set -eu

here=$(dirname "$0")
[ $# -gt 0 ] || { echo "check: no test was selected" >&2; exit 2; }
results=
for test; do
	rm -f "${test%.t}.tap"
	results="$results ${test%.t}.tap"
done

status=0
prove --jobs 2 --exec "$here/tap.sh" "$@" || status=1
# shellcheck disable=SC2086 # a list
awk '
/^ok .*# SKIP|^1\.\.0 # SKIP/ {
	skipped++
	sub(/.*# SKIP */, "")
	if (!seen[$0]++)
		reasons = reasons (reasons == "" ? "" : "; ") $0
	next
}
/^ok /		{ passed++ }
/^not ok /	{ failed++ }
END {
	printf "check: %d passed, %d failed, %d skipped%s\n", passed, failed,
		skipped, skipped ? " (" reasons ")" : ""
	exit failed > 0 || passed + skipped == 0
}' $results || status=1
exit $status
