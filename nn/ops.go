package nn

// ops holds one value of every operation, in the order of docs/program.md. A new
// operation is a file of its own and a line here.
var ops = newRegistry[Op](Op.Name, checkOp,
	Conv2D{}, ConvTranspose2D{}, ConvKernel{},
	Pool2D{}, Pool2DGrad{}, Upsample{}, SumBlocks{}, EnlargeKernel{}, EnlargeKernelGrad{},
	Sum{}, Mul{}, Linear{}, Unary{}, UnaryGrad{}, Constant{}, Fill{}, Zeros{},
	AddBias{}, ScaleShift{}, ScaleChannels{}, ScaleSome{}, SumPixels{}, DotPixels{}, Reshape{},
	Moments{}, MomentsGrad{}, Normalise{}, NormaliseScale{}, NormaliseSums{}, NormaliseApply{},
	VarianceGrad{}, PoolMoments{}, Blend{},
	LRN{}, LRNGrad{},
	SoftmaxLoss{}, SoftmaxLossGrad{}, SigmoidLoss{}, SigmoidLossGrad{},
	MeanImages{}, Pick{}, Place{}, ScaleBy{}, Inner{}, Spread{},
	After{}, Round{},
	SGD{}, Adam{},
)

// functions holds the functions of Unary, in the order of docs/program.md. A new
// function is a file of its own and a line here.
var functions = newRegistry(func(f Function) string { return f.Name }, checkFunction,
	relu, sigmoid, tanh, softplus, elu,
)

// Ops lists one value of every operation, in the order of docs/program.md.
func Ops() []Op { return ops.all() }

// RegisterOp adds an operation that programs may be read with and that tests
// try, and returns what takes it out again. It panics where op's fields are no
// attributes, or its name is no word or taken.
func RegisterOp(op Op) (remove func()) { return ops.add(op) }
