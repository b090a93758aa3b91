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
/* Whether a device of the machine names clocks, and only such as are copied. */
bool devicetree_has_fixed_clocks(const void *tree, int node);
/*
 * Of devices that the firmware plays: a property of /chosen, nodes of the root,
 * nodes of /soc.
 */
void devicetree_put_stdout(struct builder *builder);
void devicetree_put_pools(struct builder *builder);
void devicetree_put_presented(struct builder *builder);
/* /bulkhead: windows, links, channels. */
void devicetree_put_bulkhead(struct builder *builder);

#endif
