/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Console input: the receive interrupt of the machine's UART is M-level's own,
 * on one hart, so that nothing is polled. OpenSBI's list of interrupt
 * controllers has us last: its other entries have reset the hart's context.
 */
#include <libfdt.h>
#include <sbi/riscv_io.h>
#include <sbi/sbi_console.h>
#include <sbi/sbi_error.h>
#include <sbi/sbi_ipi.h>
#include <sbi/sbi_irqchip.h>
#include <sbi_utils/fdt/fdt_helper.h>
#include <sbi_utils/irqchip/aplic.h>
#include <sbi_utils/irqchip/imsic.h>
#include <sbi_utils/irqchip/plic.h>
#include "aplic_registers.h"
#include "firmware.h"
#include "imsic_registers.h"
#include "plic_registers.h"

#define UART_COMPATIBLE		"ns16550a"
#define APLIC_COMPATIBLE	"riscv,aplic"

#define UART_IER		1
#define UART_IER_RECEIVED	0x01

/* Of the hart's M-level file: OpenSBI has taken the first for IPIs. */
#define IMSIC_IPI		1
#define IMSIC_INPUT		2

struct console_input {
	char *uart;
	u32 source;
	const struct machine_hart *hart;	/* which takes the interrupt */
	char *context;		/* PLIC: of that hart; APLIC: its IDC */
};

static struct console_input input;

/* A change from off to on is an edge, if something is there already. */
static void input_listen(void)
{
	writeb(0, input.uart + UART_IER);
	writeb(UART_IER_RECEIVED, input.uart + UART_IER);
}

static const struct terminal_source input_source = {
	.get = sbi_getc,
	.listen = input_listen,
};

/* ---- PLIC ---- */

static void plic_setup(void)
{
	char *base = (char *)partitioner.model.machine.plic.base;
	int context = plic_get()->context_map[current_hartindex()]
					     [PLIC_M_CONTEXT];

	input.context = base + PLIC_CONTEXT + PLIC_CONTEXT_STRIDE * context;
	writel(1, base + PLIC_PRIORITY + 4 * input.source);
	writel(1U << input.source % 32,
	       base + PLIC_ENABLE + PLIC_ENABLE_STRIDE * context +
	       4 * (input.source / 32));
	writel(0, input.context + PLIC_THRESHOLD);
}

static void plic_take(void)
{
	u32 source = readl(input.context + PLIC_CLAIM);

	terminal_take();
	writel(source, input.context + PLIC_CLAIM);
}

/* ---- APLIC: OpenSBI delegates all sources, and we take one back ---- */

/* Delivery structure `index` of the M-level, which belongs to our hart. */
static void aplic_setup_direct(char *base, u32 index)
{
	input.context = base + APLIC_IDC + APLIC_IDC_SIZE * index;
	writel(0, input.context + APLIC_IDC_ITHRESHOLD);
	writel(1, input.context + APLIC_IDC_IDELIVERY);
}

/*
 * The number of our hart's structure: where the APLIC names the hart's own
 * controller. -1: nowhere.
 */
static int aplic_find_structure(const void *tree, int node)
{
	int i, length;
	const fdt32_t *cells = fdt_getprop(tree, node, "interrupts-extended",
					   &length);

	for (i = 0; cells && 8 * i < length; i++)
		if (fdt32_to_cpu(cells[2 * i]) == input.hart->intc &&
		    fdt32_to_cpu(cells[2 * i + 1]) == IRQ_M_EXT)
			return i;
	return -1;
}

/* Whether the APLIC at `node` can tell our hart; if so, it will. */
static bool aplic_setup(const void *tree, int node)
{
	struct aplic_data aplic;
	u32 domain = APLIC_DOMAINCFG_IE, target = 1;
	char *base;
	int index;

	if (fdt_parse_aplic_node(tree, node, &aplic) || !aplic.targets_mmode)
		return false;
	base = (char *)aplic.addr;
	if (aplic.has_msicfg_mmode) {
		/* With groups of harts it would be put together of two. */
		if (aplic.msicfg_mmode.hhxw)
			return false;
		index = imsic_get_target_file(
				sbi_hartid_to_hartindex(input.hart->id));
		domain |= APLIC_DOMAINCFG_DM;
		target = IMSIC_INPUT;
	} else {
		index = aplic_find_structure(tree, node);
		if (index < 0)
			return false;
		aplic_setup_direct(base, (u32)index);
	}
	writel(APLIC_SM_EDGE_RISING, base + APLIC_SOURCECFG + 4 * input.source);
	writel((u32)index << APLIC_TARGET_HART_SHIFT | target,
	       base + APLIC_TARGET + 4 * input.source);
	writel(domain, base + APLIC_DOMAINCFG);
	writel(input.source, base + APLIC_SETIE + APLIC_NUM);
	return true;
}

static void imsic_setup(void)
{
	csr_write(CSR_MISELECT, IMSIC_EIE0);
	csr_set(CSR_MIREG, 1UL << IMSIC_INPUT);
}

/* In place of OpenSBI's own function, which knows IPIs alone. */
static void imsic_take(void)
{
	unsigned long top;

	while ((top = csr_swap(CSR_MTOPEI, 0)))
		switch (top >> IMSIC_TOPEI_SHIFT) {
		case IMSIC_IPI:
			sbi_ipi_process();
			break;
		case IMSIC_INPUT:
			terminal_take();
			break;
		}
}

/* ---- OpenSBI's side ---- */

/* Each hart that starts: its M-level context has been reset. */
static int input_setup_hart(struct sbi_irqchip_device *device)
{
	const struct machine *machine = &partitioner.model.machine;

	if (input.hart->id != current_hartid())
		return 0;
	if (machine->plic.size)
		plic_setup();
	else if (machine->imsic_identities)
		imsic_setup();
	return 0;
}

static int input_take(void)
{
	const struct machine *machine = &partitioner.model.machine;

	if (machine->imsic_identities)
		imsic_take();
	else if (machine->plic.size)
		plic_take();
	else if (readl(input.context + APLIC_IDC_CLAIMI))
		terminal_take();
	return 0;
}

static struct sbi_irqchip_device input_device = {
	.warm_init = input_setup_hart,
	.irq_handle = input_take,
};

/* The node of the UART at `base`, which OpenSBI prints on; its interrupt. */
static u32 uart_find_source(const void *tree, uint64_t base)
{
	const fdt32_t *cells;
	uint64_t addr, size;
	int node;

	for (node = fdt_node_offset_by_compatible(tree, -1, UART_COMPATIBLE);
	     node >= 0; node = fdt_node_offset_by_compatible(tree, node,
							UART_COMPATIBLE)) {
		if (fdt_get_node_addr_size(tree, node, 0, &addr, &size) ||
		    addr != base)
			continue;
		cells = fdt_getprop(tree, node, "interrupts", NULL);
		return cells ? fdt32_to_cpu(*cells) : 0;
	}
	return 0;
}

static bool controller_setup(const void *tree)
{
	int node;

	if (partitioner.model.machine.plic.size)
		return true;
	for (node = fdt_node_offset_by_compatible(tree, -1, APLIC_COMPATIBLE);
	     node >= 0; node = fdt_node_offset_by_compatible(tree, node,
							APLIC_COMPATIBLE))
		if (aplic_setup(tree, node))
			return true;
	return false;
}

void console_listen(void)
{
	const struct machine *machine = &partitioner.model.machine;
	const struct model_compartment *c;
	int id = terminal_find(0);

	if (id == COMPARTMENT_NONE)
		return;
	c = &partitioner.model.compartments[id];
	input.uart = (char *)c->uart.base;
	input.hart = machine_find_hart(machine, c->boot_hart);
	input.source = uart_find_source(machine->tree, c->uart.base);
	if (!input.source || !controller_setup(machine->tree)) {
		partitioner_print("the console's UART has no interrupt that can be used: nothing can be typed");
		return;
	}
	sbi_irqchip_add_device(&input_device);
	/* This hart is past the step at which others come to it. */
	input_setup_hart(&input_device);
	csr_set(CSR_MIE, MIP_MEIP);
	terminal_attach(&input_source);
}
