#!/bin/bash
# SPDX-License-Identifier: BSD-2-Clause
# bare.sh <folder>/bare-<image>-<aia>-<harts>.log: what a kernel says of QEMU's
# machine without us, with a disk that is QEMU's.

set -eu

log=$1
name=${log##*/bare-}
name=${name%.log}
harts=${name##*-}
name=${name%-*}
image=${name%%-*}
aia=${name#*-}
disk=$log.img

trap 'rm -f "$disk"' EXIT
truncate -s 64M "$disk"
timeout --kill-after=5 300 "${QEMU:-qemu-system-riscv64}" -M "virt,aia=$aia" \
	-cpu rv64,h=false -smp "$harts" -m 1G -nodefaults -display none -no-reboot \
	-serial stdio -global virtio-mmio.force-legacy=false \
	-drive "if=none,id=disk,format=raw,file=$disk" \
	-device virtio-blk-device,drive=disk \
	-kernel "build/riscv/payloads/$image.bin" -initrd build/riscv/payloads/tests.bin \
	-append 'console=ttyS0 nowatchdog panic=-1 script=bare' \
	< /dev/null 2>&1 | tr -d '\r' > "$log.new"
grep -q '^guest: done' "$log.new"
mv "$log.new" "$log"
