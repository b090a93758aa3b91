# SPDX-License-Identifier: BSD-2-Clause
# Manifest, bundle and firmware of every system:
#
#   build/riscv/<system>/<aia>/{manifest.dtb,bundle.itb,fw_payload.{elf,bin}}
#
# A system is one manifest source, of the board or of the tests. It is
# preprocessed once per interrupt architecture, with one of AIA_NONE,
# AIA_APLIC and AIA_APLIC_IMSIC defined.

aia-choices := none aplic aplic-imsic
aia-define-none := AIA_NONE
aia-define-aplic := AIA_APLIC
aia-define-aplic-imsic := AIA_APLIC_IMSIC

manifest-dirs := platform/$(BOARD)/manifests tests/boot/manifests
manifests := $(wildcard $(addsuffix /*.dts,$(manifest-dirs)))
board-systems := $(basename $(notdir $(wildcard $(firstword $(manifest-dirs))/*.dts)))
systems := $(basename $(notdir $(manifests)))
firmware = build/riscv/$(1)/$(2)/fw_payload.bin

# system-rules(system, aia, manifest)
define system-rules
build/riscv/$(1)/$(2)/manifest.dtb: $(3) firmware/bundle.mk build/variables
	$$(call say,DTC,$$@)
	mkdir -p $$(@D)
	$$(CROSS_COMPILE)gcc -E -P -x assembler-with-cpp -nostdinc -undef -D$$(aia-define-$(2)) \
		$$(addprefix -I,$$(manifest-dirs)) -MD -MP -MT $$@ -MF $$(@:.dtb=.d) $$< -o $$(@:.dtb=.dts)
	dtc -q -I dts -O dtb -o $$@ $$(@:.dtb=.dts)

build/riscv/$(1)/$(2)/bundle.itb: build/riscv/$(1)/$(2)/manifest.dtb $$(PAYLOAD_IMAGES) firmware/bundle.sh
	$$(call say,BUNDLE,$$@)
	firmware/bundle.sh $$< $(PAYLOAD_OUT) $$@

build/riscv/$(1)/$(2)/fw_payload.bin: build/riscv/$(1)/$(2)/bundle.itb $$(opensbi-stamp)
	$$(call say,LINK,$$@)
	+$$(opensbi-make) bulkhead-image IMAGE=$$(abspath $$(@D)) BUNDLE=$$(abspath $$<) \
		$$(if $$(filter 1,$$(V)),,> $$(@D)/log)

build/riscv/$(1)/$(2)/fw_payload.elf: build/riscv/$(1)/$(2)/fw_payload.bin ;
endef
$(foreach manifest,$(manifests),$(foreach aia,$(aia-choices),$(eval \
	$(call system-rules,$(basename $(notdir $(manifest))),$(aia),$(manifest)))))

-include $(wildcard build/riscv/*/*/manifest.d)
