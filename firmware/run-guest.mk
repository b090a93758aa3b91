# SPDX-License-Identifier: BSD-2-Clause
# make run-linux, run-uboot, run-two-linux: operating systems as they are, in
# compartments, on RISC-V. Their manifests are in platform/<board>/guests, and
# depend on the mode of the data and on how many harts the machine has:
#
#   build/riscv/guests/<system>/<mode>-<harts>/<aia>/{manifest.dtb,bundle.itb,
#						fw_payload.{elf,bin}}

guest-dir := platform/$(BOARD)/guests
guest-define-grant := MODE_GRANT
guest-define-window := MODE_WINDOW

# What their manifests name beside our own payloads.
guest-kernel-grant := debian
guest-kernel-window := linux
guest-images-linux = $(guest-kernel-$(1)) initramfs
guest-images-command = $(guest-kernel-$(1)) command
guest-images-uboot := u-boot
guest-images-uboot-command := u-boot
guest-images-two-linux = $(guest-kernel-$(1)) $(guest-roles)

# guest-folder(system, mode, harts, aia)
guest-folder = build/riscv/guests/$(1)/$(2)-$(3)/$(4)

# guest-rules(system, mode, harts, aia): those of one folder
define guest-rules
$(call bundle-rules,riscv,$(call guest-folder,$(1),$(2),$(3),$(4)),$(guest-dir)/$(1).dts,\
	-D$(aia-define-$(4)) -D$(guest-define-$(2)) -DHARTS=$(3) -I$(guest-dir),\
	$(patsubst %,build/riscv/payloads/%.bin,server $(call guest-images-$(1),$(2))))
$(call riscv-rules,$(call guest-folder,$(1),$(2),$(3),$(4)))
endef

-include $(wildcard build/riscv/guests/*/*/*/manifest.d)

# One that is asked for by its path.
$(foreach goal,$(filter build/riscv/guests/%,$(MAKECMDGOALS)),$(eval guest-path := \
	$(subst /, ,$(patsubst build/riscv/guests/%,%,$(goal))))$(eval $(call guest-rules,$(word 1,$(guest-path)),$(word \
	1,$(subst -, ,$(word 2,$(guest-path)))),$(word 2,$(subst -, ,$(word 2,$(guest-path)))),$(word 3,$(guest-path)))))

run-goals := run-linux run-uboot run-two-linux
.PHONY: $(run-goals)

ifneq ($(filter $(run-goals),$(MAKECMDGOALS)),)
run-goal := $(filter $(run-goals),$(MAKECMDGOALS))
$(if $(word 2,$(run-goal)),$(error run: choose one of $(run-goal)))
run-guest-variables := ARCH HARTS AIA MEM DISK WRITE CPU GDB MODE CMD
export $(run-guest-variables) V
# As they were typed: a dollar in a command or a file's name is no reference.
$(foreach name,$(run-guest-variables),$(eval override $(name) := $$(value $(name))))

run-check := $(shell rm -f $(guest-out)/status; $(foreach name,$(tool-variables) BOARD $(run-guest-variables),$(name)=$(call \
	quoted,$($(name)))) firmware/run-guest.sh --check $(run-goal) >&2)
ifneq ($(.SHELLSTATUS),0)
$(error nothing was built)
endif

# What U-Boot boots from a disk that is made ends by itself if nobody can type.
run-demonstration := uname -a; cat /proc/cmdline; ls -l /mnt/boot
ifeq ($(run-goal)$(DISK)$(CMD),run-uboot)
override CMD := $(shell [ -t 0 ] || echo '$(run-demonstration)')
endif

run-system-run-linux := $(if $(CMD),command,linux)
run-system-run-uboot := $(if $(CMD),uboot-command,uboot)
run-system-run-two-linux := two-linux
run-disk-run-linux := $(guest-out)/disk.img
run-disk-run-uboot := $(guest-out)/boot$(if $(CMD),-command).img
run-disk-run-two-linux := $(guest-out)/crash.img
run-second-run-two-linux := $(guest-out)/compute.img

run-folder := $(call guest-folder,$(run-system-$(run-goal)),$(MODE),$(HARTS),$(AIA))
$(eval $(call guest-rules,$(run-system-$(run-goal)),$(MODE),$(HARTS),$(AIA)))

$(run-goal): $(run-folder)/fw_payload.bin build/host/gcc/bulkhead-check \
		$(if $(DISK),,$(run-disk-$(run-goal))) $(run-second-$(run-goal))
	DISK="$${DISK:-$(run-disk-$(run-goal))}" SECOND_DISK=$(run-second-$(run-goal)) \
		STATUS=$(guest-out)/status firmware/run-guest.sh $(run-goal) $(run-folder)
endif
