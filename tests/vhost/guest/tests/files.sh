# SPDX-License-Identifier: BSD-2-Clause
# A file system is made, filled, compared, trimmed, and compared again after it
# was unmounted. Sourced by init.

# statistic <field>: of the disk since the start, see the kernel's "stat"
statistic()
{
	awk -v field="$1" '{ print $field }' /sys/block/vda/stat
}
field_discards=12
field_flushes=16

ballast=64

must 'mke2fs' make_files
must 'mount' mount_files
mkdir $files/first
cp -a /bin/busybox /lib /modules /tests $files/first
report 'copy to the disk'
cp -a $files/first $files/second
report 'copy on the disk'
dd if=/dev/zero of=$files/ballast bs=1M count=$ballast 2> /tmp/dd
report "write $ballast MiB"
dd if=/dev/urandom of=$files/keep bs=64k count=100 conv=fsync 2> /tmp/dd
report 'write and fsync'
of_first=$(digest $files/first)
of_keep=$(sha1sum < $files/keep)

forget
[ "$(digest $files/first)" = "$of_first" ]
report 'the first copy reads back'
[ "$(digest $files/second)" = "$of_first" ]
report 'the second copy is its equal'
cmp $files/first/busybox /bin/busybox
report 'a file is as it came'

rm $files/ballast
sync
discards=$(statistic $field_discards)
fstrim -v $files
report 'fstrim'
[ "$(statistic $field_discards)" -gt "$discards" ]
report 'the disk was told to discard'
[ "$(statistic $field_flushes)" -gt 0 ]
report 'the disk was told to flush'
echo "guest: trimmed $ballast MiB"

must 'unmount' umount $files
must 'mount again' mount_files
[ "$(digest $files/first)" = "$of_first" ] &&
	[ "$(digest $files/second)" = "$of_first" ] &&
	[ "$(sha1sum < $files/keep)" = "$of_keep" ]
report 'all files read back once more'
must 'unmount again' umount $files

# The driver resets the device on its way out, and sets it up afresh.
device=$(readlink -f /sys/block/vda/device)
driver=/sys/bus/virtio/drivers/virtio_blk
echo "${device##*/}" > $driver/unbind
! [ -b $disk ]
report 'the driver has left the disk'
echo "${device##*/}" > $driver/bind
must 'the driver is back' [ -b $disk ]
must 'mount with the new driver' mount_files
[ "$(digest $files/second)" = "$of_first" ]
report 'files read back with the new driver'
say_digest /keep
say_digest /second/busybox
umount $files
report 'unmount at the end'
