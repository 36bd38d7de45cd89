package command

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ventral/areas"
	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/cortex/recording"
	"ventral/experiments/probe"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// splits and recorded are what the flags of record take.
var (
	splits   = []string{"train", "validation", "test"}
	recorded = append(areas.Signals(), recording.Drive)
)

// recordCommand is the verb record.
func recordCommand(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	var x asked
	var images int
	var split, reduce string
	var signals, probes []string
	cmd := &cobra.Command{
		Use:   "record RUN",
		Short: "Record the trained cortex of a run once more",
		Long: `record shows images to the trained cortex of a run and writes what every area
does at every time step into the run's recordings, then draws it.

With --probe it measures the cortex with the engine instead and writes
probes/NAME.json; recordings stay as they are. The folder of a condition does as RUN.

With --set or --lesion it tests the cortex in a condition, as cortex test does, and
writes answers and recordings to conditions/NAME. Recordings of the run itself
stay as they are.`,
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Runs),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := rundir.Folder(args[0])
			if len(probes) > 0 {
				for _, flag := range []string{"split", "reduce", "signals"} {
					if cmd.Flags().Changed(flag) {
						return exit.Wrongf("--%s: found it beside --probe, which leaves recordings as they are", flag)
					}
				}
				if cmd.Flags().Changed("images") && images < 1 {
					return exit.Wrongf("--images: found %d, want 1 or more", images)
				}
				var err error
				if x.probes, err = probesAsked(probes, images); err != nil {
					return err
				}
				if len(x.Set)+len(x.Lesions)+len(x.names) == 0 && x.Name == "" {
					return probeRun(cmd.Context(), p, dir, x.probes, &c)
				}
				x.Record = true
				ctx, stop := interruptible(cmd.Context())
				defer stop()
				return testConditions(ctx, p, dir, x, &c, false)
			}
			e, _, err := run.OpenTrained(dir)
			if err != nil {
				return exit.Wrong(err)
			}
			if !cmd.Flags().Changed("images") {
				images = e.Record.Images
			}
			if images < 1 {
				return exit.Wrongf("--images: found %d, want 1 or more", images)
			}
			if split == "" {
				split = e.Record.Split
			}
			if !slices.Contains(splits, split) {
				return exit.Wrongf("--split: found %q, want train, validation or test", split)
			}
			kept, err := recording.ParseReduction(reduce)
			if err != nil {
				return exit.Wrongf("--reduce: %v", err)
			}
			for _, s := range signals {
				if err := spec.CheckSignal(e, s); err != nil {
					return exit.Wrongf("--signals: %v", err)
				}
			}
			if len(x.Set)+len(x.Lesions)+len(x.names) > 0 || x.Name != "" {
				x.Record = true
				for flag, set := range map[string]string{"images": fmt.Sprintf("record.images=%d", images), "split": fmt.Sprintf("record.split=%q", split), "reduce": fmt.Sprintf("record.reduce=%q", reduce)} {
					if cmd.Flags().Changed(flag) {
						x.Set = append(x.Set, set)
					}
				}
				if len(signals) > 0 {
					x.Set = append(x.Set, fmt.Sprintf("record.signals=[\"%s\"]", strings.Join(signals, `","`)))
				}
				ctx, stop := interruptible(cmd.Context())
				defer stop()
				return testConditions(ctx, p, dir, x, &c, false)
			}
			o, err := c.Options(p.Args, "")
			if err != nil {
				return err
			}
			progress := terminal.NewProgress(p.Notes())
			defer progress.End()
			o.Report = progress
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			err = run.RecordAgain(ctx, dir, func(r *spec.Recording) {
				r.Images, r.Split = images, split
				if cmd.Flags().Changed("reduce") {
					r.Reduce = kept
				}
				if len(signals) > 0 {
					r.Signals = signals
				}
			}, o)
			if err != nil {
				return err
			}
			if err := analyse(dir); err != nil {
				return err
			}
			if err := report.Draw(dir); err != nil {
				return err
			}
			progress.End()
			fmt.Fprintln(p.Out, "recordings:", filepath.Join(args[0], "recordings"))
			return nil
		},
	}
	x.addTo(cmd)
	c.AddEngineTo(cmd)
	cmd.Flags().IntVar(&images, "images", 0, "images to record (default the experiment's), or to probe (default the probe's)")
	cmd.Flags().StringVar(&split, "split", "", "split of the images: train, validation or test (default the experiment's)")
	cmd.Flags().StringVar(&reduce, "reduce", "", "what of an area's units is written: mean_space, channels:0,3, random:512 or pca:50 (default the experiment's)")
	cmd.Flags().StringSliceVar(&signals, "signals", nil, "signals to write: "+strings.Join(recorded, ", "))
	cmd.Flags().StringArrayVar(&probes, "probe", nil, "a `probe` that measures with the engine, with its settings, as in \"jacobian steps=200\": "+strings.Join(probe.Names(), ", ")+" (may be repeated)")
	completion.Flag(cmd, "probe", completion.Words(probe.Names()...))
	completion.Flag(cmd, "split", completion.Words(splits...))
	completion.Flag(cmd, "signals", completion.Words(recorded...))
	return cmd
}

// probesAsked are the probes that flags ask for, of so many images where that is not 0.
func probesAsked(texts []string, images int) (list []probe.Request, err error) {
	for _, text := range texts {
		q, err := probe.Parse(text)
		if err != nil {
			return nil, exit.Wrongf("--probe: %v", err)
		}
		if images > 0 {
			q.Images = images
		}
		list = append(list, q)
	}
	return list, nil
}

// probeRun measures a run, or a condition, with probes, and makes the analyses that read
// them.
func probeRun(ctx context.Context, p *terminal.Printer, dir rundir.Folder, list []probe.Request, c *flags.Choice) error {
	o, err := c.Options(p.Args, "")
	if err != nil {
		return err
	}
	if _, _, err := run.Open(dir); err != nil {
		return exit.Wrong(err)
	}
	progress := terminal.NewProgress(p.Notes())
	defer progress.End()
	o.Report = progress
	ctx, stop := interruptible(ctx)
	defer stop()
	err = run.Probe(ctx, dir, list, o)
	if errors.Is(err, context.Canceled) {
		progress.End()
		fmt.Fprintln(p.Err, "cortex: interrupted; probes that were done are there, the others as they were")
	}
	if err != nil {
		return err
	}
	if err := analyse(dir); err != nil {
		return err
	}
	if err := report.Draw(dir); err != nil {
		return err
	}
	progress.End()
	for _, q := range list {
		fmt.Fprintln(p.Out, "probe:", dir.Path(rundir.Probe(q.Name)))
	}
	return nil
}
