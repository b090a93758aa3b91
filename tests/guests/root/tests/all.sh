# SPDX-License-Identifier: BSD-2-Clause
# Everything, in two lives: the first ends with a reboot. Sourced by init.

mkdir -p $files
if mount -t ext4 -o ro $disk $files 2> /dev/null && [ -e $files/reboot ]; then
	umount $files
	must 'mount in the next life' mount_files
	[ "$(digest $files/second)" = "$(cat $files/reboot)" ]
	report 'the files are as they were before the reboot'
	say_digest /keep
	rm $files/reboot
	must 'unmount in the next life' umount $files
	finish
fi

. /tests/smp.sh
. /tests/fio.sh
. /tests/files.sh

must 'mount before the reboot' mount_files
digest $files/second > /tmp/digest
cp /tmp/digest $files/reboot
must 'unmount before the reboot' umount $files
judge_log
report "the kernel's log has no complaint"
# For the host to compare with that of a bare machine.
dmesg -r | sed -n 's/^<\([0-4]\)>\[[^]]*\]/guest: log \1/p'
echo 'guest: log ends here'
echo 'guest: rebooting'
reboot -n -f
# It takes effect on another hart, or not at once.
sleep 100
