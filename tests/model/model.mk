# SPDX-License-Identifier: BSD-2-Clause
# Models: tests/model/<model>.pml, searched as models.conf says.

model-out := $(check-out)/model
model-names := $(shell sed -n 's/^\([a-z_]*\)[[:space:]].*/\1/p' tests/model/models.conf | sort -u)
model-checks := $(model-names:%=$(model-out)/%.t)

$(model-out)/%.t: tests/model/%.pml tests/model/models.conf tests/model/run.sh
	mkdir -p $(@D)
	echo 'exec tests/model/run.sh $*' > $@
