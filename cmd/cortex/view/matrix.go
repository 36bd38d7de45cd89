package view

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"ventral/cortex"
	"ventral/experiments/spec"
)

// window is the matrix in a range of steps.
type window struct {
	From  int        `json:"from_step"`
	To    int        `json:"to_step"`
	Areas []string   `json:"areas"`
	Cells [][]string `json:"cells"` // [from][to]
}

// Matrix shows the connections between every two areas, window by window.
func Matrix(g *cortex.Graph) (any, func(io.Writer), error) {
	var windows []window
	for _, w := range g.Matrix.Windows(g.Steps) {
		from, to, _ := w.Cut(g.Steps)
		x := window{From: from, To: to}
		for _, a := range g.Areas {
			x.Areas = append(x.Areas, a.Name)
		}
		for _, a := range g.Areas {
			row := []string{}
			for _, b := range g.Areas {
				var parts []string
				for _, c := range g.Matrix.At(b.Name, a.Name, from) {
					parts = append(parts, fmt.Sprintf("%s d%d", c.Transform, c.Delay))
				}
				row = append(row, strings.Join(parts, " + "))
			}
			x.Cells = append(x.Cells, row)
		}
		windows = append(windows, x)
	}
	return struct {
			Format  int      `json:"format"`
			Windows []window `json:"windows"`
		}{spec.Format, windows}, func(out io.Writer) {
			for i, x := range windows {
				if i > 0 {
					fmt.Fprintln(out)
				}
				fmt.Fprintf(out, "steps %d..%d (d: delay)\n", x.From, x.To)
				w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
				fmt.Fprintf(w, "from ↓ to →\t%s\t\n", strings.Join(x.Areas, "\t"))
				for k, row := range x.Cells {
					for j := range row {
						if row[j] == "" {
							row[j] = "·"
						}
					}
					fmt.Fprintf(w, "%s\t%s\t\n", x.Areas[k], strings.Join(row, "\t"))
				}
				w.Flush()
			}
		}, nil
}
