# SPDX-License-Identifier: BSD-2-Clause
# Random reads of 4 KiB past the page cache: the disk's first line says how many,
# and how many at a time. Sourced by init.

read -r requests depth < $disk
fio --name=entries --filename=$disk --direct=1 --ioengine=libaio --rw=randread \
	--bs=4k --iodepth="$depth" --size="$((requests * 4))k" --offset=4k \
	--norandommap --randrepeat=1 --eta=never --output=/tmp/fio
report "$requests requests, $depth at a time"
