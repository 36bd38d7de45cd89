package cpu

import (
	"errors"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"

	"ventral/nn"
)

// mapped has the system lend, race detector or not, until the test ends, and
// counts what it lends and what it gets back.
func mapped(t *testing.T) (lent, returned *atomic.Int64) {
	t.Helper()
	wasBorrow, wasGiveBack := borrow, giveBack
	t.Cleanup(func() { borrow, giveBack = wasBorrow, wasGiveBack })
	lent, returned = new(atomic.Int64), new(atomic.Int64)
	borrow = func(n int) ([]byte, error) { lent.Add(1); return mapPages(n) }
	giveBack = func(b []byte) { returned.Add(1); unmapPages(b) }
	return lent, returned
}

// collected waits until the garbage collector has run cleanups, at least those
// of what was unreachable before.
func collected(t *testing.T) {
	t.Helper()
	done := make(chan bool)
	marker := new([64]byte)
	runtime.AddCleanup(marker, func(c chan bool) { close(c) }, done)
	runtime.KeepAlive(marker)
	for end := time.After(10 * time.Second); ; {
		runtime.GC()
		select {
		case <-done:
			runtime.GC()
			return
		case <-end:
			t.Fatal("the garbage collector ran no cleanup in 10 s")
		case <-time.After(time.Millisecond):
		}
	}
}

// Memory goes back once, by free and by the garbage collector.
func TestPagesGoBackOnce(t *testing.T) {
	type owner struct{ _ [64]byte } // too large to share its memory with others
	const n = 3000                  // not whole pages
	t.Run("free", func(t *testing.T) {
		lent, returned := mapped(t)
		o := new(owner)
		p := lend(o, n)
		for i, x := range p.floats {
			if x != 0 {
				t.Fatalf("number %d is %v, want 0", i, x)
			}
			p.floats[i] = 1
		}
		p.free()
		p.free()
		runtime.KeepAlive(o)
		collected(t) // the owner, too
		if len(p.floats) != n || lent.Load() != 1 || returned.Load() != 1 {
			t.Errorf("%d numbers of %d, lent %d times, returned %d times", len(p.floats), n, lent.Load(), returned.Load())
		}
	})
	t.Run("garbage", func(t *testing.T) {
		lent, returned := mapped(t)
		o := new(owner)
		lend(o, n)
		collected(t)
		if returned.Load() != 0 {
			t.Error("memory of an owner that lives went back")
		}
		runtime.KeepAlive(o)
		for end := time.Now().Add(10 * time.Second); returned.Load() == 0 && time.Now().Before(end); {
			collected(t)
		}
		if lent.Load() != 1 || returned.Load() != 1 {
			t.Errorf("lent %d times, returned %d times", lent.Load(), returned.Load())
		}
	})
	t.Run("Close", func(t *testing.T) {
		lent, returned := mapped(t)
		x, err := New(Options{Threads: 1}).Compile(chain(t, 2))
		if err != nil {
			t.Fatal(err)
		}
		if lent.Load() != 1 || returned.Load() != 0 {
			t.Errorf("compiled: lent %d times, returned %d times", lent.Load(), returned.Load())
		}
		x.Close()
		x.Close()
		if returned.Load() != 1 {
			t.Errorf("closed: returned %d times", returned.Load())
		}
	})
}

// Where the system lends nothing the arena lies in Go's heap, and results have
// the same bits.
func TestPagesOfTheHeap(t *testing.T) {
	p := chain(t, 5)
	results := map[bool][][]float32{}
	for _, heap := range []bool{false, true} {
		_, returned := mapped(t)
		if heap {
			borrow = func(int) ([]byte, error) { return nil, errors.ErrUnsupported }
		}
		for n := range 40 {
			l := lend(t, n)
			if at := uintptr(unsafe.Pointer(unsafe.SliceData(l.floats))); len(l.floats) != n || n > 0 && at%(4*align) != 0 {
				t.Errorf("heap %v: %d numbers of %d at %#x, want a cache line's begin", heap, len(l.floats), n, at)
			}
			l.free()
		}
		if heap && returned.Load() != 0 {
			t.Error("memory of the heap was unmapped")
		}
		results[heap] = run(t, p)
	}
	for i, want := range results[false] {
		for j := range want {
			if results[true][i][j] != want[j] {
				t.Fatalf("output %d, number %d: %v in the heap, %v in pages", i, j, results[true][i][j], want[j])
			}
		}
	}
}

// run returns the outputs of a program of inputs that count up.
func run(t *testing.T, p *nn.Program) (out [][]float32) {
	t.Helper()
	e := New(Options{Threads: 2})
	x, err := e.Compile(p)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Close()
	v := nn.NewVariables(7)
	if _, err := v.Fill(p); err != nil {
		t.Fatal(err)
	}
	r, err := e.Hold(v)
	if err != nil {
		t.Fatal(err)
	}
	var in, results []nn.Tensor
	for _, port := range p.Inputs {
		x := nn.NewTensor(p.Shapes[port.Value])
		for i := range x.Data {
			x.Data[i] = float32(i%7) - 3
		}
		in = append(in, x)
	}
	for _, port := range p.Outputs {
		results = append(results, nn.NewTensor(p.Shapes[port.Value]))
		out = append(out, results[len(results)-1].Data)
	}
	if err := x.Run(r, in, results); err != nil {
		t.Fatal(err)
	}
	return out
}
