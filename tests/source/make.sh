#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a person may give make: a wrong value is refused by name before anything
# is built, on either architecture; a board may be of one architecture alone;
# what is gone or changed breaks no later build and makes none needless.

. tests/source/tap-lib.sh

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
tree=$work/tree

# A tree like this one, with boards and products of its own.
mkdir -p "$tree/build" "$tree/platform"
for entry in *; do
	case $entry in
	build)		;;
	platform)	cp -R platform/* "$tree/platform" ;;
	*)		ln -s "$PWD/$entry" "$tree/$entry" ;;
	esac
done
mkdir -p "$tree/platform/alone/manifests"
cp -R platform/qemu-virt/arm64 "$tree/platform/alone"
cp -R platform/qemu-virt/manifests/arm64 platform/qemu-virt/manifests/demo.dts \
	"$tree/platform/alone/manifests"
# What only this make was asked for is not handed on.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES ARCH SYSTEM HARTS AIA MEM DISK \
	WRITE CPU GDB BOARD OPENSBI_SRC TESTS V MODE CMD
: "${CROSS_COMPILE=riscv64-linux-gnu-}" "${AARCH64_CROSS_COMPILE=aarch64-linux-gnu-}"
: "${QEMU=qemu-system-riscv64}" "${AARCH64_QEMU=qemu-system-aarch64}"
export CROSS_COMPILE AARCH64_CROSS_COMPILE QEMU AARCH64_QEMU

# refuses <what is said> <make's argument>...: what $goal is asked for
refuses()
{
	words=$1
	shift
	output=$(make -C "$tree" "$goal" "$@" 2>&1 < /dev/null)
	status=$?
	claim "make $goal $* is refused" "$(
		[ $status -eq 2 ] && echo "$output" | grep -q "$words" &&
			[ -z "$(ls "$tree/build")" ] ||
			echo "status $status: $output" | head -n 20)"
}

goal=run
for arch in riscv arm64; do
	refuses 'SYSTEM=no: choose bench, .*, demo or three$' ARCH=$arch SYSTEM=no
	refuses 'HARTS=9: choose a number from 2 to 8' ARCH=$arch HARTS=9
	refuses 'MEM=much: choose a size' ARCH=$arch MEM=much
	refuses 'DISK=/no does not exist' ARCH=$arch DISK=/no
	refuses 'DISK=Makefile has .* bytes' ARCH=$arch DISK=Makefile
	refuses 'WRITE=yes: choose 0 or 1' ARCH=$arch WRITE=yes
	refuses 'GDB=2: choose 0 or 1' ARCH=$arch GDB=2
	refuses 'QEMU has no machine with CPU=no' ARCH=$arch CPU=no
	refuses 'BOARD=no: .* choose .*qemu-virt' ARCH=$arch BOARD=no
	refuses 'OPENSBI_SRC=/no is not' ARCH=$arch OPENSBI_SRC=/no
done
refuses 'ARCH=no: choose riscv or arm64' ARCH=no
refuses 'AIA=gic: choose none, aplic or aplic-imsic' AIA=gic
refuses 'AIA=none: ARCH=arm64 has only gic' ARCH=arm64 AIA=none
refuses 'CPU=rv32: choose a model of 64 bits' CPU=rv32
refuses 'CPU=cortex-a15: choose a model of 64 bits' ARCH=arm64 CPU=cortex-a15
# Tools of the other architecture, and those that are for it
refuses 'a riscv64 gcc' CROSS_COMPILE="$AARCH64_CROSS_COMPILE"
refuses 'for riscv64' QEMU="$AARCH64_QEMU"
refuses 'an aarch64 gcc' ARCH=arm64 AARCH64_CROSS_COMPILE="$CROSS_COMPILE"
refuses 'for aarch64' ARCH=arm64 AARCH64_QEMU="$QEMU"
refuses 'choose AARCH64_QEMU=' ARCH=arm64 QEMU="$AARCH64_QEMU"
refuses 'choose AARCH64_CROSS_COMPILE=' ARCH=arm64 CROSS_COMPILE="$AARCH64_CROSS_COMPILE"
goal=run-linux
refuses 'MODE=no: choose grant or window' MODE=no
refuses 'run-linux is for RISC-V' ARCH=arm64
refuses 'HARTS=1: choose a number from 2 to 8' HARTS=1
refuses 'AIA=gic: choose none, aplic or aplic-imsic' AIA=gic
truncate -s 2M "$work/empty.img"
refuses 'empty.img has no ext4 file system' DISK="$work/empty.img" CMD=true
refuses 'nobody to type at a shell'
goal=run-uboot
refuses 'U-Boot needs MODE=grant' MODE=window
refuses 'goes onto the disk that is made' CMD=true DISK="$work/empty.img"
goal=run-two-linux
refuses 'HARTS=2: run-two-linux needs 3 or more' HARTS=2
refuses 'has disks and commands of its own' CMD=true
goal=run

claim 'it is said that the environment names tools for RISC-V' "$(
	output=$(env -u AARCH64_QEMU -u AARCH64_CROSS_COMPILE \
		make -n -C "$tree" run ARCH=arm64 HARTS=9 2>&1)
	for name in QEMU CROSS_COMPILE; do
		echo "$output" | grep -q "^make: $name= .* AARCH64_$name=" || echo "$name"
	done)"

# builds <whether the manifest is made: yes or no> <make's argument>...
builds()
{
	expected=$1
	shift
	output=$(make -C "$tree" ARCH=arm64 build/arm64/demo/manifest.dtb "$@" 2>&1) ||
		echo "$output"
	made=no
	! echo "$output" | grep -q 'DTC.*build/arm64/demo/manifest.dtb' || made=yes
	[ $made = "$expected" ] || echo "made: $made: $output"
}

refuses 'BOARD=alone: with ARCH=riscv choose qemu-virt' BOARD=alone
claim 'a board of one architecture alone is built for' "$(
	builds yes BOARD=alone
	make -n -C "$tree" ARCH=arm64 BOARD=alone build/arm64/demo/firmware.bin 2>&1 |
		grep -q platform/alone/arm64/board.c || echo 'no source of the board')"
rm -r "$tree/platform/alone"
claim 'what was built for a board that is gone is built anew' "$(builds yes)"
claim 'with another compiler for RISC-V, nothing is built anew for AArch64' "$(
	CROSS_COMPILE=other- builds no)"
claim 'with another compiler for AArch64, it is' "$(
	builds yes AARCH64_CROSS_COMPILE="$(command -v "${AARCH64_CROSS_COMPILE}gcc" |
		sed 's/gcc$//')")"

mkdir -p "$work/few/build/a/lib" "$work/few/include" "$work/few/platform" \
	"$work/few/payloads" "$work/few/tests" "$work/few/lib"
sources=$PWD/firmware/sources.sh
claim 'objects of sources that are gone are removed, and no others' "$(
	cd "$work/few" || exit
	touch lib/one.c lib/one.h lib/two.c build/a/lib/one.o build/a/lib/two.o
	"$sources" build/sources
	rm lib/one.h lib/two.c
	"$sources" build/sources
	[ -e build/a/lib/one.o ] || echo 'that beside a header is gone'
	[ ! -e build/a/lib/two.o ] || echo 'that of a source is there')"

claim 'make lines counts' "$(make -C "$tree" -s lines | grep -v '^make' > "$work/lines"
	firmware/lines.sh | cmp - "$work/lines")"
# One line each: what a person can ask for
targets()
{
	cat Makefile */*.mk */*/*.mk | sed -n 's/^\.PHONY: //p' | tr ' ' '\n' |
	grep -x '[a-z-][a-z-]*' | grep -vx 'force\|bulkhead-.*' | sed 's/^/make /'
	for kind in tests/*/; do
		kind=$(basename "$kind")
		[ ! -e "tests/$kind/$kind.mk" ] || echo "make check-$kind"
	done
	sed -n 's/^\([A-Z0-9_]*\) ?=.*/\1=/p' Makefile
}

claim 'make help names every target and every variable of the Makefile' "$(
	make -s help > "$work/help"
	targets | while read -r name; do
		grep -qE "^  $name( |\$|[a-z0-9<])" "$work/help" || echo "$name"
	done)"
finish
