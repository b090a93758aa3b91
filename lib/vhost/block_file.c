/* SPDX-License-Identifier: BSD-2-Clause */
#define _GNU_SOURCE
#define _FILE_OFFSET_BITS 64
#include <errno.h>
#include <fcntl.h>
#include <linux/falloc.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#include <vhost/block_file.h>

/* Sectors in one discard or write-zeroes: 16 MiB, so that none takes long. */
#define ZEROING_MAX	32768u
#define ZEROES		4096u

/* preadv() or pwritev() until all is done; a short file is an error. */
static bool move_data(int fd, const struct loopback_block_request *request)
{
	struct iovec iov[VHOST_BLOCK_FILE_SEGMENTS], *at = iov;
	int count = (int)request->segment_count, i;
	off_t offset = (off_t)(request->sector * VIRTIO_BLK_SECTOR_SIZE);
	ssize_t done;

	for (i = 0; i < count; i++)
		iov[i] = (struct iovec){ request->segments[i].pointer,
					 request->segments[i].len };
	while (count) {
		done = request->type == VIRTIO_BLK_T_IN ?
			       preadv(fd, at, count, offset) :
			       pwritev(fd, at, count, offset);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		offset += done;
		while (count && (size_t)done >= at->iov_len) {
			done -= (ssize_t)at->iov_len;
			at++;
			count--;
		}
		if (count) {
			at->iov_base = (char *)at->iov_base + done;
			at->iov_len -= (size_t)done;
		}
	}
	return true;
}

static bool write_zeroes(int fd, off_t offset, off_t length)
{
	static const char zeroes[ZEROES];
	ssize_t done;

	while (length) {
		done = pwrite(fd, zeroes,
			      length < (off_t)ZEROES ? (size_t)length : ZEROES,
			      offset);
		if (done < 0 && errno == EINTR)
			continue;
		if (done <= 0)
			return false;
		offset += done;
		length -= done;
	}
	return true;
}

/* What is punched reads as zeroes, which a discarded sector may and a zeroed
 * one must. */
static bool zero_range(int fd, const struct loopback_block_request *request)
{
	off_t offset = (off_t)(request->sector * VIRTIO_BLK_SECTOR_SIZE);
	off_t length = (off_t)request->sectors * VIRTIO_BLK_SECTOR_SIZE;
	bool punch = request->type == VIRTIO_BLK_T_DISCARD ||
		     request->flags & VIRTIO_BLK_WRITE_ZEROES_F_UNMAP;

	if (punch && !fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
				offset, length))
		return true;
	return request->type == VIRTIO_BLK_T_WRITE_ZEROES &&
	       write_zeroes(fd, offset, length);
}

static int submit(struct loopback_block_backend *backend,
		  struct loopback_block_request *request)
{
	int fd = ((struct vhost_block_file *)backend)->fd;
	bool good;

	switch (request->type) {
	case VIRTIO_BLK_T_IN:
	case VIRTIO_BLK_T_OUT:
		good = move_data(fd, request);
		break;
	case VIRTIO_BLK_T_FLUSH:
		good = !fdatasync(fd);
		break;
	default:
		good = zero_range(fd, request);
		break;
	}
	request->complete(request,
			  good ? VIRTIO_BLK_S_OK : VIRTIO_BLK_S_IOERR);
	return LOOPBACK_OK;
}

static void kick(struct loopback_block_backend *backend)
{
	(void)backend;
}

/* Can holes be punched? Asked where the image has no bytes to lose. */
static bool can_punch(int fd, off_t size)
{
	return !fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, size,
			  VIRTIO_BLK_SECTOR_SIZE);
}

static int check_image(int fd, const char *path, bool read_only, off_t *size,
		       struct vhost_fault *fault)
{
	struct stat image;

	if (fstat(fd, &image))
		return vhost_fault_system(fault, "%s: fstat", path);
	if (!S_ISREG(image.st_mode) && !S_ISBLK(image.st_mode))
		return vhost_fault_set(fault, VHOST_ERR_VALUE,
				       "%s: neither a file nor a block device",
				       path);
	if (flock(fd, (read_only ? LOCK_SH : LOCK_EX) | LOCK_NB)) {
		if (errno == EWOULDBLOCK)
			return vhost_fault_set(
				fault, VHOST_ERR_STATE,
				"%s: another process serves this image", path);
		return vhost_fault_system(fault, "%s: flock", path);
	}
	*size = lseek(fd, 0, SEEK_END);
	if (*size < 0)
		return vhost_fault_system(fault, "%s: its size", path);
	if (!*size || *size % VIRTIO_BLK_SECTOR_SIZE)
		return vhost_fault_set(
			fault, VHOST_ERR_VALUE,
			"%s: %lld bytes long, but a disk has a positive number of %u-byte sectors",
			path, (long long)*size, VIRTIO_BLK_SECTOR_SIZE);
	return VHOST_OK;
}

int vhost_block_file_open(struct vhost_block_file *file, const char *path,
			  bool read_only, struct vhost_fault *fault)
{
	int fd = open(path, (read_only ? O_RDONLY : O_RDWR) | O_CLOEXEC |
				    O_NONBLOCK);
	bool punch;
	off_t size = 0;
	int ret;

	if (fd < 0)
		return vhost_fault_system(fault, "%s", path);
	ret = check_image(fd, path, read_only, &size, fault);
	if (ret) {
		close(fd);
		return ret;
	}
	punch = !read_only && can_punch(fd, size);
	file->fd = fd;
	file->backend = (struct loopback_block_backend){
		.capacity = (uint64_t)size / VIRTIO_BLK_SECTOR_SIZE,
		.segment_max = VHOST_BLOCK_FILE_SEGMENTS,
		.read_only = read_only,
		.flush = true,
		.discard_max = punch ? ZEROING_MAX : 0,
		.write_zeroes_max = read_only ? 0 : ZEROING_MAX,
		.write_zeroes_unmap = punch,
		.submit = submit,
		.kick = kick,
	};
	return VHOST_OK;
}

void vhost_block_file_close(struct vhost_block_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	file->fd = -1;
}
