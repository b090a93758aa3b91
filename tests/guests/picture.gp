# SPDX-License-Identifier: BSD-2-Clause
# Horizontal bars, one per job: the median of the rounds, and a line from least to
# most. Variables: one, many (rows "number median least most label").
set terminal svg size 800,440 font 'sans-serif,14' background rgb 'white'
set title "fio in Linux: our disk against QEMU's own, one client hart"
set xlabel "throughput as part of that of QEMU's disk (longer is better)"
set xrange [0:*]
set yrange [13.7:0.3]
set border 1
set xtics nomirror out
set ytics scale 0
set grid xtics lc rgb '#dddddd'
set lmargin 36
set rmargin 8
set style fill solid 1.0 noborder
set arrow from 0.8,0.3 to 0.8,13.7 nohead dt 2 lc rgb '#aa3333'
unset key
bar = 0.35
plot one using ($2 / 2):1:($2 / 2):(bar):ytic(5) with boxxyerror lc rgb '#9aa5b1', \
	many using ($2 / 2):1:($2 / 2):(bar):ytic(5) with boxxyerror lc rgb '#2a6fb0', \
	one using 2:1:3:4 with xerrorbars lc rgb '#333333' lw 1.3 pt 0, \
	many using 2:1:3:4 with xerrorbars lc rgb '#333333' lw 1.3 pt 0, \
	one using 4:1:(sprintf('  %.2f', $2)) with labels left, \
	many using 4:1:(sprintf('  %.2f', $2)) with labels left
