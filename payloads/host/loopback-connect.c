/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loopback-connect: drives any vhost-user-blk back end, and checks it.
 *
 *	loopback-connect --socket <path> [--sector <first>] [--sectors <count>]
 *		[--seed <number>] [--depth <requests>] [--read-only]
 *		[--reconnect <seconds>]
 *
 * Writes a pattern over the disk, or a part of it, flushes if the disk can,
 * reads it back and compares. The code that makes requests is the client's of a
 * channel (lib/loopback); lib/vhost carries it. **What was on that part of the
 * disk is lost.**
 *
 * Exit status: 0 all equal, 1 something is wrong, 2 wrong usage.
 */
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <loopback/block.h>
#include <vhost/front.h>

#define DEPTH_MAX	32u
#define SECTOR		VIRTIO_BLK_SECTOR_SIZE
#define CHUNK		65536u
#define PIECES		4u	/* of a chunk, each its own descriptor */
/*
 * qemu-storage-daemon 10.0 offers SIZE_MAX and then says 0. What is not
 * accepted need not be obeyed (VirtIO 1.2, 2.2).
 */
#define FEATURES	(LOOPBACK_BLOCK_CLIENT_FEATURES & \
			 ~VIRTIO_FEATURE(VIRTIO_BLK_F_SIZE_MAX))
#define ANSWER_MS	10000
#define REQUEST_MS	30000
#define RECONNECT_MAX	3600	/* seconds */

struct request {
	uint64_t sector;
	uint32_t length;
	char *data;
	bool free;
};

static struct {
	const char *socket_path;
	uint64_t first;
	uint64_t count;		/* 0: to the end */
	uint64_t seed;
	unsigned int depth;
	bool read_only;
	int reconnect;
	unsigned int lives;
	bool flushed;
	struct vhost_front front;
	struct loopback_block_client block;
	struct loopback_block_client_slot slots[DEPTH_MAX];
	struct request requests[DEPTH_MAX];
} job = { .depth = DEPTH_MAX, .lives = 1 };

static int complain(const char *what, const char *why)
{
	fprintf(stderr, "loopback-connect: %s: %s\n", what, why);
	return -1;
}

/* Each word of the pattern tells where it belongs, and in which run. */
static void fill(char *data, uint64_t sector, uint32_t length)
{
	uint32_t i;

	for (i = 0; i < length / 8; i++) {
		uint64_t word = (sector * (SECTOR / 8) + i + 1) *
					UINT64_C(0x9e3779b97f4a7c15) ^
				job.seed;

		memcpy(data + i * 8, &word, sizeof(word));
	}
}

static int compare(const struct request *request)
{
	static char expected[CHUNK];
	char what[64];
	uint32_t i;

	fill(expected, request->sector, request->length);
	for (i = 0; i < request->length; i++) {
		if (request->data[i] == expected[i])
			continue;
		snprintf(what, sizeof(what), "sector %" PRIu64 ", byte %u",
			 request->sector + i / SECTOR, i % SECTOR);
		return complain(what, "is not what was written");
	}
	return 0;
}

static int submit(uint32_t type, struct request *request)
{
	struct loopback_block_data data[PIECES];
	struct loopback_block_io io = {
		.type = type,
		.sector = request->sector,
		.data = data,
		.cookie = request,
	};
	struct loopback_client_transport *to = &job.block.config.transport;
	uint32_t piece = CHUNK / PIECES, done;
	uint64_t address;

	if (type == VIRTIO_BLK_T_OUT)
		fill(request->data, request->sector, request->length);
	else
		memset(request->data, 0, request->length);
	if (!to->get_address(to->ctx, request->data, CHUNK, &address))
		return LOOPBACK_ERR_RANGE;
	if (job.block.segment_max < PIECES)
		piece = CHUNK;
	for (done = 0; done < request->length; done += piece)
		data[io.data_count++] = (struct loopback_block_data){
			.address = address + done,
			.length = request->length - done < piece ?
					  request->length - done :
					  piece,
		};
	return loopback_block_client_submit(&job.block, &io);
}

/* The back end died: find its next life, and go on with what is in flight. */
static int reconnect(void)
{
	const struct timespec pause = { .tv_nsec = 20000000 };
	time_t end = time(NULL) + job.reconnect;
	int fd;

	for (;;) {
		fd = vhost_socket_connect(job.socket_path, &job.front.fault);
		if (fd >= 0 && !vhost_front_reopen(&job.front, fd)) {
			job.lives++;
			return 0;
		}
		if (time(NULL) >= end)
			return complain("no back end again",
					job.front.fault.text);
		nanosleep(&pause, NULL);
	}
}

static int await_completion(struct loopback_block_completion *done)
{
	int ret;

	for (;;) {
		ret = loopback_block_client_poll(&job.block, done);
		if (ret == LOOPBACK_OK)
			return 0;
		if (ret == LOOPBACK_ERR_PROTOCOL)
			return complain("the ring", "the back end broke it");
		ret = vhost_front_wait(&job.front, REQUEST_MS);
		if (ret < 0 && job.reconnect)
			ret = reconnect() ? -1 : 1;
		else if (ret < 0)
			return complain(job.socket_path, job.front.fault.text);
		else if (!ret)
			return complain("a request", "no end within 30 s");
		if (ret < 0)
			return -1;
	}
}

static int finish(uint32_t type, const struct loopback_block_completion *done)
{
	struct request *request = done->cookie;
	char what[64];

	request->free = true;
	if (!done->result)
		return type == VIRTIO_BLK_T_IN ? compare(request) : 0;
	snprintf(what, sizeof(what), "%s of sector %" PRIu64,
		 type == VIRTIO_BLK_T_IN ? "reading" : "writing",
		 request->sector);
	return complain(what, done->result == LOOPBACK_ERR_UNSUPPORTED ?
				      "the device does not support it" :
				      "the device reports an error");
}

static struct request *find_free(void)
{
	unsigned int i;

	for (i = 0; i < job.depth; i++)
		if (job.requests[i].free)
			return &job.requests[i];
	return NULL;
}

/* Read or write all of it, many requests at a time. */
static int move(uint32_t type)
{
	uint64_t at = job.first, end = job.first + job.count;
	struct loopback_block_completion done;
	struct request *request;
	int ret;

	while (at < end || loopback_block_client_count_busy(&job.block)) {
		while (at < end && (request = find_free())) {
			request->sector = at;
			request->length = end - at < CHUNK / SECTOR ?
						  (uint32_t)(end - at) *
							  SECTOR :
						  CHUNK;
			ret = submit(type, request);
			if (ret == LOOPBACK_ERR_BUSY)
				break;
			if (ret)
				return complain("a request",
						"it cannot be made");
			request->free = false;
			at += request->length / SECTOR;
		}
		loopback_block_client_kick(&job.block);
		if (await_completion(&done) || finish(type, &done))
			return -1;
	}
	return 0;
}

static int flush(void)
{
	struct loopback_block_completion done;
	struct loopback_block_io io = { .type = VIRTIO_BLK_T_FLUSH };
	int ret = loopback_block_client_submit(&job.block, &io);

	/* Then each write was stable when it ended (VirtIO 1.2, 5.2.6.2). */
	if (ret == LOOPBACK_ERR_UNSUPPORTED)
		return 0;
	if (ret)
		return complain("flush", "it cannot be made");
	loopback_block_client_kick(&job.block);
	if (await_completion(&done))
		return -1;
	job.flushed = !done.result;
	return done.result ? complain("flush", "the device reports an error") :
			     0;
}

static int take_memory(struct loopback_block_client_config *config)
{
	unsigned int i;

	config->wires = vhost_front_take(
		&job.front, DEPTH_MAX * sizeof(*config->wires), 64);
	if (!config->wires)
		return complain("memory", "too little");
	for (i = 0; i < job.depth; i++) {
		job.requests[i].free = true;
		job.requests[i].data =
			vhost_front_take(&job.front, CHUNK, 4096);
		if (!job.requests[i].data)
			return complain("memory", "too little");
	}
	return 0;
}

static int connect_disk(void)
{
	struct loopback_block_client_config config = {
		.slots = job.slots,
		.slot_count = DEPTH_MAX,
	};
	struct vhost_fault fault;
	int fd = vhost_socket_connect(job.socket_path, &fault);

	if (fd < 0) {
		job.front.fault = fault;
		return complain("connecting", fault.text);
	}
	if (vhost_front_open(&job.front, fd, (DEPTH_MAX + 1) * CHUNK,
			     ANSWER_MS))
		return complain(job.socket_path, job.front.fault.text);
	if (take_memory(&config))
		return -1;
	config.transport = vhost_front_get_transport(&job.front);
	if (loopback_block_client_init(&job.block, &config))
		return complain("the client", "it cannot be set up");
	if (vhost_front_start(&job.front, FEATURES))
		return complain(job.socket_path, job.front.fault.text);
	if (loopback_block_client_read_config(&job.block))
		return complain(job.socket_path,
				"no configuration that a disk may have");
	return 0;
}

static int check_part(void)
{
	uint64_t capacity = job.block.capacity;

	if (job.first >= capacity || job.count > capacity - job.first)
		return complain("--sector, --sectors",
				"the disk ends before that");
	if (!job.count)
		job.count = capacity - job.first;
	if (job.block.read_only && !job.read_only)
		return complain(job.socket_path,
				"the disk is read-only; use --read-only");
	return 0;
}

static const char *describe_work(void)
{
	if (job.read_only)
		return "read";
	return job.flushed ? "written, flushed and read back" :
			     "written and read back (there is no flush)";
}

static int run(void)
{
	if (connect_disk() || check_part())
		return 1;
	if (!job.read_only && (move(VIRTIO_BLK_T_OUT) || flush()))
		return 1;
	if (move(VIRTIO_BLK_T_IN))
		return 1;
	if (vhost_front_stop(&job.front)) {
		complain("stopping the ring", job.front.fault.text);
		return 1;
	}
	printf("loopback-connect: %" PRIu64 " sectors from %" PRIu64
	       " %s, all equal (seed %" PRIu64 ", %u %s of the back end)\n",
	       job.count, job.first,
	       describe_work(),
	       job.seed, job.lives, job.lives == 1 ? "life" : "lives");
	vhost_front_close(&job.front);
	return 0;
}

static int usage(FILE *where)
{
	fputs("usage: loopback-connect --socket <path> [--sector <first>]\n"
	      "       [--sectors <count>] [--seed <number>] [--depth <1 to 32>]\n"
	      "       [--read-only] [--reconnect <seconds>]\n"
	      "\n"
	      "Writes a pattern over a vhost-user-blk disk, or a part of it, flushes if\n"
	      "the disk can, reads it back and compares; --read-only only reads and\n"
	      "compares what a run with the same seed wrote. --sectors 0, and none given,\n"
	      "mean up to the end. --reconnect, up to 3600 s, goes on with the next life\n"
	      "of a back end that dies. What was on the disk there is lost.\n",
	      where);
	return where == stdout ? 0 : 2;
}

static bool read_number(const char *text, uint64_t max, uint64_t *value)
{
	char *end;

	*value = strtoull(text, &end, 0);
	return *text >= '0' && *text <= '9' && !*end && *value <= max;
}

static bool take_option(int option, const char *text)
{
	uint64_t value = 0;

	if (option == 's') {
		job.socket_path = text;
		return true;
	}
	if (option == 'r') {
		job.read_only = true;
		return true;
	}
	if (option == '?' || !read_number(text, INT64_MAX / SECTOR, &value))
		return false;
	if (option == 'f')
		job.first = value;
	else if (option == 'n')
		job.count = value;
	else if (option == 'e')
		job.seed = value;
	else if (option == 'd')
		job.depth = value <= DEPTH_MAX ? (unsigned int)value : 0;
	else if (value <= RECONNECT_MAX)
		job.reconnect = (int)value;
	else
		return false;
	return job.depth;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "sector", required_argument, NULL, 'f' },
		{ "sectors", required_argument, NULL, 'n' },
		{ "seed", required_argument, NULL, 'e' },
		{ "depth", required_argument, NULL, 'd' },
		{ "reconnect", required_argument, NULL, 'c' },
		{ "read-only", no_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 'h')
			return usage(stdout);
		if (!take_option(option, optarg))
			return usage(stderr);
	}
	if (optind != argc || !job.socket_path)
		return usage(stderr);
	return run();
}
