#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# qemu.sh [<option>...] <folder of a system> [<QEMU argument>...]: boots its
# firmware under QEMU, console on standard input and output, once the machine
# was found to suit it. The exit status is QEMU's, which is the firmware's.
#
#	--unchecked		boots whether or not the machine suits it
#	--firmware <file>	boots another image of the system
#	--tree <file>		the machine describes itself by another tree
#	--machine <options>	the machine's own, instead of those that suit it
#	--loader <file> <address>
#				boots that one, on AArch64; the firmware then
#				lies at the address for it to start
#	--quiet			does not print QEMU's command line
#	--keys			every key goes to the console, control-C too; to
#				leave: control-A, then x
#
# qemu.sh --check: only says what is wrong with the environment.
#
# Environment: ARCH QEMU AARCH64_QEMU HARTS AIA MEM CPU WRITE GDB as in "make
# help"; DISK (empty: none), SECOND_DISK (unset: the demonstration image); with
# --check also BOARD and SYSTEM (empty: none of those that have a name).

set -eu

# Each architecture's: name and options of the machine, QEMU's option for the
# firmware and where that puts it, a model that does for CPU, the slots of the
# two disks, and what the machine's tree calls the second.
case ${ARCH:=riscv} in
riscv)
	qemu=${QEMU:-qemu-system-riscv64}
	machine_options=
	[ "${AIA-none}" = none ] || machine_options=,aia=$AIA
	firmware_option=-bios
	firmware_at=0x80000000
	firmware_name=fw_payload
	# There is one by itself, a file that need not be installed.
	dump_options='-bios none'
	cpu_suggested=rv64
	cpu_appended=
	disk_slots=(0 1)
	second_disk=/soc/virtio_mmio@10002000
	# What the machine has beside what suits every system.
	devices=()
	;;
arm64)
	qemu=${AARCH64_QEMU:-qemu-system-aarch64}
	# Nobody is given an ITS, and with one a guest can crash QEMU 10.0: by
	# ending an LPI that it was never sent.
	machine_options=,virtualization=on,gic-version=3,its=off
	firmware_option=-kernel
	firmware_at=0x40200000
	firmware_name=firmware
	dump_options=
	cpu_suggested=cortex-a72
	# Only models of 64 bits have that property.
	cpu_appended=,aarch64=on
	disk_slots=(0 8)
	second_disk=/virtio_mmio@a001000
	# Who gets word of a failure; by itself there would be a network too.
	devices=(-nic none -device pvpanic-pci -action panic=exit-failure)
	;;
*)
	echo "run: ARCH=$ARCH: choose riscv or arm64" >&2
	exit 2
	;;
esac

refuse()
{
	printf 'run: %s\n' "$1" >&2
	exit 2
}

check_system()
{
	local folder=platform/$BOARD/manifests names list
	if [[ $SYSTEM =~ ^[a-z0-9-]+$ ]] &&
	   [[ -e $folder/$SYSTEM.dts || -e tests/boot/manifests/$SYSTEM.dts ]]; then
		return
	fi
	names=$(find "$folder" -name '*.dts' -exec basename {} .dts ';' 2> /dev/null |
		LC_ALL=C sort)
	[ -n "$names" ] || refuse "SYSTEM=$SYSTEM: there is no manifest in $folder"
	list=${names//$'\n'/, }
	refuse "SYSTEM=$SYSTEM: choose ${list/%, ${names##*$'\n'}/ or ${names##*$'\n'}}"
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
		refuse "DISK=$DISK has $size bytes; a disk needs at least 2 MiB"
}

check_values()
{
	case $ARCH,$AIA in
	riscv,none|riscv,aplic|riscv,aplic-imsic|arm64,gic)	;;
	riscv,*)	refuse "AIA=$AIA: choose none, aplic or aplic-imsic" ;;
	*)		refuse "AIA=$AIA: ARCH=$ARCH has only gic" ;;
	esac
	[[ $HARTS =~ ^[2-8]$ ]] || refuse "HARTS=$HARTS: choose a number from 2 to 8"
	[[ $MEM =~ ^[1-9][0-9]*[kKmMgGtT]?$ ]] ||
		refuse "MEM=$MEM: choose a size, such as 512M"
	[[ $WRITE =~ ^[01]$ ]] || refuse "WRITE=$WRITE: choose 0 or 1"
	[[ $GDB =~ ^[01]$ ]] || refuse "GDB=$GDB: choose 0 or 1"
	[ -z "$DISK" ] || check_disk
}

# build_machine [<more options of the machine> [<more of its processors>]]:
# QEMU's arguments that decide its device tree
build_machine()
{
	machine=(-M "virt$machine_options${1:-}" -cpu "$CPU${2:-}" -smp "$HARTS"
		-m "$MEM" -display none "${devices[@]}")
}

# dump_tree: writes the machine's device tree to $tree, or QEMU's complaint
dump_tree()
{
	build_machine ",dumpdtb=${tree//,/,,}" "$cpu_appended"
	"$qemu" "${machine[@]}" $dump_options 2>&1
}

refuse_narrow()
{
	refuse "CPU=$CPU: choose a model of 64 bits, such as $cpu_suggested"
}

check_machine()
{
	local said isa=rv64
	said=$(dump_tree) || {
		[[ $said != *Property*aarch64*not\ found* ]] || refuse_narrow
		refuse "QEMU has no machine with CPU=$CPU HARTS=$HARTS MEM=$MEM: ${said#*: }"
	}
	[ $ARCH != riscv ] || isa=$(fdtget "$tree" /cpus/cpu@0 riscv,isa)
	[[ $isa == rv64* ]] || refuse_narrow
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
	for MEM in "$mem" 512M 1G 2G; do
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
	said=${said//"$tree"/the machine with MEM=$MEM}
	sed 's/^/run: /' <<< "$said" >&2
	suggest >&2
	exit 2
}

# The payloads are linked at 0.
print_debugger()
{
	local node image memory words
	words="-ex 'target remote :1234' -ex 'add-symbol-file $system/$firmware_name.elf -o $firmware_at'"
	for node in $(fdtget -l "$system/manifest.dtb" /compartments 2> /dev/null); do
		node=/compartments/$node
		image=$(fdtget -d '' "$system/manifest.dtb" "$node" image)
		image=build/$ARCH/payloads/$image.elf
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
tree_given=
loader=
serial=(-serial stdio -monitor none)
while [[ ${1-} == --* ]]; do
	case $1 in
	--check)	check=environment ;;
	--unchecked)	check=values ;;
	--quiet)	quiet=1 ;;
	--keys)		serial=(-serial mon:stdio) ;;
	--firmware)
		firmware=$2
		shift
		;;
	--tree)
		tree_given=$2
		shift
		;;
	--machine)
		machine_options=${2:+,$2}
		shift
		;;
	--loader)
		loader=$2
		loaded_at=$3
		shift 2
		;;
	*)	refuse "no option of qemu.sh: $1" ;;
	esac
	shift
done
system=${1-}
[ $check != environment ] || [ -z "$SYSTEM" ] || check_system
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
firmware=${firmware:-$system/$firmware_name.bin}
command=("$qemu" "${machine[@]}")
if [ -n "$loader" ]; then
	command+=(-bios "$loader"
		-device "loader,file=${firmware//,/,,},addr=$loaded_at,force-raw=on")
else
	command+=($firmware_option "$firmware")
fi
[ -z "$tree_given" ] || command+=(-dtb "$tree_given")
command+=("${serial[@]}" -no-reboot)
if [ -n "$DISK" ]; then
	snapshot=on
	[ "$WRITE" != 1 ] || snapshot=off
	# A colon before any slash would end a protocol's name; a comma inside
	# an option's value is written twice.
	[[ $DISK == /* || $DISK != *:* ]] || DISK=./$DISK
	command+=(-global virtio-mmio.force-legacy=false
		-drive "if=none,id=disk,format=raw,snapshot=$snapshot,file=${DISK//,/,,}"
		-device virtio-blk-device,drive=disk,bus=virtio-mmio-bus.${disk_slots[0]})
fi
# A system that grants the second virtio-mmio slot gets a disk there as well, to
# scratch: it is always a snapshot.
if grep -aq "$second_disk" "$system/manifest.dtb"; then
	command+=(-drive "if=none,id=second,format=raw,snapshot=on,file=${SECOND_DISK:-build/demo.img}"
		-device virtio-blk-device,drive=second,bus=virtio-mmio-bus.${disk_slots[1]})
fi
command+=("$@")
if [ "$GDB" = 1 ]; then
	command+=(-s -S)
	print_debugger
fi
[ $quiet = 1 ] || print_command
exec "${command[@]}"
