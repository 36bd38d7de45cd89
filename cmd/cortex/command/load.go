package command

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/exit"
	"ventral/experiments"
	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn/engine/cpu"
)

// choice is the flags that say which experiment, and how it is changed.
type choice struct {
	set       []string
	seed      string
	variant   string
	threads   int
	memoryMiB int
}

func (c *choice) flags(cmd *cobra.Command) {
	cmd.Flags().StringArrayVar(&c.set, "set", nil, "change a key: `key=value`, as in --set train.epochs=3 (may be repeated)")
	cmd.Flags().StringVar(&c.seed, "seed", "", "seed of weights, stimuli and order, instead of the experiment's")
	cmd.Flags().StringVar(&c.variant, "variant", "", "a variant of the experiment")
}

// engineFlags are those of verbs that compute.
func (c *choice) engineFlags(cmd *cobra.Command) {
	cmd.Flags().IntVar(&c.threads, "threads", 0, "processor threads (0: one a core)")
	cmd.Flags().IntVar(&c.memoryMiB, "memory-mib", 0, "memory the engine may take, in MiB (0: most of what is available)")
}

// overrides are the changes to an experiment; its precision "auto" is what suits
// this machine.
func (c *choice) overrides() spec.Overrides {
	o := spec.Overrides{Variant: c.variant, Set: c.set, Auto: "float32"}
	if cpu.New(c.engine()).SplitIsFast() {
		o.Auto = "split"
	}
	if c.seed != "" {
		o.Set = append(append([]string(nil), o.Set...), "seed="+c.seed)
	}
	return o
}

// overridesOf are those of what is called name: of a run's folder, "auto" is what
// the run was trained in.
func (c *choice) overridesOf(name string) (spec.Overrides, error) {
	o := c.overrides()
	if dir := rundir.Folder(name); dir.IsRun() {
		var info rundir.Info
		if err := dir.ReadJSON("run.json", &info); err != nil {
			return o, exit.Wrong(err)
		}
		o.Auto = info.Precision
	}
	return o, nil
}

// source is the text of an experiment: a file, the folder of a run, or the name
// of a built-in one.
func source(name string) (file, text, folder string, err error) {
	info, err := os.Stat(name)
	if err == nil && info.IsDir() {
		name = filepath.Join(name, "experiment.toml")
		if _, err := os.Stat(name); err != nil {
			return "", "", "", exit.Wrongf("%s: is a folder without experiment.toml; want an experiment file, a run's folder or a built-in experiment", filepath.Dir(name))
		}
	}
	if err == nil || strings.HasSuffix(name, ".toml") {
		text, err := decode.ReadFile(name)
		if err != nil {
			return "", "", "", exit.Wrongf("%v; cortex list experiments shows the built-in ones", err)
		}
		return name, text, filepath.Dir(name), nil
	}
	b, hint, ok := spec.FindBuiltin(name)
	if !ok {
		return "", "", "", exit.Wrongf("no file and no built-in experiment is called %q%s", name, hint)
	}
	return b.Name + ".toml", b.Text, ".", nil
}

// load reads an experiment.
func (c *choice) load(name string) (e *spec.Experiment, folder string, err error) {
	file, text, folder, err := source(name)
	if err != nil {
		return nil, "", err
	}
	o, err := c.overridesOf(name)
	if err != nil {
		return nil, "", err
	}
	if e, err = spec.Read(file, text, o); err != nil && rundir.Folder(name).IsRun() {
		err = experiments.OfRun(err)
	}
	return e, folder, err
}

// controls reads the controls of e, and reports the faults of all together. Those
// of a run's resolved experiment are those of the run, unless --set says which.
func (c *choice) controls(name string, e *spec.Experiment) ([]*spec.Experiment, error) {
	file, text, _, err := source(name)
	if err != nil {
		return nil, err
	}
	o, err := c.overridesOf(name)
	if err != nil {
		return nil, err
	}
	if !slices.ContainsFunc(c.set, func(s string) bool { return strings.HasPrefix(strings.TrimSpace(s), "control") }) {
		list, err := experiments.ReadControls(file, o)
		if err != nil || len(list) > 0 {
			for _, x := range list {
				e.Control = append(e.Control, x.Variant)
			}
			return list, err
		}
	}
	var list []*spec.Experiment
	var faults decode.Faults
	for _, variant := range e.Control {
		o.Variant = variant
		x, err := spec.Read(file, text, o)
		if err != nil {
			faults.Add(err)
			continue
		}
		list = append(list, x)
	}
	return list, faults.Err()
}

// engine are the options of the default engine. The environment variable
// CORTEX_KERNEL forces its inner loops; results are the same to rounding.
func (c *choice) engine() cpu.Options {
	return cpu.Options{Threads: c.threads, MemoryLimit: c.memoryLimit(), Kernel: os.Getenv("CORTEX_KERNEL")}
}

// options are those of a run with the default engine.
func (c *choice) options(args []string, folder string) (experiments.Options, error) {
	if c.threads < 0 {
		return experiments.Options{}, exit.Wrongf("--threads: found %d, want 0 or more", c.threads)
	}
	if c.memoryMiB < 0 {
		return experiments.Options{}, exit.Wrongf("--memory-mib: found %d, want 0 or more", c.memoryMiB)
	}
	if o := c.engine(); o.Kernel != "" && !slices.Contains(cpu.Kernels(), o.Kernel) {
		return experiments.Options{}, exit.Wrongf("CORTEX_KERNEL: found %q, this processor has %s", o.Kernel, strings.Join(cpu.Kernels(), ", "))
	}
	e := cpu.New(c.engine())
	cache, err := os.UserCacheDir()
	if err == nil {
		cache = filepath.Join(cache, "cortex")
	} else {
		cache = ""
	}
	return experiments.Options{
		Engine: e, Kernel: e.KernelName(), Threads: e.Threads(), Command: args, Folder: folder, Cache: cache,
	}, nil
}
