/* SPDX-License-Identifier: BSD-2-Clause */
#include "manifest_fixture.h"

#define CHANNEL	"/channels/disk"
#define WINDOW	"/windows/registers"
#define RECORD_WINDOW	"/windows/record"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

void fixture_add_guest(struct fixture *fixture, bool is_granted)
{
	const uint32_t start =
		(uint32_t)fixture->board.firmware.base + 0x10000000;
	const struct fixture_edit edits[] = {
		STRING("/compartments/client", "console", "uart"),
		STRING("/compartments/client", "initrd", "ramdisk"),
		ADD_NODE("/windows", "registers"),
		CELLS(WINDOW, "phandle", REGISTERS),
		CELLS(WINDOW, "reg", 0, start + 0x1400000, 0, 0x2000),
		CELLS(WINDOW, "members", CLIENT),
		STRING(WINDOW, "access", "r"),
		CELLS(RECORD_WINDOW, "reg", 0, start + 0x800000, 0, 0x2000),
		CELLS(CHANNEL, "control", RECORD, 0x1000),
		CELLS(CHANNEL, "record", RECORD, 0, 0x1000),
		CELLS(CHANNEL, "registers", REGISTERS, 0x1000),
	};
	const struct fixture_edit granted[] = {
		STRING(CHANNEL, "data", "grant"), DROP(CHANNEL, "pool"),
	};

	fixture_edit_all(fixture->manifest, edits, COUNT(edits));
	if (is_granted)
		fixture_edit_all(fixture->manifest, granted, COUNT(granted));
}
