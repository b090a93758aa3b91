/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The fields of the shared block, found as they are accessed: their first
 * values, and all that was ever written to them. The same for all executions of
 * a search; what a field holds in one of them is the model's (model.h).
 *
 * A field is what one access reads or writes. Fields that overlap are refused,
 * since what a load of parts of several writes returns is left open.
 */
#ifndef ORDER_FIELDS_H
#define ORDER_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FIELDS	64
#define LATER	12	/* different values written to one field */

/* Begin a search; @shared holds the first values, and is never changed. */
void fields_start(const void *shared, size_t size);

bool field_is_shared(const volatile void *p);

/* The number of a field, or a negative value if it is misaligned or overlaps
 * another. */
int field_find(const void *p, size_t size);
unsigned int field_count(void);

uint64_t field_first(unsigned int field);
size_t field_offset(unsigned int field);

/*
 * @writer, one of the threads, writes @value in some execution. What is noted
 * counts from the next fields_learn() on, which is false if there was nothing
 * new; field_later() tells what counts.
 */
void field_note(unsigned int field, unsigned int writer, uint64_t value);
bool fields_learn(void);
unsigned int field_later(unsigned int field, unsigned int writer,
			 uint64_t values[LATER]);

/* The model cannot do what is asked of it: says why and ends the program. */
void model_refuse(const char *why) __attribute__((noreturn));

#endif
