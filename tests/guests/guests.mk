# SPDX-License-Identifier: BSD-2-Clause
# Tests of whole operating systems in compartments; tests.conf declares them in
# the form of tests/boot/tests.conf, and the same run.sh carries them out. Their
# systems, of manifests/, are
#
#   build/riscv/guest-<manifest>/<aia>/{manifest.dtb,bundle.itb,fw_payload.{elf,bin}}
#
# "make check-guests" is all of it, and commands.sh, which types what a person
# would. Of "make check" it is what guests-essential names: each machine, mode of
# data and number of harts once.

guests-out := $(check-out)/guests
guests-made := build/guests/tests
guests-manifests := $(wildcard tests/guests/manifests/*.dts)
guests-list := $(shell tests/boot/expand.sh --list tests/guests/tests.conf)
guests-cases := $(foreach entry,$(guests-list),$(firstword $(subst :, ,$(entry))))
guests-checks := $(patsubst %,$(guests-out)/%.t,$(guests-cases) commands)
guests-essential := $(addprefix $(guests-out)/,linux-grant-1-riscv-none.t \
	linux-grant-3-riscv-aplic-imsic.t linux-window-3-riscv-aplic.t \
	u-boot-riscv-none.t)

# What they start with: the init and the scripts of the tests over vhost-user,
# our own scripts, and fio.
$(guests-made)/fio.version: tests/guests/fio.sh
	$(call say,FETCH,fio)
	mkdir -p $(@D)
	tests/guests/fio.sh $(guests-made)/fio

build/riscv/payloads/tests.bin: $(guest-pack) $(guest-unpacked) $(guests-made)/fio.version \
		$(shell find tests/vhost/guest tests/guests/root -type f)
	$(call say,PACK,$@)
	mkdir -p $(@D)
	$(guest-pack) $@ $(guest-root) $(guests-made)/fio tests/vhost/guest tests/guests/root

# U-Boot's disk: the kernel and that initramfs upon it.
$(guests-made)/u-boot.img: payloads/uboot/disk.sh $(guest-unpacked) build/riscv/payloads/tests.bin
	$(call say,IMAGE,$@)
	payloads/uboot/disk.sh $@ $(guest-kernel) $(lastword $^) \
		'console=ttyS0 nowatchdog panic=-1 script=hello'

# What a kernel says of a bare machine, per interrupt controllers and harts.
define guests-bare-rule
$(guests-made)/bare-$(1)-$(2)-$(3).log: tests/guests/bare.sh build/riscv/payloads/$(1).bin \
		build/riscv/payloads/tests.bin
	$$(call say,BARE,$$@)
	tests/guests/bare.sh $$@
endef
$(foreach image,debian linux,$(foreach aia,$(aia-choices-riscv),$(foreach harts,1 3,$(eval \
	$(call guests-bare-rule,$(image),$(aia),$(harts))))))

# What a case needs beside its firmware: guests-needs(system, aia). For its kernel
# on a bare machine, a system has as many harts as its name ends in, or one.
guests-harts = $(filter 1 3,$(lastword $(subst -, ,$(1))))
guests-needs = $(if $(findstring u-boot,$(1)),$(guests-made)/u-boot.img,\
	$(guests-made)/bare-$(if $(findstring window,$(1)),linux,debian)-$(2)-$(or \
	$(call guests-harts,$(1)),1).log)

# What their manifests name.
guests-images-linux-grant-1 := server debian tests
guests-images-linux-grant-3 := server debian tests
guests-images-linux-window-1 := server linux tests
guests-images-linux-window-3 := server linux tests
guests-images-u-boot := server u-boot
guests-images-hostile := server debian tests hostile
guests-images-bench := server debian tests
guests-images-bench-entries := server debian tests
guests-images-bench-interrupts := guest
guests-images-bench-mixed := server guest

# guests-rules(manifest, aia)
define guests-rules
$(call bundle-rules,riscv,build/riscv/guest-$(1)/$(2),tests/guests/manifests/$(1).dts,\
	-D$(aia-define-$(2)) -I$(guest-dir),$(patsubst %,build/riscv/payloads/%.bin,\
	$(guests-images-$(1))))
$(call riscv-rules,build/riscv/guest-$(1)/$(2))
endef
$(foreach manifest,$(guests-manifests),$(foreach aia,$(aia-choices-riscv),$(eval \
	$(call guests-rules,$(basename $(notdir $(manifest))),$(aia)))))

-include $(wildcard build/riscv/guest-*/*/manifest.d)

$(guests-out)/expanded: tests/guests/tests.conf tests/boot/expand.sh
	mkdir -p $(@D)
	tests/boot/expand.sh $< $(@D)
	touch $@

# guests-case(case, architecture, system, aia)
define guests-case
$(guests-out)/$(1).t: $(guests-out)/expanded $(call firmware,$(2),$(3),$(4)) \
		$(call guests-needs,$(3),$(4))
	echo 'exec tests/boot/run.sh $(guests-out)/$(1).case' > $$@
endef
$(foreach entry,$(guests-list),$(eval $(call guests-case,$(word 1,$(subst :, ,$(entry))),$(word \
	2,$(subst :, ,$(entry))),$(word 3,$(subst :, ,$(entry))),$(word 4,$(subst :, ,$(entry))))))

$(guests-out)/commands.t: build/host/gcc/bulkhead-check build/riscv/payloads/linux.bin
	mkdir -p $(@D)
	echo 'exec tests/guests/commands.sh' > $@

# make bench-guest: Linux's disk against QEMU's own, and entries of the firmware.
.PHONY: bench-guest bench-guest-picture
bench-guest: $(foreach system,bench bench-entries bench-interrupts bench-mixed,\
		$(call firmware,riscv,guest-$(system),aplic-imsic)) \
		$(foreach system,bench-interrupts bench-mixed,\
		$(call firmware,riscv,guest-$(system),none)) build/demo.img
	tests/guests/bench.sh build/bench-guest.json build/bench/guest

bench-guest-picture:
	tests/guests/picture.sh build/bench-guest.json docs/guest-bench.svg
