/* SPDX-License-Identifier: BSD-2-Clause */
/* An image as a block backend: what is served, what is refused in words. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <vhost/block_file.h>

#include "unit.h"
#include "vhost_fixture.h"

#define SIZE	(64 * 1024)

static char directory[32];
static char path[64];
static struct vhost_block_file file;
static struct vhost_fault fault;
static int open_fds;
static int ended;
static uint8_t status;

static void begin(off_t size)
{
	int fd;

	open_fds = vhost_fixture_count_fds();
	strcpy(directory, "/tmp/vhost-image-XXXXXX");
	CU_ASSERT_FATAL(mkdtemp(directory) != NULL);
	snprintf(path, sizeof(path), "%s/image", directory);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	CU_ASSERT_FATAL(fd >= 0 && !ftruncate(fd, size));
	close(fd);
	file.fd = -1;
}

static void end(void)
{
	vhost_block_file_close(&file);
	unlink(path);
	rmdir(directory);
	UNIT_ASSERT_INT(vhost_fixture_count_fds(), open_fds);
}

static void complete(struct loopback_block_request *request, uint8_t value)
{
	(void)request;
	ended++;
	status = value;
}

/* One request over up to two pieces; returns its status. */
static int request(uint32_t type, uint64_t sector, uint32_t sectors,
		   uint32_t flags, char *data, uint32_t split)
{
	uint32_t length = data ? sectors * 512 : 0;
	struct virtq_segment segments[2] = {
		{ .pointer = data, .len = split ? split : length },
		{ .pointer = data + split, .len = length - split },
	};
	struct loopback_block_request one = {
		.type = type,
		.length = length,
		.sector = sector,
		.sectors = sectors,
		.flags = flags,
		.segments = segments,
		.segment_count = data ? 1 + !!split : 0,
		.complete = complete,
	};

	ended = 0;
	UNIT_ASSERT_INT(file.backend.submit(&file.backend, &one), LOOPBACK_OK);
	file.backend.kick(&file.backend);
	UNIT_ASSERT_INT(ended, 1);
	return status;
}

static void odd_sizes_are_refused(void)
{
	static const off_t sizes[] = { 0, 1, 511, 513, SIZE + 1 };
	char words[32];
	unsigned int i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		begin(sizes[i]);
		UNIT_ASSERT_INT(vhost_block_file_open(&file, path, false,
						      &fault),
				VHOST_ERR_VALUE);
		snprintf(words, sizeof(words), "%lld bytes long",
			 (long long)sizes[i]);
		CU_ASSERT(strstr(fault.text, words) != NULL);
		CU_ASSERT(strstr(fault.text, path) != NULL);
		end();
	}
}

static void what_is_no_image_is_refused(void)
{
	begin(SIZE);
	UNIT_ASSERT_INT(vhost_block_file_open(&file, "/no/such/image", true,
					      &fault), VHOST_ERR_SYSTEM);
	CU_ASSERT(strstr(fault.text, "/no/such/image: No such") != NULL);
	UNIT_ASSERT_INT(vhost_block_file_open(&file, directory, true, &fault),
			VHOST_ERR_VALUE);
	UNIT_ASSERT_INT(vhost_block_file_open(&file, "/dev/null", true, &fault),
			VHOST_ERR_VALUE);
	CU_ASSERT(strstr(fault.text, "neither a file nor a block device") !=
		  NULL);
	/* A pipe would wait for its other end. */
	unlink(path);
	CU_ASSERT_FATAL(!mkfifo(path, 0600));
	UNIT_ASSERT_INT(vhost_block_file_open(&file, path, true, &fault),
			VHOST_ERR_VALUE);
	end();
}

static void image_is_locked(void)
{
	struct vhost_block_file other = { .fd = -1 };

	begin(SIZE);
	UNIT_ASSERT_INT(vhost_block_file_open(&file, path, false, &fault), 0);
	UNIT_ASSERT_INT(vhost_block_file_open(&other, path, false, &fault),
			VHOST_ERR_STATE);
	CU_ASSERT(strstr(fault.text, "another process serves") != NULL);
	UNIT_ASSERT_INT(vhost_block_file_open(&other, path, true, &fault),
			VHOST_ERR_STATE);
	vhost_block_file_close(&file);
	/* Readers do not mind each other. */
	UNIT_ASSERT_INT(vhost_block_file_open(&file, path, true, &fault), 0);
	UNIT_ASSERT_INT(vhost_block_file_open(&other, path, true, &fault), 0);
	vhost_block_file_close(&other);
	end();
}

static void features_follow_the_image(void)
{
	static char sector[512];

	begin(SIZE);
	UNIT_ASSERT_INT(vhost_block_file_open(&file, path, false, &fault), 0);
	UNIT_ASSERT_INT(file.backend.capacity, SIZE / 512);
	CU_ASSERT(file.backend.flush && !file.backend.read_only);
	CU_ASSERT(file.backend.write_zeroes_max);
	CU_ASSERT(file.backend.write_zeroes_unmap ==
		  !!file.backend.discard_max);
	vhost_block_file_close(&file);
	UNIT_ASSERT_INT(vhost_block_file_open(&file, path, true, &fault), 0);
	CU_ASSERT(file.backend.read_only && !file.backend.discard_max &&
		  !file.backend.write_zeroes_max);
	/* And what is asked for nevertheless fails, and ends. */
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_OUT, 0, 1, 0, sector, 0),
			VIRTIO_BLK_S_IOERR);
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_WRITE_ZEROES, 0, 1, 0, NULL, 0),
			VIRTIO_BLK_S_IOERR);
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_DISCARD, 0, 1, 0, NULL, 0),
			VIRTIO_BLK_S_IOERR);
	end();
}

static void data_in_pieces(void)
{
	static char out[4096], in[4096];
	unsigned int i;

	begin(SIZE);
	UNIT_ASSERT_INT(vhost_block_file_open(&file, path, false, &fault), 0);
	for (i = 0; i < sizeof(out); i++)
		out[i] = (char)(i * 31 + i / 256);
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_OUT, 8, 8, 0, out, 100), 0);
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_FLUSH, 0, 0, 0, NULL, 0), 0);
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_IN, 8, 8, 0, in, 3000), 0);
	CU_ASSERT(!memcmp(in, out, sizeof(in)));
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_IN, 9, 7, 0, in, 0), 0);
	CU_ASSERT(!memcmp(in, out + 512, 7 * 512));
	end();
}

static off_t stored(void)
{
	struct stat image;

	CU_ASSERT_FATAL(!fstat(file.fd, &image));
	return (off_t)image.st_blocks * 512;
}

static void zeroes_with_and_without_holes(void)
{
	static char data[32768], in[32768], zero[32768];
	off_t before;

	begin(SIZE);
	UNIT_ASSERT_INT(vhost_block_file_open(&file, path, false, &fault), 0);
	memset(data, 0x5a, sizeof(data));
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_OUT, 0, 64, 0, data, 0), 0);
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_FLUSH, 0, 0, 0, NULL, 0), 0);
	before = stored();
	/* Without UNMAP the space stays taken (VirtIO 1.2, 5.2.6.2). */
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_WRITE_ZEROES, 1, 63, 0, NULL, 0),
			0);
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_IN, 0, 64, 0, in, 0), 0);
	CU_ASSERT(!memcmp(in, data, 512));
	CU_ASSERT(!memcmp(in + 512, zero, 63 * 512));
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_FLUSH, 0, 0, 0, NULL, 0), 0);
	CU_ASSERT(stored() >= before);
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_OUT, 0, 64, 0, data, 0), 0);
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_WRITE_ZEROES, 0, 32,
				VIRTIO_BLK_WRITE_ZEROES_F_UNMAP, NULL, 0), 0);
	if (file.backend.discard_max) {
		UNIT_ASSERT_INT(request(VIRTIO_BLK_T_DISCARD, 32, 16, 0, NULL,
					0), 0);
		CU_ASSERT(stored() < before);
	}
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_IN, 0, 64, 0, in, 0), 0);
	CU_ASSERT(!memcmp(in, zero, 32 * 512));
	CU_ASSERT(!memcmp(in + 48 * 512, data, 16 * 512));
	/* No request makes the image longer or shorter. */
	UNIT_ASSERT_INT(lseek(file.fd, 0, SEEK_END), SIZE);
	end();
}

static void image_that_shrinks_fails_requests(void)
{
	static char in[1024];

	begin(SIZE);
	UNIT_ASSERT_INT(vhost_block_file_open(&file, path, false, &fault), 0);
	CU_ASSERT_FATAL(!truncate(path, 512));
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_IN, 1, 1, 0, in, 0),
			VIRTIO_BLK_S_IOERR);
	/* Half of it is there: still no success. */
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_IN, 0, 2, 0, in, 0),
			VIRTIO_BLK_S_IOERR);
	UNIT_ASSERT_INT(request(VIRTIO_BLK_T_IN, 0, 1, 0, in, 0),
			VIRTIO_BLK_S_OK);
	end();
}

static const struct unit_test tests[] = {
	UNIT_TEST(odd_sizes_are_refused),
	UNIT_TEST(what_is_no_image_is_refused),
	UNIT_TEST(image_is_locked),
	UNIT_TEST(features_follow_the_image),
	UNIT_TEST(data_in_pieces),
	UNIT_TEST(zeroes_with_and_without_holes),
	UNIT_TEST(image_that_shrinks_fails_requests),
};

UNIT_MAIN("vhost_block_file", tests)
