# SPDX-License-Identifier: BSD-2-Clause
# Operating systems as they are, made of Debian's packages; nothing of them is in
# this repository. RISC-V's, beside our own payloads, by the names that manifests
# use:
#
#	build/riscv/payloads/debian.bin		the stock kernel
#	build/riscv/payloads/linux.bin		Debian's source, the configuration
#						payloads/linux/fragment.config
#	build/riscv/payloads/u-boot.bin		U-Boot, S-mode
#	build/riscv/payloads/initramfs.bin	for both kernels: payloads/debian/root
#						upon busybox and mke2fs
#	build/riscv/payloads/command.bin	the same, to run what CMD= says
#
# The packages are those that these names stand for when they are first fetched;
# build/guests/debian/versions has which that were.

guest-out := build/guests
guest-suite := trixie
guest-packages := busybox-static e2fsprogs libc6 libext2fs2t64 libcom-err2 \
	libblkid1 libuuid1
guest-debs := $(patsubst %,$(guest-out)/packages/%.deb,linux-image $(guest-packages))

# What an initramfs is made of; further folders may be laid over it.
guest-unpacked := $(guest-out)/debian/versions
guest-root := $(guest-out)/debian/root
guest-kernel := $(guest-out)/debian/kernel
guest-pack := payloads/debian/pack.sh
guest-own := payloads/debian/root
guest-own-files := $(shell find $(guest-own) -type f)

# fetched(package, architecture, options)
define fetched
	$(call say,FETCH,$(1))
	mkdir -p $(@D)
	firmware/fetch-deb.sh $(3) $(1) $(guest-suite) $(2) $@
endef

$(guest-packages:%=$(guest-out)/packages/%.deb): $(guest-out)/packages/%.deb: \
		payloads/guests.mk
	$(call fetched,$*,riscv64)

$(guest-out)/packages/linux-image.deb: payloads/guests.mk
	$(call fetched,linux-image-riscv64,riscv64,--dependency)

$(guest-out)/linux-source.deb: payloads/guests.mk
	$(call fetched,linux-source,all,--dependency)

$(guest-out)/u-boot-qemu.deb: payloads/guests.mk
	$(call fetched,u-boot-qemu,all)

$(guest-unpacked): payloads/debian/unpack.sh $(guest-debs)
	$(call say,UNPACK,$(@D))
	payloads/debian/unpack.sh $(guest-out)/packages $(@D)

build/riscv/payloads/debian.bin: $(guest-unpacked)
	$(call say,IMAGE,$@)
	mkdir -p $(@D)
	cp $(guest-kernel) $@

build/riscv/payloads/linux.bin: payloads/linux/build.sh payloads/linux/fragment.config \
		$(guest-out)/linux-source.deb build/riscv/variables
	$(call say,LINUX,$@)
	mkdir -p $(@D) $(guest-out)/linux
	payloads/linux/build.sh $(guest-out)/linux-source.deb $(word 2,$^) \
		$(guest-out)/linux/Image
	cp $(guest-out)/linux/Image $@

build/riscv/payloads/u-boot.bin: $(guest-out)/u-boot-qemu.deb
	$(call say,IMAGE,$@)
	mkdir -p $(@D)
	dpkg-deb --fsys-tarfile $< | \
	tar xf - -O ./usr/lib/u-boot/qemu-riscv64_smode/u-boot.bin > $@

build/riscv/payloads/initramfs.bin: $(guest-pack) $(guest-unpacked) $(guest-own-files)
	$(call say,PACK,$@)
	mkdir -p $(@D)
	$(guest-pack) $@ $(guest-root) $(guest-own)

build/riscv/payloads/command.bin: $(guest-pack) $(guest-unpacked) $(guest-own-files) \
		$(guest-out)/command/command
	$(call say,PACK,$@)
	mkdir -p $(@D)
	$(guest-pack) $@ $(guest-root) $(guest-own) $(guest-out)/command

# As the user typed it.
$(guest-out)/command/command: force
	mkdir -p $(@D)
	printf '%s\n' "$$CMD" > $(guest-out)/command.new
	cmp -s $(guest-out)/command.new $@ && rm $(guest-out)/command.new || \
		mv $(guest-out)/command.new $@

# two-linux: what each of them does, and a disk for each to do it with.
guest-roles := crash compute
$(guest-roles:%=build/riscv/payloads/%.bin): build/riscv/payloads/%.bin: $(guest-pack) \
		$(guest-unpacked) $(guest-own-files) payloads/debian/%/script
	$(call say,PACK,$@)
	mkdir -p $(@D)
	$(guest-pack) $@ $(guest-root) $(guest-own) payloads/debian/$*

$(guest-roles:%=$(guest-out)/%.img): $(guest-out)/%.img: payloads/debian/disk.sh \
		build/demo.img
	$(call say,IMAGE,$@)
	mkdir -p $(@D)
	payloads/debian/disk.sh $@ $* build/demo.img

# run-linux without DISK=; with WRITE=1 it holds what a person has written.
$(guest-out)/disk.img: | README.md
	$(call say,IMAGE,$@)
	mkdir -p $(@D)
	payloads/debian/disk.sh $@ bulkhead $|

# run-uboot without DISK=: ends in a shell, or runs CMD
guest-boot-initramfs-boot := initramfs
guest-boot-initramfs-boot-command := command
define guest-boot-rule
$(guest-out)/$(1).img: payloads/uboot/disk.sh $$(guest-unpacked) \
		build/riscv/payloads/$(guest-boot-initramfs-$(1)).bin
	$$(call say,IMAGE,$$@)
	payloads/uboot/disk.sh $$@ $$(guest-kernel) $$(lastword $$^) \
		'console=ttyS0 panic=1'
endef
$(foreach image,boot boot-command,$(eval $(call guest-boot-rule,$(image))))
