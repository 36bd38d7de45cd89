package command

import (
	"fmt"
	"io"
	"text/tabwriter"

	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/cortex"
	"ventral/experiments/readable"
	"ventral/experiments/spec"
	"ventral/nn"
)

// passes are those that programs are built with, by name.
var passes = map[string]nn.Passes{
	"merge":    {Merge: true},
	"subpixel": {Subpixel: true},
	"all":      {Merge: true, Subpixel: true},
}

// size is how large a program is.
type size struct {
	Instructions int   `json:"instructions"`
	MultiplyAdds int64 `json:"multiply_adds"` // of a step
}

// showPass prints a program's size without and with a pass.
func showPass(p *terminal.Printer, e *spec.Experiment, g *cortex.Graph, inference bool, name string) error {
	plain, ok := passes[name]
	if !ok {
		return exit.Wrongf("--pass: found %q, want merge, subpixel or all", name)
	}
	with, err := programOf(e, g, inference)
	if err != nil {
		return err
	}
	g.Plain = plain
	without, err := programOf(e, g, inference)
	if err != nil {
		return err
	}
	r := struct {
		Format  int    `json:"format"`
		Pass    string `json:"pass"`
		Without size   `json:"without"`
		With    size   `json:"with"`
	}{1, name, size{len(without.Instrs), without.MultiplyAdds()}, size{len(with.Instrs), with.MultiplyAdds()}}
	return p.Report(r, func(out io.Writer) {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprintf(w, "pass %s\tinstructions\tmultiply-adds of a step\t\n", name)
		fmt.Fprintf(w, "without\t%d\t%s\t\n", r.Without.Instructions, readable.Short(r.Without.MultiplyAdds))
		fmt.Fprintf(w, "with\t%d\t%s\t\n", r.With.Instructions, readable.Short(r.With.MultiplyAdds))
		fmt.Fprintf(w, "ratio\t%.3f\t%.3f\t\n", float64(r.With.Instructions)/float64(r.Without.Instructions), float64(r.With.MultiplyAdds)/float64(max(r.Without.MultiplyAdds, 1)))
		w.Flush()
	})
}
