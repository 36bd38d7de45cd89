package rundir

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

	"ventral/nn"
	"ventral/nn/safetensors"
)

// Progress is the content of a checkpoint besides variables. It is enough for a run
// that goes on from it to end with the same bits and the same metrics.
type Progress struct {
	Batches int     `json:"batches"` // done
	Seconds float64 `json:"seconds"` // of training so far
	// Of the epoch that has begun:
	Loss         float64 `json:"loss"` // summed over batches
	Images       int     `json:"images"`
	Correct      int     `json:"correct"`
	EpochSeconds float64 `json:"epoch_seconds"`
	EpochWaiting float64 `json:"epoch_waiting_seconds"` // of them, for batches
}

// NextEpoch forgets the epoch that has ended.
func (p *Progress) NextEpoch() {
	p.Loss, p.Images, p.Correct, p.EpochSeconds, p.EpochWaiting = 0, 0, 0, 0, 0
}

// CheckpointName is the name of the checkpoint after so many batches.
func CheckpointName(batches int) string {
	return fmt.Sprintf("checkpoints/batch-%09d.safetensors", batches)
}

// Best is the epoch whose validation accuracy is highest; of equal ones that of
// the least validation loss, then the first.
type Best struct {
	Epoch              int    `json:"epoch"`
	Batches            int    `json:"batches"`
	File               string `json:"file"` // its checkpoint
	ValidationAccuracy Number `json:"validation_accuracy"`
	ValidationLoss     Number `json:"validation_loss"`
}

// BestOf returns the best of the epochs on validation; nil without validation
// images.
func BestOf(epochs []Epoch) *Best {
	var b *Best
	for _, e := range epochs {
		if math.IsNaN(float64(e.ValidationAccuracy)) {
			continue
		}
		if b == nil || e.ValidationAccuracy > b.ValidationAccuracy ||
			e.ValidationAccuracy == b.ValidationAccuracy && e.ValidationLoss < b.ValidationLoss {
			b = &Best{e.Epoch, e.Batches, CheckpointName(e.Batches), e.ValidationAccuracy, e.ValidationLoss}
		}
	}
	return b
}

// Prune removes checkpoints up to one after so many batches: all but the newest and the best. Those
// that were found damaged are none of the newest; those beyond it could
// not be read when the run went on from it.
func Prune(f Folder, batches int, info *Info, damaged map[string]bool) error {
	names, err := checkpointsOf(f)
	if err != nil {
		return err
	}
	last := CheckpointName(batches)
	names = slices.DeleteFunc(names, func(name string) bool { return name > last })
	whole := slices.DeleteFunc(slices.Clone(names), func(name string) bool { return damaged[name] })
	newest := whole[max(len(whole)-info.Keep, 0):]
	for _, name := range names {
		if !slices.Contains(newest, name) && (info.Best == nil || name != info.Best.File) {
			Moment()
			if err := StillThere(f); err != nil {
				return err
			}
			os.Remove(f.Path(name)) // an old one that stays does no harm
		}
	}
	return nil
}

// WriteCheckpoint writes variables and progress, made with a kernel.
func WriteCheckpoint(f Folder, v *nn.Variables, p Progress, info *Info, k Kernel, experiment string) error {
	text, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return WriteVariables(f, CheckpointName(p.Batches), v, info, map[string]string{
		"progress": string(text), "kernel": k.Kernel, "arch": k.Arch, "experiment_toml": experiment,
	})
}

// WriteVariables writes a safetensors file whose metadata hold the SHA-256 of
// the same file without it, so that a reader knows whether it is whole.
func WriteVariables(f Folder, name string, v *nn.Variables, info *Info, meta map[string]string) error {
	meta["format"], meta["experiment"], meta["seed"] = strconv.Itoa(Format), info.Experiment, strconv.Itoa(info.Seed)
	sum, err := SumOf(v, meta)
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

// SumOf is the SHA-256 of a safetensors file: of its variables' names, shapes and
// numbers, and of all metadata but the sum itself.
func SumOf(v *nn.Variables, meta map[string]string) (string, error) {
	meta = maps.Clone(meta)
	delete(meta, "sha256")
	sum := sha256.New()
	if err := safetensors.Write(sum, v, meta); err != nil {
		return "", err
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// checkpoints lists the checkpoints, oldest first.
func checkpointsOf(f Folder) ([]string, error) {
	all, err := Files(f, "checkpoints")
	return slices.DeleteFunc(all, func(name string) bool {
		return !strings.HasPrefix(name, "checkpoints/batch-") || !strings.HasSuffix(name, ".safetensors")
	}), err
}

// Files lists what lies in a folder of f, with slashes from f, by name; none where
// there is no such folder. The folder's own name is never a pattern.
func Files(f Folder, folder string) ([]string, error) {
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

// Saved is a checkpoint that was read.
type Saved struct {
	Name string
	V    *nn.Variables // nil where there is no checkpoint yet
	At   Progress
	By   Kernel // that the batches before it were made with; empty in old files
}

// Damage is a checkpoint that cannot be read.
type Damage struct {
	Name string
	Err  error
}

// ReadCheckpoints reads the newest n checkpoints that are whole, newest first,
// and tells which newer ones are not. It is an error if there are some and none is
// whole.
func ReadCheckpoints(f Folder, info *Info, n int) (list []Saved, damaged []Damage, err error) {
	names, err := checkpointsOf(f)
	if err != nil {
		return nil, nil, err
	}
	for i := len(names) - 1; i >= 0 && len(list) < n; i-- {
		c, experiment, err := ReadCheckpoint(f, names[i])
		if err != nil {
			damaged = append(damaged, Damage{names[i], err})
			continue
		}
		if experiment != info.Experiment {
			return nil, nil, fmt.Errorf("%s: %s", f.Path(names[i]), OfAnother)
		}
		list = append(list, c)
	}
	if len(names) > 0 && len(list) == 0 {
		var faults []error
		for _, d := range damaged {
			faults = append(faults, d.Err)
		}
		return nil, nil, fmt.Errorf("no checkpoint can be read: %w", errors.Join(faults...))
	}
	return list, damaged, nil
}

// OfAnother is what is wrong with a checkpoint that is whole, but not of the run
// that it lies in.
const OfAnother = "belongs to another experiment than " + ExperimentFile + " beside it"

// ReadCheckpoint reads a checkpoint and the SHA-256 of its experiment. The error
// says what is damaged.
func ReadCheckpoint(f Folder, name string) (c Saved, experiment string, err error) {
	v, meta, err := ReadWeights(f, name)
	if err != nil {
		return c, "", err
	}
	c = Saved{Name: name, V: v, By: Kernel{meta["kernel"], meta["arch"]}}
	if err := json.Unmarshal([]byte(meta["progress"]), &c.At); err != nil {
		return c, "", &Damaged{Path: f.Path(name), Err: fmt.Errorf("progress: %w", err)}
	}
	if p := c.At; p.Batches < 0 || CheckpointName(p.Batches) != name {
		return c, "", &Damaged{Path: f.Path(name), Err: fmt.Errorf("it is of batch %d, as it says, and not of that in its name", p.Batches)}
	} else if p.Images < 0 || p.Correct < 0 || p.Correct > p.Images {
		return c, "", &Damaged{Path: f.Path(name), Err: fmt.Errorf("progress: found %d of %d images right", p.Correct, p.Images)}
	}
	return c, meta["experiment"], nil
}

// begunWith returns the resolved experiment that the run was begun with, as its
// checkpoints have it; "" where none can be read.
func begunWith(f Folder, info *Info) string {
	names, _ := checkpointsOf(f)
	for i := len(names) - 1; i >= 0; i-- {
		if _, meta, err := ReadWeights(f, names[i]); err == nil && Digest(meta["experiment_toml"]) == info.Experiment {
			return meta["experiment_toml"]
		}
	}
	return ""
}

// ReadWeights reads a safetensors file of the folder.
func ReadWeights(f Folder, name string) (*nn.Variables, map[string]string, error) {
	file, size, err := f.Open(name)
	if err != nil {
		return nil, nil, err
	}
	defer file.Close()
	v, meta, err := safetensors.Read(file, size)
	if err != nil {
		return nil, nil, &Damaged{Path: f.Path(name), Err: err}
	}
	format, err := strconv.Atoi(meta["format"])
	if err == nil {
		err = CheckFormat(format)
	}
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", f.Path(name), err)
	}
	switch sum, err := SumOf(v, meta); {
	case err != nil:
		return nil, nil, err
	case meta["sha256"] == "":
		return nil, nil, &Damaged{Path: f.Path(name), Err: errors.New("has no SHA-256 of itself, so that nobody knows whether it is whole")}
	case meta["sha256"] != sum:
		return nil, nil, &Damaged{Path: f.Path(name), Err: errors.New("its numbers or its metadata have another SHA-256 than the file says")}
	}
	seed, err := strconv.ParseUint(meta["seed"], 10, 64)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: found seed %q, want a number", f.Path(name), meta["seed"])
	}
	v.Seed = seed
	return v, meta, nil
}

// WriteWeights writes the trained cortex: every variable but the optimiser's.
func WriteWeights(f Folder, v *nn.Variables, info *Info) error {
	w := nn.NewVariables(v.Seed)
	for _, name := range v.Names() {
		if t, _ := v.Get(name); !strings.HasPrefix(name, "optimiser/") {
			w.Set(name, t)
		}
	}
	return WriteVariables(f, WeightsFile, w, info, map[string]string{})
}
