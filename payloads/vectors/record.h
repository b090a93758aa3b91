/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The half of the payload that records; see main.c.
 *
 * One hart runs all of it.
 */
#ifndef VECTORS_RECORD_H
#define VECTORS_RECORD_H

/*
 * Prints what a client and a server of this architecture, each in a compartment
 * of its own, leave in the memory that they share, as lines that begin with
 * `vector `; then lets the client take what is there. Returns 0 or an enum
 * loopback_error, after saying what is wrong.
 */
int vectors_record(void);

#endif
