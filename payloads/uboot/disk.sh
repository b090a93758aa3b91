#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# disk.sh <disk> <kernel> <initramfs> <parameters>: makes a disk as an installed
# system has it: a partition table, and in the only partition an ext4 file
# system with the kernel, and the file by which U-Boot's standard boot finds it.

set -eu
PATH=$PATH:/usr/sbin:/sbin

disk=$1
kernel=$2
initramfs=$3
parameters=$4
mebibytes=128
# Sectors of 512 bytes
first=2048
sectors=$((mebibytes * 2048 - first))

# little_endian <number>: four bytes
little_endian()
{
	printf '\\0%03o\\0%03o\\0%03o\\0%03o' $(($1 & 255)) $(($1 >> 8 & 255)) \
		$(($1 >> 16 & 255)) $(($1 >> 24 & 255))
}

# One entry: bootable, type 0x83 (Linux), no addresses by cylinder.
write_partition_table()
{
	printf "%b" '\0200\0376\0377\0377\0203\0376\0377\0377' \
		"$(little_endian $first)" "$(little_endian $sectors)" |
	dd of="$disk" bs=1 seek=446 conv=notrunc status=none
	printf '%b' '\0125\0252' |
	dd of="$disk" bs=1 seek=510 conv=notrunc status=none
}

files=$disk.files
rm -rf "$files"
mkdir -p "$files/boot/extlinux"
cp "$kernel" "$files/boot/vmlinux"
cp "$initramfs" "$files/boot/initrd.img"
cat > "$files/boot/extlinux/extlinux.conf" <<CONFIGURATION
default linux
timeout 10

label linux
	menu label Linux, of this disk
	kernel /boot/vmlinux
	initrd /boot/initrd.img
	append $parameters
CONFIGURATION
rm -f "$disk"
truncate -s ${mebibytes}M "$disk"
write_partition_table
mke2fs -q -t ext4 -L bulkhead -E offset=$((first * 512)) -d "$files" "$disk" \
	$((sectors / 2))k 2> "$disk.log" || {
	cat "$disk.log" >&2
	exit 1
}
rm -rf "$files" "$disk.log"
