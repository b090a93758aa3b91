#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# damage.sh <folder of a system> <result> <how>...: a copy of the system's
# fw_payload.bin whose bundle is spoiled:
#
#	image <name>	one bit of that image's bytes is flipped
#	hash <name>	one bit of that image's sha256 is flipped
#	truncate	the second half of the bundle is missing
#	magic		the bundle does not start as one

set -eu

system=$1
result=$2
how=$3
image=${4:-}
bundle=$system/bundle.itb

# symbol <name>: its address in the firmware
symbol()
{
	"${CROSS_COMPILE:-riscv64-linux-gnu-}nm" "$system/fw_payload.elf" |
	awk -v name="$1" '$3 == name { print $1 }'
}

# offset_of_bytes <hex digits>: where these bytes lie in the bundle
offset_of_bytes()
{
	perl -0777 -ne 'BEGIN { $bytes = pack "H*", shift }
		my $at = index $_, $bytes; exit 1 if $at < 0; print $at' "$1" "$bundle"
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

cp "$system/fw_payload.bin" "$result"
start=$((0x$(symbol payload_bin) - 0x$(symbol _fw_start)))
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
