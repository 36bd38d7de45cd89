package flags

import (
	"time"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/run"
)

// Handling is how a run is looked after, which does not change what it computes.
type Handling struct {
	Checkpoint       time.Duration
	Keep             int
	NoFigures        bool
	AllowOtherKernel bool
	cmd              *cobra.Command
}

// AddTo adds the flags to a verb.
func (h *Handling) AddTo(cmd *cobra.Command) {
	h.cmd = cmd
	cmd.Flags().DurationVar(&h.Checkpoint, "checkpoint", 10*time.Minute, "`time` between checkpoints within an epoch, such as 90s or 1h; 0 is none")
	cmd.Flags().IntVar(&h.Keep, "keep", 2, "newest `checkpoints` that stay; the best on validation stays besides")
	cmd.Flags().BoolVar(&h.NoFigures, "no-figures", false, "draw nothing; cortex plot RUN does it later")
	cmd.Flags().BoolVar(&h.AllowOtherKernel, "allow-other-kernel", false, "let a run that was begun go on with another kernel or on another processor architecture, to other bits")
}

// PutInto puts the flags that were given into o; a run that goes on keeps the
// rest as it was begun with.
func (h *Handling) PutInto(o *run.Options) error {
	if h.Checkpoint < 0 {
		return exit.Wrongf("--checkpoint: found %v, want 0 or more", h.Checkpoint)
	}
	if h.Keep < 1 {
		return exit.Wrongf("--keep: found %d, want 1 or more", h.Keep)
	}
	if h.cmd.Flags().Changed("checkpoint") {
		if o.Checkpoint = h.Checkpoint; h.Checkpoint == 0 {
			o.Checkpoint = -1
		}
	}
	if h.cmd.Flags().Changed("keep") {
		o.Keep = h.Keep
	}
	o.AllowOtherKernel = h.AllowOtherKernel
	return nil
}

// Arguments returns the flags that were given, for another process.
func (h *Handling) Arguments() (list []string) {
	for _, name := range []string{"checkpoint", "keep", "no-figures", "allow-other-kernel"} {
		if x := h.cmd.Flags().Lookup(name); x.Changed {
			list = append(list, "--"+name+"="+x.Value.String())
		}
	}
	return list
}
