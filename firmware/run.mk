# SPDX-License-Identifier: BSD-2-Clause
# make run: one system on one machine, at the terminal. What the user chose is
# checked before anything is built, against the manifest and the machine before
# QEMU boots.

# 8 MiB in which every sector differs, the same on every machine.
build/demo.img: firmware/run.mk
	$(call say,IMAGE,$@)
	mkdir -p $(@D)
	LC_ALL=C awk 'BEGIN { for (i = 0; i < 131072; i++) printf "bulkhead demonstration disk, record %027d\n", i }' > $@

.PHONY: build/written.img
build/written.img: build/demo.img
	cp $< $@

ifneq ($(filter run,$(MAKECMDGOALS)),)
run-variables := ARCH SYSTEM HARTS AIA MEM DISK WRITE CPU GDB
export $(run-variables)
# As they were typed: a dollar in a file's name is no reference.
$(foreach name,$(run-variables),$(eval override $(name) := $$(value $(name))))

run-check := $(shell $(foreach name,$(tool-variables) BOARD $(run-variables),$(name)=$(call \
	quoted,$($(name)))) firmware/qemu.sh --check >&2)
ifneq ($(.SHELLSTATUS),0)
$(error nothing was built)
endif

# The demonstration image stays as it is: a writing run gets a copy.
run-disk := $(if $(filter 1,$(WRITE)),build/written.img,build/demo.img)
run-firmware := $(call firmware,$(ARCH),$(SYSTEM),$(AIA))

run: $(run-firmware) build/host/gcc/bulkhead-check build/demo.img \
		$(if $(DISK),,$(run-disk))
	DISK="$${DISK:-$(run-disk)}" firmware/qemu.sh $(patsubst %/,%,$(dir $(run-firmware)))
endif

# make bench: what doorbells and requests cost, and how large the firmware is.
bench-aia-riscv := aplic-imsic
bench-aia-arm64 := gic
bench-json-riscv := build/bench.json
bench-json-arm64 := build/bench-arm64.json
bench-systems := bench bench-ssip bench-disk bench-disk-ssip

bench: $(foreach system,$(bench-systems),$(call firmware,$(ARCH),$(system),$(bench-aia-$(ARCH)))) \
		$(call firmware,$(ARCH),demo,$(firstword $(aia-choices-$(ARCH)))) build/demo.img
	ARCH=$(ARCH) firmware/bench.sh $(bench-json-$(ARCH)) build/bench/$(ARCH)
