package experiments

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"

	"ventral/experiments/rundir"
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

// nextEpoch forgets the epoch that has ended.
func (p *progress) nextEpoch() { p.Loss, p.Images, p.Correct, p.EpochSeconds = 0, 0, 0, 0 }

func checkpointName(step int) string { return fmt.Sprintf("checkpoints/step-%09d.safetensors", step) }

// Best is the epoch whose validation accuracy is highest; of equal ones that of
// the least validation loss, then the first.
type Best struct {
	Epoch              int    `json:"epoch"`
	Step               int    `json:"step"`
	File               string `json:"file"` // its checkpoint
	ValidationAccuracy Number `json:"validation_accuracy"`
	ValidationLoss     Number `json:"validation_loss"`
}

// best returns the best of the epochs on validation; nil without validation
// images.
func best(epochs []Epoch) *Best {
	var b *Best
	for _, e := range epochs {
		if math.IsNaN(float64(e.ValidationAccuracy)) {
			continue
		}
		if b == nil || e.ValidationAccuracy > b.ValidationAccuracy ||
			e.ValidationAccuracy == b.ValidationAccuracy && e.ValidationLoss < b.ValidationLoss {
			b = &Best{e.Epoch, e.Steps, checkpointName(e.Steps), e.ValidationAccuracy, e.ValidationLoss}
		}
	}
	return b
}

// prune removes checkpoints up to a step: all but the newest and the best. Those
// that were found damaged are none of the newest; those beyond the step could
// not be read when the run went on from it.
func prune(f rundir.Folder, step int, info *Info, damaged map[string]bool) error {
	names, err := checkpointsOf(f)
	if err != nil {
		return err
	}
	last := checkpointName(step)
	names = slices.DeleteFunc(names, func(name string) bool { return name > last })
	whole := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return damaged[name] })
	newest := whole[max(len(whole)-info.Keep, 0):]
	for _, name := range names {
		if !slices.Contains(newest, name) && (info.Best == nil || name != info.Best.File) {
			rundir.Moment()
			if err := rundir.StillThere(f); err != nil {
				return err
			}
			os.Remove(f.Path(name)) // an old one that stays does no harm
		}
	}
	return nil
}

// writeCheckpoint writes variables and progress, made with a kernel.
func writeCheckpoint(f rundir.Folder, v *nn.Variables, p progress, info *Info, k Kernel, experiment string) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return writeVariables(f, checkpointName(p.Step), v, info, map[string]string{
		"progress": string(text), "kernel": k.Kernel, "arch": k.Arch, "experiment_toml": experiment,
	})
}

// writeVariables writes a safetensors file whose metadata hold the SHA-256 of
// the same file without it, so that a reader knows whether it is whole.
func writeVariables(f rundir.Folder, name string, v *nn.Variables, info *Info, meta map[string]string) error {
	meta["format"], meta["experiment"], meta["seed"] = strconv.Itoa(Format), info.Experiment, strconv.Itoa(info.Seed)
	sum, err := sumOf(v, meta)
	if err != nil {
		return err
	}
	meta["sha256"] = sum
	return f.Write(name, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 1<<20)
		if err := safetensors.Write(b, v, meta); err != nil {
			return err
		}
		return b.Flush()
	})
}

// sumOf is the SHA-256 of a safetensors file: of its variables' names, shapes and
// numbers, and of all metadata but the sum itself.
func sumOf(v *nn.Variables, meta map[string]string) (string, error) {
	meta = maps.Clone(meta)
	delete(meta, "sha256")
	sum := sha256.New()
	if err := safetensors.Write(sum, v, meta); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// checkpoints lists the checkpoints, oldest first.
func checkpointsOf(f rundir.Folder) ([]string, error) {
	all, err := filesOf(f, "checkpoints")
	return slices.DeleteFunc(all, func(name string) bool {
		return !strings.HasPrefix(name, "checkpoints/step-") || !strings.HasSuffix(name, ".safetensors")
	}), err
}

// files lists what lies in a folder of f, with slashes from f, by name; none where
// there is no such folder. The folder's own name is never a pattern.
func filesOf(f rundir.Folder, folder string) ([]string, error) {
	entries, err := os.ReadDir(f.Path(folder))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var names []string
	for _, e := range entries {
		names = append(names, folder+"/"+e.Name())
	}
	return names, nil
}

// checkpoint is one that was read.
type checkpoint struct {
	name string
	v    *nn.Variables // nil where there is no checkpoint yet
	at   progress
	by   Kernel // that the steps before it were made with; empty in old files
}

// damage is a checkpoint that cannot be read.
type damage struct {
	name string
	err  error
}

// readCheckpoints reads the newest n checkpoints that are whole, newest first,
// and tells which newer ones are not. It is an error if there are some and none is
// whole.
func readCheckpoints(f rundir.Folder, info *Info, n int) (list []checkpoint, damaged []damage, err error) {
	names, err := checkpointsOf(f)
	if err != nil {
		return nil, nil, err
	}
	for i := len(names) - 1; i >= 0 && len(list) < n; i-- {
		c, experiment, err := readCheckpoint(f, names[i])
		if err != nil {
			damaged = append(damaged, damage{names[i], err})
			continue
		}
		if experiment != info.Experiment {
			return nil, nil, fmt.Errorf("%s: %s", f.Path(names[i]), ofAnother)
		}
		list = append(list, c)
	}
	if len(names) > 0 && len(list) == 0 {
		var faults []error
		for _, d := range damaged {
			faults = append(faults, d.err)
		}
		return nil, nil, fmt.Errorf("no checkpoint can be read: %w", errors.Join(faults...))
	}
	return list, damaged, nil
}

// ofAnother is what is wrong with a checkpoint that is whole, but not of the run
// that it lies in.
const ofAnother = "belongs to another experiment than " + rundir.ExperimentFile + " beside it"

// readCheckpoint reads a checkpoint and the SHA-256 of its experiment. The error
// says what is damaged.
func readCheckpoint(f rundir.Folder, name string) (c checkpoint, experiment string, err error) {
	v, meta, err := readWeights(f, name)
	if err != nil {
		return c, "", err
	}
	c = checkpoint{name: name, v: v, by: Kernel{meta["kernel"], meta["arch"]}}
	if err := json.Unmarshal([]byte(meta["progress"]), &c.at); err != nil {
		return c, "", &rundir.Damaged{Path: f.Path(name), Err: fmt.Errorf("progress: %w", err)}
	}
	if p := c.at; p.Step < 0 || checkpointName(p.Step) != name {
		return c, "", &rundir.Damaged{Path: f.Path(name), Err: fmt.Errorf("it is of step %d, as it says, and not of that in its name", p.Step)}
	} else if p.Images < 0 || p.Correct < 0 || p.Correct > p.Images {
		return c, "", &rundir.Damaged{Path: f.Path(name), Err: fmt.Errorf("progress: found %d of %d images right", p.Correct, p.Images)}
	}
	return c, meta["experiment"], nil
}

// begunWith returns the resolved experiment that the run was begun with, as its
// checkpoints have it; "" where none can be read.
func begunWith(f rundir.Folder, info *Info) string {
	names, _ := checkpointsOf(f)
	for i := len(names) - 1; i >= 0; i-- {
		if _, meta, err := readWeights(f, names[i]); err == nil && digest(meta["experiment_toml"]) == info.Experiment {
			return meta["experiment_toml"]
		}
	}
	return ""
}

// readWeights reads a safetensors file of the folder.
func readWeights(f rundir.Folder, name string) (*nn.Variables, map[string]string, error) {
	file, size, err := f.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	v, meta, err := safetensors.Read(file, size)
	if err != nil {
		return nil, nil, &rundir.Damaged{Path: f.Path(name), Err: err}
	}
	if meta["format"] != strconv.Itoa(Format) {
		return nil, nil, fmt.Errorf("%s: found format %q, want %d", f.Path(name), meta["format"], Format)
	}
	switch sum, err := sumOf(v, meta); {
	case err != nil:
		return nil, nil, err
	case meta["sha256"] == "":
		return nil, nil, &rundir.Damaged{Path: f.Path(name), Err: errors.New("has no SHA-256 of itself, so that nobody knows whether it is whole")}
	case meta["sha256"] != sum:
		return nil, nil, &rundir.Damaged{Path: f.Path(name), Err: errors.New("its numbers or its metadata have another SHA-256 than the file says")}
	}
	seed, err := strconv.ParseUint(meta["seed"], 10, 64)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: found seed %q, want a number", f.Path(name), meta["seed"])
	}
	v.Seed = seed
	return v, meta, nil
}

// writeWeights writes the trained cortex: every variable but the optimiser's.
func writeWeights(f rundir.Folder, v *nn.Variables, info *Info) error {
	w := nn.NewVariables(v.Seed)
	for _, name := range v.Names() {
		if t, _ := v.Get(name); !strings.HasPrefix(name, "optimiser/") {
			w.Set(name, t)
		}
	}
	return writeVariables(f, rundir.WeightsFile, w, info, map[string]string{})
}
