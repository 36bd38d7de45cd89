package rundir

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"
)

// NoWeights says what would make the weights of a run.
func NoWeights(dir Folder, info *Info) error {
	if info.State == Finished {
		return errors.New(lost + Again(dir) + " makes the run again")
	}
	return fmt.Errorf("is not there yet, the run is %s; cortex run %s --resume goes on with it", info.Held(), dir)
}

// lost begins what is said of a result that is not there.
const lost = "is missing, though the run is finished; "

// Again is the command that makes the run in a folder once more: from its resolved
// experiment, into a free folder. A condition is tested once more in its own folder.
func Again(f Folder) string {
	if c := conditionOf(f); c != nil {
		return c.command(f)
	}
	return rerun(f, ExperimentFile)
}

// conditionOf is the condition in a folder, nil if it holds none.
func conditionOf(f Folder) *Condition {
	var info Info
	if f.ReadJSON(InfoFile, &info) != nil {
		return nil
	}
	return info.Condition
}

// OfCondition is the folder of the run that the condition in a folder belongs to.
func OfCondition(f Folder) Folder {
	at := filepath.Clean(string(f))
	if of := filepath.Dir(filepath.Dir(at)); of != "." && !strings.HasSuffix(at, "..") {
		return Folder(of)
	}
	return Folder(filepath.Dir(filepath.Dir(Absolute(f))))
}

// command is what makes the condition in a folder again.
func (c *Condition) command(f Folder) string {
	verb := "test"
	if f.Has("recordings") {
		verb = "record"
	}
	return "cortex " + verb + " " + c.arguments(f)
}

// Recorded is the arguments with which cortex record records the run or the condition
// in a folder.
func Recorded(f Folder) string {
	if c := conditionOf(f); c != nil {
		return c.arguments(f)
	}
	return string(f)
}

// arguments are those of cortex test for the condition in a folder.
func (c *Condition) arguments(f Folder) string {
	text := string(OfCondition(f))
	for _, s := range c.Set {
		text += fmt.Sprintf(" --set %s", inShell(s))
	}
	for _, l := range c.Lesions {
		text += fmt.Sprintf(" --lesion %s", inShell(l))
	}
	return text + " --name " + c.Name
}

// inShell is a word that a shell takes as it is.
func inShell(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }

// rerun is the command that runs a file of the folder into a folder beside it;
// that of a control is beside the run that it belongs to.
func rerun(f Folder, file string) string {
	to := filepath.Clean(string(f))
	if at := filepath.Dir(to); filepath.Base(at) == "controls" && Folder(filepath.Dir(at)).Has(InfoFile) {
		to = filepath.Dir(at) + "-" + filepath.Base(to)
	}
	if base := filepath.Base(to); base == "." || base == ".." {
		to = Absolute(f)
	}
	if free, err := Free(to); err == nil {
		to = free
	}
	return fmt.Sprintf("cortex run %s --out %s", f.Path(file), to)
}
