# SPDX-License-Identifier: BSD-2-Clause
# All harts work, have timers, reach each other, stop and come back. Sourced.

# interrupts <name> [<hart>]: how many of those so far, of all harts or of one
interrupts()
{
	awk -v name="$1" -v hart="$2" '
		NR == 1 { harts = NF; next }
		$0 ~ name {
			for (i = 2; i < 2 + harts; i++)
				if (hart == "" || hart == i - 2)
					sum += $i
		}
		END { print sum + 0 }' /proc/interrupts
}

# works <hart>: it runs a program, and its timer goes
works()
{
	before=$(interrupts riscv-timer "$1")
	taskset -c "$1" sleep 0.1 &&
	[ "$(interrupts riscv-timer "$1")" -gt "$before" ]
}

harts=$(nproc)
echo "guest: $harts harts"
for hart in $(seq 0 $((harts - 1))); do
	works "$hart"
	report "hart $hart runs and has a timer"
done
began=$(cut -d ' ' -f 1 /proc/uptime)
sleep 1
awk -v began="$began" '{ exit $1 - began < 1 }' /proc/uptime
report 'a second lasts a second or more'

if [ "$harts" -gt 1 ]; then
	before=$(interrupts IPI)
	for round in $(seq 20); do
		for hart in $(seq 0 $((harts - 1))); do
			taskset -c "$hart" true
		done
	done
	[ "$(interrupts IPI)" -gt "$before" ]
	report 'harts interrupt each other'
	for hart in $(seq 1 $((harts - 1))); do
		online=/sys/devices/system/cpu/cpu$hart/online
		echo 0 > $online && [ "$(nproc)" -eq $((harts - 1)) ]
		report "hart $hart stops"
		echo 1 > $online && [ "$(nproc)" -eq "$harts" ] && works "$hart"
		report "hart $hart comes back"
	done
fi
