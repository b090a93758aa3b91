/* SPDX-License-Identifier: BSD-2-Clause */
#include "manifest_fixture_tree.h"

#define HARTS	FIXTURE_HARTS

static void put_device(void *fdt, const char *name, const char *compatible,
		       uint32_t base, uint32_t size)
{
	begin(fdt, name);
	must(fdt_property_string(fdt, "compatible", compatible));
	put_reg(fdt, base, size);
	end(fdt);
}

#define CONTROLLER	40	/* phandle */
#define LEVEL		4

/* One cell or two, as the controller has it. */
static void put_wired(void *fdt, const char *name, const char *compatible,
		      uint32_t base, uint32_t size, uint32_t source,
		      enum fixture_interrupts interrupts)
{
	const uint32_t cells[] = { source, LEVEL };

	begin(fdt, name);
	must(fdt_property_string(fdt, "compatible", compatible));
	put_reg(fdt, base, size);
	put_cells(fdt, "interrupts", cells,
		  interrupts == FIXTURE_PLIC ? 1 : 2);
	end(fdt);
}

/* In the ways that are not "interrupts": sources 3, 4 and 6. */
static void put_indirect(void *fdt, enum fixture_interrupts interrupts)
{
	begin(fdt, "pci@30000000");
	must(fdt_property_string(fdt, "compatible", "pci-host-ecam-generic"));
	put_reg(fdt, 0x30000000, 0x100000);
	PUT(fdt, "#address-cells", 3);
	PUT(fdt, "#interrupt-cells", 1);
	if (interrupts == FIXTURE_PLIC)
		PUT(fdt, "interrupt-map", 0, 0, 0, 1, CONTROLLER, 3,
		    0x800, 0, 0, 1, CONTROLLER, 4,
		    0x1000, 0, 0, 1, CONTROLLER, 3);
	else
		PUT(fdt, "interrupt-map", 0, 0, 0, 1, CONTROLLER, 3, LEVEL,
		    0x800, 0, 0, 1, CONTROLLER, 4, LEVEL,
		    0x1000, 0, 0, 1, CONTROLLER, 3, LEVEL);
	end(fdt);
	begin(fdt, "extended@3004000");
	must(fdt_property_string(fdt, "compatible", "test,extended"));
	put_reg(fdt, 0x3004000, 0x1000);
	if (interrupts == FIXTURE_PLIC)
		PUT(fdt, "interrupts-extended", 16, 7, CONTROLLER, 6);
	else
		PUT(fdt, "interrupts-extended", 16, 7, CONTROLLER, 6, LEVEL);
	end(fdt);
}

/* The hart's own interrupt controller has phandle 16 + hart. */
static void put_cpus(void *fdt)
{
	char name[16];
	uint32_t hart;

	begin(fdt, "cpus");
	PUT(fdt, "#address-cells", 1);
	PUT(fdt, "#size-cells", 0);
	PUT(fdt, "timebase-frequency", 10000000);
	for (hart = 0; hart < HARTS; hart++) {
		snprintf(name, sizeof(name), "cpu@%u", hart);
		begin(fdt, name);
		must(fdt_property_string(fdt, "device_type", "cpu"));
		PUT(fdt, "reg", hart);
		must(fdt_property_string(fdt, "riscv,isa", "rv64imac"));
		begin(fdt, "interrupt-controller");
		must(fdt_property(fdt, "interrupt-controller", NULL, 0));
		PUT(fdt, "#interrupt-cells", 1);
		PUT(fdt, "phandle", 16 + hart);
		end(fdt);
		end(fdt);
	}
	end(fdt);
}

static void put_targets(void *fdt, bool machine_level, bool supervisor_level)
{
	uint32_t cells[4 * HARTS], hart;
	size_t count = 0;

	for (hart = 0; hart < HARTS; hart++) {
		if (machine_level) {
			cells[count++] = 16 + hart;
			cells[count++] = 11;
		}
		if (supervisor_level) {
			cells[count++] = 16 + hart;
			cells[count++] = 9;
		}
	}
	put_cells(fdt, "interrupts-extended", cells, count);
}

static void put_controller(void *fdt, const char *name, const char *compatible,
			   uint32_t base, uint32_t size, uint32_t phandle)
{
	begin(fdt, name);
	must(fdt_property_string(fdt, "compatible", compatible));
	must(fdt_property(fdt, "interrupt-controller", NULL, 0));
	put_reg(fdt, base, size);
	PUT(fdt, "phandle", phandle);
}

static void put_interrupts(void *fdt, enum fixture_interrupts interrupts)
{
	bool msi = interrupts == FIXTURE_IMSIC;

	if (interrupts == FIXTURE_PLIC) {
		put_controller(fdt, "irq@d000000", "riscv,plic0", 0xd000000,
			       0x600000, CONTROLLER);
		PUT(fdt, "#interrupt-cells", 1);
		PUT(fdt, "riscv,ndev", 95);
		put_targets(fdt, true, true);
		end(fdt);
		return;
	}
	put_controller(fdt, "irq@d000000", "riscv,aplic", 0xd000000, 0x8000,
		       CONTROLLER);
	PUT(fdt, "#interrupt-cells", 2);
	PUT(fdt, "riscv,num-sources", 96);
	if (msi)
		PUT(fdt, "msi-parent", 42);
	else
		put_targets(fdt, false, true);
	end(fdt);
	put_controller(fdt, "machine@c000000", "riscv,aplic", 0xc000000,
		       0x8000, 41);
	if (msi)
		PUT(fdt, "msi-parent", 43);
	else
		put_targets(fdt, true, false);
	end(fdt);
	if (!msi)
		return;
	put_controller(fdt, "imsic@28000000", "riscv,imsics", 0x28000000,
		       0x4000, 42);
	PUT(fdt, "riscv,num-ids", 255);
	put_targets(fdt, false, true);
	end(fdt);
	put_controller(fdt, "imsic@24000000", "riscv,imsics", 0x24000000,
		       0x4000, 43);
	put_targets(fdt, true, false);
	end(fdt);
}

void fixture_make_riscv(void *fdt, enum fixture_interrupts interrupts)
{
	start_tree(fdt, "test,machine");
	begin(fdt, "chosen");
	must(fdt_property_string(fdt, "stdout-path",
				 "/soc/serial@10000000:115200"));
	end(fdt);
	begin(fdt, "memory@80000000");
	must(fdt_property_string(fdt, "device_type", "memory"));
	put_reg(fdt, 0x80000000, 0x20000000);
	end(fdt);
	put_cpus(fdt);
	begin(fdt, "soc");
	PUT(fdt, "#address-cells", 2);
	PUT(fdt, "#size-cells", 2);
	must(fdt_property(fdt, "ranges", NULL, 0));
	PUT(fdt, "interrupt-parent", CONTROLLER);
	put_wired(fdt, "disk@10001000", "virtio,mmio", 0x10001000, 0x1000, 1,
		  interrupts);
	put_wired(fdt, "disk@10002000", "virtio,mmio", 0x10002000, 0x1000, 2,
		  interrupts);
	put_wired(fdt, "serial@10000000", "ns16550a", 0x10000000, 0x100, 10,
		  interrupts);
	put_wired(fdt, "rtc@101000", "google,goldfish-rtc", 0x101000, 0x1000,
		  11, interrupts);
	put_indirect(fdt, interrupts);
	put_device(fdt, "clint@2000000", "riscv,clint0", 0x2000000, 0x10000);
	put_device(fdt, "odd@3000000", "test,odd", 0x3000000, 0x1002);
	put_device(fdt, "mystery@3002000", "test,mystery", 0x3002000, 0x1000);
	put_device(fdt, "shadow@10001800", "test,shadow", 0x10001800, 0x1000);
	put_device(fdt, "inram@88000000", "test,inram", 0x88000000, 0x1000);
	begin(fdt, "noregs");
	end(fdt);
	put_interrupts(fdt, interrupts);
	end(fdt);
	end(fdt);
	must(fdt_finish(fdt));
}
