# Draw on the default terminal with: gnuplot -d -p THIS_FILE
reset
$data << EOD
{data}EOD
data = '$data'
narrow = 0
width = {wide_width}.0
height = {wide_height}.0
{theme}{composition}{plots}