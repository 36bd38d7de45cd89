package view

import (
	"fmt"
	"io"
	"text/tabwriter"

	"ventral/cortex"
	"ventral/experiments/readable"
	"ventral/experiments/spec"
	"ventral/nn"
)

// Passes are those that programs are built with, by name.
var Passes = map[string]nn.Passes{
	"merge":    {Merge: true},
	"subpixel": {Subpixel: true},
	"all":      {Merge: true, Subpixel: true},
}

// size is how large a program is.
type size struct {
	Instructions int   `json:"instructions"`
	MultiplyAdds int64 `json:"multiply_adds"` // of a batch
}

// Pass shows the size of a program without and with a pass, one of Passes.
func Pass(e *spec.Experiment, g *cortex.Graph, inference bool, name string) (any, func(io.Writer), error) {
	with, err := NewProgram(e, g, inference)
	if err != nil {
		return nil, nil, err
	}
	g.Plain = Passes[name]
	without, err := NewProgram(e, g, inference)
	if err != nil {
		return nil, nil, err
	}
	r := struct {
		Format  int    `json:"format"`
		Pass    string `json:"pass"`
		Without size   `json:"without"`
		With    size   `json:"with"`
	}{spec.Format, name, size{len(without.Instrs), without.MultiplyAdds()}, size{len(with.Instrs), with.MultiplyAdds()}}
	return r, func(out io.Writer) {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintf(w, "pass %s\tinstructions\tmultiply-adds of a batch\t\n", name)
		fmt.Fprintf(w, "without\t%d\t%s\t\n", r.Without.Instructions, readable.Short(r.Without.MultiplyAdds))
		fmt.Fprintf(w, "with\t%d\t%s\t\n", r.With.Instructions, readable.Short(r.With.MultiplyAdds))
		fmt.Fprintf(w, "ratio\t%.3f\t%.3f\t\n", float64(r.With.Instructions)/float64(r.Without.Instructions), float64(r.With.MultiplyAdds)/float64(max(r.Without.MultiplyAdds, 1)))
		w.Flush()
	}, nil
}
