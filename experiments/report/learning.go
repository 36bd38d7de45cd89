package report

import (
	"fmt"

	"ventral/cortex/analysis"
	"ventral/experiments/readable"
)

// learning returns the frame of the learning curves.
func learning(r *Run) analysis.Frame {
	list := make([]analysis.Epoch, len(r.Epochs))
	for i, e := range r.Epochs {
		list[i] = analysis.Epoch{
			Epoch: float64(e.Epoch), TrainingLoss: float64(e.TrainingLoss), ValidationLoss: float64(e.ValidationLoss),
			TrainingAccuracy: float64(e.TrainingAccuracy), ValidationAccuracy: float64(e.ValidationAccuracy), Rate: float64(e.Rate),
		}
	}
	return analysis.Learning(list, "cross-entropy (nat)", float64(r.Info.Chance), learningNote(r))
}

// learningNote says how many images the learning curves are measured on.
func learningNote(r *Run) string {
	last := 0
	if r.Anatomy != nil && len(r.Anatomy.TrainSteps) > 0 {
		last = r.Anatomy.TrainSteps[len(r.Anatomy.TrainSteps)-1]
	}
	loss := "the loss is as it is trained, " + map[string]string{"mean": "the mean", "sum": "the sum"}[r.settings["readout.over"]] + " over a network's trained steps"
	if r.sigmoid() {
		loss += " of the sum over classes"
	}
	return fmt.Sprintf("%s training and %s validation images; %s; accuracy is at its last trained step (%d)",
		readable.Grouped(r.Info.Images["train"]), readable.Grouped(r.Info.Images["validation"]), loss, last)
}
