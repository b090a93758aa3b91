/* SPDX-License-Identifier: BSD-2-Clause */
#include <sbi/sbi_console.h>
#include <sbi/sbi_timer.h>
#include "firmware.h"

/* OpenSBI's console lock is held for this one line. */
void arch_console_emit(const char *text, size_t length)
{
	sbi_nputs(text, length);
}

void arch_delay_us(unsigned int us)
{
	sbi_timer_udelay(us);
}
