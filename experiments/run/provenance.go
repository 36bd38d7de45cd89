package run

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Version is the version of the program: of its module, or the commit that it
// was built from.
func Version() string {
	b, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v, modified := b.Main.Version, ""
	for _, s := range b.Settings {
		switch s.Key {
		case "vcs.revision":
			if v == "" || v == "(devel)" {
				v = s.Value[:min(12, len(s.Value))]
			}
		case "vcs.modified":
			if s.Value == "true" {
				modified = " with changes"
			}
		}
	}
	if v == "" {
		v = "(devel)"
	}
	return v + modified
}

func newInfo(e *spec.Experiment, text string, o Options, now time.Time) *rundir.Info {
	i := &rundir.Info{
		Format: rundir.Format, Name: e.Name, Variant: e.Variant, State: rundir.Running,
		Version: Version(), Program: programDigest(), Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH,
		Engine: o.Engine.Name(), Kernel: o.Kernel, Threads: o.Threads, Command: o.Command,
		Seed: e.Seed, Folder: o.Folder, Controls: e.Control, Experiment: rundir.Digest(text), Precision: e.Arithmetic(),
		Epochs:  e.Train.Epochs,
		Started: now, Updated: now, TestRead: []string{}, LeaveTest: o.LeaveTest,
	}
	describe(i, e.Stimuli.Described)
	keeps(i, o)
	return i
}

// keeps notes how many checkpoints stay and how often one is written: as the
// options say, or as before.
func keeps(i *rundir.Info, o Options) {
	if i.Keep == 0 {
		i.Keep, i.Every = 2, (10 * time.Minute).Seconds()
	}
	if o.Keep > 0 {
		i.Keep = o.Keep
	}
	if o.Checkpoint != 0 {
		i.Every = max(o.Checkpoint.Seconds(), 0)
	}
}

// programDigest is the SHA-256 of the running program's file, "" where it cannot
// be read.
func programDigest() string {
	path, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}
