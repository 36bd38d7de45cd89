package spec

import (
	"path/filepath"
	"reflect"

	"ventral/areas"
	"ventral/connectivity"
	"ventral/cortex"
	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/contrast"
	"ventral/experiments/decode"
	"ventral/experiments/protocol"
	"ventral/experiments/spec/conditions"
	"ventral/experiments/spec/lesions"
	"ventral/experiments/stimuli"
	"ventral/nn"
	"ventral/nn/optim"
)

// Format is the version of experiment files and of every file of a run.
const Format = 2

// Experiment is an experiment file with every default filled in.
type Experiment struct {
	Head
	Stimuli    Stimuli
	Protocols  []protocol.Protocol // those of the file, and built-in ones that it uses
	Input      cortex.Input
	Showing    Showing
	Streams    []Stream // further inputs
	Areas      []areas.Area
	Functions  map[string]map[string]connectivity.Transform // that areas call, by area and name
	Matrix     connectivity.Matrix
	Readout    cortex.Readout
	Judging    Judging
	Train      Training
	Testing    Testing
	Record     Recording
	Analyses   []analysis.Request  // of what was recorded
	Lesions    []lesions.Lesion    // that a trained cortex can be shown with
	Conditions []conditions.Table  // in which a trained cortex is tested
	Contrasts  []contrast.Contrast // of conditions
	Compare    Comparison          // how its variants are compared

	Variant  string   // the variant that was asked for, "" for the file as it stands
	Variants []string // names of the file's variants, in its order
	Notes    []string // what is no fault and yet to be known, such as tables that lie idle

	auto string // what precision = "auto" is, "" float32
	Src  *decode.Source
}

// Head holds the keys at the top of a file.
type Head struct {
	Format     int      `toml:"format" min:"2" max:"2" hint:": this version reads format 2; write format = 2, and a key that was renamed is refused with its new name" doc:"version of the file's format"`
	Name       string   `toml:"name" doc:"name of the run; by default that of the file"`
	About      string   `toml:"about" doc:"question that the experiment asks, for the page"`
	Steps      int      `toml:"steps" min:"1" max:"2000" doc:"time steps, 0 to steps-1"`
	MSPerStep  float64  `toml:"ms_per_step" min:"0" doc:"milliseconds of a step, for figures; 0 is unknown"`
	Seed       int      `toml:"seed" min:"0" doc:"determines weights, stimuli, order, crops and flips"`
	Precision  string   `toml:"precision" oneof:"auto float32 split bfloat16" doc:"what convolutions and dense layers multiply: all of float32, its first 17 significant bits, as a high and a low bfloat16 have (split), or 8 (bfloat16); sums are float32. auto is split where the kernel multiplies its parts natively (CORTEX_KERNEL=amx), else float32"`
	Control    []string `toml:"control" doc:"variants that run trains beside the experiment and draws with it"`
	Statistics string   `toml:"statistics" oneof:"needed all" doc:"norm places that the loss does not need are dropped, or kept for their statistics"`
}

// NewHead returns a head with the defaults of its keys.
func NewHead() Head {
	return Head{Format: Format, Seed: 1, Precision: "auto", Statistics: "needed"}
}

// Stimuli says which images the cortex sees and how they are prepared.
type Stimuli struct {
	Kind       string
	Settings   stimuli.Kind
	Described  stimuli.Description   // what Settings gave when the file was read
	Unlabelled bool                  // the images have no labels; those of Described are of another run
	Seed       int                   `toml:"seed" min:"-1" doc:"determines generated images and which training images validation takes; -1 is the experiment's seed. One of its own keeps the images the same while seed changes weights and order"`
	Normalise  stimuli.Normalisation `toml:"normalise" doc:"what is taken off values and what they are divided by: \"none\", \"range\" (-1 to 1), \"mean-std\" (of the training images, by channel), \"imagenet\", or { mean = [...], std = [...] }"`
	Augment    stimuli.Augment       `toml:"augment" doc:"how training images vary: \"none\", \"he2015\" (pad 4, flip), \"imagenet\" (crop [0.08, 1.0], flip), or a table of pad, flip, crop, ratio, brightness, contrast, saturation, hue"`
}

// NewStimuli returns stimuli with the defaults of the keys of every kind.
func NewStimuli() Stimuli {
	return Stimuli{Seed: -1, Normalise: stimuli.Normalisation{Kind: "mean-std"}}
}

// Splits of the images by their names in an experiment file.
var Splits = map[string]stimuli.Split{"train": stimuli.Train, "validation": stimuli.Validation, "test": stimuli.Test}

// Env is where the images of the experiment come from: folder is what relative
// paths start from, "" the working directory, and cache where data sets are kept,
// "" the user's cache folder.
func (e *Experiment) Env(folder, cache string) stimuli.Env {
	seed := e.Stimuli.Seed
	if seed < 0 {
		seed = e.Seed
	}
	if abs, err := filepath.Abs(folder); err == nil {
		folder = abs
	}
	return stimuli.Env{Seed: uint64(seed), Folder: folder, Cache: cache}
}

// Training says how weights are learnt.
type Training struct {
	Rule       optim.Optimiser
	Optimiser  string  `toml:"optimiser" oneof:"sgd adam adamw" doc:"update rule"`
	Batch      int     `toml:"batch" min:"1" max:"65536" doc:"images of a batch, over which norms take their statistics"`
	Accumulate int     `toml:"accumulate" min:"1" max:"65536" doc:"batches whose mean gradient an update follows: as large an update as of one batch so many times as large, in less memory, but norms take the statistics of each batch"`
	Epochs     int     `toml:"epochs" min:"1" max:"1000000" doc:"passes over the training images"`
	Decay      float64 `toml:"weight_decay" min:"0" doc:"λ: sgd and adam follow the gradient of (λ/2)·|w|² (with the ½); adamw multiplies w by 1 - rate·λ"`
	Recompute  int     `toml:"recompute" min:"0" max:"10000" doc:"steps kept together: others are computed again for the gradient, for less memory and more time; 0 keeps all. Results are the same"`
	Reestimate int     `toml:"reestimate" min:"1" doc:"training images from which norm statistics that training never filled are estimated"`
	DecayOn    string  `toml:"decay_on" oneof:"kernels all" doc:"variables that decay: convolution and dense kernels, or biases, gains and shifts too"`
	optim.Schedule
}

// NewTraining returns a training with the defaults of its keys.
func NewTraining() Training {
	return Training{Optimiser: "sgd", Batch: 64, Accumulate: 1, Epochs: 10, Reestimate: 2000, DecayOn: "kernels", Schedule: optim.DefaultSchedule()}
}

// Testing says in which circumstances a run tests the trained cortex besides its own.
type Testing struct {
	Condition []string `toml:"condition" omit:"empty" doc:"conditions that a run tests the trained cortex in at its end: names as of --condition, or all"`
}

// Recording says what is recorded of the trained cortex.
type Recording struct {
	Images    int                 `toml:"images" min:"1" max:"100000" doc:"images whose activity is recorded"`
	Split     string              `toml:"split" oneof:"train validation test" doc:"where they are from"`
	Repeats   int                 `toml:"repeats" min:"1" max:"1000" doc:"times that each image is shown: what a protocol draws, such as noise, is drawn anew"`
	Condition []string            `toml:"condition" omit:"empty" doc:"conditions that a run records the trained cortex in, once it is tested: names as of --condition, or all"`
	Probe     []string            `toml:"probe" omit:"empty" doc:"probes that measure the trained cortex with the engine, each with its settings, as in \"jacobian steps=200 images=8\"; those that analyses read are made anyway"`
	Signals   []string            `toml:"signals" doc:"signals of every area that are written: response, state, or another of its kind; \"drive\" is what each connection delivers, \"drive:V1->V2\" what one does"`
	Reduce    recording.Reduction `toml:"reduce" doc:"what of an area's units is written: \"mean_space\" (the mean of each channel over places), \"channels:0,3\", \"random:512\" (sparse random projections), \"pca:50\" (principal components over all steps, fitted to training images); all by default"`
}

// NewRecording returns a recording with the defaults of its keys.
func NewRecording() Recording {
	return Recording{Images: 100, Split: "test", Repeats: 1, Signals: []string{areas.Response}}
}

// Graph checks the experiment's cortex and works out what follows from it.
func (e *Experiment) Graph() (*cortex.Graph, error) {
	s, err := e.Show()
	if err != nil {
		return nil, err
	}
	var screen *cortex.Screen
	if s != nil {
		screen = &s.Screen
	}
	x := graph(e, screen)
	if x.Streams, err = streams(e); err != nil {
		return nil, err
	}
	g, err := cortex.NewGraph(x)
	return g, e.Src.Wrap(nil, err)
}

// graph is the experiment's cortex before a screen.
func graph(e *Experiment, screen *cortex.Screen) cortex.Graph {
	d := e.Stimuli.Described
	return cortex.Graph{
		Image: d.Shape, Classes: len(d.Label().Classes), Steps: e.Steps, Recompute: e.Train.Recompute, Bits: nn.Precisions[e.Arithmetic()],
		Input: e.Input, Areas: e.Areas, Functions: e.Functions, Matrix: e.Matrix, Readout: e.Readout, Screen: screen,
	}
}

// Arithmetic is the precision in force: that of the file, or for "auto" what
// Overrides.Auto said when it was read; of a run's folder, what was trained in.
func (e *Experiment) Arithmetic() string {
	switch {
	case e.Precision != "auto":
		return e.Precision
	case e.auto != "":
		return e.auto
	}
	return "float32"
}

// Rule is the update rule with its weight decay.
func (e *Experiment) Rule() optim.Rule {
	return optim.Rule{Optimiser: e.Train.Rule, Decay: e.Train.Decay, DecayOn: e.Train.DecayOn, Accumulate: e.Train.Accumulate}
}

// File is the name of the file that the experiment was read from.
func (e *Experiment) File() string { return e.Src.File }

// Source is the text of that file.
func (e *Experiment) Source() string { return e.Src.Text }

// Fault returns a fault of the value at a path of the file.
func (e *Experiment) Fault(path []string, format string, args ...any) error {
	return e.Src.Fault(path, format, args...)
}

// Wrap gives an error of what the experiment says its place in the file, below
// path unless it knows better.
func (e *Experiment) Wrap(path []string, err error) error { return e.Src.Wrap(path, err) }

// Differences lists the keys that two experiments do not agree on, defaults
// filled in and patterns written out: those of a in its order, then those that
// only b has.
func Differences(a, b *Experiment) []decode.Difference {
	return decode.DifferencesOf(a.TOML(), b.TOML())
}

// Copy returns an experiment that has nothing in common with e but the source of its
// text, so that either can be changed.
func (e *Experiment) Copy() *Experiment {
	c := decode.CopyOf(reflect.ValueOf(e)).Interface().(*Experiment)
	c.Src = e.Src
	return c
}
