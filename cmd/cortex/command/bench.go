package command

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/benchmark"
	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/peer"
	"ventral/experiments/run"
	"ventral/experiments/spec"
	"ventral/plots/canvas"
)

// benchFlags say what is timed.
type benchFlags struct {
	flags.Choice
	benchmark.Options
	scaling bool
	figure  string
}

// with reads an experiment with further keys set, and its options with a number of
// threads, 0 for as many as asked.
func (f *benchFlags) with(args []string, name string, set []string, threads int) (*spec.Experiment, run.Options, error) {
	c := f.Choice
	c.Set = slices.Concat(c.Set, set)
	if threads > 0 {
		c.Threads = threads
	}
	e, folder, err := c.Load(name)
	if err != nil {
		return nil, run.Options{}, err
	}
	o, err := c.Options(args, folder)
	return e, o, err
}

// benchCommand is the verb bench.
func benchCommand(p *terminal.Printer) *cobra.Command {
	var f benchFlags
	cmd := p.AsJSON(&cobra.Command{
		Use:   "bench [EXPERIMENT...]",
		Short: "Time training and inference, beside PyTorch with --peer",
		Long: `bench times batches of experiments after warm-up: files or built-in ones, by default
the workloads W1 to W5. With --peer the same network in PyTorch runs in between,
round by round in the same call, in each mode; CORTEX_PYTHON or --python names a
Python that has it. --profile prints the time of each part of a batch, and the share
of it that a roofline explains: the multiply-adds of the convolutions at the rate of
their inner loop, then the bytes moved at the rate of the memory, both measured.`,
		ValidArgsFunction: completion.Experiments,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"W1", "W2", "W3", "W4", "W5"}
			}
			if f.Rounds < 1 || f.Batches < 1 {
				return exit.Wrongf("--rounds and --batches: want 1 or more")
			}
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			if f.scaling {
				return scale(ctx, p, args, &f)
			}
			var results []*benchmark.Result
			for _, name := range args {
				e, o, err := f.with(p.Args, name, nil, 0)
				if err != nil {
					return err
				}
				r, err := benchmark.Time(ctx, e, o, f.Engine(), f.Options)
				if err != nil {
					return err
				}
				results = append(results, r)
				if !p.JSON {
					r.Print(p.Out)
				}
			}
			if p.JSON {
				return p.Report(results, nil)
			}
			return nil
		},
	})
	f.AddTo(cmd)
	f.AddEngineTo(cmd)
	cmd.Flags().IntVar(&f.Rounds, "rounds", 5, "rounds of batches")
	cmd.Flags().IntVar(&f.Batches, "batches", 3, "batches of a round")
	cmd.Flags().BoolVar(&f.Inference, "inference", false, "time answering instead of training")
	cmd.Flags().BoolVar(&f.Profile, "profile", false, "print the time of each part of a batch, with the default engine")
	cmd.Flags().BoolVar(&f.scaling, "scaling", false, "show how cost grows with steps, channels, image side, batch and threads of one experiment")
	cmd.Flags().StringVar(&f.figure, "figure", "", "with --scaling: draw it into a `file` (.svg, .png or .pdf)")
	cmd.Flags().BoolVar(&f.Peer, "peer", false, "run PyTorch in between")
	cmd.Flags().StringVar(&f.Python, "python", "", "a Python with PyTorch (default CORTEX_PYTHON, else python3)")
	cmd.Flags().StringSliceVar(&f.Modes, "modes", peer.Modes, "modes of the peer")
	completion.Flag(cmd, "modes", completion.Words(peer.Modes...))
	return cmd
}

// scale shows how the cost of one experiment grows.
func scale(ctx context.Context, p *terminal.Printer, args []string, f *benchFlags) error {
	if len(args) != 1 {
		return exit.Wrongf("--scaling: found %d experiments, want one", len(args))
	}
	if x := strings.TrimPrefix(filepath.Ext(f.figure), "."); f.figure != "" && !slices.Contains(canvas.Formats, x) {
		return exit.Wrongf("--figure: found %q, want a file of %s", f.figure, strings.Join(canvas.Formats, ", "))
	}
	s, err := benchmark.Scale(ctx, func(set []string, threads int) (*spec.Experiment, run.Options, error) {
		return f.with(p.Args, args[0], set, threads)
	}, f.Options, func(format string, args ...any) {
		if !p.JSON {
			fmt.Fprintf(p.Notes(), format+"\n", args...)
		}
	})
	if err != nil {
		return err
	}
	if f.figure != "" {
		if err := s.Draw(f.figure); err != nil {
			return err
		}
	}
	return p.Report(s, s.Print)
}
