package bench

import (
	"math"
	"sort"

	"ventral/cortex"
	"ventral/experiments/run"
	"ventral/experiments/spec"
	"ventral/nn"
)

// Bench is a program that is timed.
type Bench struct {
	Program *nn.Program
	Images  int // of a batch

	exe     nn.Executable
	home    nn.Residence
	in, out []nn.Tensor
}

// New compiles a training batch of the experiment, or with inference the
// program that answers a batch, and runs it three times to warm up. Images are
// noise, labels every class in turn.
func New(e *spec.Experiment, engine nn.Engine, inference bool) (*Bench, error) {
	g, err := e.Graph()
	if err != nil {
		return nil, err
	}
	if !inference {
		if err := run.Room(e, g, engine); err != nil {
			return nil, err
		}
	}
	b := &Bench{Images: e.Train.Batch}
	if inference {
		b.Program, _, err = cortex.Inference(g, e.Train.Batch, g.TestSteps(), nil, nil)
	} else {
		b.Program, err = cortex.TrainingProgram(g, e.Rule(), e.Train.Batch, e.Statistics == "all")
	}
	if err != nil {
		return nil, err
	}
	p := b.Program
	v := nn.NewVariables(uint64(e.Seed))
	if _, err := v.Fill(p); err != nil {
		return nil, err
	}
	if b.exe, err = engine.Compile(p); err != nil {
		return nil, err
	}
	if b.home, err = engine.Hold(v); err != nil {
		b.exe.Close()
		return nil, err
	}
	b.in, b.out = cortex.Inputs(p), cortex.Outputs(p)
	if err := cortex.Fill(p, b.in, cortex.Noise(g.Classes)); err != nil {
		b.Close()
		return nil, err
	}
	for range 3 {
		if err := b.Run(); err != nil {
			b.Close()
			return nil, err
		}
	}
	return b, nil
}

// Run does one batch.
func (b *Bench) Run() error { return b.exe.Run(b.home, b.in, b.out) }

// Do runs one batch by do, such as a profile.
func (b *Bench) Do(do func(r nn.Residence, in, out []nn.Tensor) error) error {
	return do(b.home, b.in, b.out)
}

// Executable is what the engine made of the program.
func (b *Bench) Executable() nn.Executable { return b.exe }

// Close frees the engine's memory.
func (b *Bench) Close() error {
	b.home.Close()
	return b.exe.Close()
}

// Timing is the time of a batch over several rounds.
type Timing struct {
	Who             string    `json:"who"`
	Seconds         []float64 `json:"seconds"` // of a batch, the median of each round
	Median          float64   `json:"median_seconds"`
	ImagesPerSecond float64   `json:"images_per_second"`
	PeakMiB         float64   `json:"peak_mib"` // of the process
	Ratio           float64   `json:"ratio"`    // of its median to ours; 0 for ours
}

// Summarise works out medians and ratios to the first timing.
func Summarise(images int, list []Timing) {
	for i := range list {
		list[i].Median = Median(list[i].Seconds)
		list[i].ImagesPerSecond = float64(images) / list[i].Median
		if i > 0 {
			list[i].Ratio = list[i].Median / list[0].Median
		}
	}
}

// Median returns the median, NaN of nothing.
func Median(x []float64) float64 {
	if len(x) == 0 {
		return math.NaN()
	}
	x = append([]float64(nil), x...)
	sort.Float64s(x)
	if n := len(x); n%2 == 0 {
		return (x[n/2-1] + x[n/2]) / 2
	}
	return x[len(x)/2]
}
