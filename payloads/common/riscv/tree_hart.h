/* SPDX-License-Identifier: BSD-2-Clause */
/* Part of <common/tree.h>. */
#ifndef COMMON_RISCV_TREE_HART_H
#define COMMON_RISCV_TREE_HART_H

#include <common/tree_range.h>

struct tree_hart {
	unsigned long id;
	/* riscv,isa, "" if unknown */
	const char *isa;
	/* PLIC: supervisor context, or -1 */
	int plic_context;
	/* supervisor-level page; size 0: none */
	struct tree_range imsic;
};

#endif
