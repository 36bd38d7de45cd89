package experiments

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"ventral/nn"
	"ventral/nn/safetensors"
)

// progress is what a checkpoint knows besides variables: enough for a run that
// goes on from it to end with the same bits and the same metrics.
type progress struct {
	Step    int     `json:"step"`    // steps taken
	Seconds float64 `json:"seconds"` // of training so far
	// Of the epoch that has begun:
	Loss         float64 `json:"loss"` // summed over steps
	Images       int     `json:"images"`
	Correct      int     `json:"correct"`
	EpochSeconds float64 `json:"epoch_seconds"`
}

func checkpointName(step int) string { return fmt.Sprintf("checkpoints/step-%09d.safetensors", step) }

// writeCheckpoint writes variables and progress, then removes all but the last
// keep checkpoints.
func (f Folder) writeCheckpoint(v *nn.Variables, p progress, info *Info, keep int) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	meta := map[string]string{
		"format": strconv.Itoa(Format), "progress": string(text),
		"experiment": info.Experiment, "kernel": info.Kernel, "arch": info.Arch, "seed": strconv.Itoa(info.Seed),
	}
	if err := f.Write(checkpointName(p.Step), func(w io.Writer) error { return safetensors.Write(w, v, meta) }); err != nil {
		return err
	}
	names, err := f.checkpoints()
	if err != nil {
		return err
	}
	for _, name := range names[:max(len(names)-keep, 0)] {
		os.Remove(f.path(name)) // an old one that stays does no harm
	}
	return nil
}

// checkpoints lists the checkpoints, oldest first.
func (f Folder) checkpoints() ([]string, error) {
	paths, err := filepath.Glob(f.path("checkpoints/step-*.safetensors"))
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range paths {
		names = append(names, "checkpoints/"+filepath.Base(p))
	}
	sort.Strings(names)
	return names, nil
}

// readCheckpoint reads the newest checkpoint that is whole. There may be none:
// v is nil then.
func (f Folder) readCheckpoint(info *Info) (v *nn.Variables, p progress, err error) {
	names, err := f.checkpoints()
	if err != nil {
		return nil, p, err
	}
	for i := len(names) - 1; i >= 0; i-- {
		var meta map[string]string
		if v, meta, err = f.readWeights(names[i]); err != nil {
			continue
		}
		if err = json.Unmarshal([]byte(meta["progress"]), &p); err != nil {
			err = fmt.Errorf("%s: progress: %w", f.path(names[i]), err)
			continue
		}
		if got := meta["experiment"]; got != info.Experiment {
			return nil, p, fmt.Errorf("%s: belongs to another experiment than %s beside it", f.path(names[i]), experimentFile)
		}
		return v, p, nil
	}
	return nil, progress{}, err
}

// readWeights reads a safetensors file of the folder.
func (f Folder) readWeights(name string) (*nn.Variables, map[string]string, error) {
	file, size, err := f.open(name)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	v, meta, err := safetensors.Read(file, size)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.path(name), err)
	}
	if meta["format"] != strconv.Itoa(Format) {
		return nil, nil, fmt.Errorf("%s: found format %q, want %d", f.path(name), meta["format"], Format)
	}
	seed, err := strconv.ParseUint(meta["seed"], 10, 64)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: found seed %q, want a number", f.path(name), meta["seed"])
	}
	v.Seed = seed
	return v, meta, nil
}

// writeWeights writes the trained cortex: every variable but the optimiser's.
func (f Folder) writeWeights(v *nn.Variables, info *Info) error {
	w := nn.NewVariables(v.Seed)
	for _, name := range v.Names() {
		if t, _ := v.Get(name); !strings.HasPrefix(name, "optimiser/") {
			w.Set(name, t)
		}
	}
	return f.Write(weightsFile, func(out io.Writer) error {
		return safetensors.Write(out, w, map[string]string{"format": strconv.Itoa(Format), "experiment": info.Experiment, "seed": strconv.Itoa(info.Seed)})
	})
}
