package command

import (
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/spec"
	"ventral/experiments/theorem"
)

// proveCommand is the verb prove.
func proveCommand(p *terminal.Printer) *cobra.Command {
	var o theorem.Options
	seed := 1
	cmd := p.AsJSON(&cobra.Command{
		Use:   "prove resnet-rnn",
		Short: "Show that a deep tied residual network is a shallow recurrent one",
		Long: `prove builds the shallow recurrent network and the very deep residual network of
Liao and Poggio (2016) independently of each other, gives both the same weights
and images, and compares outputs and all gradients in float64 at several depths.
It fails where they differ by more than the bound it prints.`,
		ValidArgs: []string{"resnet-rnn"},
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 || args[0] != "resnet-rnn" {
				return fmt.Errorf("want the theorem, resnet-rnn")
			}
			return nil
		},
		RunE: func(*cobra.Command, []string) error {
			if o.Channels < 0 || o.Size < 0 || o.Batch < 0 || seed < 0 {
				return exit.Wrongf("--channels, --size, --batch and --seed: want 0 or more")
			}
			for _, d := range o.Depths {
				if d < 1 || d > 1000 {
					return exit.Wrongf("--depths: found %d, want 1 to 1000", d)
				}
			}
			o.Seed = uint64(seed)
			rows, err := theorem.Prove(o)
			if err != nil {
				return err
			}
			ok := true
			for _, r := range rows {
				ok = ok && r.OK
			}
			err = p.Report(struct {
				Format int           `json:"format"`
				OK     bool          `json:"ok"`
				Rows   []theorem.Row `json:"rows"`
			}{spec.Format, ok, rows}, func(out io.Writer) { printProof(out, rows) })
			if err != nil {
				return err
			}
			if !ok {
				fmt.Fprintln(p.Err, "cortex: the two networks differ by more than the bound")
				return exit.ErrReported
			}
			return nil
		},
	})
	cmd.Flags().IntSliceVar(&o.Depths, "depths", nil, "residual layers of a stage (default 1,2,5,10,20)")
	cmd.Flags().IntVar(&o.Channels, "channels", 0, "channels of every layer (default 8)")
	cmd.Flags().IntVar(&o.Size, "size", 0, "side of the images (default 8)")
	cmd.Flags().IntVar(&o.Batch, "batch", 0, "images (default 4)")
	cmd.Flags().IntVar(&seed, "seed", 1, "seed of weights and images")
	cmd.Flags().Float64Var(&o.Perturb, "perturb", 0, "added to one weight of the recurrent side, which must make it fail")
	return cmd
}

// printProof prints how far the two networks differ at every depth.
func printProof(out io.Writer, rows []theorem.Row) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "network\tdepth\tlayers\tparameters\tlogits\tloss\tgradients\tbound\t\n")
	for _, r := range rows {
		verdict := "equal"
		switch {
		case !r.OK:
			verdict = "DIFFERENT"
		case r.Identical:
			verdict = "equal, the same program"
		}
		fmt.Fprintf(w, "%s\t%d\t%d\t%s\t%.1e\t%.1e\t%.1e\t%.1e\t%s\n", r.Network, r.Depth, r.Layers, pair(r.Parameters), r.Logits.Relative, r.Loss.Relative, r.Gradient.Relative, r.Bound, verdict)
	}
	w.Flush()
	fmt.Fprintln(out, "largest relative differences between the residual and the recurrent network, in float64;\nthe bound is 2·layers·n·2⁻⁵², n the terms of the longest sum")
}

// pair writes two numbers once where they are equal.
func pair(n [2]int) string {
	if n[0] == n[1] {
		return fmt.Sprint(n[0])
	}
	return fmt.Sprintf("%d and %d", n[0], n[1])
}
