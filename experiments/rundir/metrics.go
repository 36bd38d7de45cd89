package rundir

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"os"
	"strconv"
)

// Number is a number in JSON, null where it is not one.
type Number float64

// MarshalJSON writes NaN and infinities as null.
func (n Number) MarshalJSON() ([]byte, error) {
	if f := float64(n); math.IsNaN(f) || math.IsInf(f, 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// UnmarshalJSON reads null as NaN.
func (n *Number) UnmarshalJSON(b []byte) error {
	if bytes.Equal(b, []byte("null")) {
		*n = Number(math.NaN())
		return nil
	}
	var f float64
	err := json.Unmarshal(b, &f)
	*n = Number(f)
	return err
}

// Epoch is a line of metrics.jsonl. Accuracies are in per cent, losses in nat
// without weight decay. Numbers without a step are those of the loss as it is
// trained, and of accuracy at the last step measured.
type Epoch struct {
	Format             int    `json:"format"`
	Epoch              int    `json:"epoch"`   // from 1
	Batches            int    `json:"batches"` // since the beginning
	Rate               Number `json:"rate"`    // at its first batch
	TrainingLoss       Number `json:"training_loss"`
	TrainingAccuracy   Number `json:"training_accuracy"` // over the epoch, while weights changed
	ValidationLoss     Number `json:"validation_loss"`
	ValidationAccuracy Number `json:"validation_accuracy"`
	Seconds            Number `json:"seconds"`
	WaitingSeconds     Number `json:"waiting_seconds"` // of them, for images
	ImagesPerSecond    Number `json:"images_per_second"`
	Steps              []Step `json:"steps"`
}

// Step is what was measured at one step.
type Step struct {
	Step     int    `json:"step"`
	Trained  bool   `json:"trained"` // the loss reads it
	Images   int    `json:"images"`
	Correct  int    `json:"correct"`
	Loss     Number `json:"loss"`
	Accuracy Number `json:"accuracy"` // per cent
}

// WriteMetrics writes all epochs as metrics.jsonl, metrics.csv and steps.csv.
func WriteMetrics(f Folder, epochs []Epoch) error {
	err := f.Write(MetricsFile, func(w io.Writer) error {
		for _, e := range epochs {
			b, err := json.Marshal(e)
			if err != nil {
				return err
			}
			if _, err := w.Write(append(b, '\n')); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	rows := [][]any{{"format", "epoch", "batches", "rate", "training_loss", "training_accuracy_percent", "validation_loss", "validation_accuracy_percent", "seconds", "waiting_seconds", "images_per_second"}}
	steps := [][]any{{"format", "epoch", "step", "trained_step", "images", "correct", "validation_loss", "validation_accuracy_percent"}}
	for _, e := range epochs {
		rows = append(rows, []any{e.Format, e.Epoch, e.Batches, e.Rate, e.TrainingLoss, e.TrainingAccuracy, e.ValidationLoss, e.ValidationAccuracy, e.Seconds, e.WaitingSeconds, e.ImagesPerSecond})
		for _, s := range e.Steps {
			steps = append(steps, []any{e.Format, e.Epoch, s.Step, s.Trained, s.Images, s.Correct, s.Loss, s.Accuracy})
		}
	}
	if err := WriteCSV(f, MetricsTable, rows); err != nil {
		return err
	}
	return WriteCSV(f, StepsTable, steps)
}

// WriteCSV writes a table, its heading first; a Number that is not finite is
// empty.
func WriteCSV(f Folder, name string, rows [][]any) error {
	return f.Write(name, func(w io.Writer) error {
		c := csv.NewWriter(w)
		for _, cells := range rows {
			texts := make([]string, len(cells))
			for i, x := range cells {
				n, ok := x.(Number)
				switch v := float64(n); {
				case !ok:
					texts[i] = fmt.Sprint(x)
				case !math.IsNaN(v) && !math.IsInf(v, 0):
					texts[i] = strconv.FormatFloat(v, 'g', -1, 64)
				}
			}
			c.Write(texts)
		}
		c.Flush()
		return c.Error()
	})
}

// ReadMetrics reads metrics.jsonl; a missing file is no epochs.
func ReadMetrics(f Folder) ([]Epoch, error) {
	b, err := os.ReadFile(f.Path(MetricsFile))
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return ParseMetrics(f.Path(MetricsFile), b)
}

// ParseMetrics reads the text of metrics.jsonl; file is its name in messages.
func ParseMetrics(file string, b []byte) ([]Epoch, error) {
	var epochs []Epoch
	lines := bufio.NewScanner(bytes.NewReader(b))
	lines.Buffer(nil, 1<<24)
	for n := 1; lines.Scan(); n++ {
		var e Epoch
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			var old struct{ Format int }
			if json.Unmarshal(lines.Bytes(), &old) == nil && old.Format > 0 && old.Format != Format {
				return nil, fmt.Errorf("%s:%d: %w", file, n, CheckFormat(old.Format))
			}
			return nil, fmt.Errorf("%s:%d: %w", file, n, PlainJSON(err))
		}
		if err := CheckFormat(e.Format); err != nil {
			return nil, fmt.Errorf("%s:%d: %w", file, n, err)
		}
		epochs = append(epochs, e)
	}
	return epochs, lines.Err()
}
