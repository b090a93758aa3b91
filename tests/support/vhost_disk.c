/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "unit.h"
#include "vhost_disk.h"
#include "vhost_fixture.h"

static int submit(struct loopback_block_backend *backend,
		  struct loopback_block_request *request)
{
	struct vhost_disk *disk = (void *)((char *)backend -
				offsetof(struct vhost_disk, backend));

	unsigned int left = atomic_load(&disk->swallow_from);

	if (left == 1)
		return LOOPBACK_OK;
	if (left)
		atomic_store(&disk->swallow_from, left - 1);
	if (request->type == VIRTIO_BLK_T_FLUSH)
		atomic_fetch_add(&disk->flushes, 1);
	return disk->file.backend.submit(&disk->file.backend, request);
}

void vhost_disk_swallow(struct vhost_disk *disk, unsigned int from)
{
	atomic_store(&disk->swallow_from, from);
}

static void kick(struct loopback_block_backend *backend)
{
	(void)backend;
}

void vhost_disk_init(struct vhost_disk *disk, bool read_only)
{
	struct vhost_fault fault;
	int fd;

	memset(disk, 0, sizeof(*disk));
	disk->open_fds = vhost_fixture_count_fds();
	strcpy(disk->path, "/tmp/vhost-disk-XXXXXX");
	fd = mkstemp(disk->path);
	if (fd < 0 || ftruncate(fd, DISK_SECTORS * 512) || close(fd))
		abort();
	CU_ASSERT_EQUAL_FATAL(vhost_block_file_open(&disk->file, disk->path,
						    read_only, &fault),
			      VHOST_OK);
	disk->backend = disk->file.backend;
	disk->backend.submit = submit;
	disk->backend.kick = kick;
	disk->stop_fd = eventfd(0, EFD_CLOEXEC);
	disk->connection = -1;
}

void vhost_disk_end(struct vhost_disk *disk)
{
	vhost_block_file_close(&disk->file);
	close(disk->stop_fd);
	unlink(disk->path);
	UNIT_ASSERT_INT(vhost_fixture_count_fds(), disk->open_fds);
}

static void report(void *ctx, const char *line)
{
	struct vhost_disk *disk = ctx;

	snprintf(disk->report, sizeof(disk->report), "%s", line);
}

static int serve(void *ctx, unsigned int ring, unsigned int budget)
{
	CU_ASSERT_EQUAL(ring, 0);
	return loopback_block_server_process(
		&((struct vhost_disk *)ctx)->server, budget);
}

static void *run(void *ctx)
{
	struct vhost_disk *disk = ctx;
	struct vhost_loop loop = {
		.session = &disk->session,
		.serve = serve,
		.ctx = disk,
		.budget = 4,
		.stop_fd = disk->stop_fd,
	};

	disk->result = vhost_loop_run(&loop, disk->connection, &disk->fault);
	return NULL;
}

int vhost_disk_serve(struct vhost_disk *disk)
{
	struct loopback_block_server_config block = {
		.backend = &disk->backend,
		.slots = disk->server_slots,
		.slot_count = DISK_DEPTH,
		.segments = disk->segments,
		.queue_size_max = DISK_QUEUE_SIZE,
		.id = "a disk of the test",
	};
	struct vhost_session_config config = {
		.device = &disk->server.device,
		.queue_size_max = DISK_QUEUE_SIZE,
		.signal = vhost_loop_signal,
		.report = report,
		.ctx = disk,
	};
	struct loopback_server_transport transport;
	int ends[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		abort();
	CU_ASSERT_EQUAL_FATAL(loopback_block_server_init(&disk->server, &block),
			      LOOPBACK_OK);
	CU_ASSERT_EQUAL_FATAL(vhost_session_init(&disk->session, &config),
			      VHOST_OK);
	transport = vhost_session_get_transport(&disk->session);
	loopback_block_server_attach(&disk->server, &transport);
	disk->connection = ends[0];
	if (pthread_create(&disk->thread, NULL, run, disk))
		abort();
	return ends[1];
}

int vhost_disk_join(struct vhost_disk *disk)
{
	pthread_join(disk->thread, NULL);
	return disk->result;
}

int vhost_disk_stop(struct vhost_disk *disk)
{
	uint64_t value = 1;
	int ret;

	CU_ASSERT_EQUAL(write(disk->stop_fd, &value, sizeof(value)),
			sizeof(value));
	ret = vhost_disk_join(disk);
	CU_ASSERT_EQUAL(read(disk->stop_fd, &value, sizeof(value)),
			sizeof(value));
	return ret;
}

void vhost_disk_start(struct vhost_disk *disk)
{
	struct loopback_block_client_config config = {
		.slots = disk->client_slots,
		.slot_count = DISK_DEPTH,
	};
	unsigned int i;

	CU_ASSERT_EQUAL_FATAL(vhost_front_open(&disk->front,
					       vhost_disk_serve(disk),
					       1u << 20, DISK_WAIT),
			      VHOST_OK);
	config.transport = vhost_front_get_transport(&disk->front);
	config.wires = vhost_front_take(&disk->front,
					DISK_DEPTH * sizeof(*config.wires), 64);
	for (i = 0; i < DISK_DEPTH; i++)
		disk->buffers[i] = vhost_front_take(&disk->front, DISK_BUFFER,
						    512);
	CU_ASSERT_PTR_NOT_NULL_FATAL(disk->buffers[DISK_DEPTH - 1]);
	CU_ASSERT_EQUAL_FATAL(loopback_block_client_init(&disk->client,
							 &config),
			      LOOPBACK_OK);
	CU_ASSERT_EQUAL_FATAL(vhost_front_start(&disk->front,
					LOOPBACK_BLOCK_CLIENT_FEATURES),
			      VHOST_OK);
	CU_ASSERT_EQUAL_FATAL(loopback_block_client_read_config(&disk->client),
			      LOOPBACK_OK);
}

void vhost_disk_leave(struct vhost_disk *disk)
{
	UNIT_ASSERT_INT(vhost_front_stop(&disk->front), VHOST_OK);
	vhost_front_close(&disk->front);
	UNIT_ASSERT_INT(vhost_disk_join(disk), VHOST_ERR_CLOSED);
}

int vhost_disk_submit(struct vhost_disk *disk, uint32_t type, uint64_t sector,
		      uint32_t length, unsigned int buffer)
{
	bool data = type == VIRTIO_BLK_T_IN || type == VIRTIO_BLK_T_OUT ||
		    type == VIRTIO_BLK_T_GET_ID;
	struct loopback_block_data pieces[4];
	struct loopback_block_io io = {
		.type = type,
		.sector = sector,
		.sectors = data ? 0 : length / 512,
		.data = pieces,
		.cookie = disk->buffers[buffer],
	};
	struct loopback_client_transport to =
		vhost_front_get_transport(&disk->front);
	uint32_t at, piece = length > 1024 ? length / 4 : length;
	uint64_t address;
	int ret;

	if (!to.get_address(to.ctx, disk->buffers[buffer], DISK_BUFFER,
			    &address))
		return LOOPBACK_ERR_RANGE;
	for (at = 0; data && at < length; at += piece)
		pieces[io.data_count++] =
			(struct loopback_block_data){ address + at, piece };
	ret = loopback_block_client_submit(&disk->client, &io);
	if (!ret)
		loopback_block_client_kick(&disk->client);
	return ret;
}

int vhost_disk_await(struct vhost_disk *disk,
		     struct loopback_block_completion *done)
{
	int ret;

	for (;;) {
		ret = loopback_block_client_poll(&disk->client, done);
		if (ret != LOOPBACK_ERR_AGAIN)
			return ret;
		if (vhost_front_wait(&disk->front, DISK_WAIT) == 0)
			return LOOPBACK_ERR_AGAIN;
	}
}

int vhost_disk_do(struct vhost_disk *disk, uint32_t type, uint64_t sector,
		  uint32_t length, unsigned int buffer)
{
	struct loopback_block_completion done = { 0 };
	int ret = vhost_disk_submit(disk, type, sector, length, buffer);

	if (!ret)
		ret = vhost_disk_await(disk, &done);
	return ret ? ret : done.result;
}

unsigned int vhost_disk_buffer_of(const struct vhost_disk *disk,
				  const struct loopback_block_completion *done)
{
	unsigned int i;

	for (i = 0; i < DISK_DEPTH; i++)
		if (disk->buffers[i] == done->cookie)
			return i;
	CU_FAIL_FATAL("a completion of nothing");
	return 0;
}

void vhost_disk_fill(char *data, uint64_t sector, uint32_t length,
		     unsigned int run)
{
	uint32_t i;

	for (i = 0; i < length; i++)
		data[i] = (char)((sector + i / 512) * 7 + i * 13 + run);
}

bool vhost_disk_is_pattern(const char *data, uint64_t sector, uint32_t length,
			   unsigned int run)
{
	static char expected[DISK_BUFFER];

	vhost_disk_fill(expected, sector, length, run);
	return !memcmp(data, expected, length);
}

static bool read_image(const struct vhost_disk *disk, uint64_t sector,
		       uint32_t length, char *data)
{
	return pread(disk->file.fd, data, length, (off_t)(sector * 512)) ==
	       (ssize_t)length;
}

bool vhost_disk_holds(const struct vhost_disk *disk, uint64_t sector,
		      uint32_t length, unsigned int run)
{
	static char data[DISK_BUFFER];

	return read_image(disk, sector, length, data) &&
	       vhost_disk_is_pattern(data, sector, length, run);
}

bool vhost_disk_is_zero(const struct vhost_disk *disk, uint64_t sector,
			uint32_t length)
{
	static char data[DISK_BUFFER];
	uint32_t i;

	if (!read_image(disk, sector, length, data))
		return false;
	for (i = 0; i < length; i++)
		if (data[i])
			return false;
	return true;
}
