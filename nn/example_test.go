package nn_test

import (
	"fmt"

	"ventral/nn"
)

// A convolution applied to an image and again to its own response, with one
// kernel, and the gradient of a loss by that kernel: one term for each use.
func Example() {
	b := nn.NewBuilder()
	image := b.Input("image", nn.Shape{8, 6, 6, 4}, true)
	kernel := b.Var("V1->V1/kernel", nn.Shape{3, 3, 4, 4}, nn.Init{Kind: "he_normal", FanIn: 36}, true)
	state := image
	for step := 1; step <= 2; step++ {
		b.Tag = nn.Tag{Area: "V1", Step: step}
		state = b.One(nn.Unary{Fn: "relu"}, b.One(nn.Conv2D{Stride: 1}, state, kernel))
	}
	b.Tag = nn.Tag{Step: -1}
	loss := b.One(nn.MeanImages{}, state)
	b.Output("loss", loss)
	b.Output("gradient", b.Gradient(loss, []nn.Value{kernel})[0])
	p, err := b.Program()
	if err != nil {
		panic(err)
	}
	fmt.Println(p)
	// Output:
	// format = 2
	//
	// input "image" = %0 [8 6 6 4] batched
	// var "V1->V1/kernel" = %1 [3 3 4 4] trainable uses=1 init="he_normal" fanin=36 fanout=0 value=0
	//
	// %2 [8 6 6 4] = conv2d(%0, %1) stride=1 ; V1@1
	// %3 [8 6 6 4] = unary(%2) fn="relu" ; V1@1
	// %4 [8 6 6 4] = conv2d(%3, %1) stride=1 ; V1@2
	// %5 [8 6 6 4] = unary(%4) fn="relu" ; V1@2
	// %6 [] = mean_images(%5)
	// %7 [] = constant() value=1
	// %8 [8 6 6 4] = spread(%7, %5) ; (gradient)
	// %9 [8 6 6 4] = unary_grad(%8, %5) fn="relu" ; V1@2 (gradient)
	// %10 [8 6 6 4] = conv_transpose2d(%9, %1) stride=1 height=6 width=6 ; V1@2 (gradient)
	// %11 [3 3 4 4] = conv_kernel(%3, %9) stride=1 kh=3 kw=3 ; V1@2 (gradient)
	// %12 [8 6 6 4] = unary_grad(%10, %3) fn="relu" ; V1@1 (gradient)
	// %13 [8 6 6 4] = conv_transpose2d(%12, %1) stride=1 height=6 width=6 ; V1@1 (gradient)
	// %14 [3 3 4 4] = conv_kernel(%0, %12) stride=1 kh=3 kw=3 ; V1@1 (gradient)
	// %15 [3 3 4 4] = sum(%11, %14) ; V1@1 (gradient)
	//
	// output "loss" = %6
	// output "gradient" = %15
}
