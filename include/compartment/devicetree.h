/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A compartment's own device tree: its harts, memory and devices as the
 * machine's tree describes them, its bootargs, and under /bulkhead its windows,
 * links and channels. Nothing of any other compartment is in it but names.
 * docs/manifest.md, "What a compartment sees", specifies it.
 *
 * Memory: written only to the caller's buffer. Concurrency: reads a constant
 * model. Trust: the model is one that manifest_parse() has accepted; nobody but
 * the caller writes to the buffer meanwhile, for libfdt reads back what it has
 * written. The result is well-formed (version 17) and has room
 * at its end, for a boot loader that adds to it in place.
 */
#ifndef COMPARTMENT_DEVICETREE_H
#define COMPARTMENT_DEVICETREE_H

#include <compartment/manifest.h>

/*
 * Build the tree of `compartment` in `buffer` (8-byte aligned) of `size` bytes
 * (MODEL_TREE_SIZE is what the firmware offers).
 * Returns the tree's size in bytes, or COMPARTMENT_ERR_NO_SPACE,
 * or COMPARTMENT_ERR_MALFORMED if the machine's tree breaks under way.
 */
int devicetree_build(const struct model *model, unsigned int compartment,
		     void *buffer, size_t size);

#endif
