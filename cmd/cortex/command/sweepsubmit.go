package command

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/readable"
	"ventral/experiments/run"
	"ventral/experiments/sweep"
)

// sweepSubmitCommand is the verb sweep submit.
func sweepSubmitCommand(p *terminal.Printer) *cobra.Command {
	var f sweepFlags
	var s sweep.Slurm
	var slurm, script bool
	cmd := &cobra.Command{
		Use:   "submit DIR|SWEEP.toml --slurm",
		Short: "Write and submit a job array of what is missing of a sweep",
		Long: fmt.Sprintf(`submit writes a job array of the tasks that are missing to slurm/array.sh in the
sweep's folder and submits it by sbatch. The folder and the program must be where
the cluster's nodes see them. --script prints it and submits nothing.

Every job carries out one task. %d seconds before its time ends Slurm tells it; it
leaves a checkpoint and queues itself again, so that a task may take longer than
--time. What failed is submitted again by the same command.

Other schedulers: let each job of an array call cortex sweep run DIR --array,
which reads PBS_ARRAY_INDEX, SGE_TASK_ID, LSB_JOBINDEX and JOB_COMPLETION_INDEX.`, sweep.Warning),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: completion.First(completion.Sweeps),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slurm {
				return exit.Wrongf("want --slurm, the scheduler that submit knows; in an array of another one, call cortex sweep run DIR --array")
			}
			if s.CPUs < 1 || s.Limit < 0 {
				return exit.Wrongf("--cpus and --array-limit: found %d and %d, want at least 1 and 0", s.CPUs, s.Limit)
			}
			if err := s.Check(); err != nil {
				return exit.Wrong(err)
			}
			l, err := sweepOf(args[0], f.out)
			if err != nil {
				return err
			}
			places, err := missingPlaces(p.Args, l, &f, &s)
			if err != nil {
				return err
			}
			if len(places) == 0 {
				fmt.Fprintf(p.Out, "%s: nothing is missing\n", l.Folder())
				return nil
			}
			if s.Program, err = os.Executable(); err != nil {
				return err
			}
			if err := f.Handling.PutInto(&run.Options{}); err != nil {
				return err
			}
			s.Arguments = f.arguments()
			text, err := s.Script(l, places)
			if err != nil {
				return err
			}
			if err := l.Folder().Alone(func() error { return l.Folder().WriteText(arrayFile, text) }); err != nil {
				return err
			}
			if script {
				fmt.Fprint(p.Out, text)
				return nil
			}
			return submit(p, l, len(places))
		},
	}
	cmd.Flags().StringVar(&f.out, "out", "", "the sweep's `folder` (default sweeps/NAME)")
	f.Handling.AddTo(cmd)
	f.takeFlag(cmd)
	cmd.Flags().BoolVar(&slurm, "slurm", false, "for Slurm")
	cmd.Flags().BoolVar(&script, "script", false, "print the script, submit nothing")
	cmd.Flags().StringVar(&s.Partition, "partition", "", "the cluster's partition")
	cmd.Flags().StringVar(&s.Account, "account", "", "the account that pays")
	cmd.Flags().StringVar(&s.Time, "time", "", "`time` of a job until it is queued again, as in 4:00:00")
	cmd.Flags().StringVar(&s.Mem, "mem", "", "memory of a job, as in 2G (default half as much again as predicted, and at least 512M)")
	cmd.Flags().IntVar(&s.CPUs, "cpus", 1, "cores of a job")
	cmd.Flags().IntVar(&s.Limit, "array-limit", 0, "jobs at a time (0: no limit)")
	cmd.Flags().StringArrayVar(&s.More, "sbatch", nil, "a further `option` of sbatch, as in --sbatch constraint=avx512 (may be repeated)")
	return cmd
}

// missingPlaces returns the places in the ledger of tasks to carry out, and sets
// the memory of a job where it is not given.
func missingPlaces(args []string, l *sweep.Ledger, f *sweepFlags, s *sweep.Slurm) (places []int, err error) {
	f.Threads = s.CPUs
	f.workers = 1
	o, err := sweepOn(args, f, false)
	if err != nil {
		return nil, err
	}
	o.Memory = 0 // this machine's is not that of a node
	plan, err := l.Schedule(o)
	if err != nil {
		return nil, err
	}
	most := int64(0)
	for i, x := range plan.Todos {
		if x.Trouble != "" {
			return nil, fmt.Errorf("%s (%s): cannot run: %s", x.Label(l.Axes), x.Hash[:8], x.Trouble)
		}
		if x.Missing() {
			places = append(places, i)
			most = max(most, x.Memory)
		}
	}
	if s.Mem == "" && most > 0 {
		s.Mem = fmt.Sprintf("%dM", max(most*3/2>>20, 512))
	}
	return places, nil
}

// arrayFile is the script, beside what its jobs say.
const arrayFile = "slurm/array.sh"

// submit gives the script in the sweep's folder to sbatch.
func submit(p *terminal.Printer, l *sweep.Ledger, jobs int) error {
	out, err := exec.Command("sbatch", "--parsable", filepath.Join(string(l.Folder()), filepath.FromSlash(arrayFile))).Output()
	var ended *exec.ExitError
	switch {
	case errors.Is(err, exec.ErrNotFound):
		return fmt.Errorf("found no program sbatch, want a machine that submits to Slurm; --script prints the script for another one")
	case errors.As(err, &ended):
		return fmt.Errorf("sbatch: %v: %s", err, strings.TrimSpace(string(ended.Stderr)))
	case err != nil:
		return err
	}
	id, _, _ := strings.Cut(strings.TrimSpace(string(out)), ";")
	fmt.Fprintf(p.Out, "submitted array %s of %s; squeue -j %s shows the queue, cortex sweep status %s the tasks\n", id, readable.Counted(jobs, "job"), id, l.Folder())
	return nil
}
