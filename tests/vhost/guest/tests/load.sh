# SPDX-License-Identifier: BSD-2-Clause
# Several writers at once, each of whose files is forced to the disk before it
# says so; then all that was ever written is read back from the disk. Meanwhile
# the host kills the server, again and again. Sourced by init.

rounds=4
writers='1 2 3'
writer_files='1 2 3 4'

# content <round> <writer> <file>: half a MiB and a little, different for each
content()
{
	echo "round $1 writer $2 file $3"
	cat /tmp/random
}

write_files()
{
	mkdir -p $files/$2
	for file in $writer_files; do
		content $1 $2 $file |
		dd of=$files/$2/$1.$file bs=64k conv=fsync 2> /dev/null ||
			echo "guest: FAIL round $1 writer $2 file $file"
		echo "guest: round $1 writer $2 file $file"
	done
}

# round_written <round>, round_found <round>: all of its files, as they should be
# and as they are
round_written()
{
	for writer in $writers; do
		for file in $writer_files; do
			content $1 $writer $file
		done
	done
}

round_found()
{
	for writer in $writers; do
		for file in $writer_files; do
			cat $files/$writer/$1.$file
		done
	done
}

dd if=/dev/urandom of=/tmp/random bs=64k count=8 2> /dev/null
must 'mke2fs' make_files
must 'mount' mount_files
for round in $(seq $rounds); do
	for writer in $writers; do
		write_files $round $writer &
	done
	wait
	forget
	round_written $round | sha1sum > /tmp/$round.sha1
	round_found $round | sha1sum | cmp - /tmp/$round.sha1
	report "round $round reads back"
	echo "guest: round $round reads back"
done
must 'unmount' umount $files
must 'mount again' mount_files
: > /tmp/differ
for round in $(seq $rounds); do
	round_found $round | sha1sum | cmp - /tmp/$round.sha1 ||
		echo "$round" >> /tmp/differ
done
[ ! -s /tmp/differ ]
report 'all files read back once more'
for writer in $writers; do
	say_digest /$writer/$rounds.1
done
umount $files
report 'unmount again'
