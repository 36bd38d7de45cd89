package analysis

// Epoch is one line of a training log. What was not measured is NaN.
type Epoch struct {
	Epoch                                float64 // epochs completed
	TrainingLoss, ValidationLoss         float64 // nat
	TrainingAccuracy, ValidationAccuracy float64 // per cent
	Rate                                 float64 // learning rate in force
}

// Learning returns the frame "learning" [epoch, statistic]. Title says which
// loss, such as "cross-entropy (nat)"; chance is in per cent, 0 or NaN where
// unknown; note may name the size of the validation set.
func Learning(epochs []Epoch, loss string, chance float64, note string) Frame {
	e := Axis{Name: "epoch"}
	f := Frame{Name: "learning", Title: loss, Note: note}
	for _, x := range epochs {
		e.Values = append(e.Values, x.Epoch)
		f.Data = append(f.Data, x.TrainingLoss, x.ValidationLoss, x.TrainingAccuracy, x.ValidationAccuracy, x.Rate, chance)
	}
	f.Axes = []Axis{e, {Name: "statistic", Labels: []string{"training loss", "validation loss", "training accuracy", "validation accuracy", "rate", "chance"}}}
	return f
}
