#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# unpack.sh <folder of packages> <folder>: makes of Debian's packages, as they
# are, what a small Linux for RISC-V is made of:
#
#	<folder>/kernel		the stock kernel; a flat image, entered at its start
#	<folder>/root/		busybox, mke2fs and e2fsck with what they are linked
#				with, the kernel's modules for a virtio-mmio disk
#				with ext4, and their order
#	<folder>/versions	which packages that were, for logs: nothing pins them

set -eu

packages=$1
folder=$2
root=$folder/root
linux=$folder/linux

# What the kernel does not have built in: disk, and file system with its
# checksum, which no module names as one that it depends on.
modules='virtio_mmio virtio_blk crc32c_generic ext4'

# take <package> <pattern>...: these files into the root, below / what Debian
# keeps below /usr
take()
{
	local package=$packages/$1.deb
	shift
	dpkg-deb --fsys-tarfile "$package" |
	tar xf - -C "$root" --transform 's|^\./usr/|./|' --wildcards "$@"
}

# add_module <name>: behind those that it needs
add_module()
{
	local file needed
	! grep -qx "$1" "$stock/order" || return 0
	file=$(find "$linux" -name "$1.ko.xz")
	xz -dc "$file" > "$stock/$1.ko"
	needed=$(tr '\0' '\n' < "$stock/$1.ko" | sed -n 's/^depends=//p')
	for needed in ${needed//,/ }; do
		add_module "$needed"
	done
	echo "$1" >> "$stock/order"
}

rm -rf "$root" "$linux"
mkdir -p "$root" "$linux"
for package in "$packages"/*.deb; do
	dpkg-deb --show --showformat '${Package} ${Version}\n' "$package"
done > "$folder/versions"

dpkg-deb --fsys-tarfile "$packages/linux-image.deb" |
tar xf - -C "$linux" --wildcards './boot/vmlinu*' '*/kernel/crypto/*' \
	'*/kernel/drivers/block/*' '*/kernel/drivers/virtio/*' '*/kernel/fs/*' \
	'*/kernel/lib/*'
kernel=$(echo "$linux"/boot/vmlinu*)
# Compressed, it would be no code to enter.
[ "$(head -c 2 "$kernel")" = MZ ] || {
	echo "unpack: $(basename "$kernel") is no flat image" >&2
	exit 1
}
mv "$kernel" "$folder/kernel"
# The modules are of this kernel only; others have theirs built in.
stock=$root/modules/${kernel##*/vmlinu?-}
mkdir -p "$stock"
: > "$stock/order"
for module in $modules; do
	add_module "$module"
done
rm -rf "$linux"

take busybox-static '*/bin/busybox'
take e2fsprogs '*/sbin/mke2fs' '*/sbin/e2fsck' ./etc/mke2fs.conf
take libc6 '*/ld-linux-riscv64-*' '*/libc.so.*'
take libext2fs2t64 '*/libext2fs.so.*' '*/libe2p.so.*'
take libcom-err2 '*/libcom_err.so.*'
take libblkid1 '*/libblkid.so.*'
take libuuid1 '*/libuuid.so.*'
