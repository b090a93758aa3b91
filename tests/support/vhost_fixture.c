/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "unit.h"
#include "vhost_fixture.h"

#define PROTOCOL_FEATURES						\
	(VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_MQ) |			\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_REPLY_ACK) |		\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_CONFIG) |		\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_INFLIGHT_SHMFD) |	\
	 VHOST_USER_FEATURE(VHOST_USER_PROTOCOL_F_CONFIGURE_MEM_SLOTS))

int vhost_fixture_count_fds(void)
{
	DIR *directory = opendir("/proc/self/fd");
	int count = 0;

	if (!directory)
		abort();
	while (readdir(directory))
		count++;
	closedir(directory);
	return count;
}

static void start_queue(void *ctx, unsigned int queue)
{
	(void)queue;
	((struct vhost_fixture *)ctx)->started++;
}

static void stop_queue(void *ctx, unsigned int queue)
{
	(void)queue;
	((struct vhost_fixture *)ctx)->stopped++;
}

static unsigned int count_in_flight(void *ctx, unsigned int queue)
{
	(void)queue;
	return ((struct vhost_fixture *)ctx)->at_backend;
}

static void signal_fd(void *ctx, int fd)
{
	uint64_t one = 1;

	((struct vhost_fixture *)ctx)->signals++;
	/* Nobody takes them: one that is full is a signal that stands. */
	CU_ASSERT(write(fd, &one, sizeof(one)) == sizeof(one) ||
		  errno == EAGAIN);
}

static void report(void *ctx, const char *line)
{
	struct vhost_fixture *fixture = ctx;

	fixture->reports++;
	snprintf(fixture->report, sizeof(fixture->report), "%s", line);
}

void vhost_fixture_restart(struct vhost_fixture *fixture)
{
	struct vhost_session_config config = {
		.device = &fixture->device,
		.queue_size_max = FIXTURE_QUEUE_SIZE_MAX,
		.signal = signal_fd,
		.report = report,
		.ctx = fixture,
	};

	vhost_session_close(&fixture->session);
	CU_ASSERT_EQUAL_FATAL(vhost_session_init(&fixture->session, &config),
			      VHOST_OK);
}

void vhost_fixture_init(struct vhost_fixture *fixture)
{
	unsigned int i;

	memset(fixture, 0, sizeof(*fixture));
	fixture->open_fds = vhost_fixture_count_fds();
	fixture->memory_fd = memfd_create("fixture", MFD_CLOEXEC);
	fixture->event = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (fixture->memory_fd < 0 || fixture->event < 0 ||
	    ftruncate(fixture->memory_fd, FIXTURE_MEMORY))
		abort();
	fixture->memory = mmap(NULL, FIXTURE_MEMORY, PROT_READ | PROT_WRITE,
			       MAP_SHARED, fixture->memory_fd, 0);
	if (fixture->memory == MAP_FAILED)
		abort();
	for (i = 0; i < sizeof(fixture->config); i++)
		fixture->config[i] = (uint8_t)(i + 1);
	fixture->device = (struct loopback_device){
		.device_id = VIRTIO_ID_BLOCK,
		.queue_count = FIXTURE_QUEUES,
		.config_size = sizeof(fixture->config),
		.config = fixture->config,
		.features = VIRTIO_FEATURE(3),
		.start_queue = start_queue,
		.stop_queue = stop_queue,
		.count_in_flight = count_in_flight,
		.ctx = fixture,
	};
	/* Nothing of it is open: as vhost_session_init() leaves it. */
	for (i = 0; i < VHOST_RINGS_MAX; i++)
		fixture->session.rings[i].kick =
			fixture->session.rings[i].call =
				fixture->session.rings[i].err = -1;
	fixture->session.reply_fd = -1;
	fixture->session.config.device = &fixture->device;
	vhost_fixture_restart(fixture);
}

void vhost_fixture_end(struct vhost_fixture *fixture)
{
	vhost_session_close(&fixture->session);
	munmap(fixture->memory, FIXTURE_MEMORY);
	close(fixture->memory_fd);
	close(fixture->event);
	UNIT_ASSERT_INT(vhost_fixture_count_fds(), fixture->open_fds);
}

int vhost_fixture_send(struct vhost_fixture *fixture,
		       const struct vhost_user_message *message, const int *fds,
		       unsigned int count)
{
	struct vhost_session *session = &fixture->session;
	uint8_t bytes[VHOST_USER_HEADER_SIZE + 2 * VHOST_USER_PAYLOAD_MAX];
	struct vhost_user_message decoded;
	int copies[2 * VHOST_DESCRIPTORS_MAX];
	unsigned int i;
	int ret;

	/* A size that lies is sent as it is: the bytes are there. */
	memset(bytes, 0, sizeof(bytes));
	if (message->size <= VHOST_USER_PAYLOAD_MAX)
		vhost_user_encode(message, bytes);
	else
		memcpy(bytes, message, VHOST_USER_HEADER_SIZE);
	ret = vhost_user_decode_header(&decoded, bytes, VHOST_USER_FRONT_END,
				       &session->fault);
	if (!ret)
		ret = vhost_user_decode_payload(
			&decoded, bytes + VHOST_USER_HEADER_SIZE,
			VHOST_USER_FRONT_END, &session->fault);
	if (ret)
		return ret;
	for (i = 0; i < count; i++) {
		copies[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, 0);
		if (copies[i] < 0)
			abort();
	}
	ret = vhost_session_handle(session, &decoded, copies, count);
	/* Nothing was taken: what would be handed in again goes instead. */
	for (i = 0; ret == VHOST_ERR_BUSY && i < count; i++)
		close(copies[i]);
	return ret;
}

int vhost_fixture_empty(struct vhost_fixture *fixture, uint32_t request)
{
	struct vhost_user_message message = { request, VHOST_USER_VERSION, 0,
					      { 0 } };

	return vhost_fixture_send(fixture, &message, NULL, 0);
}

int vhost_fixture_u64(struct vhost_fixture *fixture, uint32_t request,
		      uint64_t value)
{
	struct vhost_user_message message = { request, VHOST_USER_VERSION, 8,
					      { .u64 = value } };

	return vhost_fixture_send(fixture, &message, NULL, 0);
}

int vhost_fixture_fd(struct vhost_fixture *fixture, uint32_t request,
		     uint64_t value, int fd)
{
	struct vhost_user_message message = { request, VHOST_USER_VERSION, 8,
					      { .u64 = value } };

	return vhost_fixture_send(fixture, &message, &fd, 1);
}

int vhost_fixture_state(struct vhost_fixture *fixture, uint32_t request,
			uint32_t index, uint32_t num)
{
	struct vhost_user_message message = {
		request, VHOST_USER_VERSION, 8, { .state = { index, num } }
	};

	return vhost_fixture_send(fixture, &message, NULL, 0);
}

int vhost_fixture_addr(struct vhost_fixture *fixture, uint32_t index,
		       uint32_t flags, uint64_t desc, uint64_t avail,
		       uint64_t used)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_SET_VRING_ADDR,
		.flags = VHOST_USER_VERSION,
		.size = sizeof(message.payload.addr),
		.payload.addr = {
			.index = index,
			.flags = flags,
			.desc_user_addr = desc,
			.avail_user_addr = avail,
			.used_user_addr = used,
		},
	};

	return vhost_fixture_send(fixture, &message, NULL, 0);
}

struct vhost_user_message
vhost_fixture_table(const struct vhost_user_region *regions, uint32_t count)
{
	struct vhost_user_message message = {
		.request = VHOST_USER_SET_MEM_TABLE,
		.flags = VHOST_USER_VERSION,
		.size = 8 + count * sizeof(*regions),
		.payload.memory.nregions = count,
	};

	memcpy(message.payload.memory.regions, regions,
	       count * sizeof(*regions));
	return message;
}

struct vhost_user_region vhost_fixture_region(void)
{
	return (struct vhost_user_region){
		.guest_phys_addr = FIXTURE_GUEST,
		.memory_size = FIXTURE_MEMORY,
		.userspace_addr = FIXTURE_USER,
	};
}

int vhost_fixture_share(struct vhost_fixture *fixture)
{
	struct vhost_user_region region = vhost_fixture_region();
	struct vhost_user_message message = vhost_fixture_table(&region, 1);

	return vhost_fixture_send(fixture, &message, &fixture->memory_fd, 1);
}

static struct vhost_user_message log_message(uint32_t request)
{
	return (struct vhost_user_message){
		.request = request,
		.flags = VHOST_USER_VERSION,
		.size = sizeof(struct vhost_user_inflight),
		.payload.inflight = {
			.mmap_size = vhost_inflight_bytes(1, FIXTURE_RING_SIZE),
			.num_queues = 1,
			.queue_size = FIXTURE_RING_SIZE,
		},
	};
}

int vhost_fixture_make_log(struct vhost_fixture *fixture)
{
	struct vhost_user_message message =
		log_message(VHOST_USER_GET_INFLIGHT_FD);
	int fd;

	UNIT_ASSERT_INT(vhost_fixture_send(fixture, &message, NULL, 0),
			VHOST_EFFECT_REPLY);
	fd = fixture->session.reply_fd;
	fixture->session.reply_fd = -1;
	return fd;
}

int vhost_fixture_set_log(struct vhost_fixture *fixture, int fd)
{
	struct vhost_user_message message =
		log_message(VHOST_USER_SET_INFLIGHT_FD);

	return vhost_fixture_send(fixture, &message, &fd, 1);
}

void vhost_fixture_prepare_ring(struct vhost_fixture *fixture)
{
	struct virtq_addresses at = virtq_layout_addresses(
		FIXTURE_USER + FIXTURE_RING, FIXTURE_RING_SIZE);
	uint64_t features = VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
			    VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX) |
			    VIRTIO_FEATURE(VIRTIO_F_INDIRECT_DESC) |
			    VHOST_USER_FEATURE(VHOST_USER_F_PROTOCOL_FEATURES);

	UNIT_ASSERT_INT(vhost_fixture_empty(fixture, VHOST_USER_SET_OWNER), 0);
	UNIT_ASSERT_INT(vhost_fixture_u64(fixture,
					  VHOST_USER_SET_PROTOCOL_FEATURES,
					  PROTOCOL_FEATURES), 0);
	UNIT_ASSERT_INT(vhost_fixture_u64(fixture, VHOST_USER_SET_FEATURES,
					  features), 0);
	UNIT_ASSERT_INT(vhost_fixture_share(fixture), 0);
	UNIT_ASSERT_INT(vhost_fixture_state(fixture, VHOST_USER_SET_VRING_NUM,
					    0, FIXTURE_RING_SIZE), 0);
	UNIT_ASSERT_INT(vhost_fixture_state(fixture, VHOST_USER_SET_VRING_BASE,
					    0, 0), 0);
	UNIT_ASSERT_INT(vhost_fixture_addr(fixture, 0, 0, at.desc, at.driver,
					   at.device), 0);
	UNIT_ASSERT_INT(vhost_fixture_fd(fixture, VHOST_USER_SET_VRING_CALL, 0,
					 fixture->event), 0);
}

void vhost_fixture_start_ring(struct vhost_fixture *fixture)
{
	int ret;

	vhost_fixture_prepare_ring(fixture);
	ret = vhost_fixture_fd(fixture, VHOST_USER_SET_VRING_KICK, 0,
			       fixture->event);
	UNIT_ASSERT_INT(ret, VHOST_EFFECT_KICKS);
	ret = vhost_fixture_state(fixture, VHOST_USER_SET_VRING_ENABLE, 0, 1);
	UNIT_ASSERT_INT(ret, VHOST_EFFECT_KICKS | VHOST_EFFECT_SERVE);
}

void vhost_fixture_start_driver(struct vhost_fixture *fixture)
{
	struct virtq_driver_config config = {
		.ring = virtq_layout_ring(fixture->memory + FIXTURE_RING,
					  FIXTURE_RING_SIZE),
		.features = VIRTIO_FEATURE(VIRTIO_F_VERSION_1) |
			    VIRTIO_FEATURE(VIRTIO_F_EVENT_IDX),
		.slots = fixture->slots,
	};

	CU_ASSERT_EQUAL_FATAL(virtq_driver_init(&fixture->driver, &config), 0);
}

void vhost_fixture_offer(struct vhost_fixture *fixture, void *cookie)
{
	struct virtq_segment segment = {
		.addr = FIXTURE_GUEST + FIXTURE_DATA,
		.len = 8,
	};

	CU_ASSERT_EQUAL_FATAL(
		virtq_driver_add(&fixture->driver, &segment, 0, 1, cookie), 0);
	virtq_driver_publish(&fixture->driver);
}

int vhost_fixture_start_logged(struct vhost_fixture *fixture)
{
	int log;

	vhost_fixture_init(fixture);
	vhost_fixture_prepare_ring(fixture);
	vhost_fixture_start_driver(fixture);
	log = vhost_fixture_make_log(fixture);
	UNIT_ASSERT_INT(vhost_fixture_set_log(fixture, log), 0);
	vhost_fixture_start_ring(fixture);
	return log;
}

bool vhost_fixture_is_live(struct vhost_fixture *fixture, unsigned int ring)
{
	struct loopback_server_transport transport =
		vhost_session_get_transport(&fixture->session);

	return transport.get_queue(transport.ctx, ring);
}

void vhost_fixture_expect_refused(struct vhost_fixture *fixture, int result,
				  int error, const char *text)
{
	const struct vhost_fault *fault = &fixture->session.fault;

	UNIT_ASSERT_INT(result, error);
	UNIT_ASSERT_INT(fault->error, error);
	if (!strstr(fault->text, text)) {
		CU_FAIL("the reason is another one");
		printf("  \"%s\" lacks \"%s\"\n", fault->text, text);
	}
	vhost_fixture_restart(fixture);
	vhost_fixture_start_ring(fixture);
	CU_ASSERT(vhost_fixture_is_live(fixture, 0));
	vhost_fixture_end(fixture);
}
