# SPDX-License-Identifier: BSD-2-Clause

bulkhead_dir := $(realpath $(platform_src_dir)/../..)
include $(bulkhead_dir)/lib/riscv/objects.mk

carray-platform_override_modules-y += qemu_virt
platform-objs-y += qemu_virt.o

FW_PAYLOAD=y
FW_PAYLOAD_OFFSET=0x100000
