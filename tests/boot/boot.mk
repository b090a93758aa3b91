# SPDX-License-Identifier: BSD-2-Clause
# Tests that boot a system under QEMU; tests.conf declares them. Each expands
# to one case file, build/check/boot/<case>.case, which run.sh carries out.

boot-out := $(check-out)/boot
boot-list := $(shell tests/boot/expand.sh --list tests/boot/tests.conf)
boot-cases := $(foreach entry,$(boot-list),$(firstword $(subst :, ,$(entry))))
boot-checks := $(boot-cases:%=$(boot-out)/%.t)

$(boot-out)/expanded: tests/boot/tests.conf tests/boot/expand.sh
	mkdir -p $(@D)
	tests/boot/expand.sh $< $(@D)
	touch $@

# An entry is <case>:<architecture>:<system>:<aia>:<start>.
# boot-rules(case, architecture, system, aia, start)
define boot-rules
$(boot-out)/$(1).t: $(boot-out)/expanded $(call firmware,$(2),$(3),$(4)) build/demo.img \
		$(if $(filter u-boot,$(5)),$(boot-u-boot))
	echo 'exec tests/boot/run.sh $(boot-out)/$(1).case' > $$@
endef
boot-entry = $(eval $(call boot-rules,$(word 1,$(1)),$(word 2,$(1)),$(word 3,$(1)),$(word 4,$(1)),$(word 5,$(1))))

# Debian's U-Boot for the machine: fetched, not installed.
boot-u-boot := build/u-boot/stamp
build/u-boot.deb: tests/boot/boot.mk
	$(call say,FETCH,u-boot-qemu)
	mkdir -p $(@D)
	firmware/fetch-deb.sh u-boot-qemu bookworm all $@

$(boot-u-boot): build/u-boot.deb
	$(call say,UNPACK,$(@D))
	rm -rf $(@D) && mkdir -p $(@D)
	dpkg-deb -x $< $(@D)
	touch $@

$(foreach entry,$(boot-list),$(call boot-entry,$(subst :, ,$(entry))))
