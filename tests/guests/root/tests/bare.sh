# SPDX-License-Identifier: BSD-2-Clause
# Nothing but what the kernel has to say of the machine. Sourced by init.

must 'mke2fs' make_files
must 'mount' mount_files
must 'unmount' umount $files
dmesg -r | sed -n 's/^<\([0-4]\)>\[[^]]*\]/guest: log \1/p'
echo 'guest: log ends here'
