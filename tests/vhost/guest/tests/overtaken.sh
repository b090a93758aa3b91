# SPDX-License-Identifier: BSD-2-Clause
# One read is overtaken by others, in the middle of which the host ends the
# server: does it come back? Sourced by init.

overtaken=65536		# in units of 4 KiB; the stanza knows it, too
others=64

# in_flight: of the disk's requests
in_flight()
{
	awk '{ print $1 + $2 }' /sys/block/vda/inflight
}

read_block()
{
	dd if=$disk of=/dev/null bs=4k count=1 skip=$1 iflag=direct 2> /dev/null
}

read_block $overtaken &
until [ "$(in_flight)" -gt 0 ]; do
	:
done
for other in $(seq $others); do
	if ! read_block $other; then
		echo "guest: read $other failed"
		break
	fi
done
power_off
