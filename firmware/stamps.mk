# SPDX-License-Identifier: BSD-2-Clause
# What no time stamp of a file tells: these are rewritten only when they have
# other content, and what depends on them is then made again.
#
#   build/variables	what the user chose that decides how things are built,
#   build/<architecture>/variables	and of that what counts for one
#   build/sources	every source file: one that is gone counts as a change
#
# And build/lines, which says how many lines the architectures share: shown
# whenever a firmware is built of other sources than before.

.PHONY: force
build/riscv/variables: variables := "$$CROSS_COMPILE"
build/arm64/variables: variables := "$$AARCH64_CROSS_COMPILE"
build/variables: variables := "$$CROSS_COMPILE" "$$AARCH64_CROSS_COMPILE"
build/variables $(architectures:%=build/%/variables): force
	mkdir -p $(@D)
	printf '%s\n' "$$BOARD" "$$OPENSBI_SRC" $(variables) > $@.new
	cmp -s $@.new $@ && rm $@.new || mv $@.new $@

build/sources: force
	firmware/sources.sh $@

build/lines: firmware/lines.sh firmware/lines.awk build/sources \
		$(shell find lib platform payloads -name '[!.]*.[cS]')
	firmware/lines.sh > $@
	sed 's/^/  LINES   /' $@
