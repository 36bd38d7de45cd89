package rundir

import (
	"fmt"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"ventral/experiments/decode"
)

// States of a run.
const (
	Running     = "running"
	Interrupted = "interrupted" // ended by the user; --resume goes on
	Failed      = "failed"
	Finished    = "finished"
)

// Format is the version of the files of runs, sweeps and comparisons.
const Format = 2

// CheckFormat returns an error that says what to do where a file has a format
// that this version does not read.
func CheckFormat(found int) error {
	if found == Format {
		return nil
	}
	return fmt.Errorf("format = %d: this version reads format %d; make the file again, or read it with the version that wrote it", found, Format)
}

// splits are the names of the parts of a data set.
var splits = []string{"train", "validation", "test"}

// Normaliser is what was taken off pixels, and what they were divided by.
type Normaliser struct {
	Kind      string    // none, range or mean-std
	Mean, Std []float64 // one a channel; nil is 0 and 1
}

// Target is what a data set tells of its images besides their classes.
type Target struct {
	Name    string   `json:"name"`
	Shape   [3]int   `json:"shape"`
	Classes []string `json:"classes,omitempty"`
	True    int      `json:"true,omitempty"`
}

// Condition is the condition in which the trained cortex of the run two folders above
// was tested.
type Condition struct {
	Name    string   `json:"name"`
	Set     []string `json:"set"`            // key=value
	Lesions []string `json:"lesions"`        // names of the experiment's, or as they were written
	Weights string   `json:"weights_sha256"` // of the run's weights.safetensors
}

// Info is where a run comes from and how it stands: run.json.
type Info struct {
	Format  int    `json:"format"`
	Name    string `json:"name"`
	Variant string `json:"variant,omitempty"`
	State   string `json:"state"`
	Error   string `json:"error,omitempty"`

	Version  string   `json:"version"`        // of the program
	Program  string   `json:"program_sha256"` // of its file: go run has no version to give
	Go       string   `json:"go"`
	OS       string   `json:"os"`
	Arch     string   `json:"arch"`
	Engine   string   `json:"engine"`
	Kernel   string   `json:"kernel"`
	Threads  int      `json:"threads"`
	Command  []string `json:"command"`
	Seed     int      `json:"seed"`
	Folder   string   `json:"folder"` // that relative paths of the experiment start from
	Controls []string `json:"controls,omitempty"`

	Experiment string            `json:"experiment_sha256"` // of experiment.toml
	Data       map[string]string `json:"data_sha256"`
	Images     map[string]int    `json:"images"`            // by split
	IDs        map[string]string `json:"ids_sha256"`        // by split: which images it holds, in their order
	Shape      [3]int            `json:"image_shape"`       // height and width in pixels, channels
	Frames     int               `json:"frames"`            // of an image
	ImageBytes int64             `json:"image_bytes"`       // that all images take in memory
	Targets    []Target          `json:"targets,omitempty"` // what the images tell besides their classes
	Classes    []string          `json:"classes"`
	True       int               `json:"true_classes"`             // how many of them are true of an image
	Chance     Number            `json:"chance"`                   // accuracy of guessing, per cent; of several targets, that of the exact set
	Results    map[string]string `json:"results_sha256,omitempty"` // by name of the file
	Normaliser Normaliser        `json:"normaliser"`
	Precision  string            `json:"precision"` // what was computed in

	Parameters   int   `json:"parameters"`    // trainable numbers in use
	MultiplyAdds int64 `json:"multiply_adds"` // of convolutions, an image, up to the last test step

	Diverged bool     `json:"diverged,omitempty"` // the training loss ended far above guessing
	Notes    []string `json:"notes,omitempty"`    // what else is to be known of the trained cortex

	Epochs     int     `json:"epochs"` // that training takes
	EpochsDone int     `json:"epochs_done"`
	Batches    int     `json:"batches"`            // of the last checkpoint
	Best       *Best   `json:"best,omitempty"`     // epoch on validation
	Keep       int     `json:"keep"`               // newest checkpoints that stay
	Every      float64 `json:"checkpoint_seconds"` // between checkpoints within an epoch; 0 is never

	Started  time.Time `json:"started"`
	Updated  time.Time `json:"updated"`
	Resumed  []Resumed `json:"resumed,omitempty"`
	Seconds  float64   `json:"training_seconds"`
	TestRead []string  `json:"test_read"` // when test images were read

	LeaveTest bool `json:"leaves_test_images,omitempty"` // tested on validation images

	Condition *Condition `json:"condition,omitempty"` // that the trained cortex of another run was shown

	Seal Seal `json:"self_sha256"`
}

// TestReads counts how often test images were read: by the run and in its conditions.
func TestReads(dir Folder, i *Info) int {
	n := len(i.TestRead)
	entries, _ := os.ReadDir(dir.Path("conditions"))
	for _, e := range entries {
		var c Info
		if dir.Condition(e.Name()).ReadJSON(InfoFile, &c) == nil {
			n += len(c.TestRead)
		}
	}
	return n
}

// Check reports what no run writes: names that would lead out of its folder, and
// counts below 0.
func (i *Info) Check() error {
	for _, name := range i.Controls {
		if !decode.FileName(name) {
			return fmt.Errorf("controls: found %q, want the names of folders", name)
		}
	}
	if i.Best != nil && i.Best.File != "" && (path.Dir(i.Best.File) != "checkpoints" || !decode.FileName(path.Base(i.Best.File))) {
		return fmt.Errorf("best: found the file %q, want one of checkpoints/", i.Best.File)
	}
	for key, n := range map[string]int{"epochs": i.Epochs, "epochs_done": i.EpochsDone, "batches": i.Batches, "keep": i.Keep, "parameters": i.Parameters, "threads": i.Threads} {
		if n < 0 {
			return fmt.Errorf("%s: found %d, want 0 or more", key, n)
		}
	}
	if known := []string{Running, Interrupted, Failed, Finished}; i.Format == Format && !slices.Contains(known, i.State) {
		return fmt.Errorf("state: found %q, want one of %s", i.State, strings.Join(known, ", "))
	}
	return nil
}

// Resumed notes that a run went on.
type Resumed struct {
	Time    time.Time `json:"time"`
	Batches int       `json:"batches"`
	Command []string  `json:"command"`
	Kernel
	Threads int    `json:"threads"`
	Version string `json:"version,omitempty"` // where the program is another than before
	Program string `json:"program_sha256,omitempty"`
}

// Kernel is what decides the last bits of a run besides its experiment.
type Kernel struct {
	Kernel string `json:"kernel"` // the engine's inner loops
	Arch   string `json:"arch"`
}

// Changes says what was not as the run had begun.
func (r *Resumed) Changes(i *Info) string {
	s := ""
	if r.Arch != "" && r.Kernel != (Kernel{i.Kernel, i.Arch}) {
		s = fmt.Sprintf(" with kernel %s on %s", r.Kernel.Kernel, r.Arch)
	}
	if r.Program != "" {
		s += ", with another program: " + r.Version
	}
	return s
}

// Last returns the kernel and the program of the run's last batches.
func (i *Info) Last() (k Kernel, version, program string) {
	k, version, program = Kernel{i.Kernel, i.Arch}, i.Version, i.Program
	for _, r := range i.Resumed {
		k.Kernel = r.Kernel.Kernel
		if r.Arch != "" {
			k.Arch = r.Arch
		}
		if r.Program != "" {
			version, program = r.Version, r.Program
		}
	}
	return k, version, program
}
