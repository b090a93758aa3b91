/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Advanced Platform-Level Interrupt Controller, one supervisor-level domain
 * (RISC-V Advanced Interrupt Architecture 1.0, chapter 4): direct delivery,
 * and delivery by message into the hart's IMSIC file.
 *
 * The hart index of both is the hart id, as on machines with one group of
 * harts numbered from 0.
 */
#include <irq_chip.h>

#define APLIC_DOMAINCFG		0x0000
#define APLIC_SOURCECFG(source)	(4UL * (source))
#define APLIC_SETIP		0x1c00
#define APLIC_SETIE		0x1e00
#define APLIC_SETIENUM		0x1edc
#define APLIC_SETIPNUM_LE	0x2000
#define APLIC_TARGET(source)	(0x3000UL + 4UL * (source))
#define APLIC_IDC(index)	(0x4000UL + 32UL * (index))
#define APLIC_IDC_IDELIVERY	0x00
#define APLIC_IDC_IFORCE	0x04
#define APLIC_IDC_ITHRESHOLD	0x08
#define APLIC_IDC_CLAIMI	0x1c
#define APLIC_SOURCES_MAX	1024
#define APLIC_SOURCES_CHECKED	96

#define APLIC_DOMAINCFG_DM	(1U << 2)
#define APLIC_DOMAINCFG_IE	(1U << 8)
#define APLIC_SOURCECFG_EDGE1	4U
#define APLIC_SOURCECFG_LEVEL1	6U
#define APLIC_TARGET_HART_SHIFT	18
#define APLIC_CLAIMI_SHIFT	16

static uint64_t aplic_base;
static unsigned int aplic_hart;
static uint32_t aplic_levels[APLIC_SOURCES_MAX / 32];

/* The delivery structures read as zero, or are absent, beside an IMSIC. */
static bool aplic_is_clear(const struct tree_device *device,
			   const struct tree_hart *hart)
{
	uint64_t base = device->reg.base, idc = base + APLIC_IDC(hart->id);
	uint32_t any = 0;

	/* The domain's own configuration is the firmware's. */
	for (unsigned int s = 1; s < APLIC_SOURCES_CHECKED; s++)
		any |= mmio_read(base + APLIC_SOURCECFG(s));
	for (unsigned int s = 0; s < APLIC_SOURCES_CHECKED; s += 32)
		any |= mmio_read(base + APLIC_SETIE + s / 32 * 4) |
		       mmio_read(base + APLIC_SETIP + s / 32 * 4);
	if (!hart->imsic.size && APLIC_IDC(hart->id + 1) <= device->reg.size)
		any |= mmio_read(idc + APLIC_IDC_IDELIVERY) |
		       mmio_read(idc + APLIC_IDC_IFORCE) |
		       mmio_read(idc + APLIC_IDC_ITHRESHOLD);
	return !any;
}

static void aplic_leave_direct(void)
{
	uint64_t idc = aplic_base + APLIC_IDC(aplic_hart);

	mmio_write(idc + APLIC_IDC_ITHRESHOLD, 1);
	mmio_write(idc + APLIC_IDC_IFORCE, 1);
}

static int aplic_init_direct(const struct tree_device *device,
			     const struct tree_hart *hart)
{
	uint64_t idc;

	aplic_base = device->reg.base;
	aplic_hart = hart->id;
	idc = aplic_base + APLIC_IDC(aplic_hart);
	if (APLIC_IDC(aplic_hart + 1) > device->reg.size)
		return -1;
	mmio_write(aplic_base + APLIC_DOMAINCFG, APLIC_DOMAINCFG_IE);
	mmio_write(idc + APLIC_IDC_ITHRESHOLD, 0);
	mmio_write(idc + APLIC_IDC_IDELIVERY, 1);
	return 0;
}

static int aplic_init_msi(const struct tree_device *device,
			  const struct tree_hart *hart)
{
	aplic_base = device->reg.base;
	aplic_hart = hart->id;
	mmio_write(aplic_base + APLIC_DOMAINCFG,
		   APLIC_DOMAINCFG_IE | APLIC_DOMAINCFG_DM);
	return 0;
}

static int aplic_enable(const struct tree_device *device, uint32_t target)
{
	unsigned int source = (unsigned int)device->source;

	if (!source || source >= APLIC_SOURCES_MAX)
		return -1;
	aplic_levels[source / 32] |= (uint32_t)!device->edge << source % 32;
	mmio_write(aplic_base + APLIC_SOURCECFG(source),
		   device->edge ? APLIC_SOURCECFG_EDGE1 :
				  APLIC_SOURCECFG_LEVEL1);
	mmio_write(aplic_base + APLIC_TARGET(source),
		   aplic_hart << APLIC_TARGET_HART_SHIFT | target);
	mmio_write(aplic_base + APLIC_SETIENUM, source);
	return 0;
}

static int aplic_enable_direct(const struct tree_device *device,
			       unsigned int slot)
{
	(void)slot;
	return aplic_enable(device, 1); /* priority */
}

static int aplic_enable_msi(const struct tree_device *device,
			    unsigned int slot)
{
	imsic_enable(IMSIC_IDENTITY_WIRED + slot);
	return aplic_enable(device, IMSIC_IDENTITY_WIRED + slot);
}

static unsigned int aplic_claim_direct(void)
{
	return mmio_read(aplic_base + APLIC_IDC(aplic_hart) +
			 APLIC_IDC_CLAIMI) >> APLIC_CLAIMI_SHIFT;
}

/*
 * AIA 4.9.2: a level that is still high sends no second message by itself;
 * writing the source's number makes the controller look again. An edge needs
 * nothing, and costs no entry into the firmware.
 */
static void aplic_complete_msi(unsigned int source)
{
	if (aplic_levels[source / 32] >> source % 32 & 1)
		mmio_write(aplic_base + APLIC_SETIPNUM_LE, source);
}

const struct irq_chip irq_chip_aplic = {
	.name = "APLIC",
	.compatible = "riscv,aplic",
	.init = aplic_init_direct,
	.is_clear = aplic_is_clear,
	.leave = aplic_leave_direct,
	.enable = aplic_enable_direct,
	.claim = aplic_claim_direct,
};

const struct irq_chip irq_chip_aplic_msi = {
	.name = "APLIC with IMSIC",
	.compatible = "riscv,aplic",
	.init = aplic_init_msi,
	.is_clear = aplic_is_clear,
	.enable = aplic_enable_msi,
	.complete = aplic_complete_msi,
};
