#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The host's checker accepts every manifest of the board, with its bundle, on a
# machine of eight harts, and refuses what the firmware would refuse: what lies
# in the bundle, in the machine, and what is told of the board, counts.

. tests/source/tap-lib.sh

check=build/host/gcc/bulkhead-check
demo=build/riscv/demo/none
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# machine <aia> <memory> <name>: writes the machine's tree
machine()
{
	"${QEMU:-qemu-system-riscv64}" -M "virt,aia=$1,dumpdtb=$work/$3.dtb" \
		-smp 8 -m "$2" -display none > /dev/null 2>&1
}

# refuses <what> <exit status> <what is said> <argument>...
refuses()
{
	what=$1
	expected=$2
	words=$3
	shift 3
	output=$("$check" "$@" 2>&1)
	status=$?
	claim "bulkhead-check refuses $what" "$(
		[ $status -eq "$expected" ] && echo "$output" | grep -q "$words" ||
			echo "status $status: $output")"
}

for aia in none aplic aplic-imsic; do
	machine $aia 512M $aia
	for manifest in platform/qemu-virt/manifests/*.dts; do
		system=$(basename "$manifest" .dts)
		built=build/riscv/$system/$aia
		claim "bulkhead-check accepts $system on $aia" "$(
			output=$("$check" "$built/manifest.dtb" "$work/$aia.dtb" \
				"$built/bundle.itb" 2>&1) || echo "$output")"
	done
done

# The last bytes of a FIT are its strings; the middle is an image's data.
bundle=$demo/bundle.itb
cp "$bundle" "$work/changed.itb"
printf '\377\0\377\0' | dd of="$work/changed.itb" bs=1 conv=notrunc status=none \
	seek=$(($(stat -c %s "$bundle") / 2))
set -- "$demo/manifest.dtb" "$work/none.dtb"
refuses 'a changed bundle' 1 'sha256' "$@" "$work/changed.itb"
refuses "another system's bundle" 1 'another manifest' "$@" \
	build/riscv/three/none/bundle.itb
refuses 'too few entries' 1 'needs . protection entries, 1 are available' \
	--entries 3 "$@" "$bundle"
refuses 'a coarse board' 1 'finer than protection can be set' \
	--granularity 0x2000 "$@" "$bundle"
refuses 'memory in the firmware' 1 'which is the firmware;' \
	--firmware 0x8ff00000,0x100001 "$@" "$bundle"
refuses 'options that are no numbers' 2 usage --entries many "$@" "$bundle"

# The demonstration's memory ends at 276 MiB: the copies need some more.
machine none 276M tight
refuses "memory in the firmware's copies" 1 "the firmware's copies" \
	"$demo/manifest.dtb" "$work/tight.dtb" "$bundle"
machine none 277M enough
claim 'bulkhead-check accepts copies right behind' "$(
	"$check" "$demo/manifest.dtb" "$work/enough.dtb" "$bundle" 2>&1)"
machine none 1M small
refuses 'a machine without room for copies' 1 'too little memory' \
	"$demo/manifest.dtb" "$work/small.dtb" "$bundle"
fdtput -r "$work/none.dtb" "$(fdtget -l "$work/none.dtb" / | sed -n 's,^memory@,/&,p')"
refuses 'a machine without memory' 1 'no RAM there' "$@" "$bundle"
finish
