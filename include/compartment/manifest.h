/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The manifest, read, resolved against the machine and checked: the one model
 * of the system that the firmware, the device-tree builder, the partition map
 * and the host command work from. docs/manifest.md specifies the source form.
 *
 * Memory: the model is the caller's (static: it is too large for a stack). It
 * copies names, and points into the manifest's and the machine's blobs for
 * paths and arguments; both must stay in place, unchanged, while it is used.
 * Concurrency: constant after manifest_parse() and manifest_check_bundle(), so
 * any number of readers.
 * Trust: the manifest is believed in what it grants, never in its form.
 */
#ifndef COMPARTMENT_MANIFEST_H
#define COMPARTMENT_MANIFEST_H

#include <compartment/board.h>
#include <compartment/bundle.h>
#include <compartment/error.h>

#define MANIFEST_COMPATIBLE	"bulkhead,manifest-v1"
#define MANIFEST_SIZE_MAX	(64U << 10)

#define MODEL_COMPARTMENTS_MAX	8
#define MODEL_HARTS_MAX		8	/* of one compartment */
#define MODEL_MEMORY_MAX	4	/* ranges of one compartment */
#define MODEL_DEVICES_MAX	32	/* neighbours are counted */
#define MODEL_REGS_MAX		2	/* of one device */
#define MODEL_INTERRUPTS_MAX	8	/* of one device */
#define MODEL_WINDOWS_MAX	16
#define MODEL_LINKS_MAX		16
#define MODEL_CHANNELS_MAX	16
#define MODEL_NAME_MAX		16	/* with the final NUL */
#define MODEL_IMAGE_MAX		32	/* with the final NUL */

/* Kept free at the end of a compartment's first range, for its device tree. */
#define MODEL_TREE_SIZE		(64U << 10)
#define MODEL_PAGE_SIZE		BOARD_PAGE_SIZE

enum model_restart {
	MODEL_RESTART_ALWAYS,
	MODEL_RESTART_NEVER,
};

enum model_dma {
	MODEL_DMA_NONE,
	MODEL_DMA_TRUSTED,
};

enum model_access {
	MODEL_ACCESS_NONE,
	MODEL_ACCESS_READ,
	MODEL_ACCESS_RW,
};

/* What a compartment has for a console. */
enum model_console {
	MODEL_CONSOLE_CALLS,		/* the debug console's calls alone */
	MODEL_CONSOLE_UART,		/* and a UART that the firmware plays */
};

/* Where a channel's rings and buffers lie. */
enum model_data {
	MODEL_DATA_WINDOW,		/* in its pool */
	MODEL_DATA_GRANT,		/* in the client's memory */
};

/* Where in the manifest an entry of the model was read. */
struct model_source {
	uint32_t phandle;			/* 0: it has none */
	int node;				/* offset in the blob */
};

struct model_compartment {
	char name[MODEL_NAME_MAX];
	struct model_source source;
	char image[MODEL_IMAGE_MAX];
	const char *bootargs;			/* "" if there are none */
	char initrd[MODEL_IMAGE_MAX];		/* "" if there is none */
	/* Where it is loaded; size 0 before manifest_check_bundle(). */
	struct memory_range initrd_range;
	enum model_console console;
	struct memory_range uart;		/* its registers; size 0: none */
	uint32_t uart_interrupt;
	uint32_t harts[MODEL_HARTS_MAX];	/* ids, in manifest order */
	unsigned int hart_count;
	uint32_t boot_hart;			/* id */
	struct memory_range memory[MODEL_MEMORY_MAX]; /* [0] has the image */
	unsigned int memory_count;
	uint32_t criticality;			/* 0: not critical */
	enum model_restart restart;
	uint32_t observes;			/* bit n: compartment n */
	unsigned int link_count;		/* links that name it */
	unsigned int protection_units;		/* most that one hart needs */
};

struct model_device {
	char name[MODEL_NAME_MAX];		/* "" of a neighbour */
	struct model_source source;		/* of a neighbour: its device's */
	unsigned int owner;			/* compartment's index */
	const char *path;			/* in the machine's tree, or */
						/* a neighbour's node's name */
	int node;				/* offset there */
	const char *compatible;			/* its first, for people */
	const struct device_kind *kind;		/* NULL: nothing known */
	enum model_dma dma;
	enum device_reset reset;
	enum device_role role;
	/* Its registers; of a PLIC only those that all contexts share. */
	struct memory_range regs[MODEL_REGS_MAX];
	unsigned int reg_count;
	/* What is granted is rounded to pages (grant_device_range()). */
	bool whole_page;
	/* Came with the device before it that says whole-page. */
	bool neighbour;
	/* arm64: INTIDs; RISC-V: sources of the PLIC or APLIC. */
	uint32_t interrupts[MODEL_INTERRUPTS_MAX];
	unsigned int interrupt_count;
};

struct model_member {
	unsigned int compartment;
	bool writable;
};

struct model_window {
	char name[MODEL_NAME_MAX];
	struct model_source source;
	struct memory_range range;
	struct model_member members[MODEL_COMPARTMENTS_MAX];
	unsigned int member_count;
};

struct model_link {
	char name[MODEL_NAME_MAX];
	struct model_source source;
	unsigned int ends[2];		/* compartments */
	unsigned int numbers[2];	/* this link's number at each end */
};

/* A piece of a window: addresses are absolute. */
struct model_piece {
	unsigned int window;
	struct memory_range range;
};

struct model_channel {
	char name[MODEL_NAME_MAX];
	struct model_source source;
	const char *device;		/* "block" */
	unsigned int server;
	unsigned int client;
	unsigned int link;
	struct model_piece control;	/* one page */
	struct model_piece pool;	/* size 0: data is granted */
	struct model_piece record;	/* size 0: there is none */
	/*
	 * The page in which an unmodified client finds a virtio-mmio device;
	 * size 0: the client speaks the channel's own protocol.
	 */
	struct model_piece registers;
	uint32_t interrupt;		/* of that device */
	enum model_data data;
	uint32_t queues;
	uint32_t queue_size;
	uint32_t bit;			/* its first doorbell bit */
	uint32_t publish_timeout_ms;
};

struct model {
	const void *manifest;		/* the blob */
	const char *title;		/* the manifest's `model`, or "" */
	const struct compartment_board *board;
	struct machine machine;
	struct model_compartment compartments[MODEL_COMPARTMENTS_MAX];
	unsigned int compartment_count;
	struct model_device devices[MODEL_DEVICES_MAX];
	unsigned int device_count;
	struct model_window windows[MODEL_WINDOWS_MAX];
	unsigned int window_count;
	struct model_link links[MODEL_LINKS_MAX];
	unsigned int link_count;
	struct model_channel channels[MODEL_CHANNELS_MAX];
	unsigned int channel_count;
};

/*
 * Read the manifest (at most `manifest_size` bytes, 8-byte aligned: data inside
 * a bundle is not, copy it out), resolve it against the machine's tree (at most
 * `machine_size` bytes, 8-byte aligned) and the board, and check every rule.
 * All errors of one stage are reported; a later stage (form, then places,
 * devices and channels, then protection) runs only if the former found
 * none. The model is valid only on COMPARTMENT_OK, else cleared.
 *
 * COMPARTMENT_ERR_MALFORMED: a blob is no tree; COMPARTMENT_ERR_INVALID: a rule
 * is broken.
 */
int manifest_parse(struct model *model, const void *manifest,
		   size_t manifest_size, const void *machine,
		   size_t machine_size, const struct compartment_board *board,
		   struct compartment_report *report);

/*
 * Check a parsed model against its bundle: every compartment's image and initrd
 * are there, have the sha256 that the bundle claims, and fit in the first range
 * of memory with MODEL_TREE_SIZE left. The image "manifest" is checked too.
 * Fills each `initrd_range`; before that, nobody else may use the model.
 * Returns the last error found, all being reported.
 */
int manifest_check_bundle(struct model *model, const struct bundle *bundle,
			  struct compartment_report *report);

/* Whether the firmware plays the client of this channel. */
static inline bool model_has_front_end(const struct model_channel *channel)
{
	return channel->registers.range.size != 0;
}

/* The index of the compartment that owns hart `id`, or -1. */
int model_find_owner(const struct model *model, uint32_t id);

/* What compartment `compartment` may do in a window. */
enum model_access model_window_access(const struct model_window *window,
				      unsigned int compartment);

#endif
