/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The front end of one vhost-user connection: makes the memory, negotiates,
 * sets up one ring and drives it, so that a client device (loopback/block.h)
 * works on a back end in another process.
 *
 * Ownership: the structure is the caller's and owns connection, memory and
 * event descriptors. Memory handed out by vhost_front_take() lives as long.
 * Concurrency: one thread; the back end runs concurrently.
 * Trust: the back end is given all of this memory, and nothing but this memory;
 * its answers are checked, and waited for no longer than `timeout`.
 * Specification: "Vhost-user Protocol" of the QEMU documentation.
 *
 * The order of calls:
 *
 *	vhost_front_open
 *	vhost_front_take	rings, wires, buffers
 *	vhost_front_start
 *	... the device's own calls; vhost_front_wait when it has nothing
 *	vhost_front_stop	may be followed by another vhost_front_start
 *	vhost_front_close
 *
 * After the back end has died, vhost_front_reopen connects to its next life,
 * which goes on with what was in flight.
 */
#ifndef VHOST_FRONT_H
#define VHOST_FRONT_H

#include <stdbool.h>
#include <stdint.h>

#include <loopback/error.h>
#include <loopback/transport.h>
#include <vhost/socket.h>
#include <virtio/driver.h>

#define VHOST_FRONT_RING_SIZE	128u
/* Where the back end sees the memory; any aligned address would do. */
#define VHOST_FRONT_ADDRESS	UINT64_C(0x40000000)

struct vhost_front {
	struct vhost_socket socket;
	int timeout;			/* for each answer, in milliseconds */
	char *memory;
	uint64_t memory_size;
	uint64_t memory_taken;
	int memory_fd;
	int kick;
	int call;
	uint64_t features;		/* offered */
	uint64_t driver_features;	/* accepted */
	uint64_t protocol_features;	/* accepted */
	struct virtq_driver virtq;
	struct virtq_driver_slot slots[VHOST_FRONT_RING_SIZE];
	void *ring;
	struct vhost_user_inflight inflight;
	int inflight_fd;		/* -1: the back end keeps no log */
	uint16_t base;			/* where the ring was stopped */
	uint32_t epoch;
	bool running;
	bool broken;
	bool dead;
	struct vhost_fault fault;
};

/*
 * Take over the connection @fd, make @memory_size bytes of shared memory, and
 * learn what the back end offers.
 * Errors: VHOST_ERR_SYSTEM, VHOST_ERR_TIMEOUT, VHOST_ERR_CLOSED, those of an
 * answer that no back end may give; front->fault says more. On an error
 * everything, @fd included, is closed.
 */
int vhost_front_open(struct vhost_front *front, int fd, uint64_t memory_size,
		     int timeout);

/* Memory that the back end reaches, zeroed, or NULL: no more. */
void *vhost_front_take(struct vhost_front *front, uint64_t size,
		       uint64_t alignment);

/*
 * Accept @features (masked by what is offered; only those of the device's type
 * count, the ring's are VHOST_RING_FEATURES), share the memory and start the
 * ring, empty. Errors: VHOST_ERR_REFUSED (the back end
 * lacks VIRTIO_F_VERSION_1), VHOST_ERR_STATE, and as for open.
 */
int vhost_front_start(struct vhost_front *front, uint64_t features);

/*
 * The back end died: connect to its next life by @fd. The ring, and what is in
 * flight in it, stay as they are and are served by the new one.
 * Errors: VHOST_ERR_REFUSED (it offers less than the former one, or none of
 * them keeps a log), and as for start.
 */
int vhost_front_reopen(struct vhost_front *front, int fd);

/*
 * Wait until the back end signals or its connection says something, at most
 * @timeout milliseconds. Returns 1: look at the ring; 0: nothing came in time.
 * Errors: VHOST_ERR_CLOSED, VHOST_ERR_ORDER (it sent what nobody asked for; it
 * is not listened to any more), VHOST_ERR_SYSTEM: the back end is gone.
 */
int vhost_front_wait(struct vhost_front *front, int timeout);

/*
 * Stop the ring; what is in flight has ended when this returns VHOST_OK. Also
 * the way to give up on a back end that died: the device's poll then hands back
 * each request that it never ended.
 * Errors: as for open, VHOST_ERR_STATE (it was given up before). The connection
 * is closed then, and a back end that still lives may write to the buffers of
 * requests that were handed back until it has ended: do not use them for
 * anything else.
 */
int vhost_front_stop(struct vhost_front *front);

void vhost_front_close(struct vhost_front *front);

/* What carries the client device. */
struct loopback_client_transport
vhost_front_get_transport(struct vhost_front *front);

#endif
