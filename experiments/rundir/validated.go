package rundir

import (
	"bytes"
	"errors"
	"io/fs"
	"math"
	"os"
)

// Validated is what a run showed on its validation images by the end of an
// epoch. Choices among runs are made on it, so that test images choose nothing.
// Without validation images, and before the first epoch ends, epochs are 0 and
// the rest is not a number.
type Validated struct {
	Accuracy     Number `json:"validation_accuracy"` // per cent, of the last epoch that was measured: that of the cortex which is tested
	Loss         Number `json:"validation_loss"`     // in nat, as it is trained
	Epoch        int    `json:"validation_epoch"`    // from 1
	BestAccuracy Number `json:"best_validation_accuracy"`
	BestEpoch    int    `json:"best_validation_epoch"`
}

// NotValidated is that of a run without a measured epoch.
func NotValidated() Validated {
	nan := Number(math.NaN())
	return Validated{Accuracy: nan, Loss: nan, BestAccuracy: nan}
}

// ReadValidated reads what the run in the folder showed on validation images; info
// is its run.json.
func ReadValidated(f Folder, info *Info) (Validated, error) {
	v := NotValidated()
	e, ok, err := lastEpochOf(f)
	if err != nil {
		return v, err
	}
	if ok && !math.IsNaN(float64(e.ValidationAccuracy)) {
		v.Accuracy, v.Loss, v.Epoch = e.ValidationAccuracy, e.ValidationLoss, e.Epoch
	}
	if info.Best != nil {
		v.BestAccuracy, v.BestEpoch = info.Best.ValidationAccuracy, info.Best.Epoch
	}
	return v, nil
}

// lastEpoch reads the last line of metrics.jsonl; ok is false where there is
// none.
func lastEpochOf(f Folder) (e Epoch, ok bool, err error) {
	b, err := os.ReadFile(f.Path(MetricsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return e, false, nil
	}
	if err != nil {
		return e, false, err
	}
	b = bytes.TrimRight(b, "\n")
	epochs, err := ParseMetrics(f.Path(MetricsFile), b[bytes.LastIndexByte(b, '\n')+1:])
	if err != nil || len(epochs) == 0 {
		return e, false, err
	}
	return epochs[0], true, nil
}
