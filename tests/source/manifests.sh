#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The host's checker accepts every manifest of the board, with its bundle, on a
# machine of eight harts, and refuses a bundle that was tampered with.

. tests/source/tap-lib.sh

check=build/host/gcc/bulkhead-check
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

for aia in none aplic aplic-imsic; do
	"${QEMU:-qemu-system-riscv64}" -M "virt,aia=$aia,dumpdtb=$work/$aia.dtb" \
		-smp 8 -m 512M -display none > /dev/null 2>&1
	for manifest in platform/qemu-virt/manifests/*.dts; do
		system=$(basename "$manifest" .dts)
		built=build/riscv/$system/$aia
		claim "bulkhead-check accepts $system on $aia" "$(
			output=$("$check" "$built/manifest.dtb" "$work/$aia.dtb" \
				"$built/bundle.itb" 2>&1) || echo "$output")"
	done
done

# The last bytes of a FIT are its strings; the middle is an image's data.
bundle=build/riscv/demo/none/bundle.itb
cp "$bundle" "$work/changed.itb"
printf '\377\0\377\0' | dd of="$work/changed.itb" bs=1 conv=notrunc status=none \
	seek=$(($(stat -c %s "$bundle") / 2))
output=$("$check" build/riscv/demo/none/manifest.dtb "$work/none.dtb" \
	"$work/changed.itb" 2>&1)
status=$?
claim 'bulkhead-check refuses a changed bundle' "$(
	[ $status -eq 1 ] || echo "status $status: $output")"
finish
