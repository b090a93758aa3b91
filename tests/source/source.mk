# SPDX-License-Identifier: BSD-2-Clause
# Checks of the source and of what was built from it: tests/source/<name>.sh,
# each a script that prints TAP with the functions of tap-lib.sh.

source-checks := $(patsubst tests/source/%.sh,$(check-out)/source/%.t,\
	$(filter-out %/tap-lib.sh,$(wildcard tests/source/*.sh)))

# What the checks look at besides the source.
source-pure := $(wildcard lib/virtio/*.c lib/doorbell/*.c lib/loopback/*.c)
$(check-out)/source/symbols.t: $(source-pure:%.c=$(unit-out)/gcc/%.o) \
	$(source-pure:%.c=build/riscv/freestanding/%.o)
$(check-out)/source/size.t $(check-out)/source/opensbi.t: \
	$(call firmware,demo,none)

$(check-out)/source/manifests.t: host \
	$(foreach system,$(board-systems),$(foreach aia,$(aia-choices),$(call firmware,$(system),$(aia))))

$(check-out)/source/%.t: tests/source/%.sh build/variables build/sources
	mkdir -p $(@D)
	echo 'OPENSBI_SRC=$(OPENSBI_SRC) exec $<' > $@

# As a stranger would compile them: no libc, no include path but ours.
build/riscv/freestanding/%.o: %.c build/variables
	mkdir -p $(@D)
	$(CROSS_COMPILE)gcc -std=gnu11 -O2 -ffreestanding -nostdinc \
		-isystem $$($(CROSS_COMPILE)gcc -print-file-name=include) \
		-march=rv64imac_zicsr_zifencei -mabi=lp64 -Wall -Wextra -Werror \
		-Iinclude -Ilib/port/riscv -MMD -MP -c $< -o $@

-include $(shell find build/riscv/freestanding -name '*.d' 2>/dev/null)
