package train_test

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"ventral/nn"
	"ventral/nn/engine/ref"
	"ventral/nn/nntest"
	"ventral/nn/train"
)

// batches is a source: images drawn from (seed, batch), labels that follow from
// them. At batch fail it returns err; at batch nan an image is not a number.
type batches struct {
	fail, nan int
	err       error
}

func (s batches) Batch(batch int, in []nn.Tensor) error {
	if s.err != nil && batch == s.fail {
		return s.err
	}
	r := rand.New(rand.NewPCG(nntest.Seed, uint64(batch)))
	for i := range in[0].Data {
		in[0].Data[i] = float32(r.NormFloat64())
	}
	clear(in[1].Data)
	for n := range in[1].Shape[0] {
		in[1].Data[n*in[1].Shape[3]+r.IntN(in[1].Shape[3])] = 1
	}
	if s.nan > 0 && batch == s.nan {
		in[0].Data[3] = float32(math.NaN())
	}
	return nil
}

// run is a training program with its variables in the oracle's memory.
type run struct {
	p    *nn.Program
	exe  nn.Executable
	home nn.Residence
}

func newRun(t *testing.T, v *nn.Variables) run {
	t.Helper()
	p, err := nntest.Training()
	if err != nil {
		t.Fatal(err)
	}
	if v == nil {
		v = nn.NewVariables(nntest.Seed)
		if _, err := v.Fill(p); err != nil {
			t.Fatal(err)
		}
	}
	exe, err := ref.Engine{}.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	home, err := ref.Engine{}.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	return run{p, exe, home}
}

// loss appends the loss of every batch to losses.
func (r run) loss(losses *[]float32) func(int, []nn.Tensor) error {
	return func(_ int, out []nn.Tensor) error {
		*losses = append(*losses, out[1].Data[0])
		return nil
	}
}

func (r run) save(t *testing.T) *nn.Variables {
	t.Helper()
	v := nn.NewVariables(0)
	if err := r.home.Save(v); err != nil {
		t.Fatal(err)
	}
	return v
}

func equal(t *testing.T, what string, got, want *nn.Variables) {
	t.Helper()
	if !slices.Equal(got.Names(), want.Names()) {
		t.Fatalf("%s: got variables %v, want %v", what, got.Names(), want.Names())
	}
	for _, name := range want.Names() {
		g, _ := got.Get(name)
		w, _ := want.Get(name)
		if !slices.Equal(g.Data, w.Data) {
			t.Errorf("%s: variable %s differs", what, name)
		}
	}
}

// trained trains a new run for n batches and returns it with its losses.
func trained(t *testing.T, n int) (run, []float32) {
	t.Helper()
	r := newRun(t, nil)
	var losses []float32
	if last, err := train.Run(context.Background(), r.exe, r.home, r.p, batches{}, 0, n, r.loss(&losses)); err != nil || last != n {
		t.Fatalf("got batch %d, %v, want %d", last, err, n)
	}
	return r, losses
}

// TestResume checks that a run which goes on in the middle, in the same memory,
// is the run that never stopped.
func TestResume(t *testing.T) {
	const n = 9
	whole, want := trained(t, n)
	if len(want) != n || want[0] == want[n-1] {
		t.Fatalf("got losses %v, want %d that change", want, n)
	}
	for _, middle := range []int{0, 1, 4, n} {
		r := newRun(t, nil)
		var losses []float32
		for _, part := range [][2]int{{0, middle}, {middle, n}} {
			if last, err := train.Run(context.Background(), r.exe, r.home, r.p, batches{}, part[0], part[1], r.loss(&losses)); err != nil || last != part[1] {
				t.Fatalf("from %d: got batch %d, %v, want %d", part[0], last, err, part[1])
			}
		}
		if !slices.Equal(losses, want) {
			t.Errorf("stopped at %d: got losses %v, want %v", middle, losses, want)
		}
		equal(t, "stopped in between", r.save(t), whole.save(t))
	}
}

// TestResumeFromSaved checks the same through saved variables, float32 as a
// checkpoint has them: both halves begin at what was saved.
func TestResumeFromSaved(t *testing.T) {
	first, _ := trained(t, 4)
	saved := first.save(t)
	ends := make([]*nn.Variables, 2)
	for i := range ends {
		r := newRun(t, saved.Clone())
		if _, err := train.Run(context.Background(), r.exe, r.home, r.p, batches{}, 4, 8, func(int, []nn.Tensor) error { return nil }); err != nil {
			t.Fatal(err)
		}
		ends[i] = r.save(t)
	}
	equal(t, "resumed twice", ends[1], ends[0])
	whole, _ := trained(t, 8)
	want := whole.save(t)
	for _, name := range want.Names() {
		g, _ := ends[0].Get(name)
		w, _ := want.Get(name)
		for i := range w.Data {
			// The oracle's own memory is float64: saving rounds once, by 6e-8.
			if d := math.Abs(float64(g.Data[i] - w.Data[i])); d > 1e-5*(1+math.Abs(float64(w.Data[i]))) {
				t.Errorf("%s[%d]: got %g after resuming, want %g", name, i, g.Data[i], w.Data[i])
				break
			}
		}
	}
}

// TestEnd checks every way in which a run ends early: the batch it ends at, its
// error, how many batches were seen, and that variables are those after them.
func TestEnd(t *testing.T) {
	wrong := errors.New("wrong")
	for name, c := range map[string]struct {
		src      batches
		cancel   int // cancel when this batch is observed
		observe  int // fail when this batch is observed
		batch    int
		seen     int
		is       error
		infinite bool
	}{
		"batch":             {src: batches{fail: 3, err: wrong}, cancel: -1, observe: -1, batch: 3, seen: 3, is: wrong},
		"first batch":       {src: batches{fail: 0, err: wrong}, cancel: -1, observe: -1, batch: 0, seen: 0, is: wrong},
		"engine":            {src: batches{nan: 3}, cancel: -1, observe: -1, batch: 3, seen: 3, infinite: true},
		"observer":          {cancel: -1, observe: 3, batch: 4, seen: 4, is: wrong},
		"cancelled":         {cancel: 3, observe: -1, batch: 4, seen: 4, is: context.Canceled},
		"cancelled at last": {cancel: 5, observe: -1, batch: 6, seen: 6},
	} {
		t.Run(name, func(t *testing.T) {
			before := runtime.NumGoroutine()
			r := newRun(t, nil)
			ctx, cancel := context.WithCancel(context.Background())
			defer cancel()
			seen := 0
			batch, err := train.Run(ctx, r.exe, r.home, r.p, c.src, 0, 6, func(batch int, out []nn.Tensor) error {
				if batch != seen {
					t.Errorf("got batch %d, want %d", batch, seen)
				}
				seen++
				if batch == c.cancel {
					cancel()
				}
				if batch == c.observe {
					return wrong
				}
				return nil
			})
			var bad *nn.NonFinite
			if c.infinite != errors.As(err, &bad) || !c.infinite && !errors.Is(err, c.is) {
				t.Errorf("got error %v, want %v (not finite: %v)", err, c.is, c.infinite)
			}
			if bad != nil && !strings.Contains(bad.Error(), "V1@2/V1->V2") {
				t.Errorf("got %v, want area and step in it", bad)
			}
			if batch != c.batch || seen != c.seen {
				t.Errorf("got batch %d after %d seen, want %d after %d", batch, seen, c.batch, c.seen)
			}
			same, _ := trained(t, c.seen)
			equal(t, "variables", r.save(t), same.save(t))
			for range 100 {
				if runtime.NumGoroutine() <= before {
					return
				}
				time.Sleep(time.Millisecond)
			}
			t.Errorf("got %d goroutines, want %d as before", runtime.NumGoroutine(), before)
		})
	}
}

// TestCancelledBefore checks that nothing runs when it is too late already.
func TestCancelledBefore(t *testing.T) {
	r := newRun(t, nil)
	want := r.save(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	batch, err := train.Run(ctx, r.exe, r.home, r.p, batches{}, 2, 6, func(int, []nn.Tensor) error {
		t.Error("a batch was observed")
		return nil
	})
	if batch != 2 || !errors.Is(err, context.Canceled) {
		t.Errorf("got batch %d, %v, want 2 and cancelled", batch, err)
	}
	equal(t, "variables", r.save(t), want)
}
