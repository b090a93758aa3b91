/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/compartment: questions to a machine's tree.
 *
 * Memory and concurrency: nothing is kept. Trust: a tree after tree_check().
 */
#ifndef LIB_COMPARTMENT_MACHINE_H
#define LIB_COMPARTMENT_MACHINE_H

#include <compartment/board.h>

/* Causes of an interrupt at a hart (privileged specification, mcause) */
#define CAUSE_SUPERVISOR_EXTERNAL	9
#define CAUSE_MACHINE_EXTERNAL		11

/* The registers of the PLIC at `node` that all of its contexts share. */
bool machine_plic_shared(const void *tree, int node,
			 struct memory_range *range);

/* Whether an interrupt controller serves M-mode (also) at its children. */
bool machine_is_m_level(const void *tree, int node);

#endif
