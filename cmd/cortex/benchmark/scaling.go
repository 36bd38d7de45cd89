package benchmark

import (
	"context"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"ventral/cortex/analysis"
	"ventral/experiments/readable"
	"ventral/experiments/run"
	"ventral/experiments/run/bench"
	"ventral/experiments/spec"
	"ventral/plots"
	"ventral/plots/canvas"
)

// Point is the cost of an experiment with one quantity changed.
type Point struct {
	Quantity        string   `json:"quantity"`
	Factor          float64  `json:"factor"`
	Set             []string `json:"set"`
	Threads         int      `json:"threads"`
	Seconds         float64  `json:"batch_seconds"`
	ImagesPerSecond float64  `json:"images_per_second"`
	PeakMiB         float64  `json:"peak_mib"`
	MultiplyAdds    int64    `json:"multiply_adds"` // of a batch
}

// Scaling is how the cost of a training batch grows.
type Scaling struct {
	Format int     `json:"format"`
	Name   string  `json:"experiment"`
	Points []Point `json:"points"` // the first is the experiment as it is

	batch, threads    int
	kernel, precision string
}

// A Loader reads the experiment with further keys set and gives the options of its
// runs with a number of threads, 0 for as many as without.
type Loader func(set []string, threads int) (*spec.Experiment, run.Options, error)

// Scale times an experiment as it is, and with the number of steps, channels, image
// size, batch and threads changed, one at a time. Note is told of every point.
func Scale(ctx context.Context, load Loader, what Options, note func(format string, args ...any)) (*Scaling, error) {
	e, o, err := load(nil, 0)
	if err != nil {
		return nil, err
	}
	s := &Scaling{Format: spec.Format, Name: e.Name, Points: points(e, o.Threads), batch: e.Train.Batch, threads: o.Threads, kernel: o.Kernel, precision: e.Arithmetic()}
	for i := range s.Points {
		x := &s.Points[i]
		if err := x.time(ctx, load, what); err != nil {
			return nil, fmt.Errorf("%s ×%g: %w", x.Quantity, x.Factor, err)
		}
		note("%s ×%g: %.4f s a batch", x.Quantity, x.Factor, x.Seconds)
	}
	return s, nil
}

// points are those to time: the experiment as it is, then each change.
func points(e *spec.Experiment, threads int) []Point {
	list := []Point{{Quantity: "as it is", Factor: 1}}
	add := func(quantity string, factor float64, threads int, set ...string) {
		list = append(list, Point{Quantity: quantity, Factor: factor, Set: set, Threads: threads})
	}
	if n := e.Steps - 1; n > 0 {
		for _, k := range []int{2, 4} {
			last := fmt.Sprint(k * n)
			add("steps", float64(k), 0, fmt.Sprintf("steps=%d", k*n+1), `readout.train="`+last+`"`, `readout.test="`+last+`"`)
		}
	}
	for _, k := range []float64{0.5, 2, 4} {
		add("channels", k, 0, shapes(e, 1, k)...)
	}
	if e.Stimuli.Kind == "digits" {
		size := e.Stimuli.Described.Shape[0]
		for _, k := range []float64{0.5, 2} {
			add("image side", k, 0, append(shapes(e, k, 1), fmt.Sprintf("stimuli.size=%d", int(float64(size)*k)))...)
		}
	}
	for _, k := range []float64{0.25, 4} {
		add("batch", k, 0, fmt.Sprintf("train.batch=%d", max(int(float64(e.Train.Batch)*k), 1)))
	}
	for t := threads / 2; t >= 1; t /= 2 {
		add("threads", float64(t)/float64(threads), t)
	}
	return list
}

// shapes are the settings that multiply the sides and the channels of all areas.
func shapes(e *spec.Experiment, side, channels float64) (set []string) {
	for _, a := range e.Areas {
		s := a.Shape
		set = append(set, fmt.Sprintf("area.%s.shape=[%d, %d, %d]", a.Name, int(float64(s[0])*side), int(float64(s[1])*side), int(float64(s[2])*channels)))
	}
	return set
}

// time times the batches of a point.
func (x *Point) time(ctx context.Context, load Loader, what Options) error {
	e, o, err := load(x.Set, x.Threads)
	if err != nil {
		return err
	}
	x.Threads = o.Threads
	debug.FreeOSMemory() // what the point before held is not this one's
	resetPeak()
	b, err := bench.New(e, o.Engine, what.Inference)
	if err != nil {
		return err
	}
	defer b.Close()
	var rounds []float64
	for range what.Rounds {
		s, err := timeRound(ctx, b, what.Batches)
		if err != nil {
			return err
		}
		rounds = append(rounds, s)
	}
	x.Seconds = bench.Median(rounds)
	x.ImagesPerSecond = float64(b.Images) / x.Seconds
	x.PeakMiB, x.MultiplyAdds = peakMiB(), b.Program.MultiplyAdds()
	return nil
}

// Print writes the points as a table.
func (s *Scaling) Print(out io.Writer) {
	fmt.Fprintf(out, "%s: training, batch %d, %s, kernel %s\n", s.Name, s.batch, readable.Counted(s.threads, "thread"), s.kernel)
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "quantity\tfactor\tmilliseconds a batch\trelative time\timages/s\tpeak MiB\tmultiply-adds of a batch\n")
	for _, x := range s.Points {
		fmt.Fprintf(w, "%s\t%g\t%.1f\t%.2f\t%.0f\t%.0f\t%s\n", x.Quantity, x.Factor, 1e3*x.Seconds, x.Seconds/s.Points[0].Seconds, x.ImagesPerSecond, x.PeakMiB, readable.Short(x.MultiplyAdds))
	}
	w.Flush()
}

// Draw draws the points into a file whose ending is one of canvas.Formats, without
// threads in the panel of memory.
func (s *Scaling) Draw(file string) error {
	frame := analysis.Frame{Name: "scaling", Title: fmt.Sprintf("Cost of a training batch of %s as one quantity changes", s.Name),
		Note: fmt.Sprintf("Median over rounds on %s, kernel %s, batch %d, unless changed; Precision: %s", readable.Counted(s.threads, "thread"), s.kernel, s.batch, s.precision),
		Axes: []analysis.Axis{{Name: "point"}, {Name: "statistic", Labels: []string{"factor", "time", "memory"}}}}
	first := s.Points[0]
	for _, x := range s.Points[1:] {
		memory := x.PeakMiB / first.PeakMiB
		if x.Quantity == "threads" || first.PeakMiB == 0 {
			memory = math.NaN()
		}
		frame.Axes[0].Labels = append(frame.Axes[0].Labels, x.Quantity)
		frame.Data = append(frame.Data, x.Factor, x.Seconds/first.Seconds, memory)
	}
	f, err := plots.Scaling(frame, canvas.Light())
	if err != nil {
		return err
	}
	out, err := os.Create(file)
	if err != nil {
		return err
	}
	defer out.Close()
	if err := canvas.Save(out, strings.TrimPrefix(filepath.Ext(file), "."), f, 0, 0); err != nil {
		return err
	}
	return out.Close()
}
