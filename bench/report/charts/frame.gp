# Draw with: gnuplot -d {name}.gp, or by its path from any other folder
# (makes {name}.svg and {name}.png beside this script, of the data in {name}.dat)
reset
unset decimalsign
set encoding default
folder = exists('ARG0') ? ARG0 : ''
while (folder ne '' && folder[strlen(folder):] ne '/') {
  folder = folder[1:strlen(folder) - 1]
}
if (folder[1:1] ne '/') { folder = './'.folder }
set encoding utf8
data = folder.'{name}.dat'
undefine STATS_*
stats data using (sum [c = 1:{columns}] valid(c)) nooutput
if (!exists('STATS_records')) { STATS_records = 0; STATS_sum = 0 }
if (STATS_records < {rows}) {
  exit error sprintf('{name}.dat: %d of {rows} rows of data are there; nothing is drawn', STATS_records)
}
if (STATS_sum < {numbers}) {
  exit error sprintf('{name}.dat: %d of {numbers} numbers are there; nothing is drawn', STATS_sum)
}
set datafile commentschars ''
stats data using (strcol(1) eq '{end}') nooutput
set datafile commentschars
if (STATS_sum < 1) {
  exit error '{name}.dat: the line {end} that ends the data is not there; nothing is drawn'
}
set border 3 lw 1
set tics nomirror out
set grid ytics lc rgb '{pale}' lw 1
set key outside bottom center horizontal reverse Left samplen 3
set pointintervalbox 0.01
set termoption noenhanced
set terminal push
set terminal dumb
set output '/dev/null'
{plot}set output
set terminal pngcairo noenhanced size 1440,900 font 'DejaVu Sans,22' lw 2 pointscale 2 background rgb 'white'
set output folder.'{name}.png'
replot
set output
set terminal svg noenhanced size 720,450 dynamic font 'DejaVu Sans,12' name '{name}' background rgb 'white'
set output folder.'{name}.svg'
replot
set output
set terminal pop
