package benchmark

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
	"time"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/readable"
	"ventral/experiments/run/bench"
	"ventral/nn"
	"ventral/nn/engine/cpu"
)

// Profile says where the time of a batch goes.
type Profile struct {
	Seconds  float64         `json:"seconds"` // of the profiled batch
	Kinds    []profiledKind  `json:"kinds"`
	Regions  []profiledPhase `json:"regions"`
	Roofline roofline        `json:"roofline"`
}

// profiledKind is a kind of work: seconds of all threads together.
type profiledKind struct {
	Kind    string  `json:"kind"`
	Seconds float64 `json:"seconds"`
	Share   float64 `json:"share"` // of all threads' time
}

// profiledPhase is a region of the engine's plan.
type profiledPhase struct {
	Region  int     `json:"region"`
	Seconds float64 `json:"seconds"`      // by the clock
	Busy    float64 `json:"busy_seconds"` // of all threads together
	Bytes   int64   `json:"bytes"`        // moved
	Begins  string  `json:"begins_with"`
}

// roofline is what a batch would take with nothing but convolution and memory.
type roofline struct {
	MultiplyAdds          int64   `json:"multiply_adds"`            // that the engine does in a batch
	MultiplyAddsPerSecond float64 `json:"multiply_adds_per_second"` // of the inner loop of convolution
	Products              int64   `json:"bfloat16_multiply_adds"`
	ProductsPerSecond     float64 `json:"bfloat16_multiply_adds_per_second"`
	BytesPerSecond        float64 `json:"bytes_per_second"`
	Bytes                 int64   `json:"bytes"` // moved in a batch
	Convolution           float64 `json:"convolution_seconds"`
	Memory                float64 `json:"memory_seconds"`
	Share                 float64 `json:"share"` // of the median batch that both explain
}

// newProfile runs some batches with a stopwatch, keeps the shortest, and compares
// the median of the timed batches with the roofline.
func newProfile(b *bench.Bench, o cpu.Options, batches int, median float64) (*Profile, error) {
	x, ok := b.Executable().(*cpu.Executable)
	if !ok {
		return nil, exit.Wrongf("--profile: only the engine cpu keeps time")
	}
	begun := time.Now()
	clock := func() time.Duration { return time.Since(begun) }
	var t *cpu.Profile
	for range batches {
		err := b.Do(func(r nn.Residence, in, out []nn.Tensor) error {
			p, err := x.Profile(clock, r, in, out)
			if err == nil && (t == nil || p.Seconds < t.Seconds) {
				t = p
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	rates, err := cpu.MeasureRates(clock, o)
	if err != nil {
		return nil, err
	}
	plan := x.Plan()
	p := &Profile{Seconds: t.Seconds}
	for _, k := range t.Kinds {
		p.Kinds = append(p.Kinds, profiledKind{k.Kind, k.Seconds, k.Seconds / (t.Seconds * float64(t.Threads))})
	}
	for i, r := range t.Regions {
		p.Regions = append(p.Regions, profiledPhase{i, r.Seconds, r.Busy, plan.Regions[i].Moved, r.Begins})
	}
	n, products, bytes := plan.MultiplyAdds, plan.Products, plan.Moved()
	convolution, memory := rates.Convolution(n, products), rates.Memory(bytes)
	p.Roofline = roofline{MultiplyAdds: n, MultiplyAddsPerSecond: rates.MultiplyAdds, Products: products, ProductsPerSecond: rates.Products,
		BytesPerSecond: rates.Bytes, Bytes: bytes, Convolution: convolution, Memory: memory, Share: (convolution + memory) / median}
	return p, nil
}

// mostRegions is how many regions print lists.
const mostRegions = 12

// print writes the profile as tables, and the roofline.
func (p *Profile) print(out io.Writer) {
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintf(w, "\nkind of work\tms of all threads\tshare\n")
	for _, k := range p.Kinds {
		fmt.Fprintf(w, "%s\t%.2f\t%.1f %%\n", k.Kind, 1e3*k.Seconds, 100*k.Share)
	}
	byTime := slices.Clone(p.Regions)
	slices.SortStableFunc(byTime, func(a, b profiledPhase) int { return cmp.Compare(b.Seconds, a.Seconds) })
	fmt.Fprintf(w, "\nregion\tms\tms of all threads\tMiB moved\tbegins with\n")
	for _, r := range byTime[:min(mostRegions, len(byTime))] {
		fmt.Fprintf(w, "%d of %d\t%.2f\t%.2f\t%.1f\t%s\n", r.Region, len(p.Regions), 1e3*r.Seconds, 1e3*r.Busy, float64(r.Bytes)/(1<<20), r.Begins)
	}
	w.Flush()
	r := p.Roofline
	products := ""
	if r.Products > 0 {
		products = fmt.Sprintf(" and %s of bfloat16 numbers at %s", readable.Short(r.Products), readable.Short(int64(r.ProductsPerSecond)))
	}
	fmt.Fprintf(out, "\nroofline: convolution %.1f ms for %s multiply-adds at %s a second%s, memory %.1f ms for %.0f MiB at %.1f GB/s: %.0f %% of a batch\n",
		1e3*r.Convolution, readable.Short(r.MultiplyAdds), readable.Short(int64(r.MultiplyAddsPerSecond)), products, 1e3*r.Memory, float64(r.Bytes)/(1<<20), r.BytesPerSecond/1e9, 100*r.Share)
}
