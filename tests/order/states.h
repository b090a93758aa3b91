/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which states of the search were seen. A state is told by its fingerprint, 128
 * bits of all that distinguishes it: that two share one is less likely than
 * that the machine errs.
 */
#ifndef ORDER_STATES_H
#define ORDER_STATES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

uint64_t state_mix(uint64_t hash, uint64_t value);

/* The fingerprint: begin it, feed it, and take half of it, or note the whole;
 * state_note() says whether it is a new one. */
void state_begin(uint64_t what);
void state_feed(const void *data, size_t size);
uint64_t state_hash(void);
bool state_note(void);

unsigned long states_count(void);
void states_forget(void);

#endif
