package command

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
	"time"

	"ventral/cmd/cortex/terminal"
	"ventral/cortex/analysis"
	"ventral/experiments"
	"ventral/experiments/readable"
	"ventral/plots"
	"ventral/plots/canvas"
)

// scalingPoint is the cost of an experiment with one quantity changed.
type scalingPoint struct {
	Quantity        string   `json:"quantity"`
	Factor          float64  `json:"factor"`
	Set             []string `json:"set"`
	Threads         int      `json:"threads"`
	Seconds         float64  `json:"step_seconds"`
	ImagesPerSecond float64  `json:"images_per_second"`
	PeakMiB         float64  `json:"peak_mib"`
	MultiplyAdds    int64    `json:"multiply_adds"` // of a step
}

// scaling times an experiment as it is, and with the number of slices, channels,
// image size, batch and threads changed, one at a time.
func scaling(ctx context.Context, p *terminal.Printer, name string, f *benchFlags, figure string) error {
	e, _, err := f.load(name)
	if err != nil {
		return err
	}
	points := []scalingPoint{{Quantity: "as it is", Factor: 1}}
	add := func(quantity string, factor float64, threads int, set ...string) {
		points = append(points, scalingPoint{Quantity: quantity, Factor: factor, Set: set, Threads: threads})
	}
	n := e.Steps - 1
	for _, k := range []int{2, 4} {
		if n > 0 {
			last := fmt.Sprint(k * n)
			add("slices", float64(k), 0, fmt.Sprintf("steps=%d", k*n+1), `readout.train="`+last+`"`, `readout.test="`+last+`"`)
		}
	}
	shapes := func(side, channels float64) (set []string) {
		for _, a := range e.Areas {
			s := a.Shape
			set = append(set, fmt.Sprintf("area.%s.shape=[%d, %d, %d]", a.Name, int(float64(s[0])*side), int(float64(s[1])*side), int(float64(s[2])*channels)))
		}
		return set
	}
	for _, k := range []float64{0.5, 2, 4} {
		add("channels", k, 0, shapes(1, k)...)
	}
	if e.Stimuli.Kind == "digits" {
		size := e.Stimuli.Settings.Describe().Shape[0]
		for _, k := range []float64{0.5, 2} {
			add("image side", k, 0, append(shapes(k, 1), fmt.Sprintf("stimuli.size=%d", int(float64(size)*k)))...)
		}
	}
	for _, k := range []float64{0.25, 4} {
		add("batch", k, 0, fmt.Sprintf("train.batch=%d", max(int(float64(e.Train.Batch)*k), 1)))
	}
	o, err := f.choice.options(p.Args, "")
	if err != nil {
		return err
	}
	for t := o.Threads / 2; t >= 1; t /= 2 {
		add("threads", float64(t)/float64(o.Threads), t)
	}
	for i := range points {
		if err := scalingOne(ctx, p, name, f, &points[i]); err != nil {
			return fmt.Errorf("%s ×%g: %w", points[i].Quantity, points[i].Factor, err)
		}
		if !p.JSON {
			fmt.Fprintf(p.Notes(), "%s ×%g: %.4f s a step\n", points[i].Quantity, points[i].Factor, points[i].Seconds)
		}
	}
	if figure != "" {
		if err := drawScaling(e.Name, points, o.Threads, o.Kernel, e.Train.Batch, e.Arithmetic(), figure); err != nil {
			return err
		}
	}
	return p.Report(struct {
		Format int            `json:"format"`
		Name   string         `json:"experiment"`
		Points []scalingPoint `json:"points"`
	}{1, e.Name, points}, func(out io.Writer) {
		fmt.Fprintf(out, "%s: training, batch %d, %s, kernel %s\n", e.Name, e.Train.Batch, readable.Counted(o.Threads, "thread"), o.Kernel)
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprint(w, "quantity\tfactor\tmilliseconds a step\trelative time\timages/s\tpeak MiB\tmultiply-adds of a step\n")
		for _, x := range points {
			fmt.Fprintf(w, "%s\t%g\t%.1f\t%.2f\t%.0f\t%.0f\t%s\n", x.Quantity, x.Factor, 1e3*x.Seconds, x.Seconds/points[0].Seconds, x.ImagesPerSecond, x.PeakMiB, readable.Short(x.MultiplyAdds))
		}
		w.Flush()
	})
}

func scalingOne(ctx context.Context, p *terminal.Printer, name string, f *benchFlags, x *scalingPoint) error {
	c := f.choice
	c.set = append(append([]string(nil), c.set...), x.Set...)
	if x.Threads > 0 {
		c.threads = x.Threads
	}
	e, folder, err := c.load(name)
	if err != nil {
		return err
	}
	o, err := c.options(p.Args, folder)
	if err != nil {
		return err
	}
	x.Threads = o.Threads
	debug.FreeOSMemory() // what the point before held is not this one's
	resetPeak()
	b, err := experiments.NewBench(e, o.Engine, f.inference)
	if err != nil {
		return err
	}
	defer b.Close()
	var rounds []float64
	for range f.rounds {
		if err := ctx.Err(); err != nil {
			return err
		}
		var times []float64
		for range f.steps {
			begun := time.Now()
			if err := b.Run(); err != nil {
				return err
			}
			times = append(times, time.Since(begun).Seconds())
		}
		rounds = append(rounds, experiments.Median(times))
	}
	x.Seconds = experiments.Median(rounds)
	x.ImagesPerSecond = float64(b.Images) / x.Seconds
	x.PeakMiB, x.MultiplyAdds = peakMiB(), b.Program.MultiplyAdds()
	return nil
}

// drawScaling draws the points, without threads in the panel of memory.
func drawScaling(name string, points []scalingPoint, threads int, kernel string, batch int, precision, file string) error {
	format := strings.TrimPrefix(filepath.Ext(file), ".")
	frame := analysis.Frame{Name: "scaling", Title: fmt.Sprintf("Cost of a training step of %s as one quantity changes", name),
		Note: fmt.Sprintf("Median over rounds on %s, kernel %s, batch %d, unless changed; Precision: %s", readable.Counted(threads, "thread"), kernel, batch, precision),
		Axes: []analysis.Axis{{Name: "point"}, {Name: "statistic", Labels: []string{"factor", "time", "memory"}}}}
	for _, x := range points[1:] {
		memory := x.PeakMiB / points[0].PeakMiB
		if x.Quantity == "threads" || points[0].PeakMiB == 0 {
			memory = math.NaN()
		}
		frame.Axes[0].Labels = append(frame.Axes[0].Labels, x.Quantity)
		frame.Data = append(frame.Data, x.Factor, x.Seconds/points[0].Seconds, memory)
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
	if err := canvas.Save(out, format, f, 0, 0); err != nil {
		return err
	}
	return out.Close()
}
