/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "system.h"

static const struct fixture_edit machine_edits[] = {
	RENAME("/soc/disk@10001000", "virtio_mmio@10001000"),
	RENAME("/soc/disk@10002000", "virtio_mmio@10002000"),
};

static const struct fixture_edit manifest_edit =
	STRING("/compartments/server/devices/disk", "path",
	       "/soc/virtio_mmio@10001000");

void system_make(struct fixture *fixture, unsigned int interrupts)
{
	static struct fixture fresh[FIXTURE_INTERRUPTS];
	struct fixture *one = &fresh[interrupts];
	bool arm64 = interrupts == FIXTURE_GICV3;
	unsigned int i;

	if (!one->board.name) {
		fixture_init(one, interrupts);
		for (i = 0; !arm64 && i < 2; i++)
			fixture_edit(one->machine, &machine_edits[i]);
		if (!arm64)
			fixture_edit(one->manifest, &manifest_edit);
		FUZZ_REQUIRE(!fixture_parse(one));
	}
	memcpy(fixture, one, sizeof(*fixture));
	fixture->report.line = NULL;
	fixture->report.context = NULL;
}

void system_check_line(void *context, const char *text)
{
	size_t len = strlen(text);

	++*(unsigned int *)context;
	FUZZ_REQUIRE(len < COMPARTMENT_LINE_MAX);
	while (len--)
		FUZZ_REQUIRE(text[len] >= ' ' && text[len] <= '~');
}
