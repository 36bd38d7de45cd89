package cpu

import (
	"ventral/nn"
	"ventral/nn/engine/cpu/internal/kernel"
)

// Buf is what a kernel sees of a value: the images or elements asked for, or
// everything where the operation reads it as a whole.
type Buf struct {
	Shape nn.Shape // of the whole value
	Data  []float32
}

// call is one instruction on some of its images, or of its elements.
type call struct {
	in            *instr
	set           *kernel.Set
	images        int // in args and results
	args, results []Buf
	scratch       []float32 // impl.scratch elements, not cleared
	sums          []float64 // impl.sums for each image of the call; of the batch in merge
	acc           []float32 // the chunk's accumulator; elements lo to hi of the only one for impl.part
	lo, hi        int
	conv          kernel.Convolution
	outer         kernel.Outer
	tiles         kernel.Tiles
	product       kernel.Product
	watch         *watch // nil but in a profile
}

// pad is p.pad into the scratch memory; whatever work came before it is of kind k.
func (c *call) pad(p padding, x []float32, k kind) []float32 {
	if p.none() {
		return x
	}
	c.watch.lap(k)
	x = p.pad(c.scratch, x)
	c.watch.lap(padded)
	return x
}

// impl is how the engine computes an operation. Kernels overwrite results,
// start no goroutines and allocate nothing.
type impl struct {
	// whole and unread say which arguments are read as a whole, and which
	// only for their shape, as bits; the others are cut by images.
	whole, unread uint
	// inPlace says which cut arguments a result may lie in the place of, as
	// bits: element i of the results needs elements i of the arguments alone.
	inPlace uint
	// meaning says that run is the operation's own Eval.
	meaning bool
	// elements means that an instruction without images may be split anywhere.
	elements bool
	// part is, of an instruction that is split although it reads whole arguments,
	// the number of elements of its result of shape s that a share makes.
	part func(s nn.Shape) int
	// run computes the results of a call; of a reduction, the sums of its
	// images or its share of the accumulator.
	run func(c *call)
	// sums is, of a reduction, the number of float64 sums of an image that
	// merge turns into results, in image order.
	sums  func(in *instr) int
	merge func(c *call)
	// accumulates is for reductions that add to one result in float32, chunk by chunk.
	accumulates bool
	// scratch is the number of float32 that a worker lends to run.
	scratch func(in *instr, set *kernel.Set) int
}

// all is every argument.
const all = ^uint(0)

// reduces reports whether the results add over images.
func (m *impl) reduces() bool { return m.sums != nil || m.accumulates }

// implOf returns the implementation of op, or nil.
func implOf(op nn.Op) *impl {
	switch o := op.(type) {
	case nn.Conv2D:
		return &conv2D
	case nn.ConvTranspose2D:
		return &convTranspose2D
	case nn.ConvKernel:
		return &convKernel
	case nn.Pool2D:
		return &pool2D
	case nn.Pool2DGrad:
		return &pool2DGrad
	case nn.Upsample:
		return &upsample
	case nn.SumBlocks:
		return &sumBlocks
	case nn.EnlargeKernel:
		return &enlargeKernel
	case nn.EnlargeKernelGrad:
		return &enlargeKernelGrad
	case nn.Sum:
		return &sum
	case nn.Mul:
		return &mul
	case nn.Linear:
		return &linear
	case nn.After:
		return &after
	case nn.Round:
		return &roundBits
	case nn.Unary:
		return unaryImpl(o.Fn)
	case nn.UnaryGrad:
		return unaryGradImpl(o.Fn)
	case nn.Constant:
		return &constant
	case nn.Fill:
		return &fill
	case nn.Zeros:
		return &zeros
	case nn.AddBias:
		return &addBias
	case nn.ScaleShift:
		return &scaleShift
	case nn.ScaleChannels:
		return &scaleChannels
	case nn.SumPixels:
		return &sumPixels
	case nn.DotPixels:
		return &dotPixels
	case nn.Reshape:
		return &reshape
	case nn.Moments:
		return &moments
	case nn.MomentsGrad:
		return &momentsGrad
	case nn.Normalise:
		return &normalise
	case nn.NormaliseScale:
		return &normaliseScale
	case nn.NormaliseSums:
		return &normaliseSums
	case nn.NormaliseApply:
		return &normaliseApply
	case nn.VarianceGrad:
		return &varianceGrad
	case nn.PoolMoments:
		return &poolMoments
	case nn.Blend:
		return &blend
	case nn.LRN:
		return &lrn
	case nn.LRNGrad:
		return &lrnGrad
	case nn.SoftmaxLoss:
		return &softmaxLoss
	case nn.SoftmaxLossGrad:
		return &softmaxLossGrad
	case nn.SigmoidLoss:
		return &sigmoidLoss
	case nn.SigmoidLossGrad:
		return &sigmoidLossGrad
	case nn.MeanImages:
		return &meanImages
	case nn.Pick:
		return &pick
	case nn.Place:
		return &placeElement
	case nn.ScaleBy:
		return &scaleBy
	case nn.Inner:
		return &inner
	case nn.Spread:
		return &spread
	case nn.SGD:
		return &sgd
	case nn.Adam:
		return &adam
	}
	return nil
}
