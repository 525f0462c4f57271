# Draw with: gnuplot -d {name}.gp, or by its path from any other folder
# (makes {pictures} beside this script, of the data in {name}.dat)
reset
unset decimalsign
set encoding default
paper = {paper} # width of the PDF and of the PNG in mm: --chart-size
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
{theme}
# ---- the pictures: the first goes nowhere, so that a command that fails leaves those of before ----
set terminal push
do for [picture in 'none png pdf wide narrow'] {
  # Two compositions: for a page or a desk, and for a phone or a column of text. Lengths below are
  # in units of which a composition is so many wide and high.
  narrow = picture eq 'narrow' || (paper < {narrow_paper} && (picture eq 'png' || picture eq 'pdf'))
  width = narrow ? {narrow_width}.0 : {wide_width}.0
  height = narrow ? {narrow_height}.0 : {wide_height}.0
  if (picture eq 'none') {
    set terminal dumb noenhanced size 200, 80
    set output '/dev/null'
  }
  # Letters of one size are a third larger where cairo draws them than in SVG.
  if (picture eq 'png') {
    set terminal pngcairo noenhanced size 2*width, 2*height font font.',12' fontscale 1.5 lw 2 pointscale 3 dashlength 0.6 background rgb 'white'
    set output folder.'{name}.png'
  }
  if (picture eq 'pdf') {
    points = paper/25.4*72/width
    set terminal pdfcairo noenhanced size 0.1*paper cm, 0.1*paper*height/width cm font font.',12' fontscale 0.75*points lw 1.5*points pointscale 1.5*points dashlength 0.6 background rgb 'white'
    set output folder.'{name}.pdf'
  }
  if (picture eq 'wide' || picture eq 'narrow') {
    set terminal svg noenhanced size width, height dynamic font font.',12' name '{name}' background rgb 'white'
    set output folder.'{name}'.(narrow ? '_narrow' : '').'.svg'
  }
{composition}{plots}  set output
}
set terminal pop
