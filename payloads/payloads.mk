# SPDX-License-Identifier: BSD-2-Clause
#
# Guest payloads: flat, position-independent images that run in compartments,
# of the same sources for every architecture:
#
#   build/<architecture>/payloads/<name>.{elf,bin}
#
# Included by the root Makefile, behind firmware/opensbi.mk, for OpenSBI's libfdt.

PAYLOAD_ARCHS := riscv arm64
PAYLOAD_NAMES := client server hostile bench vectors guest
PAYLOAD_IMAGES := $(foreach arch,$(PAYLOAD_ARCHS),\
	$(PAYLOAD_NAMES:%=build/$(arch)/payloads/%.bin))

# What the architectures do not share: compiler and flags, the folders named
# after them, and the port. arm64: accesses stay aligned because they are made
# with the MMU off too, and there is no library behind out-of-line atomics.
payload-tools-riscv = $(CROSS_COMPILE)
payload-march-riscv := -march=rv64imac_zicsr_zifencei -mabi=lp64 -mcmodel=medany
payload-cflags-riscv :=
payload-srcs-riscv := aplic.c imsic.c plic.c

payload-tools-arm64 = $(AARCH64_CROSS_COMPILE)
payload-march-arm64 := -march=armv8-a
payload-cflags-arm64 := -mgeneral-regs-only -mstrict-align -mno-outline-atomics
payload-srcs-arm64 := gicv3.c mmu.c

PAYLOAD_LIBFDT := $(opensbi-src)/lib/utils/libfdt
payload-includes = -Ipayloads -Ipayloads/common/$(1) \
	-Iinclude -Ilib/freestanding -Ilib/port/$(1)
# Optimised as a whole: the ring core is many small functions in several files.
payload-lto := -flto=1 -O2
# Code is pc-relative without a GOT; the linker turns the remaining absolute
# pointers in data into relative relocations for start.S.
payload-cflags = $(payload-march-$(1)) $(payload-cflags-$(1)) -std=gnu11 \
	$(payload-lto) -ffat-lto-objects -g -ffreestanding \
	-fno-pie -fno-stack-protector -fno-asynchronous-unwind-tables \
	-ffunction-sections -fdata-sections -fno-common -Wall -Wextra -Werror \
	-Wstrict-prototypes -Wmissing-prototypes $(call payload-includes,$(1))
payload-ldscript := payloads/common/payload.lds
payload-ldflags = $(payload-march-$(1)) $(payload-cflags-$(1)) \
	-nostdlib -nostartfiles -no-pie \
	-Wl,-pie -Wl,--no-dynamic-linker -Wl,-z,norelro -Wl,-z,notext -Wl,-z,noexecstack \
	-Wl,--build-id=none -Wl,--gc-sections -Wl,--no-warn-rwx-segments \
	$(payload-lto) -Wl,--fatal-warnings -Wl,-T,$(payload-ldscript)

payload-fdt-srcs := fdt fdt_ro fdt_addresses

payload-common-srcs = $(addprefix payloads/common/, \
	bell.c console.c digest.c firmware.c hart.c hex.c irq.c memory.c probe.c \
	report.c tree.c) \
	lib/freestanding/string.c \
	$(addprefix payloads/common/$(1)/, \
	start.S trap.S firmware.c hart.c irq.c tree.c $(payload-srcs-$(1)))

payload-channel-srcs := $(wildcard lib/virtio/*.c) $(wildcard lib/loopback/*.c) \
	payloads/common/channel.c

payload-client-srcs := $(wildcard payloads/client/*.c) \
	$(payload-channel-srcs) lib/compartment/sha256.c
payload-server-srcs := $(wildcard payloads/server/*.c) \
	$(payload-channel-srcs)
payload-hostile-srcs = $(wildcard payloads/hostile/*.c) \
	$(wildcard payloads/hostile/$(1)/*.c payloads/hostile/$(1)/*.S) \
	$(wildcard lib/virtio/*.c)
payload-guest-srcs := $(wildcard payloads/guest/*.c) $(wildcard lib/virtio/*.c) \
	lib/compartment/sha256.c
payload-bench-srcs := $(wildcard payloads/bench/*.c)
payload-vectors-srcs := $(wildcard payloads/vectors/*.c) payloads/vectors/text.S \
	payloads/client/disk.c $(wildcard tests/support/vectors*.c) $(payload-channel-srcs)

# payload-objs(architecture, name)
payload-objs = $(patsubst %,build/$(1)/payloads/%.o,$(basename \
	$(payload-common-srcs) $(payload-$(2)-srcs)) \
	$(payload-fdt-srcs:%=libfdt/%))

.PHONY: payloads
payloads: $(PAYLOAD_IMAGES)

# payload-arch-rules(architecture)
define payload-arch-rules
build/$(1)/payloads/libfdt/%.o: $$(PAYLOAD_LIBFDT)/%.c payloads/payloads.mk build/$(1)/variables
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$(payload-tools-$(1))gcc $(call payload-cflags,$(1)) -Wno-sign-compare \
		-include lib/freestanding/libfdt_env.h -I$$(PAYLOAD_LIBFDT) \
		-MMD -MP -c -o $$@ $$<

build/$(1)/payloads/%.o: %.c payloads/payloads.mk build/$(1)/variables | $$(PAYLOAD_LIBFDT)/libfdt.h
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$(payload-tools-$(1))gcc $(call payload-cflags,$(1)) $$(payload-own) \
		-idirafter $$(PAYLOAD_LIBFDT) -MMD -MP -c -o $$@ $$<

build/$(1)/payloads/%.o: %.S payloads/payloads.mk build/$(1)/variables
	$$(call say,CC,$$@)
	@mkdir -p $$(@D)
	$(payload-tools-$(1))gcc $(payload-march-$(1)) $(call payload-includes,$(1)) \
		-g -MMD -MP -c -o $$@ $$<

# The linker has to find these by name, whatever the compiler makes of them; and
# it is not to make calls of memcpy() of the loops that copy.
build/$(1)/payloads/lib/freestanding/string.o: \
	payload-own := -fno-lto -fno-tree-loop-distribute-patterns

# What decodes recordings is the host's tests', and the recordings are in it.
$(addprefix build/$(1)/payloads/,payloads/vectors/main.o payloads/vectors/record.o): \
	payload-own := -Itests/support
build/$(1)/payloads/payloads/vectors/text.o: $(wildcard tests/vectors/*.txt)

# The tail of zeroes (bss) is not stored; start.S clears it.
$(PAYLOAD_NAMES:%=build/$(1)/payloads/%.bin): %.bin: %.elf
	$$(call say,IMAGE,$$@)
	$(payload-tools-$(1))objcopy -O binary $$< $$@
endef

# payload-rule(architecture, name)
define payload-rule
build/$(1)/payloads/$(2).elf: $(call payload-objs,$(1),$(2)) $(payload-ldscript) build/sources
	$$(call say,LINK,$$@)
	$(payload-tools-$(1))gcc $(call payload-ldflags,$(1)) -o $$@ $$(filter %.o,$$^)
-include $$(patsubst %.o,%.d,$(call payload-objs,$(1),$(2)))
endef

$(foreach arch,$(PAYLOAD_ARCHS),$(eval $(call payload-arch-rules,$(arch)))\
	$(foreach name,$(PAYLOAD_NAMES),$(eval \
	$(call payload-rule,$(arch),$(name)))))
