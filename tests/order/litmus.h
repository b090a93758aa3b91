/* SPDX-License-Identifier: BSD-2-Clause */
/* The model against the classic shapes of two threads. */
#ifndef ORDER_LITMUS_H
#define ORDER_LITMUS_H

#include <stdbool.h>

extern const unsigned int litmus_count;

const char *litmus_name(unsigned int shape);

/* What must be found: with every order of the shape or, if @weak, without. */
const char *litmus_expected(unsigned int shape, bool weak);

/* Is it found? */
bool litmus_explore(unsigned int shape, bool weak);

#endif
