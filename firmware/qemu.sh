#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# qemu.sh [<option>...] <folder of a system> [<QEMU argument>...]: boots its
# fw_payload under QEMU, console on standard input and output, once the machine
# was found to suit it. The exit status is QEMU's, which is the firmware's.
#
#	--unchecked		boots whether or not the machine suits it
#	--firmware <file>	boots another image of the system
#	--quiet			does not print QEMU's command line
#
# qemu.sh --check: only says what is wrong with the environment.
#
# Environment: QEMU HARTS AIA MEM CPU WRITE GDB as in "make help"; DISK (empty:
# none); with --check also BOARD and SYSTEM.

set -eu

ram_base=0x80000000
QEMU=${QEMU:-qemu-system-riscv64}

refuse()
{
	printf 'run: %s\n' "$1" >&2
	exit 2
}

check_system()
{
	local folder=platform/$BOARD/manifests names last
	if [[ $SYSTEM =~ ^[a-z0-9-]+$ ]] &&
	   [[ -e $folder/$SYSTEM.dts || -e tests/boot/manifests/$SYSTEM.dts ]]; then
		return
	fi
	names=$(find "$folder" -name '*.dts' -exec basename {} .dts ';' | LC_ALL=C sort)
	last=${names##*$'\n'}
	names=${names%$'\n'*}
	refuse "SYSTEM=$SYSTEM: choose ${names//$'\n'/, } or $last"
}

check_disk()
{
	local size
	[ -e "$DISK" ] || refuse "DISK=$DISK does not exist"
	[ -f "$DISK" ] || [ -b "$DISK" ] || refuse "DISK=$DISK is no file"
	[ -r "$DISK" ] || refuse "DISK=$DISK cannot be read"
	[ "$WRITE" != 1 ] || [ -w "$DISK" ] || refuse "DISK=$DISK cannot be written"
	[ ! -b "$DISK" ] || return 0
	size=$(stat -Lc %s "$DISK")
	[ $((size % 512)) -eq 0 ] ||
		refuse "DISK=$DISK has $size bytes, which is no multiple of 512"
	[ "$size" -ge $((2 << 20)) ] ||
		refuse "DISK=$DISK has $size bytes; the demonstration needs at least 2 MiB"
}

check_values()
{
	case $AIA in
	none|aplic|aplic-imsic)	;;
	*)	refuse "AIA=$AIA: choose none, aplic or aplic-imsic" ;;
	esac
	[[ $HARTS =~ ^[2-8]$ ]] || refuse "HARTS=$HARTS: choose a number from 2 to 8"
	[[ $MEM =~ ^[1-9][0-9]*[kKmMgGtT]?$ ]] ||
		refuse "MEM=$MEM: choose a size, such as 512M"
	[[ $WRITE =~ ^[01]$ ]] || refuse "WRITE=$WRITE: choose 0 or 1"
	[[ $GDB =~ ^[01]$ ]] || refuse "GDB=$GDB: choose 0 or 1"
	[ -z "$DISK" ] || check_disk
}

# build_machine: QEMU's arguments that decide its device tree
build_machine()
{
	local type=virt
	[ "$AIA" = none ] || type=virt,aia=$AIA
	machine=(-M "$type${1:-}" -cpu "$CPU" -smp "$HARTS" -m "$MEM" -display none)
}

# dump_tree: writes the machine's device tree to $tree, or QEMU's complaint
dump_tree()
{
	build_machine ",dumpdtb=${tree//,/,,}"
	"$QEMU" "${machine[@]}" -bios none 2>&1
}

check_machine()
{
	local said isa
	said=$(dump_tree) ||
		refuse "QEMU has no machine with CPU=$CPU HARTS=$HARTS MEM=$MEM: ${said#*: }"
	isa=$(fdtget "$tree" /cpus/cpu@0 riscv,isa)
	[ "${isa#rv64}" != "$isa" ] || refuse "CPU=$CPU: choose a model of 64 bits, such as rv64"
}

# suits: whether the firmware would start this system on this machine
suits()
{
	dump_tree > /dev/null &&
	build/host/gcc/bulkhead-check "$system/manifest.dtb" "$tree" "$system/bundle.itb" 2>&1
}

# suggest: what is the least that would do
suggest()
{
	local harts=$HARTS mem=$MEM
	for MEM in "$mem" 512M 1G; do
		for ((HARTS = harts; HARTS <= 8; HARTS++)); do
			suits > /dev/null || continue
			echo "run: try HARTS=$HARTS MEM=$MEM"
			return
		done
	done
}

check_suits()
{
	local said
	said=$(suits) && return
	sed 's/^/run: /' <<< "$said" >&2
	suggest >&2
	exit 2
}

# The payloads are linked at 0.
print_debugger()
{
	local node image memory words
	words="-ex 'target remote :1234' -ex 'add-symbol-file $system/fw_payload.elf -o $ram_base'"
	for node in $(fdtget -l "$system/manifest.dtb" /compartments 2> /dev/null); do
		node=/compartments/$node
		image=$(fdtget -d '' "$system/manifest.dtb" "$node" image)
		image=build/riscv/payloads/$image.elf
		read -ra memory < <(fdtget -t x -d '' "$system/manifest.dtb" "$node" memory)
		[ -e "$image" ] && [ ${#memory[@]} -ge 4 ] || continue
		words+=$(printf " -ex 'add-symbol-file %s -o %#x'" "$image" \
			$(((0x${memory[0]} << 32) + 0x${memory[1]})))
	done
	echo "run: waiting for a debugger; in another terminal:"
	echo "  gdb-multiarch $words"
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

check=all
quiet=0
firmware=
while [[ ${1-} == --* ]]; do
	case $1 in
	--check)	check=environment ;;
	--unchecked)	check=values ;;
	--quiet)	quiet=1 ;;
	--firmware)
		firmware=$2
		shift
		;;
	*)	refuse "no option of qemu.sh: $1" ;;
	esac
	shift
done
system=${1-}
[ $check != environment ] || check_system
check_values
if [ $check != values ]; then
	tree=$(mktemp)
	trap 'rm -f "$tree"' EXIT
	check_machine
	[ $check != environment ] || exit 0
	check_suits
	rm -f "$tree"
fi
shift

build_machine
command=("$QEMU" "${machine[@]}" -bios "${firmware:-$system/fw_payload.bin}"
	-serial stdio -monitor none -no-reboot)
if [ -n "$DISK" ]; then
	snapshot=on
	[ "$WRITE" != 1 ] || snapshot=off
	# A colon before any slash would end a protocol's name; a comma inside
	# an option's value is written twice.
	[[ $DISK == /* || $DISK != *:* ]] || DISK=./$DISK
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
command+=("$@")
if [ "$GDB" = 1 ]; then
	command+=(-s -S)
	print_debugger
fi
[ $quiet = 1 ] || print_command
exec "${command[@]}"
