# SPDX-License-Identifier: BSD-2-Clause
# Manifest and bundle of every system, and its firmware on RISC-V; arm64.mk has
# the firmware on AArch64:
#
#   build/riscv/<system>/<aia>/{manifest.dtb,bundle.itb,fw_payload.{elf,bin}}
#   build/arm64/<system>/{manifest.dtb,bundle.itb,firmware.{elf,bin}}
#
# A system is one manifest source, of the board or of the tests. It is
# preprocessed once per architecture, which has a machine.h of its own, and on
# RISC-V once per interrupt architecture, with one of AIA_NONE, AIA_APLIC and
# AIA_APLIC_IMSIC defined.

aia-choices-riscv := none aplic aplic-imsic
aia-choices-arm64 := gic
aia-define-none := AIA_NONE
aia-define-aplic := AIA_APLIC
aia-define-aplic-imsic := AIA_APLIC_IMSIC

manifest-dirs := platform/$(BOARD)/manifests tests/boot/manifests
manifests := $(wildcard $(addsuffix /*.dts,$(manifest-dirs)))
board-systems := $(basename $(notdir $(wildcard $(firstword $(manifest-dirs))/*.dts)))
systems := $(basename $(notdir $(manifests)))
manifest-cc-riscv = $(CROSS_COMPILE)gcc
manifest-cc-arm64 = $(AARCH64_CROSS_COMPILE)gcc
# firmware(architecture, system, aia): its image; AArch64 has one without aia
firmware = $(firmware-$(1))
firmware-riscv = build/riscv/$(2)/$(3)/fw_payload.bin
firmware-arm64 = build/arm64/$(2)/firmware.bin
# firmwares(architecture, systems): theirs, of every aia
firmwares = $(foreach system,$(2),$(foreach aia,$(aia-choices-$(1)),\
	$(call firmware,$(1),$(system),$(aia))))

# bundle-rules(architecture, folder, manifest, preprocessor's options, images)
define bundle-rules
$(2)/manifest.dtb: $(3) firmware/bundle.mk build/$(1)/variables
	$$(call say,DTC,$$@)
	mkdir -p $$(@D)
	$$(manifest-cc-$(1)) -E -P -x assembler-with-cpp -nostdinc -undef $(4) \
		$$(addprefix -I,$$(manifest-dirs) $(firstword $(manifest-dirs))/$(1)) \
		-MD -MP -MT $$@ -MF $$(@:.dtb=.d) $$< -o $$(@:.dtb=.dts)
	dtc -q -I dts -O dtb -o $$@ $$(@:.dtb=.dts)

$(2)/bundle.itb: $(2)/manifest.dtb $(5) firmware/bundle.sh
	$$(call say,BUNDLE,$$@)
	firmware/bundle.sh $(1) $$< build/$(1)/payloads $$@
endef

# riscv-rules(folder)
define riscv-rules
$(1)/fw_payload.bin: $(1)/bundle.itb $$(opensbi-stamp)
	$$(call say,LINK,$$@)
	+$$(opensbi-make) bulkhead-image IMAGE=$$(abspath $$(@D)) BUNDLE=$$(abspath $$<) \
		$$(if $$(filter 1,$$(V)),,> $$(@D)/log)

$(1)/fw_payload.elf: $(1)/fw_payload.bin ;
endef

# What a manifest of the board or of the tests may name: all payloads of ours.
images-of = $(filter build/$(1)/%,$(PAYLOAD_IMAGES))

# system-rules(system, manifest)
define system-rules
$(call bundle-rules,arm64,build/arm64/$(1),$(2),,$(call images-of,arm64))
$(foreach aia,$(aia-choices-riscv),
$(call bundle-rules,riscv,build/riscv/$(1)/$(aia),$(2),-D$(aia-define-$(aia)),$(call images-of,riscv))
$(call riscv-rules,build/riscv/$(1)/$(aia)))
endef
$(foreach manifest,$(manifests),$(eval \
	$(call system-rules,$(basename $(notdir $(manifest))),$(manifest))))

$(systems:%=build/arm64/%/firmware.elf): | build/lines

# The rules below may name a source that is gone since, or elsewhere.
%.dts: ;

-include $(wildcard build/riscv/*/*/manifest.d build/arm64/*/manifest.d)
