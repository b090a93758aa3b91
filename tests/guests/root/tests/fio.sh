# SPDX-License-Identifier: BSD-2-Clause
# Random and sequential requests, every block verified. Sourced.

# fio_run <name> <option>...: on the whole disk, past the page cache
fio_run()
{
	job=$1
	shift
	fio --name="$job" --filename=$disk \
		--direct=1 --ioengine=libaio --verify=crc32c --verify_fatal=1 \
		--randseed=1 --eta=never --output=/tmp/fio "$@" || {
		cat /tmp/fio
		return 1
	}
}

fio_run random-4k --rw=randwrite --bs=4k --iodepth=32 --size=16m
report 'fio: 4 KiB, random, 32 at a time, verified'
fio_run random-1 --rw=randwrite --bsrange=512-16k --iodepth=1 \
	--size=4m
report 'fio: 512 bytes to 16 KiB, random, one at a time, verified'
fio_run sequential-1m --rw=write --bs=1m --iodepth=8 --size=64m
report 'fio: 1 MiB, sequential, 8 at a time, verified'
