#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# guest.sh <folder>: makes <folder>/kernel and <folder>/initramfs, a small Linux
# from Debian's packages, which lie in <folder>/packages as they are: the
# kernel, a shell, mke2fs and what that is linked with, and our scripts in
# guest/. Which versions of them that were is in <folder>/versions, for the
# tests to say: nothing pins them.

set -eu

here=$(dirname "$0")
folder=$1
packages=$folder/packages
root=$folder/root
linux=$folder/linux

# What the kernel does not have built in: disk, and file system with its
# checksum, which no module names as one that it depends on.
modules='virtio_mmio virtio_blk crc32c_generic ext4'

# take <package> <pattern>...: these files into the guest's root, below / what
# Debian keeps below /usr
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
	! grep -qx "$1" "$root/modules/order" || return 0
	file=$(find "$linux" -name "$1.ko.xz")
	xz -dc "$file" > "$root/modules/$1.ko"
	needed=$(tr '\0' '\n' < "$root/modules/$1.ko" | sed -n 's/^depends=//p')
	for needed in ${needed//,/ }; do
		add_module "$needed"
	done
	echo "$1" >> "$root/modules/order"
}

for package in "$packages"/*.deb; do
	dpkg-deb --show --showformat '${Package} ${Version}\n' "$package"
done > "$folder/versions"

rm -rf "$root" "$linux"
mkdir -p "$root"/{modules,tests} "$linux"
dpkg-deb --fsys-tarfile "$packages/linux.deb" |
tar xf - -C "$linux" --wildcards './boot/vmlinu*' '*/kernel/crypto/*' \
	'*/kernel/drivers/block/*' '*/kernel/drivers/virtio/*' '*/kernel/fs/*' \
	'*/kernel/lib/*'
mv "$linux"/boot/vmlinu* "$folder/kernel"
: > "$root/modules/order"
for module in $modules; do
	add_module "$module"
done
rm -rf "$linux"

take busybox-static '*/bin/busybox'
take e2fsprogs '*/sbin/mke2fs' ./etc/mke2fs.conf
take libc6 '*/ld-linux-riscv64-*' '*/libc.so.*'
take libext2fs2t64 '*/libext2fs.so.*' '*/libe2p.so.*'
take libcom-err2 '*/libcom_err.so.*'
take libblkid1 '*/libblkid.so.*'
take libuuid1 '*/libuuid.so.*'

install -m 755 "$here/guest/init" "$root/init"
cp "$here"/guest/*.sh "$root/tests"
(cd "$root" && find . | LC_ALL=C sort | cpio -o -H newc --quiet -R 0:0) \
	> "$folder/initramfs"
rm -rf "$root"
