/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A block channel in one thread whose server dies and comes back: what its two
 * ends share, and how each is driven.
 *
 * server.c is the server's side: lives that end before a store of one's choice.
 * What outlives them is the record, the page, the client's memory and the disk.
 * client.c is a client that adopts: it keeps its requests over the lives of the
 * server. main.c lets them meet. Either side looks only when it was rung, so
 * that a bell that is owed and never rung shows as two sides that sleep.
 */
#ifndef LIVES_H
#define LIVES_H

#include <stdbool.h>
#include <stdint.h>

#include <block_memory.h>
#include <loopback/block.h>

#define LIVES_BUS	UINT64_C(0x91001000)
#define LIVES_POOL	0x6000u
#define LIVES_QUEUE	4u
/*
 * More than the queue holds, and how many of them before a reset and ended by
 * it.
 */
#define LIVES_BEFORE_RESET	6u
#define LIVES_DROPPED	3u
#define LIVES_REQUESTS	11u

struct lives_bells {
	bool control;
	bool queue;
};

/* What both ends see, and the bells that were rung and not looked at. */
struct lives_channel {
	struct loopback_control *control;
	uint8_t *pool;
	struct lives_bells to_server;
	struct lives_bells to_client;
};

extern struct lives_channel channel;

/* Why the run has failed, or NULL; the first reason is kept. */
extern const char *lives_failure;
void lives_fail(const char *reason);

/* ---- server.c ---- */

/* A record of nothing, a pristine disk. */
void server_forget_all(void);

/* The stores that the server makes before its life ends; 0: it does not. */
void server_set_lifetime(unsigned long stores);
/* Stores made since then. */
unsigned long server_count_stores(void);

/* A new life publishes. False: it died. */
bool server_begin(void);

/*
 * One thing that is to be done: a bell, or a request that the disk ends. False:
 * it died. *idle: there was nothing to do.
 */
bool server_step(bool *idle);

/* The disk's first byte of a sector. */
uint8_t *server_get_sector(uint64_t sector);

/* ---- client.c ---- */

/* Takes those of the block device's @features that it is offered. */
void client_begin(uint64_t features);

/* Look, if it was rung (or has not begun). False: it was not. */
bool client_step(void);

/* Make another request available while nobody serves. */
void client_submit_one(void);

/*
 * All requests have ended, once and well, but for those of the reset, and the
 * channel is closed.
 */
bool client_is_done(void);

/* Lives of the server that it went on with. */
unsigned int client_count_adopted(void);

#endif
