/* SPDX-License-Identifier: BSD-2-Clause */
/* The second hart of the compartment, as the first one sees it. */
#ifndef HOSTILE_RISCV_HARTS_H
#define HOSTILE_RISCV_HARTS_H

#include <stdbool.h>

#define HARTS_NONE	(~0UL)
#define HARTS_PATIENCE	20	/* seconds */

/* A hart of ours that is not the caller, or HARTS_NONE. */
unsigned long harts_find_other(void);

bool harts_is_stopped(unsigned long hart);

/* False if it has not stopped within HARTS_PATIENCE. */
bool harts_await_stop(unsigned long hart);

#endif
