/* SPDX-License-Identifier: BSD-2-Clause */
#include "../hostile.h"
#include "aarch32.h"
#include "gic.h"
#include "registers.h"
#include "walk.h"

void architecture_run(void)
{
	registers_run();
	levels_run();
	gic_run();
	aarch32_run();
	walk_run();
}
