package command

import (
	"time"

	"ventral/experiments/run/check"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/experiments/spec"
	"ventral/experiments/sweep"
)

// sweepFlags say how a sweep is carried out.
type sweepFlags struct {
	flags.Choice
	flags.Handling
	out     string
	workers int
	take    bool
}

// takeFlag adds the flag of tasks that no lock tells about.
func (f *sweepFlags) takeFlag(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&f.take, "take-running", false, "on a file system without locks: go on with tasks that are called running, since nobody works on them")
}

// arguments returns the flags that were given, for another process.
func (f *sweepFlags) arguments() []string {
	list := f.Handling.Arguments()
	if f.take {
		list = append(list, "--take-running")
	}
	return list
}

func (f *sweepFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.out, "out", "", "the sweep's `folder` (default sweeps/NAME)")
	cmd.Flags().IntVar(&f.workers, "workers", 0, "tasks at a time (0: one a core, as memory allows)")
	f.AddEngineTo(cmd)
	cmd.Flags().Lookup("threads").Usage = "cores to divide among the tasks (0: all)"
	cmd.Flags().Lookup("memory-mib").Usage = "memory to divide among the tasks, in MiB (0: most of what is available)"
}

// sweepOn returns the options of a sweep on this machine. With timed, batches of
// training are timed until ten seconds have gone.
func sweepOn(args []string, f *sweepFlags, timed bool) (sweep.Options, error) {
	if f.workers < 0 {
		return sweep.Options{}, exit.Wrongf("--workers: found %d, want 0 or more", f.workers)
	}
	if _, err := f.Choice.Options(args, ""); err != nil {
		return sweep.Options{}, err
	}
	begun := time.Now()
	return sweep.Options{
		Workers: f.workers, Threads: f.Threads, Memory: f.MemoryLimit(), KeepGoing: true, TakeRunning: f.take,
		Predict: func(e *spec.Experiment, folder string, threads int) (sweep.Cost, error) {
			c := f.Choice
			c.Threads = threads
			s, err := c.CheckOptions(args, folder)
			if err != nil {
				return sweep.Cost{}, err
			}
			s.Time = timed && time.Since(begun) < 10*time.Second
			x, err := check.New(e, s)
			if err == nil {
				err = x.DataFault
			}
			if err != nil {
				return sweep.Cost{}, err
			}
			return sweep.Cost{Memory: x.MemoryBytes, Batch: x.BatchSeconds}, nil
		},
	}, nil
}
