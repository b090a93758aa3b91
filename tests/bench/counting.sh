#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# counting.sh <trace-lines>: gives it traces whose answer is known.

count=$1
number=0
failed=0

# gives <what> <expected> <trace>: marks are at 0x1000; the stack is far away
gives()
{
	number=$((number + 1))
	result=$(printf ' S 1ffe000000,8\n%b' "$3" | "$count" 1000 2>&1)
	if [ "$result" = "$2" ]; then
		echo "ok $number - $1"
	else
		echo "not ok $number - $1: $result, not $2"
		failed=1
	fi
}

driver=' S 1000,8\n'
device=' S 1008,8\n'
start=' S 1010,8\n'

gives 'what one side has to itself never moves' '0 0' \
	"$start$driver S 2000,4\n L 2000,4\n M 2004,4\n$device S 2040,4\n"
gives 'a line that was written moves once to be read' '1 0' \
	"$start$driver S 2000,4\n$device L 2000,4\n L 2008,4\n"
gives 'it is taken back to be written' '1 1' \
	"$start$driver S 2000,4\n$device L 2000,4\n$driver S 2000,4\n"
gives 'two writers of one line take it from each other' '0 2' \
	"$start$driver S 2000,4\n$device S 203f,1\n$driver S 2000,4\n"
gives 'a line that both only read stays with both' '1 0' \
	"$start$driver S 2000,4\n$device L 2000,4\n$driver L 2000,4\n$device L 2000,4\n"
gives 'an access over the edge touches two lines' '2 0' \
	"$start$driver S 203c,8\n$device L 2000,4\n L 2040,4\n"
gives 'the start does not count, but its lines do' '0 1' \
	"$driver S 2000,4\n$device L 2000,4\n$start$driver S 2000,4\n"
gives 'stacks do not count' '0 0' \
	"$start$driver S 1ffdfff000,8\n$device L 1ffdfff000,8\n"
gives 'instructions do not count' '0 0' \
	"$start$driver S 2000,4\n${device}I  00002000,3\n"
gives 'a trace that never starts is refused' \
	'trace-lines: no trace of step' "$driver S 2000,4\n"
echo "1..$number"
exit $failed
