package flags

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/experiments/run/check"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/run"
	"ventral/experiments/sweep"
	"ventral/nn"
	"ventral/nn/engine/cpu"
)

// Engine are the options of the default engine. The environment variable
// CORTEX_KERNEL forces its inner loops; results are the same to rounding.
func (c *Choice) Engine() cpu.Options {
	return cpu.Options{Threads: c.Threads, MemoryLimit: c.MemoryLimit(), Kernel: os.Getenv("CORTEX_KERNEL")}
}

// Options are those of a run with the default engine. Args is the command line,
// which the run keeps; paths of the experiment start from folder.
func (c *Choice) Options(args []string, folder string) (run.Options, error) {
	if c.Threads < 0 {
		return run.Options{}, exit.Wrongf("--threads: found %d, want 0 or more", c.Threads)
	}
	if c.MemoryMiB < 0 {
		return run.Options{}, exit.Wrongf("--memory-mib: found %d, want 0 or more", c.MemoryMiB)
	}
	if o := c.Engine(); o.Kernel != "" && !slices.Contains(cpu.Kernels(), o.Kernel) {
		return run.Options{}, exit.Wrongf("CORTEX_KERNEL: found %q, this processor has %s", o.Kernel, strings.Join(cpu.Kernels(), ", "))
	}
	e := cpu.New(c.Engine())
	return run.Options{
		Engine: e, Kernel: e.KernelName(), Threads: e.Threads(), Command: args, Folder: folder, Cache: Cache(),
	}, nil
}

// Cache is the program's folder in the user's cache, "" where there is none.
func Cache() string {
	cache, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(cache, "cortex")
}

// CheckOptions are what a check asks of the default engine.
func (c *Choice) CheckOptions(args []string, folder string) (check.Options, error) {
	o, err := c.Options(args, folder)
	if err != nil {
		return check.Options{}, err
	}
	return check.Options{Options: o, Memory: func(x *nn.Program) (int64, error) {
		return cpu.Memory(x, c.Engine())
	}}, nil
}

// TakeScheduled takes cores and memory that a scheduler gave where no flag says
// otherwise.
func (c *Choice) TakeScheduled() {
	if c.Threads == 0 {
		c.Threads = sweep.Cores(os.Getenv)
	}
	var mib int
	if n, _ := fmt.Sscan(os.Getenv("SLURM_MEM_PER_NODE"), &mib); n == 1 && mib > 0 && c.MemoryMiB == 0 {
		c.MemoryMiB = max(mib/10*9, 1)
	}
}
