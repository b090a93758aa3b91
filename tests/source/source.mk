# SPDX-License-Identifier: BSD-2-Clause
# Checks of the source and of what was built from it: tests/source/<name>.sh,
# each a script that prints TAP with the functions of tap-lib.sh.

source-checks := $(patsubst tests/source/%.sh,$(check-out)/source/%.t,\
	$(filter-out %-lib.sh,$(wildcard tests/source/*.sh)))

# What the checks look at besides the source: the core's objects in all builds,
# those of a hosted program and those of a program without an operating system.
freestanding-flavours := $(foreach architecture,riscv64 aarch64 arm s390x,\
	$(architecture)-gcc $(architecture)-clang)
source-pure := $(wildcard lib/virtio/*.c lib/doorbell/*.c lib/loopback/*.c lib/frontend/*.c)
source-builds := $(addprefix $(unit-out)/,gcc clang $(cross-flavours)) \
	$(addprefix build/freestanding/,firmware firmware-arm64 gcc clang $(freestanding-flavours))
$(check-out)/source/symbols.t $(check-out)/source/same.t: \
	$(foreach build,$(source-builds),$(source-pure:%.c=$(build)/%.o))
$(check-out)/source/symbols.t $(check-out)/source/same.t: source-arguments = $(source-builds)
$(check-out)/source/same.t: $(unit-out)/gcc/library.a
$(patsubst %,$(check-out)/source/%.t,same size lines): $(PAYLOAD_IMAGES) \
	$(call firmware,riscv,demo,none) $(call firmware,arm64,demo)
$(check-out)/source/opensbi.t: $(call firmware,riscv,demo,none)

$(check-out)/source/manifests.t: host \
	$(foreach arch,$(architectures),$(call firmwares,$(arch),$(board-systems)))

$(check-out)/source/guests.t: build/host/gcc/bulkhead-check

$(check-out)/source/%.t: tests/source/%.sh build/variables build/sources
	mkdir -p $(@D)
	echo 'OPENSBI_SRC=$(OPENSBI_SRC) exec $< $(source-arguments)' > $@

# As a stranger would compile them: no libc, no include path but ours.
freestanding-cc-firmware = $(CROSS_COMPILE)gcc -march=rv64imac_zicsr_zifencei -mabi=lp64
freestanding-port-firmware := riscv
freestanding-cc-firmware-arm64 = $(AARCH64_CROSS_COMPILE)gcc -march=armv8-a -mgeneral-regs-only \
	-mno-outline-atomics
freestanding-port-firmware-arm64 := arm64
freestanding-port-riscv64-gcc := riscv
freestanding-port-riscv64-clang := riscv

# freestanding-rules(build, compiler)
define freestanding-rules
build/freestanding/$(1)/%.o: %.c tests/source/source.mk tests/unit/cross.mk build/variables
	mkdir -p $$(@D)
	$(2) -std=gnu11 -O2 -g -ffreestanding -nostdinc \
		-isystem $$$$($(2) -print-file-name=include) -Wall -Wextra -Werror \
		-Iinclude -Ilib/port/$$(or $$(freestanding-port-$(1)),hosted) \
		-MMD -MP -c $$< -o $$@
endef
$(foreach compiler,gcc clang,$(eval $(call freestanding-rules,$(compiler),$(compiler))))
$(foreach firmware,firmware firmware-arm64,$(eval \
	$(call freestanding-rules,$(firmware),$(freestanding-cc-$(firmware)))))
$(foreach flavour,$(freestanding-flavours),$(eval \
	$(call freestanding-rules,$(flavour),$(call cross-cc,$(flavour)))))

-include $(shell find build/freestanding -name '*.d' 2>/dev/null)
