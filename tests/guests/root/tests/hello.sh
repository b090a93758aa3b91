# SPDX-License-Identifier: BSD-2-Clause
# What U-Boot has started from the disk. Sourced by init.

mount -t ext4 -o ro ${disk}1 $files
report 'the partition that it came from is mounted'
echo "guest: digest $(sha256sum < $files/boot/initrd.img)"
echo "guest: started with: $(cat /proc/cmdline)"
umount $files
