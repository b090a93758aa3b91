/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OpenSBI domains: one for each compartment, and one for the harts that no
 * compartment names, which reaches nothing but a loop that waits.
 */
#include <libfdt_env.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_hartmask.h>
#include "firmware.h"

#define PARK_ORDER	6

/*
 * No hart ever gets here: parked harts stay stopped, in M-mode. But OpenSBI
 * refuses a domain that could not execute at its entry.
 */
asm(".pushsection .text.domain_park, \"ax\"\n"
    ".balign 64\n"
    "domain_park:\n"
    "	wfi\n"
    "	j domain_park\n"
    ".balign 64\n"
    ".popsection\n");
extern const char domain_park[];

struct compartment_domain {
	struct sbi_domain domain;
	struct sbi_hartmask harts;
	struct sbi_domain_memregion regions[PROTECTION_MAX + 1];
};

static struct compartment_domain domains[MODEL_COMPARTMENTS_MAX];
static struct sbi_domain parked;
static struct sbi_hartmask parked_harts;
static struct sbi_domain_memregion parked_regions[2];

static unsigned long region_flags(const struct protection_entry *entry)
{
	unsigned long flags = entry->mmio ? SBI_DOMAIN_MEMREGION_MMIO : 0;

	if (entry->rights & PROTECTION_READ)
		flags |= SBI_DOMAIN_MEMREGION_SU_READABLE;
	if (entry->rights & PROTECTION_WRITE)
		flags |= SBI_DOMAIN_MEMREGION_SU_WRITABLE;
	if (entry->rights & PROTECTION_EXECUTE)
		flags |= SBI_DOMAIN_MEMREGION_SU_EXECUTABLE;
	return flags;
}

/*
 * A domain has one list of regions, and what OpenSBI checks against it are
 * addresses in memory: the boot hart's list says those for every hart.
 */
static int regions_fill(unsigned int id, struct sbi_domain_memregion *regions)
{
	const struct model_compartment *c = &partitioner.model.compartments[id];
	struct protection_entry list[PROTECTION_MAX];
	unsigned int i, count;

	count = protection_list(&partitioner.model, id, c->boot_hart, list,
				PROTECTION_MAX);
	if (count > PROTECTION_MAX)
		return SBI_ENOSPC;
	for (i = 0; i < count; i++) {
		regions[i].base = list[i].base;
		regions[i].order = list[i].order;
		regions[i].flags = region_flags(&list[i]);
	}
	return 0;
}

/*
 * No boot hart is named but the one that runs this, so that OpenSBI starts
 * nobody: at that point it has neither ecalls nor PMP. firmware_start() does,
 * once all is up.
 */
static int domain_register(struct sbi_domain *domain, const char *name,
			   struct sbi_hartmask *harts,
			   struct sbi_domain_memregion *regions,
			   unsigned long entry)
{
	strncpy(domain->name, name, sizeof(domain->name) - 1);
	domain->possible_harts = harts;
	domain->regions = regions;
	domain->boot_hartid =
		sbi_hartmask_test_hartindex(current_hartindex(), harts) ?
		current_hartid() : -1U;
	domain->next_addr = entry;
	domain->next_mode = PRV_S;
	domain->fw_region_inited = true;
	return sbi_domain_register(domain, harts);
}

static int domain_register_compartment(unsigned int id)
{
	const struct model_compartment *c = &partitioner.model.compartments[id];
	struct compartment_domain *own = &domains[id];
	unsigned int i;
	int rc;

	for (i = 0; i < c->hart_count; i++) {
		u32 index = sbi_hartid_to_hartindex(c->harts[i]);

		sbi_hartmask_set_hartindex(index, &own->harts);
		sbi_hartmask_clear_hartindex(index, &parked_harts);
	}
	rc = regions_fill(id, own->regions);
	if (rc)
		return rc;
	return domain_register(&own->domain, c->name, &own->harts,
			       own->regions, c->memory[0].base);
}

int domain_register_all(void)
{
	unsigned int id, named = 0;
	u32 i;
	int rc;

	for (i = 0; i <= sbi_scratch_last_hartindex(); i++)
		sbi_hartmask_set_hartindex(i, &parked_harts);
	for (id = 0; id < partitioner.model.compartment_count; id++) {
		rc = domain_register_compartment(id);
		if (rc)
			return rc;
		named += partitioner.model.compartments[id].hart_count;
	}
	if (named == sbi_scratch_last_hartindex() + 1)
		return 0;
	parked_regions[0].base = (unsigned long)domain_park;
	parked_regions[0].order = PARK_ORDER;
	parked_regions[0].flags = SBI_DOMAIN_MEMREGION_SU_EXECUTABLE;
	return domain_register(&parked, "parked", &parked_harts,
			       parked_regions, (unsigned long)domain_park);
}
