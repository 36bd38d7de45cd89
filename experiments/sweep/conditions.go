package sweep

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"time"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// asked is the SHA-256 of the conditions that an experiment has its trained run tested and
// recorded in, with all that they refer to; "" where there are none.
func asked(e *spec.Experiment) string {
	if len(e.Testing.Condition)+len(e.Record.Condition) == 0 {
		return ""
	}
	h := sha256.New()
	k := decode.Keyed(e.TOML())
	for _, key := range k.Order {
		table, _, _ := strings.Cut(key, ".")
		switch table {
		case "test", "record", "condition", "contrast", "protocol", "lesion":
			fmt.Fprintf(h, "%s = %s\n", key, k.Value[key])
		}
	}
	return fmt.Sprintf("%x", h.Sum(nil))
}

// shown is conditions.json: the conditions that the run of a task was tested in.
type shown struct {
	Format     int       `json:"format"`
	Conditions string    `json:"conditions_sha256"`
	Weights    string    `json:"weights_sha256"` // that were tested
	Time       time.Time `json:"time"`
}

// conditioned reports whether the finished run was tested in the conditions that the task
// asks for.
func (t *Task) conditioned() bool {
	if t.Conditions == "" {
		return true
	}
	var x shown
	if !t.own().Has(conditionsFile) || t.own().ReadJSON(conditionsFile, &x) != nil {
		return false
	}
	return x.Conditions == t.Conditions && x.Weights == t.weights()
}

// weights is the SHA-256 of the weights of the task's run, as run.json has it.
func (t *Task) weights() string {
	var info rundir.Info
	if t.Folder().ReadJSON(rundir.InfoFile, &info) != nil {
		return ""
	}
	return info.Results[rundir.WeightsFile]
}

// ExperimentFile is the file of the task's experiment, with the tables of its conditions.
func (t *Task) ExperimentFile() string { return t.own().Path(experimentFile) }

// Condition has a finished run tested in the conditions that the task asks for, by test,
// unless it was. A failure is noted, so that the state of the task tells. A task that
// another process works on is a *rundir.Busy.
func (t *Task) Condition(ctx context.Context, test func(context.Context) error) error {
	if s, err := t.State(); err != nil || !s.Conditions {
		return err
	}
	lock, err := t.own().Lock()
	if err != nil {
		return err
	}
	defer lock.Release()
	if s, err := t.stands(); err != nil || !s.Conditions {
		return err // by a process that held the lock before
	}
	if err := t.forget(); err != nil {
		return err
	}
	err = test(ctx)
	var busy *rundir.Busy
	switch {
	case err == nil:
		return t.own().WriteJSON(conditionsFile, shown{spec.Format, t.Conditions, t.weights(), time.Now()})
	case errors.Is(err, context.Canceled) || errors.As(err, &busy):
		return err
	}
	return errors.Join(err, t.fail("conditions: "+err.Error(), time.Now()))
}
