/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A channel as a virtio-mmio device: the client's end of a channel for a guest
 * that knows nothing of channels, only VirtIO 1.2, 4.2.2. The guest's writes to
 * the registers come in here; what it reads lies in a page, the register image,
 * that is kept up to date.
 *
 * Memory: the structure is the caller's, for as long as the channel is there.
 * Control page and register image are reached through two operations, one of
 * them at a time. Nothing is allocated.
 * Concurrency: any number of callers; a fair lock inside is held for one access
 * of bounded work: a few hundred words and bytes of the register image, one
 * doorbell, one interrupt, and of the control page as much, but its
 * configuration space (LOOPBACK_CONFIG_SIZE) byte by byte at most twice eight
 * times over, if the server keeps changing it. The operations are called with
 * it held and must not call back.
 * Trust: neither in the guest nor in the server. The guest's writes go through
 * virtio/mmio_device.h, and addresses of its rings are the server's to check.
 * The server's words are loaded once and checked (loopback/handshake.h); what it
 * can do is have its own client's device fail, pause or interrupt in vain.
 * Specification: docs/channel.md, 4 and 6, with this end as the client.
 *
 * The server's lives: a life that continues the former one (6.2) is adopted, and
 * the guest sees a pause. One that does not, while a driver is up, or the news
 * that none will follow, make the device need a reset.
 *
 * A guest that reads the configuration space while the server changes it can see
 * half of either; the interrupt that follows has it read again.
 */
#ifndef FRONTEND_CHANNEL_H
#define FRONTEND_CHANNEL_H

#include <stdbool.h>
#include <stdint.h>

#include <loopback/handshake.h>
#include <port/lock.h>
#include <virtio/mmio_device.h>

struct frontend_channel_ops {
	/* Make the control page reachable, or the register image; both are of
	 * LOOPBACK_CONTROL_SIZE bytes. Until close, nothing else is called. */
	struct loopback_control *(*open_control)(void *ctx);
	void *(*open_image)(void *ctx);
	void (*close)(void *ctx);
	/* Ring the server; bit n is LOOPBACK_BIT_*, counted from 0. */
	void (*ring)(void *ctx, uint64_t bits);
	/* Interrupt the guest, as an edge; all stores before are visible. */
	void (*interrupt)(void *ctx);
};

struct frontend_channel_config {
	const struct frontend_channel_ops *ops;
	void *ctx;
	uint32_t device_id;	/* VirtIO device type wanted */
	uint32_t data_mode;	/* enum loopback_data_mode */
	uint32_t queue_count;	/* at most; doorbell bits are kept for them */
};

/* What the server has been told, and has said. */
enum frontend_link {
	FRONTEND_ABSENT,	/* attached to no life */
	FRONTEND_RESETTING,	/* status 0 requested, not acknowledged */
	FRONTEND_RESET,		/* it touches no ring */
	FRONTEND_STARTING,	/* DRIVER_OK requested, not acknowledged */
	FRONTEND_RUNNING,
	FRONTEND_BROKEN,	/* it refused, or broke: only a reset helps */
};

/* Private; all under the lock. */
struct frontend_channel {
	struct frontend_channel_config config;
	struct port_lock lock;
	struct loopback_handshake handshake;
	enum frontend_link link;
	bool shown;		/* there is a device */
	bool offered;		/* the handshake describes a device */
	bool stale;		/* not the one that is shown */
	bool start;		/* DRIVER_OK once the server is reset */
	bool down;		/* nothing of the server runs */
	bool gone;		/* and nothing of it will */
	bool closed;		/* the client will not come back */
	bool stopping;		/* the driver ends queues */
	uint64_t bits;		/* to ring */
	bool interrupt;		/* to raise */
	bool space_changed;	/* the configuration space */
	struct virtio_mmio_device device;
	struct virtio_mmio_queue queues[LOOPBACK_QUEUES_MAX];
	uint8_t space[LOOPBACK_CONFIG_SIZE];
};

/*
 * Show that there is no device (DeviceID 0), until a server has published one.
 * *fe and the register image are zero.
 */
void frontend_channel_init(struct frontend_channel *fe,
			   const struct frontend_channel_config *config);

/*
 * The guest writes `value` of `width` bytes at `offset` of the image; where no
 * register of that width is, nothing happens. True if that is over. False: the access has to wait for the server, and is to be made
 * again; how long is the caller's to limit, by ending the server.
 */
bool frontend_channel_write(struct frontend_channel *fe, uint32_t offset,
			    unsigned int width, uint32_t value);

/* The server has rung LOOPBACK_BIT_QUEUE() of any queue, or the control bit.
 * True if that interrupted the guest. */
bool frontend_channel_used(struct frontend_channel *fe);
bool frontend_channel_poll(struct frontend_channel *fe);

/* Whether there is a device, or never will be. */
bool frontend_channel_is_settled(struct frontend_channel *fe);

/*
 * Nothing of the server runs or writes to memory, until frontend_channel_up(),
 * which comes before its next life's first instruction. A reset of the device
 * that waits for the server is over; a write to QueueReady that does goes on
 * waiting: for the next life, a reset, or frontend_channel_gone().
 */
void frontend_channel_down(struct frontend_channel *fe);
void frontend_channel_up(struct frontend_channel *fe);

/*
 * The server will not come back, and its page is not looked at any more. If it
 * is not down, nobody knows whether it still writes to memory, and what waits
 * for it waits for ever.
 */
void frontend_channel_gone(struct frontend_channel *fe);

/* The client will not come back, and says so to the server. It has been reset:
 * by a write of 0 to VIRTIO_MMIO_STATUS. */
void frontend_channel_close(struct frontend_channel *fe);

#endif
