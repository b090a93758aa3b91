/* SPDX-License-Identifier: BSD-2-Clause */
#include <libfdt.h>
#include <common/hart.h>
#include <gicv3.h>
#include <sysreg.h>

/* Distributor, and with the same offsets a redistributor's second frame */
#define GICD_CTLR		0x0000
#define GICD_CTLR_GROUP1	(1U << 1)
#define GICD_CTLR_ARE		(1U << 4)
#define GIC_ISENABLER(intid)	(0x0100UL + (intid) / 32 * 4)
#define GIC_ICENABLER(intid)	(0x0180UL + (intid) / 32 * 4)
#define GIC_ISPENDR(intid)	(0x0200UL + (intid) / 32 * 4)
#define GIC_ISACTIVER(intid)	(0x0300UL + (intid) / 32 * 4)
#define GIC_IPRIORITYR(intid)	(0x0400UL + (intid))
#define GIC_ICFGR(intid)	(0x0c00UL + (intid) / 16 * 4)
#define GIC_ICFGR_EDGE(intid)	(2U << (intid) % 16 * 2)
#define GICD_IROUTER(intid)	(0x6000UL + 8UL * (intid))
#define BIT(intid)		(1U << (intid) % 32)

/* A redistributor's frames */
#define GICR_TYPER		0x0008
#define GICR_TYPER_AFFINITY	32
#define GICR_WAKER		0x0014
#define GICR_WAKER_SLEEP	(1U << 1)
#define GICR_WAKER_ASLEEP	(1U << 2)
#define GICR_SGI		0x10000UL
#define GICR_SIZE		0x20000UL
#define GICR_PATIENCE		1000000

/* CPU interface */
#define ICC_SRE			7	/* system registers, no bypass */
#define ICC_CTLR_EOIMODE	2
#define ICC_INTID		0xffffff
#define ICC_SGI_INTID		24
#define ICC_SGI_RANGE		44

#define PRIORITY		0x80
#define PRIORITY_LEFT		0x40
#define MASK_OPEN		0xff
#define MASK_LEFT		0x20
#define BINARY_POINT_LEFT	6

static const void *gic_blob;
static int gic_node;
static uint64_t gic_distributor;
static uint64_t gic_redistributors[HARTS_MAX];	/* as in the tree */

/*
 * These accesses trap, and the firmware carries out what the syndrome
 * describes: plain loads and stores of one register, without writeback.
 */
static uint32_t gic_read(uint64_t address)
{
	uint32_t value;

	__asm__ volatile ("ldr %w0, [%1]"
			  : "=r" (value) : "r" (address) : "memory");
	return value;
}

static void gic_write(uint64_t address, uint32_t value)
{
	__asm__ volatile ("str %w0, [%1]"
			  : : "rZ" (value), "r" (address) : "memory");
}

static void gic_write_byte(uint64_t address, uint8_t value)
{
	__asm__ volatile ("strb %w0, [%1]"
			  : : "rZ" (value), "r" (address) : "memory");
}

static uint64_t gic_read_long(uint64_t address)
{
	uint64_t value;

	__asm__ volatile ("ldr %x0, [%1]"
			  : "=r" (value) : "r" (address) : "memory");
	return value;
}

static void gic_write_long(uint64_t address, uint64_t value)
{
	__asm__ volatile ("str %x0, [%1]"
			  : : "rZ" (value), "r" (address) : "memory");
}

/* GICR_TYPER has the affinity's four bytes without MPIDR's gap. */
static uint32_t gic_get_affinity(unsigned long id)
{
	return (uint32_t)(id >> 32) << 24 | (id & 0xffffff);
}

static uint64_t gic_find_redistributor(uint32_t affinity)
{
	struct tree_range region;
	unsigned int index = 1;
	uint64_t frame;

	while ((region = tree_read_range(gic_blob, gic_node, "reg",
					 index++)).size) {
		for (frame = region.base;
		     frame + GICR_SIZE <= region.base + region.size;
		     frame += GICR_SIZE) {
			if (gic_read_long(frame + GICR_TYPER) >>
			    GICR_TYPER_AFFINITY == affinity)
				return frame;
		}
	}
	return 0;
}

int gic_find(const struct tree *tree)
{
	gic_blob = tree->blob;
	gic_node = fdt_node_offset_by_compatible(gic_blob, -1, "arm,gic-v3");
	if (gic_node < 0)
		return -1;
	gic_distributor = tree_read_range(gic_blob, gic_node, "reg", 0).base;
	for (unsigned int i = 0; i < tree->hart_count; i++)
		gic_redistributors[i] = gic_find_redistributor(
			gic_get_affinity(tree->harts[i].id));
	return gic_distributor ? 0 : -1;
}

static uint64_t gic_get_redistributor(void)
{
	const struct tree_hart *hart = tree_find_hart(&tree, hart_get_id());

	return hart ? gic_redistributors[hart - tree.harts] : 0;
}

void gic_init(void)
{
	gic_write(gic_distributor + GICD_CTLR,
		  GICD_CTLR_ARE | GICD_CTLR_GROUP1);
}

static bool gic_wake(uint64_t frame)
{
	uint32_t waker = gic_read(frame + GICR_WAKER);

	if (waker & GICR_WAKER_SLEEP)
		gic_write(frame + GICR_WAKER, waker & ~GICR_WAKER_SLEEP);
	for (unsigned int i = 0; i < GICR_PATIENCE; i++) {
		if (!(gic_read(frame + GICR_WAKER) & GICR_WAKER_ASLEEP))
			return true;
	}
	return false;
}

int gic_init_hart(void)
{
	static const unsigned int own[] = { GIC_SGI_DOORBELL, GIC_SGI_IPI,
					    GIC_PPI_TIMER };
	uint64_t frame = gic_get_redistributor();

	if (!frame || !gic_wake(frame))
		return -1;
	for (unsigned int i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		gic_write_byte(frame + GICR_SGI + GIC_IPRIORITYR(own[i]),
			       PRIORITY);
		gic_write(frame + GICR_SGI + GIC_ISENABLER(own[i]),
			  BIT(own[i]));
	}
	write_sysreg(icc_sre_el1, ICC_SRE);
	isb();
	write_sysreg(icc_ctlr_el1, 0);
	write_sysreg(icc_bpr1_el1, 0);
	write_sysreg(icc_pmr_el1, MASK_OPEN);
	write_sysreg(icc_igrpen1_el1, 1);
	isb();
	return 0;
}

void gic_enable(unsigned int intid, bool edge, unsigned long id)
{
	uint64_t config = gic_distributor + GIC_ICFGR(intid);
	uint32_t word = gic_read(config) & ~GIC_ICFGR_EDGE(intid);

	gic_write(config, edge ? word | GIC_ICFGR_EDGE(intid) : word);
	gic_write_long(gic_distributor + GICD_IROUTER(intid), id);
	gic_enable_doorbell(intid);
}

void gic_enable_doorbell(unsigned int intid)
{
	gic_write_byte(gic_distributor + GIC_IPRIORITYR(intid), PRIORITY);
	gic_write(gic_distributor + GIC_ISENABLER(intid), BIT(intid));
}

void gic_send(unsigned int intid, unsigned long id)
{
	uint64_t range = id >> 4 & 0xf, target = 1ULL << (id & 0xf);

	/*
	 * All stores first; pairs with gic_claim()'s barrier on the target
	 * (IHI 0069, "ICC_SGI1R_EL1": not ordered against memory by itself).
	 */
	dsb();
	write_sysreg(icc_sgi1r_el1,
		     (id >> 32 & 0xff) << 48 | range << ICC_SGI_RANGE |
		     (id >> 16 & 0xff) << 32 | (id >> 8 & 0xff) << 16 |
		     (uint64_t)intid << ICC_SGI_INTID | target);
	isb();
}

unsigned int gic_claim(void)
{
	unsigned int intid = read_sysreg(icc_iar1_el1) & ICC_INTID;

	/*
	 * What is read from here on is not older than the interrupt; pairs
	 * with the barrier before its cause: gic_send()'s, or the firmware's
	 * before it pends a doorbell.
	 */
	dsb();
	isb();
	return intid;
}

void gic_complete(unsigned int intid)
{
	/* The handler's writes to a device arrive before it asks again. */
	dsb();
	write_sysreg(icc_eoir1_el1, intid);
	isb();
}

static bool gic_bits_are_clear(uint64_t frame, unsigned int intid,
			       uint32_t bits)
{
	return !((gic_read(frame + GIC_ISENABLER(intid)) |
		  gic_read(frame + GIC_ISPENDR(intid)) |
		  gic_read(frame + GIC_ISACTIVER(intid))) & bits);
}

static bool gic_priority_is_left(uint64_t frame, unsigned int intid)
{
	uint32_t word = gic_read(frame + (GIC_IPRIORITYR(intid) & ~3UL));

	return (word >> intid % 4 * 8 & 0xff) == PRIORITY_LEFT;
}

bool gic_is_clear(unsigned int intid)
{
	return !(gic_read(gic_distributor + GICD_CTLR) & GICD_CTLR_GROUP1) &&
	       gic_bits_are_clear(gic_distributor, intid, BIT(intid)) &&
	       !gic_priority_is_left(gic_distributor, intid);
}

/* Masks are as the firmware likes them, but not as they were left. */
bool gic_hart_is_clear(void)
{
	uint64_t frame = gic_get_redistributor();

	return frame && gic_bits_are_clear(frame + GICR_SGI, 0, ~0U) &&
	       !gic_priority_is_left(frame + GICR_SGI, GIC_SGI_IPI) &&
	       !read_sysreg(icc_igrpen1_el1) && !read_sysreg(icc_ap1r0_el1) &&
	       read_sysreg(icc_pmr_el1) != MASK_LEFT &&
	       read_sysreg(icc_bpr1_el1) != BINARY_POINT_LEFT &&
	       !(read_sysreg(icc_ctlr_el1) & ICC_CTLR_EOIMODE);
}

void gic_leave(unsigned int intid)
{
	gic_write_byte(gic_distributor + GIC_IPRIORITYR(intid), PRIORITY_LEFT);
	gic_write(gic_distributor + GIC_ISPENDR(intid), BIT(intid));
	gic_write(gic_distributor + GIC_ISACTIVER(intid), BIT(intid));
}

void gic_leave_hart(void)
{
	uint64_t frame = gic_get_redistributor() + GICR_SGI;
	uint32_t sgis = BIT(GIC_SGI_END) - 1;

	gic_write_byte(frame + GIC_IPRIORITYR(GIC_SGI_IPI), PRIORITY_LEFT);
	gic_write(frame + GIC_ISPENDR(0), sgis);
	gic_write(frame + GIC_ISACTIVER(0), sgis);
	write_sysreg(icc_bpr1_el1, BINARY_POINT_LEFT);
	write_sysreg(icc_ctlr_el1, ICC_CTLR_EOIMODE);
	write_sysreg(icc_pmr_el1, MASK_LEFT);
	write_sysreg(icc_ap1r0_el1, 1U << PRIORITY_LEFT / 8);
	isb();
}
