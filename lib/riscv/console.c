/* SPDX-License-Identifier: BSD-2-Clause */
#include <port/lock.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_timer.h>
#include "firmware.h"

static struct port_lock console_lock;

void arch_console_acquire(void)
{
	port_lock_acquire(&console_lock);
}

void arch_console_release(void)
{
	port_lock_release(&console_lock);
}

void arch_console_emit(const char *text, size_t length)
{
	sbi_nputs(text, length);
}

void arch_delay_us(unsigned int us)
{
	sbi_timer_udelay(us);
}
