package plots_test

import (
	"bytes"
	"fmt"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/plots"
	"ventral/plots/canvas"
)

// A log of training becomes a figure with a caption and its bytes.
func ExampleMake() {
	log := analysis.Learning([]analysis.Epoch{
		{Epoch: 1, TrainingLoss: 2.1, ValidationLoss: 2.0, TrainingAccuracy: 25, ValidationAccuracy: 28, Rate: 0.1},
		{Epoch: 2, TrainingLoss: 1.6, ValidationLoss: 1.7, TrainingAccuracy: 41, ValidationAccuracy: 39, Rate: 0.1},
		{Epoch: 3, TrainingLoss: 1.2, ValidationLoss: 1.4, TrainingAccuracy: 55, ValidationAccuracy: 50, Rate: 0.01},
	}, "cross-entropy (nat)", 10, "n = 5,000 validation images")
	a := recording.Anatomy{Format: recording.Format, Steps: 4, Precision: "float32"}
	f, err := plots.Make("learning", plots.Data{Anatomy: &a, Frames: []analysis.Frame{log}})
	if err != nil {
		fmt.Println(err)
		return
	}
	var svg bytes.Buffer
	fmt.Println(f.Caption)
	fmt.Println(canvas.Save(&svg, "svg", f, 0, 0), svg.Len() > 0)
	// Output:
	// (a) loss: cross-entropy (nat); (b) accuracy in per cent, over epochs. Solid: validation; dashed: training, averaged over the epoch as it was trained. One network, no interval. Ticks above: drops of the learning rate and their factors. Dashed grey: chance (10 %). n = 5,000 validation images. Precision: float32.
	// <nil> true
}
