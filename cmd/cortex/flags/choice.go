// Package flags holds what flags of several verbs mean: which experiment, how it is
// changed, with which engine, and how its run is looked after.
package flags

import (
	"github.com/spf13/cobra"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn/engine/cpu"
)

// Choice is the flags that say which experiment, and how it is changed.
type Choice struct {
	Set       []string // key=value
	Seed      string   // "": that of the experiment
	Variant   string
	Threads   int  // 0: one a core
	MemoryMiB int  // 0: most of what is available
	Look      bool // at images, from which nothing is learnt
}

// AddTo adds the flags that change an experiment to a verb.
func (c *Choice) AddTo(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&c.Set, "set", nil, "change a key: `key=value`, as in --set train.epochs=3 (may be repeated)")
	cmd.Flags().StringVar(&c.Seed, "seed", "", "seed of weights, stimuli and order, instead of the experiment's")
	cmd.Flags().StringVar(&c.Variant, "variant", "", "a variant of the experiment")
}

// AddEngineTo adds the flags of verbs that compute.
func (c *Choice) AddEngineTo(cmd *cobra.Command) {
	cmd.Flags().IntVar(&c.Threads, "threads", 0, "processor threads (0: one a core)")
	cmd.Flags().IntVar(&c.MemoryMiB, "memory-mib", 0, "memory the engine may take, in MiB (0: most of what is available)")
}

// overrides are the changes to an experiment; its precision "auto" is what suits
// this machine.
func (c *Choice) overrides() spec.Overrides {
	o := spec.Overrides{Variant: c.Variant, Set: c.Set, Auto: "float32", Look: c.Look}
	if cpu.New(c.Engine()).SplitIsFast() {
		o.Auto = "split"
	}
	if c.Seed != "" {
		o.Set = append(append([]string(nil), o.Set...), "seed="+c.Seed)
	}
	return o
}

// OverridesOf are the changes to the experiment of that name, in whose folder
// relative paths start. Where it is the folder of a run, "auto" is the precision that
// the run was trained in, paths start where the run's did, and its images are those
// that it found.
func (c *Choice) OverridesOf(name, folder string) (spec.Overrides, error) {
	o := c.overrides()
	o.Folder, o.Cache = folder, Cache()
	if dir := rundir.Folder(name); dir.IsRun() {
		var info rundir.Info
		if err := dir.ReadJSON("run.json", &info); err != nil {
			return o, exit.Wrong(err)
		}
		o.Auto, o.Folder, o.Images, o.Labels = info.Precision, info.Folder, run.Described(&info), run.Trained(&info)
	}
	return o, nil
}
