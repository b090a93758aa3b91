# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash disable=SC2154 # of those that source it
# Sourced by the tests of this folder: one TAP line per result. $name is the
# test's.

count=0
failed=0

# point <passed: 0 or 1> <what>
point()
{
	count=$((count + 1))
	if [ "$1" = 1 ]; then
		echo "ok $count - $name: $2"
	else
		echo "not ok $count - $name: $2"
		echo "$name: not so: $2" >&2
		failed=$((failed + 1))
	fi
}

# holds <what> <command>...: a result whose complaints are shown
holds()
{
	local what=$1 said
	shift
	if said=$("$@" 2>&1); then
		point 1 "$what"
	else
		point 0 "$what"
		printf '%s\n' "$said" >&2
	fi
}

# judge_lines <prefix> <file>: every line "<prefix>PASS <what>" or "<prefix>FAIL
# <what>" is a result.
judge_lines()
{
	local line
	while IFS= read -r line; do
		case $line in
		"$1PASS "*)	point 1 "${line#*PASS }" ;;
		"$1FAIL "*)	point 0 "${line#*FAIL }" ;;
		esac
	done < "$2"
}

# finish <file to show the end of if anything failed>...
finish()
{
	local file
	echo "1..$count"
	[ $failed -gt 0 ] || return 0
	for file; do
		echo "--- $name: the end of $file"
		tail -n 30 "$file"
	done >&2
	echo '---' >&2
}
