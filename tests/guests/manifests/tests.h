/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Linux that runs a script of the tests: Debian's kernel as it is, or with
 * MODE_WINDOW the one that is configured to keep to a pool. HARTS are those of
 * the machine, of which one is the server's.
 */
#ifdef MODE_WINDOW
#define IMAGE	"linux"
#else
#define IMAGE	"debian"
#endif
#define TITLE	"Linux under test"
#define GUEST	linux
#define MEMORY	RAM_AT(0x20000000) 0x0 0x20000000
#define WITH								\
	initrd = "tests";						\
	restart = "always";						\
	bootargs = "console=ttyS0 nowatchdog panic=-1 script=all";
#include "one.h"
