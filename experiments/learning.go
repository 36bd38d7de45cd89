package experiments

import (
	"ventral/cortex/analysis"
	"ventral/experiments/rundir"
)

// learning returns the frame of the learning curves.
func learning(epochs []rundir.Epoch, loss string, chance float64, note string) analysis.Frame {
	list := make([]analysis.Epoch, len(epochs))
	for i, e := range epochs {
		list[i] = analysis.Epoch{
			Epoch: float64(e.Epoch), TrainingLoss: float64(e.TrainingLoss), ValidationLoss: float64(e.ValidationLoss),
			TrainingAccuracy: float64(e.TrainingAccuracy), ValidationAccuracy: float64(e.ValidationAccuracy), Rate: float64(e.Rate),
		}
	}
	return analysis.Learning(list, loss, chance, note)
}
