//go:build unix

package run_test

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"ventral/cortex"
	"ventral/experiments/run/check"
	"ventral/experiments/spec"
	"ventral/nn"
	"ventral/nn/engine/cpu"
)

// BenchmarkGrowth is how long it takes to read and check a cortex, to write its
// training batch and to plan it, over steps (of two areas with all neighbours'
// connections, read at the last step and tested at all) and over connections (of
// areas in full connection, six steps). cpu-ms/op is of the processor, which
// other work of the machine changes less than the clock.
func BenchmarkGrowth(b *testing.B) {
	for _, steps := range []int{50, 100, 200, 500, 1000, 2000} {
		growth(b, fmt.Sprintf("steps=%d", steps), roomy(steps, 16, 4, "")+"\n", fmt.Sprintf("readout.train=\"%d\"", steps-1))
	}
	for _, n := range []int{4, 8, 16, 32, 64} {
		names, shapes := make([]string, n), ""
		for i := range names {
			names[i] = fmt.Sprintf("%q", fmt.Sprint("A", i))
			shapes += fmt.Sprintf("area.A%d = { shape = [8, 8, 4] }\n", i)
		}
		growth(b, fmt.Sprintf("connections=%d", n*n), fmt.Sprintf(`format = 2
steps = 6
areas = [%s]
pattern = "full"
stimuli = { kind = "digits", train = 64, validation = 16, test = 16 }
input = { to = "A0", steps = "0.." }
readout = { from = "A%d", train = "5" }
train = { batch = 16 }
%s`, strings.Join(names, ", "), n-1, shapes))
	}
}

func growth(b *testing.B, name, text string, set ...string) {
	o := surroundings(1)
	memory := func(p *nn.Program) (int64, error) { return cpu.Memory(p, cpu.Options{Threads: 1}) }
	read := func(b *testing.B) *spec.Experiment {
		e, err := spec.Read("x.toml", text, spec.Overrides{Set: set})
		if err != nil {
			b.Fatal(err)
		}
		return e
	}
	of := func(what string, do func(b *testing.B) error) {
		b.Run(what+"/"+name, func(b *testing.B) {
			begun := processor()
			for b.Loop() {
				if err := do(b); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(processor()-begun)/1e6/float64(b.N), "cpu-ms/op")
		})
	}
	of("check", func(b *testing.B) error {
		_, err := check.New(read(b), check.Options{Options: o, Memory: memory})
		return err
	})
	e := read(b)
	g, err := e.Graph()
	if err != nil {
		b.Fatal(err)
	}
	var p *nn.Program
	of("program", func(*testing.B) (err error) {
		p, err = cortex.TrainingProgram(g, e.Rule(), e.Train.Batch, false)
		return err
	})
	if p != nil {
		of("plan", func(*testing.B) error { _, err := memory(p); return err })
	}
}

// processor returns the nanoseconds that the process took of the processor.
func processor() int64 {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return u.Utime.Nano()
}
