# SPDX-License-Identifier: BSD-2-Clause
# A disk that may only be read. Sourced by init.

[ "$(cat /sys/block/vda/ro)" = 1 ]
report 'the disk says that it is read-only'
! dd if=/dev/zero of=$disk bs=4k count=1 conv=notrunc,fsync 2> /dev/null
report 'a write is refused'
! blkdiscard $disk 2> /dev/null
report 'a discard is refused'
must 'mount for reading' mount_files -o ro
mount -o remount,rw $files 2> /dev/null
grep -q "^$disk $files ext4 ro," /proc/mounts
report 'mounting for writing is refused'
! touch $files/new 2> /dev/null
report 'no file can be made'
say_digest /text
umount $files
report 'unmount'
