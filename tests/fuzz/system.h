/* SPDX-License-Identifier: BSD-2-Clause */
/* A good system for the fuzzers of manifest and bundle. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include "fuzz.h"
#include "manifest_fixture.h"

/*
 * The fixture of tests/support, with the devices where the manifests of the
 * repository name them. @interrupts is one of enum fixture_interrupts.
 */
void system_make(struct fixture *fixture, unsigned int interrupts);

/* A compartment_line_fn: claims that the line is fit for a terminal, and counts
 * it in the unsigned int at @context. */
void system_check_line(void *context, const char *text);

#endif
