# SPDX-License-Identifier: BSD-2-Clause
# The unit tests as programs for other processors, run by QEMU's user
# emulation: <architecture>-<compiler> of each pair below. They show that
# nothing rests on the host's memory model, word size or byte order.
#
# riscv64 takes the firmware's own port; the others the hosted one.

cross-triple-riscv64 := riscv64-linux-gnu
cross-triple-aarch64 := aarch64-linux-gnu
cross-triple-arm := arm-linux-gnueabihf
cross-triple-s390x := s390x-linux-gnu

# Atomics and divisions as instructions, not as calls into the compiler's
# library: a program without an operating system has none.
cross-options-aarch64 := -mno-outline-atomics
cross-options-arm := -mcpu=cortex-a15

cross-flavours := riscv64-gcc riscv64-clang aarch64-gcc aarch64-clang \
	arm-gcc s390x-gcc

# What a flavour leaves out: sources, and the programs that need them. This is
# the only place where anything is left out, and each has its reason.
#
# arm	The readers of manifests are part of the firmware, which runs on 64-bit
#	processors: addresses are written as unsigned long.
cross-sources-omitted-arm := $(filter-out %/sha256.c,\
	$(wildcard lib/compartment/*.c lib/compartment/*/*.c)) \
	$(wildcard lib/partitioner/*.c tests/support/manifest_fixture*.c) \
	$(addprefix tests/support/,built_tree.c fake_arch.c partitioner_system.c \
		played_uart.c presented.c)
cross-programs-omitted-arm := arm64_stage2 bundle console console_focus lifecycle \
	protection tables $(patsubst tests/unit/%_test.c,%,$(wildcard $(addprefix tests/unit/,\
	devicetree*_test.c manifest*_test.c partitioner_*_test.c)))
# s390x	QEMU exchanges the halves of the address that SIGBUS reports, so a
#	guard does not find the memory that was lost.
cross-programs-omitted-s390x := vhost_block_failure vhost_memory
# aarch64, clang
#	Tries every cut and every changed bit of a manifest: 18 s of emulation,
#	which riscv64 and s390x spend with gcc.
cross-programs-omitted-aarch64 := manifest_blob
cross-programs-omitted-clang := manifest_blob
# all	QEMU keeps the descriptors of a message that had room for fewer, where
#	Linux closes them, which is what this one counts.
cross-programs-omitted := vhost_socket

cross-architecture = $(firstword $(subst -, ,$(1)))
cross-compiler = $(lastword $(subst -, ,$(1)))
cross-triple = $(cross-triple-$(call cross-architecture,$(1)))
cross-cc-gcc = $(cross-triple)-gcc
cross-cc-clang = clang --target=$(cross-triple)
cross-cc = $(cross-cc-$(cross-compiler)) $(cross-options-$(cross-architecture))

# cross-flavour(flavour): the variables that host-rules reads
define cross-flavour
host-cc-$(1) := $(cross-cc) -O2 -static
host-ar-$(1) := $(cross-triple)-ar
host-run-$(1) := qemu-$(cross-architecture)
host-port-$(1) := $(if $(filter riscv64-%,$(1)),riscv,hosted)
host-includes-$(1) := -isystem $(cross-headers)
host-headers-$(1) := $(cross-headers)/stamp
host-omitted-$(1) := $(cross-sources-omitted-$(cross-architecture))
unit-omitted-$(1) := $(cross-programs-omitted-$(cross-architecture)) \
	$(cross-programs-omitted-$(cross-compiler)) $(cross-programs-omitted)
host-libraries-$(1) := $(unit-out)/$(1)/cunit.a $(unit-out)/$(1)/libfdt.a
endef

# CUnit from its own source, and the very libfdt that is in the firmware, with
# the environment header of a hosted one in place of OpenSBI's.
include firmware/cunit.pin
cross-cunit := build/cunit-$(CUNIT_VERSION)
cross-cunit-sources := $(addprefix CUnit/Sources/,$(addprefix Framework/,\
	CUError.c MyMem.c TestDB.c TestRun.c Util.c) Basic/Basic.c)
cross-libfdt := $(opensbi-src)/lib/utils/libfdt
cross-libfdt-sources := $(addsuffix .c,fdt fdt_addresses fdt_check fdt_empty_tree \
	fdt_ro fdt_rw fdt_strerror fdt_sw fdt_wip)
cross-libfdt-env := $(firstword $(wildcard $(addsuffix /include/libfdt_env.h,/usr/local /usr)))
cross-headers := build/cross-include
$(foreach flavour,$(cross-flavours),$(eval $(call cross-flavour,$(flavour))))

build/$(CUNIT_TARBALL): firmware/cunit.pin
	$(call say,FETCH,$@)
	firmware/fetch.sh $< $@

$(cross-cunit).unpacked: build/$(CUNIT_TARBALL)
	$(call say,UNPACK,$(@:.unpacked=))
	rm -rf $(@:.unpacked=) && mkdir -p $(@:.unpacked=)
	tar -xzf $< -C $(@:.unpacked=) --strip-components=1
	touch $@

$(cross-headers)/stamp: $(cross-cunit).unpacked $(opensbi-unpacked) $(cross-libfdt-env) \
		build/variables
	rm -rf $(@D) && mkdir -p $(@D)
	cp -r $(cross-cunit)/CUnit/Headers $(@D)/CUnit
	cp $(cross-libfdt)/libfdt.h $(cross-libfdt)/fdt.h $(cross-libfdt-env) $(@D)
	touch $@

# cross-libraries(flavour)
define cross-libraries
$(unit-out)/$(1)/cunit.a: $(cross-headers)/stamp
	$$(call say,LIBRARY,$$@)
	rm -rf $$(@:.a=) && mkdir -p $$(@:.a=)
	cd $$(@:.a=) && $$(host-cc-$(1)) -w -I$(abspath $(cross-headers)/CUnit) \
		-c $(abspath $(cross-cunit-sources:%=$(cross-cunit)/%))
	$$(host-ar-$(1)) rcsD $$@ $$(@:.a=)/*.o

$(unit-out)/$(1)/libfdt.a: $(cross-headers)/stamp
	$$(call say,LIBRARY,$$@)
	rm -rf $$(@:.a=) && mkdir -p $$(@:.a=)
	cd $$(@:.a=) && $$(host-cc-$(1)) -w -include $(abspath $(cross-headers)/libfdt_env.h) \
		-c $(abspath $(cross-libfdt-sources:%=$(cross-libfdt)/%))
	$$(host-ar-$(1)) rcsD $$@ $$(@:.a=)/*.o
endef
$(foreach flavour,$(cross-flavours),$(eval $(call cross-libraries,$(flavour))))
