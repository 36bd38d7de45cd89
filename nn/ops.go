package nn

// Ops lists one value of every operation, in the order of docs/program.md: the
// registry from which programs are parsed and tests draw their cases.
var Ops = []Op{
	Conv2D{}, ConvTranspose2D{}, ConvKernel{},
	Pool2D{}, Pool2DGrad{}, Upsample{}, SumBlocks{}, EnlargeKernel{}, EnlargeKernelGrad{},
	Sum{}, Mul{}, Linear{}, Unary{}, UnaryGrad{}, Constant{}, Fill{}, Zeros{},
	AddBias{}, ScaleShift{}, ScaleChannels{}, SumPixels{}, DotPixels{}, Reshape{},
	Moments{}, MomentsGrad{}, Normalise{}, NormaliseScale{}, NormaliseSums{}, NormaliseApply{},
	VarianceGrad{}, PoolMoments{}, Blend{},
	LRN{}, LRNGrad{},
	SoftmaxLoss{}, SoftmaxLossGrad{}, SigmoidLoss{}, SigmoidLossGrad{},
	MeanImages{}, Pick{}, Place{}, ScaleBy{}, Inner{}, Spread{},
	After{}, Round{},
	SGD{}, Adam{},
}
