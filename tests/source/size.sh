#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Our part of the firmware stays small enough to be read: the two bounds are
# promises, and each figure is shown.

. tests/source/tap-lib.sh

. firmware/opensbi.pin

text_bound=65536
lines_bound=5000

measured=$(firmware/measure.sh build/riscv/demo/none/fw_payload.elf \
	build/riscv/opensbi "${OPENSBI_SRC:-build/opensbi-$OPENSBI_VERSION}")

# value <name>
value()
{
	echo "$measured" | awk -v name="$1" '$2 == name { print $3 }'
}

text=$(value firmware_text_bytes)
lines=$(value firmware_lines)
claim "our code and constants in the firmware: $text of $text_bound bytes" "$(
	[ "$text" -le $text_bound ] || echo "$text bytes")"
claim "our lines that run in M-mode: $lines of $lines_bound" "$(
	[ "$lines" -le $lines_bound ] || echo "$lines lines")"
echo "# OpenSBI's and libfdt's lines linked in: $(value firmware_lines_opensbi)"
for library in virtio doorbell loopback compartment riscv; do
	echo "# lib/$library: $(cat lib/$library/*.[chS] | wc -l) lines with comments"
done
finish
