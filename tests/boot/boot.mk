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

# An entry is <case>:<system>:<aia>.
define boot-rules
$(boot-out)/$(1).t: $(boot-out)/expanded $(call firmware,$(2),$(3)) build/demo.img
	echo 'exec tests/boot/run.sh $(boot-out)/$(1).case' > $$@
endef
$(foreach entry,$(boot-list),$(eval $(call boot-rules,$(word 1,$(subst :, ,$(entry))),$(word \
	2,$(subst :, ,$(entry))),$(word 3,$(subst :, ,$(entry))))))
