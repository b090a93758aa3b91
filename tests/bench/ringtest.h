/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What tools/virtio/ringtest of the Linux source wants of a ring, and what it
 * gives: its own main.c drives ours through exactly this. "Guest" is the driver
 * side, "host" the device side; each is called from one thread.
 */
#ifndef BENCH_RINGTEST_H
#define BENCH_RINGTEST_H

#include <stdbool.h>

/* Ours: driver side. What is empty, or cannot be done, is false or NULL. */
void alloc_ring(void);
int add_inbuf(unsigned int len, void *buf, void *data);
void *get_buf(unsigned int *len, void **buf);
void disable_call(void);
bool used_empty(void);
bool enable_call(void);
void kick_available(void);

/* Ours: device side. */
void disable_kick(void);
bool avail_empty(void);
bool enable_kick(void);
bool use_buf(unsigned int *len, void **buf);
void call_used(void);

/* The program's. */
extern unsigned int ring_size;
void kick(void);
void call(void);

#endif
