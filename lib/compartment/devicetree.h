/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Inside lib/compartment: the parts of a compartment's device tree, each a node
 * below the root, none if there is nothing to say.
 *
 * Memory, concurrency and trust: the builder's.
 */
#ifndef LIB_COMPARTMENT_DEVICETREE_H
#define LIB_COMPARTMENT_DEVICETREE_H

#include "builder.h"

/* /clocks: fixed clocks of the compartment's devices; /soc: the devices. */
void devicetree_put_clocks(struct builder *builder);
void devicetree_put_soc(struct builder *builder);
/* /bulkhead: windows, links, channels. */
void devicetree_put_bulkhead(struct builder *builder);

#endif
