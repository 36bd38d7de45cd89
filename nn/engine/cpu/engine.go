// Package cpu is the default engine: float32 on the processor's cores, in one
// arena, with the same bits for any number of threads.
//
// Compile lowers a program to a list of the engine's own (kernels of
// convolutions are packed once a run, or once a change, see keep.go), orders it into phases and plans the
// place of every value. A phase is a region, whose instructions treat images
// alone or add over them, or a wave of instructions without images. In a
// region a worker carries a few images through all instructions, so that what
// is made and read inside stays in its cache and has no memory of its own in
// the arena; what is cheap to make, such as a normalised and rectified image,
// each region makes again. What adds over images is merged after the region in
// a fixed order: sums in float64 image by image, weight gradients in float32 by
// chunks of the batch, whose number depends on the batch alone. The gradient of a
// kernel that is large for its images is taken of all images at once, a part of
// the kernel a worker. 3×3 convolutions of 16 channels or more are filtered by
// tiles (see filter.go), which saves more than half of the products.
//
// Executable.Profile says where the time of a run goes, MeasureRates what the
// processor could do at best.
package cpu

import (
	"fmt"
	"runtime"
	"strings"
	"unsafe"

	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// Options say how an engine computes.
type Options struct {
	Threads     int    // workers; 0 is one for each core that Go may use
	MemoryLimit int64  // bytes of arena, workers and variables of one program; 0 is none
	Kernel      string // inner loops by name, see Kernels; "" is the best that this processor has (cortex takes it from CORTEX_KERNEL)
}

// Kernels lists the inner loops that this processor can run, the best last.
func Kernels() []string {
	var names []string
	for _, s := range kernel.Sets() {
		names = append(names, s.Name)
	}
	return names
}

// set returns the set of inner loops called name. An unknown name is an error
// that lists those that there are.
func set(name string) (*kernel.Set, error) {
	sets := kernel.Sets()
	if name == "" {
		return &sets[len(sets)-1], nil
	}
	for i := range sets {
		if sets[i].Name == name {
			return &sets[i], nil
		}
	}
	return nil, fmt.Errorf("cpu: found kernel %q, this processor has %s", name, strings.Join(Kernels(), ", "))
}

// Engine executes programs. Its executables share its workers: runs from
// several goroutines follow one another.
type Engine struct {
	options Options
	set     *kernel.Set
	err     error // of the options, reported by Compile
	workers workers
}

// New returns an engine. An unknown kernel is reported by Compile.
func New(o Options) *Engine {
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	e := &Engine{options: o, workers: workers{threads: o.Threads}}
	e.set, e.err = set(o.Kernel)
	return e
}

// Name returns "cpu".
func (e *Engine) Name() string { return "cpu" }

// KernelName returns the name of the inner loops that the engine uses.
func (e *Engine) KernelName() string {
	if e.set == nil {
		return e.options.Kernel
	}
	return e.set.Name
}

// SplitIsFast reports whether convolutions of split operands (nn.Precisions) are
// faster than those of float32: with AMX.
func (e *Engine) SplitIsFast() bool { return e.set != nil && e.set.Fast }

// Threads returns the number of workers.
func (e *Engine) Threads() int { return e.options.Threads }

// MemoryLimit returns the bytes that one program may take; 0 is no limit.
func (e *Engine) MemoryLimit() int64 { return e.options.MemoryLimit }

// Compile implements nn.Engine. A program that needs more than the memory
// limit is an error that says how many images would fit. The workers start
// with the first executable that is open and end with the last.
func (e *Engine) Compile(p *nn.Program) (nn.Executable, error) {
	if e.err != nil {
		return nil, e.err
	}
	pl, err := newPlan(p, e.set)
	if err != nil {
		return nil, err
	}
	if err := pl.check(e.options.Threads, e.options.MemoryLimit); err != nil {
		return nil, err
	}
	return newExecutable(e, pl), nil
}

// Hold implements nn.Engine.
func (e *Engine) Hold(v *nn.Variables) (nn.Residence, error) {
	r := &Residence{values: map[string]nn.Tensor{}, changed: map[string]uint64{}}
	return r, r.Load(v)
}

// aligned returns n zeros that begin on a cache line.
func aligned(n int) []float32 {
	s := make([]float32, n+align)
	skip := int(-uintptr(unsafe.Pointer(unsafe.SliceData(s)))%(4*align)) / 4
	return s[skip : skip+n : skip+n]
}
