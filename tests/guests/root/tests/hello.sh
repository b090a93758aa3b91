# SPDX-License-Identifier: BSD-2-Clause
# What U-Boot has started from the disk. Sourced by init.

mount -t ext4 -o ro ${disk}1 $files
report 'the partition that it came from is mounted'
cmp $files/boot/initrd.img $files/boot/initrd.img
report 'it reads'
echo "guest: started with: $(cat /proc/cmdline)"
umount $files
