package report

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"ventral/cortex/analysis"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
)

// StatusText says how a run stands, line by line.
func StatusText(s *rundir.Status) string {
	var b strings.Builder
	i := s.Info
	line := func(label, format string, a ...any) {
		fmt.Fprintf(&b, "%-15s %s\n", label, fmt.Sprintf(format, a...))
	}
	line("run", "%s, seed %d, in %s", i.Name, i.Seed, s.Folder)
	if s.About != "" {
		line("about", "%s", s.About)
	}
	if i.Condition != nil {
		line("condition", "%s", conditionText(i.Condition))
	}
	line("state", "%s%s; %d of %s, batch %d, %s of training", rundir.StateText(s.State, s.Unsure), goesOnBy(s.Folder, s.State, s.Unsure), i.EpochsDone, readable.Counted(i.Epochs, "epoch"), i.Batches, time.Duration(i.Seconds*float64(time.Second)).Round(time.Second))
	if i.Error != "" {
		line("error", "%s", i.Error)
	}
	line("size", "%s parameters, %s multiply-adds an image", readable.Grouped(i.Parameters), readable.Short(i.MultiplyAdds))
	line("program", "cortex %s, %s, %s/%s; engine %s, kernel %s, %s, %s", i.Version, i.Go, i.OS, i.Arch, i.Engine, i.Kernel, readable.Counted(i.Threads, "thread"), i.Precision)
	line("command", "%s", strings.Join(i.Command, " "))
	line("begun", "%s", i.Started.Format(time.RFC3339))
	for _, r := range i.Resumed {
		line("resumed", "%s at batch %d%s", r.Time.Format(time.RFC3339), r.Batches, r.Changes(i))
	}
	line("experiment", "SHA-256 %s", i.Experiment)
	for _, name := range slices.Sorted(maps.Keys(i.Data)) {
		line("data "+name, "SHA-256 %s", i.Data[name])
	}
	for _, c := range s.Checkpoints {
		best := ""
		if c.Best {
			best = ", the best on validation"
		}
		damage := ""
		if c.Damage != "" {
			damage = "; damaged, nothing goes on from it: " + c.Damage
		}
		line("checkpoint", "%s, %s bytes%s%s", filepath.Base(c.File), readable.Grouped(int(c.Bytes)), best, damage)
	}
	if i.Best != nil {
		line("best", "epoch %d: %.1f %% of validation images, loss %.4f", i.Best.Epoch, float64(i.Best.ValidationAccuracy), float64(i.Best.ValidationLoss))
	}
	for _, n := range i.Notes {
		line("note", "%s", n)
	}
	if s.Test != nil {
		line("test", "%s", testSentence(s.Test, s.Recorded))
		for _, x := range s.Test.Steps {
			line("", "step %d: %.1f %%, loss %.4f", x.Step, float64(x.Accuracy), float64(x.Loss))
		}
	}
	if n := rundir.TestReads(rundir.Folder(s.Folder), i); n > 1 {
		line("test images", "were read %d times", n)
	}
	for _, c := range s.Controls {
		fmt.Fprintf(&b, "\n%s", StatusText(c))
	}
	return b.String()
}

// goesOnBy says how a run that is not finished goes on.
func goesOnBy(folder, state string, unsure bool) string {
	if unsure {
		return fmt.Sprintf(", its process may have been killed (if nobody works there, cortex run %s --resume goes on)", folder)
	}
	switch state {
	case rundir.Stopped, rundir.Interrupted, rundir.Failed:
		return fmt.Sprintf(" (cortex run %s --resume goes on)", folder)
	}
	return ""
}

// ResultText says what a run showed, in a line for each network.
func ResultText(s *rundir.Status) string {
	i := s.Info
	text := fmt.Sprintf("%s: %s", i.Name, s.State)
	if s.Test != nil {
		text = fmt.Sprintf("%s: %s; %s parameters, %s multiply-adds an image", i.Name, testSentence(s.Test, s.Recorded), readable.Grouped(i.Parameters), readable.Short(i.MultiplyAdds))
	}
	for _, n := range i.Notes {
		text += "\nnote: " + n
	}
	for _, c := range s.Controls {
		text += "\n" + ResultText(c)
	}
	return text
}

// testSentence gives the accuracy at the last step with its interval, or says that so many
// images were recorded and none judged.
func testSentence(t *rundir.TestResult, recorded int) string {
	if !t.Judged() {
		return readable.Counted(recorded, "image") + " recorded, not judged: without labels of the trained classes there is no accuracy"
	}
	l := t.Last()
	low, high := analysis.Wilson(l.Correct, l.Images)
	return fmt.Sprintf("answers %.1f %% of %s %s images rightly at step %d (95 %% Wilson interval over images %.1f to %.1f; chance %.3g %%)",
		float64(l.Accuracy), readable.Grouped(l.Images), t.Split, l.Step, 100*low, 100*high, float64(t.Chance))
}
