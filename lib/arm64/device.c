/* SPDX-License-Identifier: BSD-2-Clause */
/* Registers of devices, time, and the end of the machine. */
#include "arm64.h"

#define MICROSECONDS	1000000ULL

uint32_t arch_device_read(uint64_t addr)
{
	uint32_t value;

	/* After what was stored to memory before, before what is read later. */
	port_device_barrier();
	value = *(volatile uint32_t *)addr;
	port_device_barrier();
	return value;
}

void arch_device_write(uint64_t addr, uint32_t value)
{
	port_device_barrier();
	*(volatile uint32_t *)addr = value;
	port_device_barrier();
}

static uint64_t device_time(void)
{
	/* Keeps the counter from being read before what is waited behind. */
	isb();
	return read_sysreg(cntvct_el0);
}

void arch_delay_us(unsigned int us)
{
	uint64_t start = device_time();
	uint64_t ticks = us * read_sysreg(cntfrq_el0) / MICROSECONDS + 1;

	while (device_time() - start < ticks)
		port_relax();
}

void arch_power_off(bool failed)
{
	board->power_off(failed);
}
