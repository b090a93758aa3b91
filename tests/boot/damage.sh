#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# damage.sh <firmware> <bundle> <result> <how>...: a copy of the firmware whose
# bundle, the one given, is spoiled:
#
#	image <name>	one bit of that image's bytes is flipped
#	hash <name>	one bit of that image's sha256 is flipped
#	truncate	the second half of the bundle is missing
#	magic		the bundle does not start as one

set -eu

firmware=$1
bundle=$2
result=$3
how=$4
image=${5:-}

# offset_of_bytes <hex digits>: where these bytes lie in the bundle
offset_of_bytes()
{
	perl -0777 -ne 'BEGIN { $bytes = pack "H*", shift }
		my $at = index $_, $bytes; exit 1 if $at < 0; print $at' "$1" "$bundle"
}

# Where the bundle, all of it, lies in the firmware.
offset_of_bundle()
{
	perl -0777 -e 'my ($firmware, $bundle) = map { local @ARGV = $_; <> } @ARGV;
		my $at = index $firmware, $bundle; exit 1 if $at < 0; print $at' \
		"$firmware" "$bundle"
}

# flip <offset in the result>
flip()
{
	local byte
	byte=$(od -An -tu1 -j "$1" -N 1 "$result")
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\x$(printf %x $((byte ^ 1)))" |
	dd of="$result" bs=1 seek="$1" conv=notrunc status=none
}

# bytes_of <node> <property>: its first 32 bytes as hex digits
bytes_of()
{
	local byte
	for byte in $(fdtget -t bx "$bundle" "$1" "$2" | cut -d ' ' -f 1-32); do
		printf %02x $((0x$byte))
	done
}

cp "$firmware" "$result"
start=$(offset_of_bundle)
case $how in
image)
	bytes=$(bytes_of "/images/$image" data)
	at=$(offset_of_bytes "$bytes")
	flip $((start + at + 16))
	;;
hash)
	bytes=$(bytes_of "/images/$image/hash-1" value)
	at=$(offset_of_bytes "$bytes")
	flip $((start + at + 5))
	;;
truncate)
	truncate -s $((start + $(stat -c %s "$bundle") / 2)) "$result"
	;;
magic)
	flip $start
	;;
*)
	echo "damage: unknown way: $how" >&2
	exit 2
	;;
esac
