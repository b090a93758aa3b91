# SPDX-License-Identifier: BSD-2-Clause
# The AArch64 firmware: every object once, and a link per system:
#
#   build/arm64/<system>/firmware.{elf,bin}
#
# Included behind firmware/opensbi.mk, for OpenSBI's libfdt.

arm64-out := build/arm64/firmware
arm64-libfdt := $(opensbi-src)/lib/utils/libfdt
arm64-script := lib/arm64/image.lds

arm64-sources := $(wildcard lib/arm64/*.[cS] lib/partitioner/*.c \
	lib/compartment/*.c lib/compartment/arm64/*.c lib/doorbell/*.c \
	lib/frontend/*.c \
	lib/freestanding/*.c platform/$(BOARD)/arm64/*.c) \
	lib/loopback/handshake.c $(addprefix lib/virtio/,features.c mmio_device.c mmio_queue.c)
arm64-fdt-sources := fdt fdt_addresses fdt_check fdt_ro fdt_rw fdt_strerror fdt_sw fdt_wip
arm64-objects := $(patsubst %,$(arm64-out)/%.o,$(basename $(arm64-sources))) \
	$(arm64-fdt-sources:%=$(arm64-out)/libfdt/%.o)

# Guests wait for most of it; reading and describing a system runs once.
arm64-optimise := -O2
$(arm64-out)/lib/compartment/%.o $(arm64-out)/libfdt/%.o: arm64-optimise := -Os

# FP registers are the guest's. Before translation is on, nothing but aligned
# accesses work. Code is pc-relative without a GOT; start.S moves what pointers
# are left in data.
arm64-arch-flags := -march=armv8-a -mgeneral-regs-only -mno-outline-atomics \
	-mstrict-align -mcmodel=small
arm64-cflags = $(arm64-arch-flags) -std=gnu11 $(arm64-optimise) -g -ffreestanding -fno-pie \
	-fno-stack-protector -fno-asynchronous-unwind-tables \
	-ffunction-sections -fdata-sections -fno-common -Wall -Wextra -Werror \
	-Wstrict-prototypes -Wmissing-prototypes
arm64-includes := -Iinclude -Ilib/freestanding -Ilib/port/arm64
arm64-ldflags := $(arm64-arch-flags) -nostdlib -nostartfiles -no-pie -Wl,-pie \
	-Wl,--no-dynamic-linker -Wl,-z,norelro -Wl,-z,notext -Wl,-z,noexecstack \
	-Wl,--build-id=none -Wl,--gc-sections -Wl,--fatal-warnings \
	-Wl,-T,$(arm64-script)

arm64-cc = $(AARCH64_CROSS_COMPILE)gcc
arm64-rules := firmware/arm64.mk build/arm64/variables

$(arm64-out)/libfdt/%.o: $(arm64-libfdt)/%.c $(arm64-rules)
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(arm64-cc) $(arm64-cflags) -Wno-sign-compare $(arm64-includes) \
		-include lib/freestanding/libfdt_env.h -I$(arm64-libfdt) \
		-MMD -MP -c -o $@ $<

$(arm64-out)/%.o: %.c $(arm64-rules) | $(arm64-libfdt)/libfdt.h
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(arm64-cc) $(arm64-cflags) $(arm64-includes) -idirafter $(arm64-libfdt) \
		-MMD -MP -c -o $@ $<

$(arm64-out)/%.o: %.S $(arm64-rules)
	$(call say,CC,$@)
	mkdir -p $(@D)
	$(arm64-cc) $(arm64-arch-flags) $(arm64-includes) -g -MMD -MP -c -o $@ $<

# Would turn the loops of memcpy() and memset() into calls of themselves.
$(arm64-out)/lib/freestanding/string.o: arm64-cflags += -fno-tree-loop-distribute-patterns

build/arm64/%/bundle.o: firmware/bundle.S build/arm64/%/bundle.itb $(arm64-rules)
	$(arm64-cc) $(arm64-arch-flags) -Wa,-I$(@D) -c -o $@ $<

build/arm64/%/firmware.elf: build/arm64/%/bundle.o $(arm64-objects) $(arm64-script) build/sources
	$(call say,LINK,$@)
	$(arm64-cc) $(arm64-ldflags) -Wl,-Map=$(@:.elf=.map) -o $@ $(filter %.o,$^)

build/arm64/%/firmware.bin: build/arm64/%/firmware.elf
	$(call say,IMAGE,$@)
	$(AARCH64_CROSS_COMPILE)objcopy -O binary $< $@

-include $(arm64-objects:.o=.d)
