/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loopback-serve: a disk image as a vhost-user-blk device.
 *
 *	loopback-serve --socket <path> --file <image> [--read-only]
 *
 * Serves one front end at a time (QEMU's vhost-user-blk, loopback-connect) and
 * goes back to listening when it leaves. The code that serves requests is the
 * server's of a channel (lib/loopback); lib/vhost carries it.
 *
 * Exit status: 0 after SIGTERM or SIGINT, 1 something is wrong, 2 wrong usage.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <loopback/block.h>
#include <vhost/block_file.h>
#include <vhost/guard.h>
#include <vhost/loop.h>

#define QUEUE_SIZE	VHOST_RING_SIZE_MAX
/* Requests in one turn, before messages and signals get theirs. */
#define BUDGET		64u

struct server {
	const char *socket_path;
	const char *image_path;
	bool read_only;
	int listener;
	int stop_fd;
	struct vhost_block_file file;
	struct loopback_block_server block;
	struct loopback_block_server_slot slots[BUDGET];
	struct virtq_segment segments[LOOPBACK_BLOCK_SEGMENTS(QUEUE_SIZE)];
	struct vhost_session session;
};

static struct server server;

static const char help[] =
	"usage: loopback-serve --socket <path> --file <image> [--read-only]\n"
	"\n"
	"Serves a raw image as a vhost-user-blk device on a local socket, to one\n"
	"front end at a time, until SIGTERM or SIGINT.\n"
	"\n"
	"  --socket <path>  where to listen; a socket that a dead process left\n"
	"                   there is replaced\n"
	"  --file <image>   file or block device, a multiple of 512 bytes long\n"
	"  --read-only      refuse to write; the guest is told\n"
	"  --help           this text\n"
	"\n"
	"The front end must share the guest's memory and drive one split ring of\n"
	"128 to 1024 entries, for instance:\n"
	"\n"
	"  qemu-system-riscv64 ... -m 512M \\\n"
	"    -object memory-backend-memfd,id=m,size=512M,share=on \\\n"
	"    -machine virt,memory-backend=m \\\n"
	"    -chardev socket,id=c,path=<path>,reconnect-ms=100 \\\n"
	"    -device vhost-user-blk-pci,chardev=c,num-queues=1\n";

static void report(void *ctx, const char *line)
{
	(void)ctx;
	fprintf(stderr, "loopback-serve: %s\n", line);
}

static int serve(void *ctx, unsigned int ring, unsigned int budget)
{
	(void)ring;
	return loopback_block_server_process(ctx, budget);
}

/*
 * One front end, from its connection to its end; true: go on listening. False
 * with *status set: asked to stop, or an error that was reported.
 */
static bool serve_connection(int connection, int *status)
{
	struct vhost_session_config config = {
		.device = &server.block.device,
		.queue_size_max = QUEUE_SIZE,
		.signal = vhost_loop_signal,
		.report = report,
	};
	struct loopback_block_server_config block = {
		.backend = &server.file.backend,
		.slots = server.slots,
		.slot_count = BUDGET,
		.segments = server.segments,
		.queue_size_max = QUEUE_SIZE,
		.id = "bulkhead-loopback",
	};
	struct vhost_loop loop = {
		.session = &server.session,
		.serve = serve,
		.ctx = &server.block,
		.budget = BUDGET,
		.stop_fd = server.stop_fd,
	};
	struct loopback_server_transport transport;
	struct vhost_fault fault;
	int ret;

	if (loopback_block_server_init(&server.block, &block) ||
	    vhost_session_init(&server.session, &config)) {
		report(NULL, "the device cannot be set up");
		close(connection);
		*status = 1;
		return false;
	}
	transport = vhost_session_get_transport(&server.session);
	loopback_block_server_attach(&server.block, &transport);
	ret = vhost_loop_run(&loop, connection, &fault);
	if (ret != VHOST_ERR_CLOSED && ret != VHOST_ERR_STOPPED) {
		report(NULL, fault.text);
		report(NULL, "session closed; listening again");
	}
	return ret != VHOST_ERR_STOPPED;
}

/* The next connection, or -1: asked to stop, or an error that was reported. */
static int await_connection(int *status)
{
	struct pollfd fds[2] = {
		{ .fd = server.listener, .events = POLLIN },
		{ .fd = server.stop_fd, .events = POLLIN },
	};
	int connection;

	for (;;) {
		if (poll(fds, 2, -1) < 0 && errno != EINTR)
			break;
		if (fds[1].revents) {
			*status = 0;
			return -1;
		}
		if (!fds[0].revents)
			continue;
		connection = accept4(server.listener, NULL, NULL, SOCK_CLOEXEC);
		if (connection >= 0)
			return connection;
		if (errno != EINTR && errno != ECONNABORTED && errno != EAGAIN)
			break;
	}
	fprintf(stderr, "loopback-serve: %s: %s\n", server.socket_path,
		strerror(errno));
	*status = 1;
	return -1;
}

/* SIGTERM and SIGINT become readable; a client's broken pipe is an error. */
static int set_up_signals(void)
{
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	signal(SIGPIPE, SIG_IGN);
	if (sigprocmask(SIG_BLOCK, &set, NULL) || vhost_guard_install())
		return -1;
	server.stop_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return server.stop_fd < 0 ? -1 : 0;
}

static int run(void)
{
	struct vhost_fault fault;
	int connection, status = 0;

	if (set_up_signals()) {
		perror("loopback-serve: signals");
		return 1;
	}
	if (vhost_block_file_open(&server.file, server.image_path,
				  server.read_only, &fault)) {
		report(NULL, fault.text);
		return 1;
	}
	server.listener = vhost_socket_listen(server.socket_path, &fault);
	if (server.listener < 0) {
		report(NULL, fault.text);
		vhost_block_file_close(&server.file);
		return 1;
	}
	fcntl(server.listener, F_SETFL, O_NONBLOCK);
	do
		connection = await_connection(&status);
	while (connection >= 0 && serve_connection(connection, &status));
	unlink(server.socket_path);
	close(server.listener);
	/* The guest believes written what it has not flushed, too. */
	if (!server.read_only && fdatasync(server.file.fd)) {
		perror("loopback-serve: the image");
		status = 1;
	}
	vhost_block_file_close(&server.file);
	return status;
}

static int usage(void)
{
	fputs("usage: loopback-serve --socket <path> --file <image> [--read-only]\n"
	      "       (--help says more)\n", stderr);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "file", required_argument, NULL, 'f' },
		{ "read-only", no_argument, NULL, 'r' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		switch (option) {
		case 's':
			server.socket_path = optarg;
			break;
		case 'f':
			server.image_path = optarg;
			break;
		case 'r':
			server.read_only = true;
			break;
		case 'h':
			fputs(help, stdout);
			return 0;
		default:
			return usage();
		}
	}
	if (optind != argc || !server.socket_path || !server.image_path)
		return usage();
	return run();
}
