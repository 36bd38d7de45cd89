package report

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/experiments/decode"
	"ventral/experiments/rundir"
)

// memberOf takes the name of a file that an analysis read apart: the folder of the
// condition or run, within that of the analysis, and the file in it.
func memberOf(name string) (folder, file string) {
	for _, table := range []string{"conditions/", "runs/"} {
		if rest, ok := strings.CutPrefix(name, table); ok {
			if i := strings.IndexByte(rest, '/'); i >= 0 {
				return name[:len(table)+i], rest[i+1:]
			}
		}
	}
	return "", name
}

// textsOf are the settings of an analysis that are texts.
func textsOf(s analysis.Settings) (list []string) {
	decode.Fields(decode.ValueOf(s), func(_ string, f decode.Field) {
		if f.Value.Kind().String() == "string" {
			list = append(list, f.Value.String())
		}
	})
	return list
}

// conditionsNamed are the conditions of a run that names mean, of those that are there:
// a whole name, the name of a condition that lists make several of, "all", or AsTrained
// for the run itself. They are in the order of the names, and conditions of one list in
// the order of their numbers.
func conditionsNamed(dir rundir.Folder, names []string) (list []string, err error) {
	var there []string
	entries, err := os.ReadDir(dir.Path("conditions"))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() && dir.Condition(e.Name()).IsRun() {
			there = append(there, e.Name())
		}
	}
	slices.SortFunc(there, naturally)
	for _, name := range names {
		found := false
		for _, x := range append([]string{AsTrained}, there...) {
			if x != name && !strings.HasPrefix(x, name+"[") && name != "all" {
				continue
			}
			found = true
			if !slices.Contains(list, x) {
				list = append(list, x)
			}
		}
		if !found {
			return nil, fmt.Errorf("%s: found no condition %q that was tested; cortex record %s --condition %q makes it; there are %s", dir, name, dir, name, strings.Join(append([]string{AsTrained}, there...), ", "))
		}
	}
	return list, nil
}

// naturally compares texts, in which numbers count as numbers: soa=2 before soa=10.
func naturally(a, b string) int {
	digits := func(s string) string { return s[:len(s)-len(strings.TrimLeft(s, "0123456789"))] }
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x == "" || y == "" {
			if a[0] != b[0] {
				return int(a[0]) - int(b[0])
			}
			a, b = a[1:], b[1:]
			continue
		}
		a, b = a[len(x):], b[len(y):]
		x, y = strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
		if len(x) != len(y) {
			return len(x) - len(y)
		}
		if c := strings.Compare(x, y); c != 0 {
			return c
		}
	}
	return len(a) - len(b)
}

// groupOf opens what an analysis reads: the run in a folder, or conditions of it.
func groupOf(dir rundir.Folder, names []string, sums map[string]string) (analysis.Group, error) {
	g := analysis.Group{Axis: "condition"}
	if len(names) == 0 {
		s, err := openSource(dir, "", sums)
		if err != nil {
			return g, err
		}
		g.Members = []analysis.Member{{Source: s}}
		return g, nil
	}
	list, err := conditionsNamed(dir, names)
	if err != nil {
		return g, err
	}
	for _, name := range list {
		from, prefix := dir, ""
		if name != AsTrained {
			from, prefix = dir.Condition(name), "conditions/"+name+"/"
		}
		s, err := openSource(from, prefix, sums)
		if err != nil {
			return g, err
		}
		g.Members = append(g.Members, analysis.Member{Name: name, Images: shownTo(s.run), Source: s})
	}
	return g, nil
}

// shownTo tells which images a run was tested with, and which were recorded.
func shownTo(r *Run) string {
	return r.Info.IDs[r.Test.Split] + " " + r.Info.IDs[r.settings["record.split"]]
}

// Runs are runs that are analysed together. Names tell them apart.
type Runs struct {
	Axis    string // what they differ in: "run" of seeds, "variant" of anything else
	Folders []rundir.Folder
	Names   []string
}

// group opens them.
func (r Runs) group(sums map[string]string) (analysis.Group, error) {
	g := analysis.Group{Axis: r.Axis}
	for i, dir := range r.Folders {
		s, err := openSource(dir, "runs/"+r.Names[i]+"/", sums)
		if err != nil {
			return g, err
		}
		g.Members = append(g.Members, analysis.Member{Name: r.Names[i], Images: shownTo(s.run), Source: s})
	}
	return g, nil
}

// ConditionRemoved makes the table and the figure of a run's conditions again, once the
// folder of one of them was removed. Other folders are left as they are. Contrasts are
// left out, which a note says.
func ConditionRemoved(removed rundir.Folder) error {
	dir := rundir.OfCondition(removed)
	if filepath.Base(filepath.Dir(string(removed))) != "conditions" || !dir.IsRun() || !dir.Has(conditionsFile+"json") {
		return nil
	}
	names, err := conditionsNamed(dir, []string{"all"})
	if err != nil {
		return err
	}
	var there []rundir.Folder
	for _, name := range names {
		if name != AsTrained {
			there = append(there, dir.Condition(name))
		}
	}
	if len(there) > 0 {
		_, err := Conditions(dir, there, Beside{Note: "a condition was removed, and contrasts with it; cortex test RUN --condition makes them again"}, dir.Has(rundir.PageFile))
		return err
	}
	for _, name := range rundir.ConditionsFiles {
		if err := os.Remove(dir.Path("conditions/" + name)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	if !dir.Has(rundir.PageFile) {
		return nil
	}
	return Draw(dir)
}
