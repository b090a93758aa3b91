#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# written.sh <image> <console>: the client's pattern of the last of the rounds
# that it counts fills the last MiB of the disk; the rest is as it was.

set -eu

image=$1
times=$(sed -n 's/^client: pattern .*verified, \([0-9]*\) times*$/\1/p' "$2")
round=$((times - 1))
pattern_bytes=$((1 << 20))
size=$(stat -c %s "$image")
first=$((size - pattern_bytes))

untouched()
{
	while :; do cat build/demo.img || break; done 2> /dev/null | head -c $first
}

cmp -n $first "$image" <(untouched)
# Each 64-bit word, little endian: its offset plus round * 2^48, exclusive or
# the eight letters of the key.
perl -e '
	my ($first, $bytes, $round) = @ARGV;
	binmode STDOUT;
	for (my $at = $first; $at < $first + $bytes; $at += 8) {
		print pack("Q<", ($at + ($round << 48)) ^ unpack("Q<", "bulkhead"));
	}' $first $pattern_bytes "$round" |
cmp - <(tail -c $pattern_bytes "$image")
