#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# run.sh <flavour> [<emulator>] <program>: runs a CUnit program, turns its
# output into TAP, and shows that output if anything failed.

flavour=$1
shift
run=("$@")
program=${run[-1]}
# Only a program that hangs reaches this, however busy the machine is: none
# takes more than seconds.
limit=600
export ASAN_OPTIONS=detect_stack_use_after_return=1:strict_string_checks=1
export UBSAN_OPTIONS=print_stacktrace=1
export TSAN_OPTIONS=halt_on_error=1

# The thread sanitiser of gcc 12 cannot place its shadow memory where the
# kernel randomises addresses widely.
if [ "$flavour" = threads ] && setarch -R true 2> /dev/null; then
	run=(setarch -R "$program")
fi

log=$program.log
timeout --kill-after=10 $limit "${run[@]}" > "$log" 2>&1
status=$?
what="ended with status $status"
[ $status -ne 124 ] || what="did not end within $limit s"

count=0
failed=0
while IFS= read -r line; do
	[[ $line =~ Test:\ (.*)\ \.\.\.(passed|FAILED)$ ]] || continue
	count=$((count + 1))
	if [ "${BASH_REMATCH[2]}" = passed ]; then
		echo "ok $count - ${BASH_REMATCH[1]}"
	else
		echo "not ok $count - ${BASH_REMATCH[1]}"
		failed=$((failed + 1))
	fi
done < "$log"

if [ $status -ne 0 ] && [ $failed -eq 0 ]; then
	count=$((count + 1))
	failed=1
	echo "not ok $count - $program $what"
elif [ $count -eq 0 ]; then
	count=1
	failed=1
	echo "not ok 1 - $program ran no test"
fi
echo "1..$count"
[ $failed -eq 0 ] || tail -n 60 "$log" >&2
