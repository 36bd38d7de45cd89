package command

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/spf13/cobra"

	"ventral/experiments"
	"ventral/experiments/sweep"
)

func (p *program) sweep() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "Carry out many experiments: plan, run, status, collect",
		Long: `sweep carries out many experiments. Each is a task in a folder that is called by
what it computes, so that nothing runs twice, and what was interrupted goes on.`,
		RunE: func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	cmd.AddCommand(p.sweepRun())
	for _, c := range cmd.Commands() {
		c.Args = wrongArgs(c.Args)
	}
	return cmd
}

func (p *program) sweepRun() *cobra.Command {
	var c choice
	var task string
	var worker bool
	cmd := &cobra.Command{
		Use:   "run DIR",
		Short: "Carry out what is missing of a sweep",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := sweep.Open(experiments.Folder(args[0]))
			if err != nil {
				return wrong{err}
			}
			t, err := l.Find(task)
			if err != nil {
				return wrong{err}
			}
			return p.sweepTask(cmd.Context(), t, &c, worker)
		},
	}
	c.engineFlags(cmd)
	cmd.Flags().StringVar(&task, "task", "", "carry out the one task whose `hash` begins so")
	cmd.Flags().BoolVar(&worker, "worker", false, "report to the process that began this one")
	cmd.Flags().MarkHidden("worker")
	return cmd
}

// sweepTask carries one task out in this process. A worker goes on while its
// standard input is open, whatever is typed, and reports on its output.
func (p *program) sweepTask(ctx context.Context, t *sweep.Task, c *choice, worker bool) error {
	o, err := p.options(c, "")
	if err != nil {
		return err
	}
	ctx, stop := interruptible(ctx)
	defer stop()
	if worker {
		signal.Ignore(os.Interrupt)
		go func() {
			io.Copy(io.Discard, os.Stdin)
			stop()
		}()
		o.Report = sweep.Wire(p.out)
		return t.Work(ctx, o)
	}
	progress := newProgress(p.err)
	defer progress.end()
	o.Report = progress
	if err := t.Work(ctx, o); err != nil {
		return err
	}
	progress.end()
	fmt.Fprintln(p.out, t.Folder())
	return nil
}
