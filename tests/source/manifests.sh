#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The host's checker accepts every manifest of the board, with its bundle, on a
# machine of eight harts, and refuses what the firmware would refuse: what lies
# in the bundle, in the machine, and what is told of the board, counts.

. tests/source/tap-lib.sh

check=build/host/gcc/bulkhead-check
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# machine <architecture> <aia> <memory> <name>: writes the machine's tree
machine()
{
	case $1 in
	riscv)
		"${QEMU:-qemu-system-riscv64}" -M "virt,aia=$2,dumpdtb=$work/$4.dtb" \
			-smp 8 -m "$3" -display none ;;
	arm64)
		"${AARCH64_QEMU:-qemu-system-aarch64}" -cpu cortex-a72 \
			-M "virt,virtualization=on,gic-version=3,its=off,dumpdtb=$work/$4.dtb" \
			-smp 8 -m "$3" -display none -nic none ;;
	esac > /dev/null 2>&1
}

# refuses <what> <exit status> <what is said> <argument>...
refuses()
{
	what="$1 ($arch)"
	expected=$2
	words=$3
	shift 3
	output=$("$check" "$@" 2>&1)
	status=$?
	claim "bulkhead-check refuses $what" "$(
		[ $status -eq "$expected" ] && echo "$output" | grep -qe "$words" ||
			echo "status $status: $output")"
}

# accepts <aia> <folders of the system>: every system of the board
accepts()
{
	machine "$arch" "$1" 512M "$arch-$1"
	for manifest in platform/qemu-virt/manifests/*.dts; do
		system=$(basename "$manifest" .dts)
		built=build/$arch/$system$2
		claim "bulkhead-check accepts $system on $arch ($1)" "$(
			output=$("$check" "$built/manifest.dtb" "$work/$arch-$1.dtb" \
				"$built/bundle.itb" 2>&1) || echo "$output")"
	done
}

# refusals <demonstration> <another system> <machine's tree> <aia> <RAM>
#	<too few entries> <what is said> <enough memory>
refusals()
{
	demo=$1
	other=$2
	tree=$work/$3.dtb
	aia=$4
	ram=$5

	# The last bytes of a FIT are its strings; the middle is an image's data.
	bundle=$demo/bundle.itb
	cp "$bundle" "$work/changed.itb"
	printf '\377\0\377\0' | dd of="$work/changed.itb" bs=1 conv=notrunc status=none \
		seek=$(($(stat -c %s "$bundle") / 2))
	few=$6
	few_words=$7
	enough=$8
	set -- "$demo/manifest.dtb" "$tree"
	refuses 'a changed bundle' 1 'sha256' "$@" "$work/changed.itb"
	refuses "another system's bundle" 1 'another manifest' "$@" "$other/bundle.itb"
	refuses 'too few entries' 1 "$few_words" --entries "$few" "$@" "$bundle"
	refuses 'a coarse board' 1 'finer than protection can be set' \
		--granularity 0x2000 "$@" "$bundle"
	refuses 'memory in the firmware' 1 'which is the firmware;' \
		--firmware "$(printf '%#x' $((ram + 0xff00000))),0x100001" "$@" "$bundle"
	refuses 'options that are no numbers' 2 \
		'--entries many: a number, of protection entries (riscv)' --entries many "$@"
	refuses 'an odd granularity' 2 '--granularity 12: a number of bytes, a power of two' \
		--granularity 12 "$@"
	refuses 'half a firmware' 2 '--firmware 0x1000: a base and a size' --firmware 0x1000 "$@"
	refuses 'an architecture that is none' 2 '--arch arm: riscv or arm64 is right' --arch arm "$@"
	refuses 'an option without its word' 2 '--arch (nothing): riscv or arm64' "$@" --arch
	refuses 'an option that is none' 2 '--entrees: no such option' --entrees 3 "$@"
	refuses 'a manifest without its machine' 2 'usage: bulkhead-check' "$1"

	# The demonstration's memory ends at 276 MiB: the copies need some more,
	# and of QEMU's tree for AArch64, which is mostly room, 1 MiB.
	machine "$arch" "$aia" 276M tight
	refuses "memory in the firmware's copies" 1 "the firmware's copies" \
		"$demo/manifest.dtb" "$work/tight.dtb" "$bundle"
	machine "$arch" "$aia" "$enough" enough
	claim "bulkhead-check accepts copies right behind ($arch)" "$(
		"$check" "$demo/manifest.dtb" "$work/enough.dtb" "$bundle" 2>&1)"
	machine "$arch" "$aia" 1M small
	refuses 'a machine without room for copies' 1 'too little memory' \
		"$demo/manifest.dtb" "$work/small.dtb" "$bundle"
	fdtput -r "$tree" "$(fdtget -l "$tree" / | sed -n 's,^memory@,/&,p')"
	refuses 'a machine without memory' 1 'no RAM there' "$@" "$bundle"
}

arch=riscv
for aia in none aplic aplic-imsic; do
	accepts $aia /$aia
done
refusals build/riscv/demo/none build/riscv/three/none riscv-none none 0x80000000 \
	3 'needs . protection entries, 1 are available' 277M

arch=arm64
accepts gic ''
refusals build/arm64/demo build/arm64/three arm64-gic gic 0x40000000 \
	1 'needs . translation tables, 1 are available' 278M

# What only the board knows: the firmware's own bridge.
machine arm64 gic 512M bridge
cp build/arm64/demo/manifest.dtb "$work/bridge-wanted.dtb"
fdtput -t s "$work/bridge-wanted.dtb" /compartments/server/devices/disk path /pcie@10000000
refuses "the board's own device" 1 '/pcie@10000000: it belongs to the firmware' \
	"$work/bridge-wanted.dtb" "$work/bridge.dtb"

# The harts tell the architecture, not the interrupt controller that it lacks.
fdtput -t s "$work/bridge.dtb" /intc@8000000 compatible arm,cortex-a15-gic
refuses 'a machine without a GICv3' 1 'no arm,gic-v3 there' \
	build/arm64/demo/manifest.dtb "$work/bridge.dtb"
finish
