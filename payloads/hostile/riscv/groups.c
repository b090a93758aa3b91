/* SPDX-License-Identifier: BSD-2-Clause */
#include "../hostile.h"
#include "groups.h"

void architecture_run(void)
{
	vector_run();
	registers_run();
	walk_run();
	interrupts_run();
}
