# SPDX-License-Identifier: BSD-2-Clause
#
# What every RISC-V board is made of: included by the board's objects.mk, with
# bulkhead_dir naming the top of this tree.

platform-genflags-y += -I$(bulkhead_dir)/lib/riscv/libc
platform-genflags-y += -I$(src_dir)/platform/generic/include
platform-genflags-y += -I$(bulkhead_dir)/include -I$(bulkhead_dir)/lib/port/riscv

# Public functions of OpenSBI that are wrapped; docs/architecture.md says why.
platform-ldflags-y += -Wl,--wrap=sbi_hart_pmp_configure
platform-ldflags-y += -Wl,--wrap=sbi_hsm_hart_start
platform-ldflags-y += -Wl,--wrap=sbi_hsm_init
platform-ldflags-y += -Wl,--wrap=sbi_ipi_process
platform-ldflags-y += -Wl,--wrap=sbi_load_access_handler
platform-ldflags-y += -Wl,--wrap=sbi_misaligned_v_ld_emulator
platform-ldflags-y += -Wl,--wrap=sbi_misaligned_v_st_emulator
platform-ldflags-y += -Wl,--wrap=sbi_store_access_handler
platform-ldflags-y += -Wl,--wrap=sbi_trap_handler

carray-sbi_ecall_exts-y += ecall_partitioner

bulkhead-objs-y += $(patsubst $(bulkhead_dir)/lib/%.c,%.o,\
	$(wildcard $(bulkhead_dir)/lib/compartment/*.c \
		   $(bulkhead_dir)/lib/compartment/riscv/*.c \
		   $(bulkhead_dir)/lib/doorbell/*.c \
		   $(bulkhead_dir)/lib/frontend/*.c \
		   $(bulkhead_dir)/lib/partitioner/*.c \
		   $(bulkhead_dir)/lib/riscv/*.c))
# Of the channel and the rings, what a front end needs: the rings are others'.
bulkhead-objs-y += loopback/handshake.o \
	$(addprefix virtio/,features.o mmio_device.o mmio_queue.o)
platform-objs-y += $(addprefix ../../lib/,$(bulkhead-objs-y))

# OpenSBI's own generic platform.
platform-objs-y += platform/generic/platform.o
platform-objs-y += platform/generic/platform_override_modules.carray.o
