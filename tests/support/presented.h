/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The system of partitioner_system.h with an unmodified client: channel "disk"
 * is presented to it. The server's page is written by hand, and so are the
 * guest's registers.
 */
#ifndef PRESENTED_H
#define PRESENTED_H

#include <loopback/layout.h>
#include <virtio/mmio.h>
#include <virtio/ring.h>

#include "partitioner_system.h"

#define PRESENTED_PAGE		0x1000UL
/* How long a server is waited for. */
#define PRESENTED_TIMEOUT_US	1000000UL

struct presented {
	struct model_channel *channel;
	struct loopback_control *page;
	volatile uint32_t *image;
};

extern struct presented presented;

/* All compartments run; nothing is published. */
void presented_boot(void);
/* With more channels: to another client by a link of the same number, to the
 * same by another link, all of the same bits, and one of a native client. */
void presented_boot_many(void);
/* All compartments run, and the driver is up, with queue 0. */
void presented_run(void);
/* The second half of that. */
void presented_run_driver(void);

/* The server rings bits of the channel, from bit 0 on. */
void presented_ring(uint64_t bits);
void presented_publish(uint64_t generation);
/* The words of that, on any channel's page; nobody is rung. */
void presented_publish_on(struct loopback_control *page, uint64_t generation);
/* It answers what it was asked, as asked. */
void presented_answer(void);

enum guest_access_result presented_access(uint32_t hart, uint64_t address,
					  bool write, uint64_t value);
/* The guest's registers, from the client's hart. */
enum guest_access_result presented_put(uint32_t offset, uint32_t value);
uint32_t presented_get(uint32_t offset);
/* Resets the driver until that is over or took so long; how long it took. */
unsigned long presented_wait(unsigned long limit_us);

/* Ends the life of that hart's compartment, and begins the next if so. */
void presented_end(uint32_t hart, enum lifecycle_goal goal);
uint64_t presented_get_state(unsigned int id);

#endif
