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
run-variables := SYSTEM HARTS AIA MEM DISK WRITE CPU GDB
export $(run-variables)
# As they were typed: a dollar in a file's name is no reference.
$(foreach name,$(run-variables),$(eval override $(name) := $$(value $(name))))

run-check := $(shell $(foreach name,QEMU BOARD $(run-variables),$(name)=$(call \
	quoted,$($(name)))) firmware/qemu.sh --check >&2)
ifneq ($(.SHELLSTATUS),0)
$(error nothing was built)
endif

# The demonstration image stays as it is: a writing run gets a copy.
run-disk := $(if $(filter 1,$(WRITE)),build/written.img,build/demo.img)
run-system := build/riscv/$(SYSTEM)/$(AIA)

run: $(run-system)/fw_payload.bin build/host/gcc/bulkhead-check build/demo.img \
		$(if $(DISK),,$(run-disk))
	DISK="$${DISK:-$(run-disk)}" firmware/qemu.sh $(run-system)
endif

# make bench: what doorbells and requests cost, and how large the firmware is.
bench-systems := bench/aplic-imsic bench-ssip/aplic-imsic bench-disk/aplic-imsic \
	bench-disk-ssip/aplic-imsic demo/none

bench: $(bench-systems:%=build/riscv/%/fw_payload.bin) build/demo.img
	firmware/bench.sh build/bench.json build/bench $(opensbi-out) $(opensbi-src)
