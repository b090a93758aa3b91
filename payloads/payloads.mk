# SPDX-License-Identifier: BSD-2-Clause
#
# Guest payloads: flat, position-independent images that run in compartments.
#
# Included by the root Makefile, behind firmware/opensbi.mk, for OpenSBI's libfdt.

PAYLOAD_CC := $(CROSS_COMPILE)gcc
PAYLOAD_OBJCOPY := $(CROSS_COMPILE)objcopy
PAYLOAD_OUT := build/riscv/payloads
PAYLOAD_NAMES := client server hostile bench
PAYLOAD_IMAGES := $(PAYLOAD_NAMES:%=$(PAYLOAD_OUT)/%.bin)

PAYLOAD_ARCH_FLAGS := -march=rv64imac_zicsr_zifencei -mabi=lp64 \
	-mcmodel=medany
PAYLOAD_LIBFDT := $(opensbi-src)/lib/utils/libfdt
PAYLOAD_INCLUDES := -Ipayloads -Ipayloads/common -Ipayloads/common/riscv \
	-Iinclude -Ilib/port/riscv
# Optimised as a whole: the ring core is many small functions in several files.
PAYLOAD_LTO := -flto=1 -O2
# Code is pc-relative without a GOT; the linker turns the remaining absolute
# pointers in data into relative relocations for start.S.
PAYLOAD_CFLAGS := $(PAYLOAD_ARCH_FLAGS) -std=gnu11 $(PAYLOAD_LTO) -ffat-lto-objects -g -ffreestanding \
	-fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables \
	-ffunction-sections -fdata-sections -fno-common -Wall -Wextra -Werror \
	-Wstrict-prototypes -Wmissing-prototypes
PAYLOAD_LDSCRIPT := payloads/common/riscv/payload.lds
PAYLOAD_LDFLAGS := $(PAYLOAD_ARCH_FLAGS) -nostdlib -nostartfiles -no-pie \
	-Wl,-pie -Wl,--no-dynamic-linker -Wl,-z,norelro -Wl,-z,notext \
	-Wl,--build-id=none -Wl,--gc-sections -Wl,--no-warn-rwx-segments \
	$(PAYLOAD_LTO) -Wl,--fatal-warnings -Wl,-T,$(PAYLOAD_LDSCRIPT)

PAYLOAD_FDT_SRCS := fdt fdt_ro fdt_addresses

payload-common-srcs := $(addprefix payloads/common/, \
	bell.c console.c memory.c report.c string.c tree.c) \
	$(addprefix payloads/common/riscv/, \
	start.S trap.S aplic.c firmware.c hart.c imsic.c irq.c plic.c)

payload-channel-srcs := $(wildcard lib/virtio/*.c) $(wildcard lib/loopback/*.c) \
	payloads/common/channel.c

payload-client-srcs := $(wildcard payloads/client/*.c) \
	$(payload-channel-srcs) lib/compartment/sha256.c
payload-server-srcs := $(wildcard payloads/server/*.c) \
	$(payload-channel-srcs)
payload-hostile-srcs := $(wildcard payloads/hostile/*.c) \
	$(wildcard payloads/hostile/riscv/*.c payloads/hostile/riscv/*.S) \
	$(wildcard lib/virtio/*.c)
payload-bench-srcs := $(wildcard payloads/bench/*.c)

payload-objs = $(patsubst %,$(PAYLOAD_OUT)/%.o,$(basename \
	$(payload-common-srcs) $(payload-$(1)-srcs))) \
	$(PAYLOAD_FDT_SRCS:%=$(PAYLOAD_OUT)/libfdt/%.o)

.PHONY: payloads
payloads: $(PAYLOAD_IMAGES)

$(PAYLOAD_OUT)/libfdt/%.o: $(PAYLOAD_LIBFDT)/%.c payloads/payloads.mk build/variables
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(PAYLOAD_CC) $(PAYLOAD_CFLAGS) -Wno-sign-compare $(PAYLOAD_INCLUDES) \
		-include payloads/common/libfdt_env.h -I$(PAYLOAD_LIBFDT) \
		-MMD -MP -c -o $@ $<

$(PAYLOAD_OUT)/%.o: %.c payloads/payloads.mk build/variables | $(PAYLOAD_LIBFDT)/libfdt.h
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(PAYLOAD_CC) $(PAYLOAD_CFLAGS) $(PAYLOAD_INCLUDES) \
		-idirafter $(PAYLOAD_LIBFDT) -MMD -MP -c -o $@ $<

$(PAYLOAD_OUT)/%.o: %.S payloads/payloads.mk build/variables
	$(call say,CC,$@)
	@mkdir -p $(@D)
	$(PAYLOAD_CC) $(PAYLOAD_ARCH_FLAGS) $(PAYLOAD_INCLUDES) -g \
		-MMD -MP -c -o $@ $<

# The linker has to find these by name, whatever the compiler makes of them.
$(PAYLOAD_OUT)/payloads/common/string.o: PAYLOAD_CFLAGS += -fno-lto

define payload-rule
$(PAYLOAD_OUT)/$(1).elf: $(call payload-objs,$(1)) $(PAYLOAD_LDSCRIPT) build/sources
	$$(call say,LINK,$$@)
	$(PAYLOAD_CC) $(PAYLOAD_LDFLAGS) -o $$@ $$(filter %.o,$$^)
-include $$(patsubst %.o,%.d,$(call payload-objs,$(1)))
endef
$(foreach name,$(PAYLOAD_NAMES),$(eval $(call payload-rule,$(name))))

# The tail of zeroes (bss) is not stored; start.S clears it.
$(PAYLOAD_IMAGES): %.bin: %.elf
	$(call say,IMAGE,$@)
	$(PAYLOAD_OBJCOPY) -O binary $< $@
