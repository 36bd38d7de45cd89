package command

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments"
	"ventral/experiments/peer"
	"ventral/experiments/readable"
	"ventral/experiments/spec"
	"ventral/plots/canvas"
)

// benchFlags say what is timed.
type benchFlags struct {
	choice
	rounds, steps int
	inference     bool
	profile       bool
	peer          bool
	python        string
	modes         []string
	scaling       bool
	figure        string
}

// BenchResult is what bench prints for an experiment.
type benchResult struct {
	Format       int                  `json:"format"`
	Experiment   string               `json:"experiment"`
	Work         string               `json:"work"` // training or inference
	Batch        int                  `json:"batch"`
	Threads      int                  `json:"threads"`
	Kernel       string               `json:"kernel"`
	MultiplyAdds int64                `json:"multiply_adds"` // of a step
	Timings      []experiments.Timing `json:"timings"`
	Failed       map[string]string    `json:"failed,omitempty"` // peers that could not run
	Profile      *benchProfile        `json:"profile,omitempty"`
}

// benchCommand is the verb bench.
func benchCommand(p *terminal.Printer) *cobra.Command {
	var f benchFlags
	cmd := p.AsJSON(&cobra.Command{
		Use:   "bench [EXPERIMENT...]",
		Short: "Time training and inference, beside PyTorch with --peer",
		Long: `bench times steps of experiments after warm-up: files or built-in ones, by default
the workloads W1 to W5. With --peer the same network in PyTorch runs in between,
round by round in the same call, in each mode; CORTEX_PYTHON or --python names a
Python that has it. --profile says where the time of a step goes, and what share
of it a roofline explains: the multiply-adds of the convolutions at the rate of
their inner loop, then the bytes moved at the rate of the memory, both measured.`,
		RunE: func(cmd *cobra.Command, args []string) error {
			if len(args) == 0 {
				args = []string{"W1", "W2", "W3", "W4", "W5"}
			}
			if f.rounds < 1 || f.steps < 1 {
				return exit.Wrongf("--rounds and --steps: want 1 or more")
			}
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			if f.scaling {
				if len(args) != 1 {
					return exit.Wrongf("--scaling: found %d experiments, want one", len(args))
				}
				if x := strings.TrimPrefix(filepath.Ext(f.figure), "."); f.figure != "" && !slices.Contains(canvas.Formats, x) {
					return exit.Wrongf("--figure: found %q, want a file of %s", f.figure, strings.Join(canvas.Formats, ", "))
				}
				return scaling(ctx, p, args[0], &f, f.figure)
			}
			var results []*benchResult
			for _, name := range args {
				r, err := benchOne(ctx, p, name, &f)
				if err != nil {
					return err
				}
				results = append(results, r)
				if !p.JSON {
					r.print(p.Out)
				}
			}
			if p.JSON {
				return p.Report(results, nil)
			}
			return nil
		},
	})
	f.flags(cmd)
	f.engineFlags(cmd)
	cmd.Flags().IntVar(&f.rounds, "rounds", 5, "rounds of steps")
	cmd.Flags().IntVar(&f.steps, "steps", 3, "steps of a round")
	cmd.Flags().BoolVar(&f.inference, "inference", false, "time answering instead of training")
	cmd.Flags().BoolVar(&f.profile, "profile", false, "say where the time goes, with the default engine")
	cmd.Flags().BoolVar(&f.scaling, "scaling", false, "show how cost grows with slices, channels, image side, batch and threads of one experiment")
	cmd.Flags().StringVar(&f.figure, "figure", "", "with --scaling: draw it into a `file` (.svg, .png or .pdf)")
	cmd.Flags().BoolVar(&f.peer, "peer", false, "run PyTorch in between")
	cmd.Flags().StringVar(&f.python, "python", "", "a Python with PyTorch (default CORTEX_PYTHON, else python3)")
	cmd.Flags().StringSliceVar(&f.modes, "modes", peer.Modes, "modes of the peer")
	return cmd
}

func benchOne(ctx context.Context, p *terminal.Printer, name string, f *benchFlags) (*benchResult, error) {
	e, folder, err := f.load(name)
	if err != nil {
		return nil, err
	}
	o, err := f.choice.options(p.Args, folder)
	if err != nil {
		return nil, err
	}
	b, err := experiments.NewBench(e, o.Engine, f.inference)
	if err != nil {
		return nil, err
	}
	defer b.Close()
	r := &benchResult{Format: spec.Format, Experiment: e.Name, Work: "training", Batch: b.Images, Threads: o.Threads, Kernel: o.Kernel,
		MultiplyAdds: b.Program.MultiplyAdds(), Failed: map[string]string{}}
	if f.inference {
		r.Work = "inference"
	}
	resetPeak()
	r.Timings = []experiments.Timing{{Who: "cortex " + e.Arithmetic() + " " + o.Kernel}}
	var peers []*torch
	if f.peer {
		dir, err := os.MkdirTemp("", "cortex-bench-")
		if err != nil {
			return nil, err
		}
		defer os.RemoveAll(dir)
		for _, mode := range f.modes {
			t, err := startTorch(ctx, dir, e, mode, o.Threads, f)
			if err != nil {
				if len(peers) == 0 && len(r.Failed) == 0 && errors.Is(err, errNoTorch) {
					return nil, err
				}
				r.Failed[mode] = err.Error()
				continue
			}
			defer t.stop()
			peers = append(peers, t)
			r.Timings = append(r.Timings, experiments.Timing{Who: t.version + " " + mode})
		}
	}
	for range f.rounds {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		var times []float64
		for range f.steps {
			begun := time.Now()
			if err := b.Run(); err != nil {
				return nil, err
			}
			times = append(times, time.Since(begun).Seconds())
		}
		r.Timings[0].Seconds = append(r.Timings[0].Seconds, experiments.Median(times))
		for i, t := range peers {
			s, mib, err := t.round()
			if err != nil {
				return nil, fmt.Errorf("%s: %w", r.Timings[i+1].Who, err)
			}
			r.Timings[i+1].Seconds = append(r.Timings[i+1].Seconds, s)
			r.Timings[i+1].PeakMiB = mib
			time.Sleep(300 * time.Millisecond) // its idle threads spin a while
		}
	}
	r.Timings[0].PeakMiB = peakMiB()
	experiments.Summarise(r.Batch, r.Timings)
	if f.profile {
		if r.Profile, err = profile(b, f.choice.engine(), f.rounds, r.Timings[0].Median); err != nil {
			return nil, err
		}
	}
	return r, nil
}

func (r *benchResult) print(out io.Writer) {
	fmt.Fprintf(out, "%s: %s, batch %d, %s, %s in a step\n", r.Experiment, r.Work, r.Batch, readable.Counted(r.Threads, "thread"), readable.Short(r.MultiplyAdds)+" multiply-adds")
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(w, "\tseconds a step\timages/s\tmultiply-adds/s\tpeak MiB\ttimes cortex's\n")
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

var errNoTorch = errors.New("no PyTorch")

// torch is the peer, waiting for rounds.
type torch struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	version string
}

// startTorch starts the peer and waits until it has warmed up.
func startTorch(ctx context.Context, dir string, e *spec.Experiment, mode string, threads int, f *benchFlags) (*torch, error) {
	python := f.python
	if python == "" {
		python = os.Getenv("CORTEX_PYTHON")
	}
	if python == "" {
		python = "python3"
	}
	if out, err := exec.CommandContext(ctx, python, "-c", "import torch").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w in %s (%v); --python or CORTEX_PYTHON names another Python%s", errNoTorch, python, err, last(out))
	}
	script, file := filepath.Join(dir, "torch_peer.py"), filepath.Join(dir, "experiment.toml")
	if err := os.WriteFile(script, []byte(peer.Script), 0o666); err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, []byte(e.TOML()), 0o666); err != nil {
		return nil, err
	}
	args := []string{script, file, fmt.Sprint(threads), "--mode", mode, "--steps", fmt.Sprint(f.steps), "--rounds"}
	if f.inference {
		args = append(args, "--infer")
	}
	t := &torch{cmd: exec.CommandContext(ctx, python, args...)}
	var errs strings.Builder
	t.cmd.Stderr = &errs
	var err error
	if t.in, err = t.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	t.out = bufio.NewScanner(out)
	if !t.out.Scan() {
		t.in.Close()
		err := t.cmd.Wait()
		return nil, fmt.Errorf("%v%s", err, last([]byte(errs.String())))
	}
	t.version = strings.TrimPrefix(t.out.Text(), "ready ")
	return t, nil
}

// last is the last line of a program's complaint.
func last(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if s := lines[len(lines)-1]; s != "" {
		return ": " + s
	}
	return ""
}

// round asks for one round of steps.
func (t *torch) round() (seconds, mib float64, err error) {
	if _, err := io.WriteString(t.in, "\n"); err != nil {
		return 0, 0, err
	}
	if !t.out.Scan() {
		return 0, 0, fmt.Errorf("ended early: %v", t.out.Err())
	}
	_, err = fmt.Sscan(t.out.Text(), &seconds, &mib)
	return seconds, mib, err
}

func (t *torch) stop() {
	t.in.Close()
	t.cmd.Wait()
}

// resetPeak and peakMiB read the process's peak of resident memory, where the
// system tells it: 0 elsewhere.
func resetPeak() { os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) }

func peakMiB() float64 {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for _, line := range strings.Split(string(b), "\n") {
		var kb float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kb); n == 1 {
			return kb / 1024
		}
	}
	return 0
}
