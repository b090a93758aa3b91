# SPDX-License-Identifier: BSD-2-Clause
# make run: one system on one machine, at the terminal.

system-dir := build/riscv/$(SYSTEM)/$(AIA)
# The demonstration image stays as it is: a writing run gets a copy.
run-disk := $(or $(DISK),$(if $(filter 1,$(WRITE)),build/written.img,build/demo.img))

ifneq ($(filter run,$(MAKECMDGOALS)),)
ifeq ($(filter $(SYSTEM),$(systems)),)
$(error SYSTEM=$(SYSTEM) is none of: $(systems))
endif
ifeq ($(filter $(AIA),$(aia-choices)),)
$(error AIA=$(AIA) is none of: $(aia-choices))
endif
endif

# 8 MiB in which every sector differs, the same on every machine.
build/demo.img: firmware/run.mk
	$(call say,IMAGE,$@)
	mkdir -p $(@D)
	LC_ALL=C awk 'BEGIN { for (i = 0; i < 131072; i++) printf "bulkhead demonstration disk, record %027d\n", i }' > $@

.PHONY: build/written.img
build/written.img: build/demo.img
	cp $< $@

run: $(system-dir)/fw_payload.bin build/demo.img $(if $(DISK),,$(run-disk))
	HARTS='$(HARTS)' AIA='$(AIA)' MEM='$(MEM)' CPU='$(CPU)' GDB='$(GDB)' \
		DISK='$(run-disk)' WRITE='$(WRITE)' firmware/qemu.sh $(system-dir)

# make bench: what doorbells and requests cost, and how large the firmware is.
bench-systems := bench/aplic-imsic bench-ssip/aplic-imsic bench-disk/aplic-imsic \
	bench-disk-ssip/aplic-imsic demo/none

bench: $(bench-systems:%=build/riscv/%/fw_payload.bin) build/demo.img
	firmware/bench.sh build/bench.json build/bench $(opensbi-out) $(opensbi-src)
