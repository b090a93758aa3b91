#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Our part of the firmware stays small enough to be read: the bounds are
# promises, and each figure is shown.

. tests/source/tap-lib.sh
. firmware/bounds.sh

# value <name>
value()
{
	echo "$measured" | awk -v name="$1" '$2 == name { print $3 }'
}

for arch in riscv arm64; do
	measured=$(firmware/measure.sh $arch)
	bounds $arch
	text=$(value firmware_text_bytes)
	lines=$(value firmware_lines)
	claim "our code and constants in the firmware: $text of $text_bound bytes ($arch)" "$(
		[ "$text" -le $text_bound ] || echo "$text bytes")"
	claim "our lines in the firmware: $lines of $lines_bound ($arch)" "$(
		[ "$lines" -le $lines_bound ] || echo "$lines lines")"
	echo "# others' lines linked in: $(value firmware_lines_opensbi) ($arch)"
done
for library in virtio doorbell loopback frontend compartment partitioner riscv arm64; do
	echo "# lib/$library: $(find lib/$library -name '*.[chS]' | xargs cat | wc -l) lines with comments"
done
finish
