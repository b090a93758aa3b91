# SPDX-License-Identifier: BSD-2-Clause
# Read by make inside OpenSBI's source folder in place of OpenSBI's Makefile,
# which it includes whole. It adds two goals:
#
#   bulkhead-library	all objects and the linker script, once for all systems
#   bulkhead-image	one system's firmware: IMAGE=<folder> BUNDLE=<its payload>
#
# so that a system costs a link instead of a build, and systems link in
# parallel: bulkhead-image writes only to IMAGE.

include Makefile

# The same bytes wherever the tree lies.
CFLAGS += -fmacro-prefix-map=$(BULKHEAD)/=

# OpenSBI's headers do not compile under the two warnings taken out.
$(platform_build_dir)/../../lib/%.o $(platform_build_dir)/$(subst -,_,$(PLATFORM)).o: \
	CFLAGS += -std=gnu11 -Wextra -Wno-sign-compare -Wno-unused-parameter \
		-fomit-frame-pointer

# What runs once, at boot, is to be small; what compartments wait for is not in
# there.
$(platform_build_dir)/../../lib/compartment/%.o: CFLAGS += -Os

library := $(platform_build_dir)/lib/libplatsbi.a
script := $(platform_build_dir)/firmware/fw_payload.elf.ld

.PHONY: bulkhead-library bulkhead-image
bulkhead-library: $(library) $(script)

ifdef IMAGE
bulkhead-image: $(IMAGE)/fw_payload.bin

$(IMAGE)/fw_payload.o: FW_PAYLOAD_PATH_FINAL := $(BUNDLE)
$(IMAGE)/fw_payload.o: $(firmware_dir)/fw_payload.S $(BUNDLE) $(library)
	$(call compile_as,$@,$<)

$(IMAGE)/fw_payload.elf: ELFFLAGS += -Wl,-Map=$(@:.elf=.map)
$(IMAGE)/fw_payload.elf: $(IMAGE)/fw_payload.o $(script) $(library)
	$(call compile_elf,$@,$(script),$< $(library))

$(IMAGE)/fw_payload.bin: $(IMAGE)/fw_payload.elf
	$(call compile_objcopy,$@,$<)
endif
