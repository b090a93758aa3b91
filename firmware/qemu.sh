#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# qemu.sh <folder of a system>: boots its fw_payload under QEMU, console on
# standard input and output, after checking that the machine suits it. The
# exit status is QEMU's, which is the firmware's.
#
# Environment: QEMU HARTS AIA MEM CPU as in "make help"; DISK (empty: none),
# WRITE=1 to let it be written, GDB=1 to wait for a debugger, FIRMWARE to boot
# another image of the system, QEMU_EXTRA for further arguments, QUIET=1 not
# to print the command.

set -eu

system=$1
firmware=${FIRMWARE:-$system/fw_payload.bin}
ram_base=$((0x80000000))

refuse()
{
	echo "run: $1" >&2
	exit 2
}

# size_in_bytes <QEMU memory size>: digits with K, M, G or T; M if none
size_in_bytes()
{
	local number=${1%[kKmMgGtT]} unit=${1##*[0-9]}
	[[ $number =~ ^[0-9]+$ ]] || refuse "MEM=$1 is no memory size (try 512M)"
	case $unit in
	[kK])		echo $((number << 10)) ;;
	''|[mM])	echo $((number << 20)) ;;
	[gG])		echo $((number << 30)) ;;
	[tT])		echo $((number << 40)) ;;
	esac
}

# ranges <node> <property>: base and size in hexadecimal cells, one line for
# each child of the node
ranges()
{
	local child
	for child in $(fdtget -l "$system/manifest.dtb" "$1" 2> /dev/null); do
		fdtget -t x -d '' "$system/manifest.dtb" "$1/$child" "$2"
	done
}

# highest_end: where the memory ends that the manifest hands out
highest_end()
{
	local cells end highest=0
	while read -ra cells; do
		while [ ${#cells[@]} -ge 4 ]; do
			end=$(((0x${cells[0]} << 32) + 0x${cells[1]} +
			       (0x${cells[2]} << 32) + 0x${cells[3]}))
			[ $end -le $highest ] || highest=$end
			cells=("${cells[@]:4}")
		done
	done < <(ranges /compartments memory; ranges /windows reg)
	echo $highest
}

# The firmware keeps the bundle and the machine's tree at the top of memory.
check_memory()
{
	local bundle needed have
	bundle=$(stat -c %s "$system/bundle.itb")
	needed=$(($(highest_end) - ram_base + bundle + (2 << 20)))
	have=$(size_in_bytes "$MEM")
	[ $have -ge $needed ] || refuse \
"MEM=$MEM is too little for this system: it needs $(((needed >> 20) + 1))M"
}

check_disk()
{
	[ -e "$DISK" ] || refuse "DISK=$DISK does not exist"
	[ -f "$DISK" ] || [ -b "$DISK" ] || refuse "DISK=$DISK is no file"
	[ -r "$DISK" ] || refuse "DISK=$DISK cannot be read"
	[ "$WRITE" != 1 ] || [ -w "$DISK" ] || refuse "DISK=$DISK cannot be written"
	local size
	size=$(stat -Lc %s "$DISK")
	[ ! -b "$DISK" ] || return 0
	[ $((size % 512)) -eq 0 ] ||
		refuse "DISK=$DISK has $size bytes, which is no multiple of 512"
	[ $size -ge $((2 << 20)) ] ||
		refuse "DISK=$DISK has $size bytes; the demonstration needs at least 2 MiB"
}

# One line that a shell takes back.
print_command()
{
	local word line=
	for word in "${command[@]}"; do
		[[ $word =~ ^[A-Za-z0-9_./,=:+-]+$ ]] || word=\'${word//\'/\'\\\'\'}\'
		line+=" $word"
	done
	echo "${line# }"
}

machine=virt
case $AIA in
none)			;;
aplic|aplic-imsic)	machine=virt,aia=$AIA ;;
*)			refuse "AIA=$AIA is none of none, aplic, aplic-imsic" ;;
esac
[[ $HARTS =~ ^[2-8]$ ]] || refuse "HARTS=$HARTS is not a number from 2 to 8"
case ${WRITE:=0} in
0|1)	;;
*)	refuse "WRITE=$WRITE is neither 0 nor 1" ;;
esac
[ "${SKIP_MEMORY_CHECK:-0}" = 1 ] || check_memory

command=("${QEMU:-qemu-system-riscv64}" -M "$machine" -cpu "$CPU" -smp "$HARTS"
	-m "$MEM" -bios "$firmware" -display none -serial stdio -monitor none
	-no-reboot)
if [ -n "${DISK:-}" ]; then
	check_disk
	snapshot=on
	[ "$WRITE" != 1 ] || snapshot=off
	# A comma inside a QEMU option's value is written twice.
	command+=(-global virtio-mmio.force-legacy=false
		-drive "if=none,id=disk,format=raw,snapshot=$snapshot,file=${DISK//,/,,}"
		-device virtio-blk-device,drive=disk,bus=virtio-mmio-bus.0)
fi
# A system that grants the second virtio-mmio slot gets a disk there as well, to
# scratch: it is always a snapshot of the demonstration image.
if grep -aq /soc/virtio_mmio@10002000 "$system/manifest.dtb"; then
	command+=(-drive "if=none,id=second,format=raw,snapshot=on,file=build/demo.img"
		-device virtio-blk-device,drive=second,bus=virtio-mmio-bus.1)
fi
if [ -n "${QEMU_EXTRA:-}" ]; then
	read -ra extra <<< "$QEMU_EXTRA"
	command+=("${extra[@]}")
fi
if [ "${GDB:-0}" = 1 ]; then
	command+=(-s -S)
	echo "run: waiting for a debugger; in another terminal:"
	echo "  gdb-multiarch -ex 'target remote :1234'" \
		"-ex 'add-symbol-file $system/fw_payload.elf -o $(printf %#x $ram_base)'"
fi
if [ "${QUIET:-0}" != 1 ]; then
	print_command
fi
exec "${command[@]}"
