package fitting

import (
	"errors"
	"slices"
	"strings"

	"ventral/cortex"
	"ventral/experiments/decode"
	"ventral/experiments/spec"
	"ventral/experiments/spec/conditions"
)

// Changeable reports whether a key may differ after training.
func Changeable(key string) bool {
	if key == "stimuli.normalise" || strings.HasPrefix(key, "stimuli.augment") {
		return false // the trained cortex has its normalisation, and only training augments
	}
	for _, table := range []string{"stimuli", "protocol", "condition", "contrast", "record", "analysis", "lesion"} {
		if strings.HasPrefix(key, table+".") {
			return true
		}
	}
	if strings.HasPrefix(key, "connection.") {
		return strings.HasSuffix(key, ".gain") || strings.HasSuffix(key, ".window")
	}
	return slices.Contains([]string{"name", "about", "steps", "ms_per_step", "input.steps", "input.protocol", "readout.test", "readout.labels", "readout.lag", "train.batch", "train.reestimate"}, key)
}

// Fixed is what is said of a key that is not [Changeable].
const Fixed = "cannot change after training; a condition can change stimuli, protocol, steps, input.steps, input.protocol, readout.test, readout.labels, record, analysis, lesion, and the gain and window of connections"

// Check reports the first condition of the experiment that a cortex which it trains could
// not be shown, before it is trained. The fault stands at the condition's key. Of
// conditions that lists make, each value is tried once. Folder and cache are as in
// [spec.Overrides].
func Check(e *spec.Experiment, folder, cache string) error {
	if len(e.Conditions) == 0 {
		return nil
	}
	g, err := e.Graph()
	if err != nil {
		return err
	}
	tested, err := e.FindConditions(e.Testing.Condition)
	if err != nil {
		return err
	}
	text := e.TOML()
	for _, table := range e.Conditions {
		tried := map[string]bool{}
		for _, c := range table.List {
			values := append(slices.Clone(c.Set), c.Lesions...)
			if len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return !tried[v] }) {
				continue
			}
			for _, v := range values {
				tried[v] = true
			}
			judged := slices.ContainsFunc(tested, func(x conditions.Condition) bool { return x.Name == c.Name })
			if err := checkOne(e, g, text, table.Name, c, spec.Overrides{Folder: folder, Cache: cache, Unjudged: !judged}); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkOne reports why a condition cannot be shown.
func checkOne(e *spec.Experiment, g *cortex.Graph, text, table string, c conditions.Condition, o spec.Overrides) error {
	label := e.Stimuli.Described.Label()
	o.Set, o.Images, o.Labels = c.Set, &e.Stimuli.Described, &label
	shown, err := spec.ReadPlain(e.Src.File, text, o)
	if f := (*decode.Fault)(nil); errors.As(err, &f) {
		message := f.Message
		if !strings.HasPrefix(f.File, "--set ") {
			message = f.Key + ": " + message // of a key that the condition leaves alone
			return e.Src.FaultKey([]string{"condition", table}, "%s", message)
		}
		return e.Src.Fault(placeOf(e, table, f.Key), "%s", message)
	}
	if err != nil {
		return err
	}
	for _, d := range spec.Differences(e, shown) {
		if !Changeable(d.Key) {
			return e.Src.Fault(placeOf(e, table, d.Key), "%s %s", d.Key, Fixed)
		}
	}
	is, err := shown.Graph()
	if err != nil {
		return e.Src.FaultKey([]string{"condition", table}, "%v", err)
	}
	if is.Image != g.Image || is.Classes != g.Classes {
		return e.Src.FaultKey([]string{"condition", table}, "found images of %v (height, width, channels) and %d classes, but the cortex is trained on %v and %d classes", is.Image, is.Classes, g.Image, g.Classes)
	}
	if shown.Stimuli.Unlabelled && !o.Unjudged {
		return e.Src.FaultKey([]string{"condition", table}, "found images without labels of the trained classes, which no test can judge; want it in record.condition alone")
	}
	if _, _, err := spec.Lesioned(shown, cortex.TrainedAs(is, g), c.Lesions); err != nil {
		return e.Src.Fault([]string{"condition", table, "lesion"}, "%v", err)
	}
	return nil
}

// placeOf is where a table says something of a key: in its set, or under a key of its own.
func placeOf(e *spec.Experiment, table, key string) []string {
	at := []string{"condition", table}
	path, _ := decode.SplitKey(key)
	for n := len(path); n > 0; n-- {
		for _, own := range [][]string{decode.Below(at, "set", decode.Dotted(path[:n])), decode.Below(decode.Below(at, "set"), path[:n]...)} {
			if e.Src.Given(own) { // "train.rate" = 3, train.rate = 3
				return own
			}
		}
	}
	switch {
	case key == "input.protocol":
		path = []string{"protocol"}
	case path[0] != "stimuli" && path[0] != "steps":
		return at
	}
	return append(at, path...)
}
