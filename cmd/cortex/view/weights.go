package view

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"ventral/cortex"
	"ventral/experiments/spec"
)

// Weights shows every variable with its sharing set, its uses and its count.
func Weights(g *cortex.Graph) (any, func(io.Writer), error) {
	list, err := cortex.Weights(g)
	if err != nil {
		return nil, nil, err
	}
	type weight struct {
		Name      string   `json:"name"`
		Set       string   `json:"set"`
		Shape     []int    `json:"shape"`
		Count     int      `json:"count"`
		Trainable bool     `json:"trainable"`
		Init      string   `json:"init"`
		Uses      []string `json:"uses"`
	}
	rows := []weight{}
	for _, w := range list {
		rows = append(rows, weight{w.Name, w.Set, w.Shape[:w.Shape.Rank()], w.Count, w.Trainable, w.Init, w.Uses})
	}
	return struct {
			Format     int      `json:"format"`
			Parameters int      `json:"parameters"`
			Variables  []weight `json:"variables"`
		}{spec.Format, cortex.Parameters(list), rows}, func(out io.Writer) {
			w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
			fmt.Fprint(w, "variable\tshape\tcount\tbegins\tused by\n")
			for _, x := range list {
				if !x.Trainable {
					continue
				}
				fmt.Fprintf(w, "%s\t%v\t%d\t%s\t%s\n", x.Name, x.Shape, x.Count, x.Init, uses(x.Uses))
			}
			fmt.Fprintf(w, "parameters in use\t\t%d\n", cortex.Parameters(list))
			n := 0
			for _, x := range list {
				if !x.Trainable {
					n += x.Count
				}
			}
			fmt.Fprintf(w, "running statistics\t\t%d\n", n)
			w.Flush()
		}, nil
}

// uses lists the uses of a variable, the first few by name.
func uses(list []string) string {
	const most = 4
	if len(list) == 0 {
		return "–"
	}
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s, … (%d uses)", strings.Join(list[:most], ", "), len(list))
}
