// Package benchmark times the batches of experiments: beside PyTorch, by kinds of work,
// and as one quantity grows.
package benchmark

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"text/tabwriter"
	"time"

	"ventral/experiments/readable"
	"ventral/experiments/run"
	"ventral/experiments/run/bench"
	"ventral/experiments/spec"
	"ventral/nn/engine/cpu"
)

// Options say what is timed.
type Options struct {
	Rounds    int      // of batches
	Batches   int      // of a round
	Inference bool     // answering instead of training
	Profile   bool     // where the time goes
	Peer      bool     // PyTorch, too, round by round
	Python    string   // that has PyTorch; "": CORTEX_PYTHON, or else python3
	Modes     []string // of the peer
}

// Result is how long the batches of an experiment take.
type Result struct {
	Format       int               `json:"format"`
	Experiment   string            `json:"experiment"`
	Work         string            `json:"work"` // training or inference
	Batch        int               `json:"batch"`
	Threads      int               `json:"threads"`
	Kernel       string            `json:"kernel"`
	MultiplyAdds int64             `json:"multiply_adds"` // of a batch
	Timings      []bench.Timing    `json:"timings"`
	Failed       map[string]string `json:"failed,omitempty"` // peers that could not run
	Profile      *Profile          `json:"profile,omitempty"`
}

// Time times the batches of an experiment with the engine of o, whose options are
// engine. Peers run in between, round by round.
func Time(ctx context.Context, e *spec.Experiment, o run.Options, engine cpu.Options, what Options) (*Result, error) {
	b, err := bench.New(e, o.Engine, what.Inference)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	r := &Result{Format: spec.Format, Experiment: e.Name, Work: "training", Batch: b.Images, Threads: o.Threads, Kernel: o.Kernel,
		MultiplyAdds: b.Program.MultiplyAdds(), Failed: map[string]string{}}
	if what.Inference {
		r.Work = "inference"
	}
	resetPeak()
	r.Timings = []bench.Timing{{Who: "cortex " + e.Arithmetic() + " " + o.Kernel}}
	var peers []*torch
	if what.Peer {
		dir, err := os.MkdirTemp("", "cortex-bench-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		peers, err = startPeers(ctx, dir, e, r, what)
		for _, t := range peers {
			defer t.stop()
		}
		if err != nil {
			return nil, err
		}
	}
	for range what.Rounds {
		if err := r.round(ctx, b, peers, what.Batches); err != nil {
			return nil, err
		}
	}
	r.Timings[0].PeakMiB = peakMiB()
	bench.Summarise(r.Batch, r.Timings)
	if what.Profile {
		if r.Profile, err = newProfile(b, engine, what.Rounds, r.Timings[0].Median); err != nil {
			return nil, err
		}
	}
	return r, nil
}

// startPeers starts a peer in every mode. A mode that cannot run is noted in r; no
// PyTorch at all is an error. The peers that run are returned with an error, too.
func startPeers(ctx context.Context, dir string, e *spec.Experiment, r *Result, what Options) (peers []*torch, err error) {
	for _, mode := range what.Modes {
		t, err := startTorch(ctx, dir, e, mode, r.Threads, what)
		if err != nil {
			if len(peers) == 0 && len(r.Failed) == 0 && errors.Is(err, errNoTorch) {
				return peers, err
			}
			r.Failed[mode] = err.Error()
			continue
		}
		peers = append(peers, t)
		r.Timings = append(r.Timings, bench.Timing{Who: t.version + " " + mode})
	}
	return peers, nil
}

// round times a round of batches, and one of every peer.
func (r *Result) round(ctx context.Context, b *bench.Bench, peers []*torch, batches int) error {
	s, err := timeRound(ctx, b, batches)
	if err != nil {
		return err
	}
	r.Timings[0].Seconds = append(r.Timings[0].Seconds, s)
	for i, t := range peers {
		s, mib, err := t.round()
		if err != nil {
			return fmt.Errorf("%s: %w", r.Timings[i+1].Who, err)
		}
		r.Timings[i+1].Seconds = append(r.Timings[i+1].Seconds, s)
		r.Timings[i+1].PeakMiB = mib
		time.Sleep(300 * time.Millisecond) // its idle threads spin a while
	}
	return nil
}

// timeRound runs a round of batches and returns the median of their seconds.
func timeRound(ctx context.Context, b *bench.Bench, batches int) (float64, error) {
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	var times []float64
	for range batches {
		begun := time.Now()
		if err := b.Run(); err != nil {
			return 0, err
		}
		times = append(times, time.Since(begun).Seconds())
	}
	return bench.Median(times), nil
}

// Print writes the timings as a table, then the profile.
func (r *Result) Print(out io.Writer) {
	fmt.Fprintf(out, "%s: %s, batch %d, %s, %s in a batch\n", r.Experiment, r.Work, r.Batch, readable.Counted(r.Threads, "thread"), readable.Short(r.MultiplyAdds)+" multiply-adds")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "\tseconds a batch\timages/s\tmultiply-adds/s\tpeak MiB\ttimes cortex's\n")
	for i, t := range r.Timings {
		rate, ratio := "", ""
		if i == 0 {
			rate = readable.Short(int64(float64(r.MultiplyAdds) / t.Median))
		} else {
			ratio = fmt.Sprintf("%.2f", t.Ratio)
		}
		fmt.Fprintf(w, "%s\t%.4f\t%.0f\t%s\t%.0f\t%s\n", t.Who, t.Median, t.ImagesPerSecond, rate, t.PeakMiB, ratio)
	}
	w.Flush()
	for mode, why := range r.Failed {
		fmt.Fprintf(out, "mode %s did not run: %s\n", mode, why)
	}
	if r.Profile != nil {
		r.Profile.print(out)
	}
	fmt.Fprintln(out)
}
