package cpu

import (
	"cmp"
	"slices"
	"time"

	"ventral/nn"
)

// Profile is where the time of one run went.
type Profile struct {
	Seconds float64 // of the run, by the clock
	Threads int
	Kinds   []Spent // of work, those that took most first
	Regions []RegionTime
}

// Spent is what one kind of work took of all workers: they add up to
// Profile.Seconds times Profile.Threads.
type Spent struct {
	Kind    string
	Seconds float64 // of all workers together
}

// RegionTime is what a region took; Plan.Regions has its instructions.
type RegionTime struct {
	Seconds float64 // by the clock
	Busy    float64 // seconds of all workers together
	Begins  string  // with this instruction
}

// kind is a kind of work.
type kind uint8

const (
	toFeatures kind = iota
	toImage
	toKernel
	transforms
	padded
	packedKernels
	norms
	elementwise
	pooling
	losses
	optimiser
	merging
	copying
	waiting
	kinds
)

var kindNames = [kinds]string{
	"convolution", "convolution to the image", "convolution to the kernel", "transforms of tiles", "padding", "packing kernels", "norms",
	"elementwise", "pooling and resizing", "loss", "optimiser", "sums over chunks and images", "checks and copies", "waiting at barriers",
}

// kindOf returns the kind of an instruction.
func kindOf(op operation) kind {
	switch op.(type) {
	case nn.Conv2D:
		return toFeatures
	case nn.ConvTranspose2D:
		return toImage
	case nn.ConvKernel:
		return toKernel
	case packImage:
		return padded
	case packForward, packTranspose, packKernel, packParts, foldParts, nn.EnlargeKernel, nn.EnlargeKernelGrad:
		return packedKernels
	case nn.Moments, nn.MomentsGrad, nn.Normalise, nn.NormaliseScale, nn.NormaliseSums, nn.NormaliseApply, nn.VarianceGrad, nn.PoolMoments, nn.LRN, nn.LRNGrad:
		return norms
	case nn.Pool2D, nn.Pool2DGrad, nn.Upsample, nn.SumBlocks:
		return pooling
	case nn.SoftmaxLoss, nn.SoftmaxLossGrad, nn.SigmoidLoss, nn.SigmoidLossGrad, nn.MeanImages:
		return losses
	case nn.SGD, nn.Adam:
		return optimiser
	case gather:
		return merging
	case copyValue:
		return copying
	}
	return elementwise
}

// Clock tells the time since some moment. The caller has it: this package reads
// no clock of its own.
type Clock func() time.Duration

// watch is a worker's stopwatch; without one, nil, nothing is timed.
type watch struct {
	clock  Clock
	last   time.Duration // end of the last lap
	kinds  [kinds]time.Duration
	phase  int
	start  time.Duration // of phase
	phases []time.Duration
}

// lap adds what passed since the last lap to what k took.
func (w *watch) lap(k kind) {
	if w == nil {
		return
	}
	now := w.clock()
	w.kinds[k] += now - w.last
	w.last = now
}

// begin starts a worker's shares of a phase, end stops.
func (w *watch) begin(phase int) {
	if w != nil {
		w.phase, w.start = phase, w.clock()
		w.last = w.start
	}
}

func (w *watch) end() {
	if w != nil {
		w.phases[w.phase] += w.clock() - w.start
	}
}

// Profile runs x once as Run does, with a stopwatch at every instruction, and
// says where the time went. The results are those of Run.
func (x *Executable) Profile(clock Clock, r nn.Residence, in, out []nn.Tensor) (*Profile, error) {
	x.engine.workers.mu.Lock()
	stages := len(x.plan.stages)
	x.clock, x.took = clock, make([]time.Duration, stages+3)
	begun := clock()
	for i := range x.workers {
		x.workers[i].call.watch = &watch{clock: clock, phases: make([]time.Duration, stages+3)}
	}
	err := x.run(r, in, out)
	total := clock() - begun
	p := &Profile{Seconds: total.Seconds(), Threads: len(x.workers)}
	var spent [kinds]time.Duration
	busy := make([]time.Duration, stages)
	for i := range x.workers {
		w := x.workers[i].call.watch
		x.workers[i].call.watch = nil
		for k, t := range w.kinds {
			spent[k] += t
			spent[waiting] -= t
		}
		for k := range busy {
			busy[k] += w.phases[k]
		}
	}
	took := x.took
	x.clock, x.took = nil, nil
	x.engine.workers.mu.Unlock()
	if err != nil {
		return nil, err
	}
	spent[waiting] += total * time.Duration(len(x.workers))
	for k, t := range spent {
		p.Kinds = append(p.Kinds, Spent{kindNames[k], t.Seconds()})
	}
	slices.SortStableFunc(p.Kinds, func(a, b Spent) int { return cmp.Compare(b.Seconds, a.Seconds) })
	for i := range busy {
		t := RegionTime{Seconds: took[i].Seconds(), Busy: busy[i].Seconds()}
		first := 0
		if st := &x.plan.stages[i]; st.region {
			first = st.instrs[0]
		} else {
			first = st.tasks[0].instr
		}
		s := &x.plan.steps[first]
		t.Begins = of(s.op.Name(), s.tag)
		p.Regions = append(p.Regions, t)
	}
	return p, nil
}
