/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A vhost-user session with a front end that says whatever a test wants. Each
 * message goes through the codec, with copies of the descriptors named, so that
 * what the session leaks shows in the count of open descriptors.
 */
#ifndef VHOST_FIXTURE_H
#define VHOST_FIXTURE_H

#include <vhost/session.h>
#include <virtio/driver.h>

#define FIXTURE_MEMORY		(1u << 20)
#define FIXTURE_GUEST		0x80000000u
#define FIXTURE_USER		0x7f0000000000u
#define FIXTURE_RING_SIZE	8u
#define FIXTURE_RING		0x1000u		/* offset of ring 0 */
#define FIXTURE_DATA		0x8000u
#define FIXTURE_QUEUES		2u
#define FIXTURE_QUEUE_SIZE_MAX	256u

struct vhost_fixture {
	struct vhost_session session;
	struct loopback_device device;
	uint8_t config[60];
	unsigned int at_backend;	/* what the device says of itself */
	unsigned int started;
	unsigned int stopped;
	unsigned int signals;
	unsigned int reports;
	char report[200];
	int memory_fd;
	char *memory;
	int event;		/* an event descriptor to send */
	int open_fds;		/* before everything */
	struct virtq_driver driver;
	struct virtq_driver_slot slots[FIXTURE_RING_SIZE];
};

/* Open descriptors of this process. */
int vhost_fixture_count_fds(void);

void vhost_fixture_init(struct vhost_fixture *fixture);
/* Another session of the same front end: memory and ring stay. */
void vhost_fixture_restart(struct vhost_fixture *fixture);
/* Closes everything and asserts that no descriptor is left. */
void vhost_fixture_end(struct vhost_fixture *fixture);

/*
 * Send a message, size and all, with copies of @count descriptors. Returns what
 * the codec or the session does.
 */
int vhost_fixture_send(struct vhost_fixture *fixture,
		       const struct vhost_user_message *message,
		       const int *fds, unsigned int count);

int vhost_fixture_empty(struct vhost_fixture *fixture, uint32_t request);
int vhost_fixture_u64(struct vhost_fixture *fixture, uint32_t request,
		      uint64_t value);
int vhost_fixture_fd(struct vhost_fixture *fixture, uint32_t request,
		     uint64_t value, int fd);
int vhost_fixture_state(struct vhost_fixture *fixture, uint32_t request,
			uint32_t index, uint32_t num);
int vhost_fixture_addr(struct vhost_fixture *fixture, uint32_t index,
		       uint32_t flags, uint64_t desc, uint64_t avail,
		       uint64_t used);

/* A message with the table of @count regions. */
struct vhost_user_message
vhost_fixture_table(const struct vhost_user_region *regions, uint32_t count);
/* The one region that the fixture's memory is. */
struct vhost_user_region vhost_fixture_region(void);
int vhost_fixture_share(struct vhost_fixture *fixture);

/* GET_INFLIGHT_FD and SET_INFLIGHT_FD; returns the descriptor, the caller's. */
int vhost_fixture_make_log(struct vhost_fixture *fixture);
int vhost_fixture_set_log(struct vhost_fixture *fixture, int fd);

/* Everything before SET_VRING_KICK, and then that and SET_VRING_ENABLE. */
void vhost_fixture_prepare_ring(struct vhost_fixture *fixture);
void vhost_fixture_start_ring(struct vhost_fixture *fixture);

/* The driver of ring 0: start it empty, offer one buffer of eight bytes. */
void vhost_fixture_start_driver(struct vhost_fixture *fixture);
void vhost_fixture_offer(struct vhost_fixture *fixture, void *cookie);

/*
 * A new fixture whose ring 0 runs and has a log of requests in flight, with
 * nothing in it. Returns the log's descriptor, the caller's.
 */
int vhost_fixture_start_logged(struct vhost_fixture *fixture);

/* Is this ring served? */
bool vhost_fixture_is_live(struct vhost_fixture *fixture, unsigned int ring);

/*
 * Asserts that @result is @error, that the session ended for that reason, in
 * words with @text in them, and that the next one is as good as new. Ends the
 * fixture.
 */
void vhost_fixture_expect_refused(struct vhost_fixture *fixture, int result,
				  int error, const char *text);

#endif
