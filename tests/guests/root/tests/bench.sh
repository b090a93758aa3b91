# SPDX-License-Identifier: BSD-2-Clause
# How fast two disks of one file are, in turn. Sourced by init.

rounds=5
seconds=1
list=/tmp/jobs
log=/tmp/fio

# disk_of <what its serial number begins with>
disk_of()
{
	for entry in /sys/block/vd*; do
		case $(cat "$entry/serial") in
		"$1"*)	echo "/dev/${entry##*/}" ;;
		esac
	done
}

# job <name> <operation> <block size> <depth> <round>: on both disks
job()
{
	for which in ours qemu; do
		eval "file=\$$which"
		cat >> $list <<JOB
[$1_depth$4:$which:$5]
filename=$file
rw=$2
bs=$3
iodepth=$4
stonewall
JOB
	done
}

ours=$(disk_of disk)
qemu=$(disk_of qemu)
must 'both disks are there' [ -b "$ours" -a -b "$qemu" ]
cat > $list <<JOB
[global]
direct=1
ioengine=libaio
time_based
runtime=$seconds
ramp_time=1
size=256m
norandommap
randrepeat=1
JOB
for round in $(seq $rounds); do
	for depth in 1 32; do
		job randread_4k randread 4k $depth "$round"
		job randwrite_4k randwrite 4k $depth "$round"
		job seqread_128k read 128k $depth "$round"
		job seqwrite_128k write 128k $depth "$round"
		job seqread_1m read 1m $depth "$round"
		job seqwrite_1m write 1m $depth "$round"
	done
done
fio --eta=never --output-format=terse --terse-version=3 --output=$log $list
report 'fio'
# Name, and the kibibytes per second of what it read and wrote.
awk -F ';' 'NF > 50 { print "guest: bench " $3, $7 + $48 }' $log
