/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The partition map: who has which harts, memory, windows, devices, links and
 * channels, how much protection that takes, and whom one has to trust.
 * The firmware prints it at boot and the host command on request, from this one
 * text.
 *
 * Memory: a line lives on the stack during the callback. Concurrency: reads a
 * constant model. Trust: the model is one that manifest_parse() has accepted.
 */
#ifndef COMPARTMENT_MAP_H
#define COMPARTMENT_MAP_H

#include <compartment/manifest.h>

/* Hand the map of a valid model to `line`, one line at a time, no newlines. */
void map_print(const struct model *model, compartment_line_fn line,
	       void *context);

#endif
