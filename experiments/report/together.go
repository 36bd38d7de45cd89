package report

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"ventral/cortex/analysis"
	"ventral/cortex/recording"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/plots"
	"ventral/plots/canvas"
	"ventral/plots/movie"
	"ventral/plots/page"
)

// Together are runs, or conditions of one run, that one report shows.
type Together struct {
	By      string // "run" or "condition"
	Folders []rundir.Folder
	Names   []string // in keys and tables
}

// ConditionsOf are the conditions of a run by names, as cortex analyse --condition takes
// them.
func ConditionsOf(dir rundir.Folder, names []string) (Together, error) {
	t := Together{By: "condition"}
	var err error
	if t.Names, err = conditionsNamed(dir, names); err != nil {
		return t, err
	}
	for _, name := range t.Names {
		if name == AsTrained {
			t.Folders = append(t.Folders, dir)
		} else {
			t.Folders = append(t.Folders, dir.Condition(name))
		}
	}
	return t, nil
}

// DrawTogether draws a report of several runs or conditions into a folder: figures with a
// line for each, the analyses that the folder has of all of them, and the page.
func DrawTogether(out rundir.Folder, t Together) error {
	return out.Alone(func() error {
		var members []*Run
		for i, dir := range t.Folders {
			r, err := ReadTested(dir)
			if err != nil {
				return err
			}
			r.label = t.Names[i]
			members = append(members, r)
		}
		all, err := analysesOf(out)
		if err != nil {
			return err
		}
		d := dataOfAll(members, all.Frames, t.By == "condition")
		list, err := plots.PageFigures(d)
		if err != nil {
			return err
		}
		if err := saveFigures(out, list); err != nil {
			return err
		}
		for i := range list {
			link(all, &list[i])
			if err := saveTable(out, d, &list[i]); err != nil {
				return err
			}
		}
		return writeTogether(out, t, members, d, list)
	})
}

// analysesOf are the analyses that a folder has of runs together.
func analysesOf(out rundir.Folder) (*Run, error) {
	all := &Run{Dir: out}
	entries, err := os.ReadDir(out.Path("analyses"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if !e.IsDir() || !analysisFolder(out, e.Name()).Has(madeFile) {
			continue
		}
		frames, m, err := readAnalysis(out, e.Name())
		if err != nil {
			return nil, err
		}
		all.Frames = append(all.Frames, frames...)
		all.tables = append(all.tables, tablesOf(e.Name(), frames, m)...)
	}
	return all, nil
}

// dataOfAll are the frames of each member by its name, but for those that there are of all
// together.
func dataOfAll(members []*Run, together []analysis.Frame, conditions bool) plots.Data {
	d := plots.Data{Anatomy: members[0].Anatomy, Variants: map[string]*recording.Anatomy{}, Conditions: conditions, Frames: slices.Clone(together)}
	for i, f := range d.Frames {
		if len(f.Axes) > 0 && f.Axes[0].Name == "run" && f.Axes[0].Len() == 1 { // a line for each, no mean
			d.Frames[i].Axes = append([]analysis.Axis{{Name: "variant", Labels: []string{f.Axes[0].At(0)}}}, f.Axes[1:]...)
		}
	}
	for _, r := range members {
		d.Variants[r.label] = r.Anatomy
		for _, f := range r.AllFrames() {
			same := func(x analysis.Frame) bool { return x.Name == f.Name && x.Analysis == f.Analysis }
			if conditions && f.Name == "learning" || f.Axis("condition") != nil || slices.ContainsFunc(together, same) {
				continue
			}
			d.Frames = append(d.Frames, f.With("variant", r.label))
		}
	}
	return d
}

// saveFigures writes the files of figures, and links them.
func saveFigures(out rundir.Folder, list []page.Figure) error {
	for i := range list {
		f := list[i].Light
		for _, format := range canvas.Formats {
			var b bytes.Buffer
			if err := canvas.Save(&b, format, f, 0, 0); err != nil {
				return err
			}
			name := figureFile(f.Name, format)
			if err := out.Write(name, func(w io.Writer) error { _, err := w.Write(b.Bytes()); return err }); err != nil {
				return err
			}
			list[i].Files = append(list[i].Files, page.Link{Text: strings.ToUpper(format), Path: name})
		}
	}
	return nil
}

// saveTable writes the numbers of a figure that each member has by itself as one CSV table
// for each frame, whose first column says whose they are.
func saveTable(out rundir.Folder, d plots.Data, f *page.Figure) error {
	for _, name := range f.Light.Frames {
		var b bytes.Buffer
		for _, x := range d.Frames {
			if x.Name != name || x.Analysis != f.Light.Analysis || x.Label("variant") == "" || slices.ContainsFunc(f.Files, func(l page.Link) bool { return l.Text == "CSV "+name }) {
				continue
			}
			var one bytes.Buffer
			if err := x.WriteCSV(&one); err != nil {
				return err
			}
			rows := one.Bytes()
			if b.Len() > 0 {
				_, rows, _ = bytes.Cut(rows, []byte("\n"))
			}
			b.Write(rows)
		}
		if b.Len() == 0 {
			continue
		}
		file := strings.ReplaceAll("figures/"+f.Light.Name+"."+name+".csv", " ", "_")
		if err := out.Write(file, func(w io.Writer) error { _, err := w.Write(b.Bytes()); return err }); err != nil {
			return err
		}
		f.Files = append(f.Files, page.Link{Text: "CSV " + name, Path: file})
	}
	return nil
}

// writeTogether writes the page.
func writeTogether(out rundir.Folder, t Together, members []*Run, d plots.Data, list []page.Figure) error {
	p := page.Page{Title: strings.Join(t.Names, ", "), Figures: list, Question: commonQuestion(members),
		Subtitle: fmt.Sprintf("%s, a line for each", readable.Counted(len(members), t.By))}
	if len(t.Names) > 4 {
		p.Title = fmt.Sprintf("%s and %d more", strings.Join(t.Names[:3], ", "), len(t.Names)-3)
	}
	for i, r := range members {
		if i < 4 && r.Test.Judged() {
			p.Summary = append(p.Summary, fmt.Sprintf("`%s` %s.", r.label, testSentence(r.Test, 0)))
		}
		for _, x := range hygiene(r) {
			if !strings.HasPrefix(x, nothingFound) {
				p.Remarks = append(p.Remarks, fmt.Sprintf("`%s`: %s", r.label, x))
			}
		}
		if rel, err := filepath.Rel(string(out), r.Dir.Path(rundir.PageFile)); err == nil && r.Dir.Has(rundir.PageFile) && !strings.ContainsAny(filepath.ToSlash(rel), ":\\") {
			p.Links = append(p.Links, page.Link{Text: "page of " + r.label, Path: filepath.ToSlash(rel)})
		}
	}
	var err error
	if p.Finding, err = differences(t, members); err != nil {
		return err
	}
	p.Tables = []page.Table{togetherTable(t, members)}
	a := members[0].Anatomy
	for _, r := range members {
		if r.Anatomy.Steps > a.Steps {
			a = r.Anatomy
		}
	}
	p.Timeline = timelineOf(a)
	for _, r := range members { // said where it is so for all
		if !slices.Equal(r.Anatomy.Strip, a.Strip) {
			p.Timeline.Screen = make([]string, a.Steps)
		}
		if r.Anatomy.MSPerStep != a.MSPerStep {
			p.Timeline.MSPerStep = 0
		}
	}
	attach(p.Figures, movie.Of(d.Frames))
	for _, r := range members {
		p.Provenance = append(p.Provenance, page.Fact{Label: r.label, Value: fmt.Sprintf("%s, seed %d, experiment SHA-256 %s", r.Info.Name, r.Info.Seed, r.Info.Experiment)})
	}
	return out.Write(rundir.PageFile, func(w io.Writer) error { return page.Write(w, p) })
}

// commonQuestion is what all members ask; "" where they ask different things.
func commonQuestion(members []*Run) string {
	about := members[0].settings["about"]
	for _, r := range members {
		if r.settings["about"] != about {
			return ""
		}
	}
	return about
}

// differences says how each of a few members differs from the first, over the same images.
func differences(t Together, members []*Run) (string, error) {
	these, most := "one network each: this says nothing yet about other seeds", 2
	if t.By == "condition" {
		these = "one network: this says nothing yet about other seeds"
	}
	var parts []string
	for _, r := range members[1:min(len(members), most+1)] {
		if !r.Test.Judged() || !members[0].Test.Judged() {
			continue
		}
		p, ok, err := readPair(r, members[0])
		if err != nil {
			return "", err
		}
		if ok {
			parts = append(parts, p.sentence("`"+r.label+"`", "`"+members[0].label+"`", these))
		}
	}
	return strings.Join(parts, " "), nil
}

// togetherTable are the accuracies at the last steps.
func togetherTable(t Together, members []*Run) page.Table {
	x := page.Table{Title: canvas.Upper(t.By) + "s", Columns: []string{t.By, "parameters", "multiply-adds an image", "last step", "accuracy (%)", "95 % interval", "images"},
		Note: "Wilson intervals over images, of one network each."}
	if t.By == "condition" {
		x.Note = "One network; Wilson intervals over images."
	}
	for _, r := range members {
		if !r.Test.Judged() {
			x.Rows = append(x.Rows, []string{r.label, readable.Grouped(r.Info.Parameters), readable.Short(r.Info.MultiplyAdds), "–", "–", "–", "–"})
			continue
		}
		l := r.Test.Last()
		low, high := analysis.Wilson(l.Correct, l.Images)
		x.Rows = append(x.Rows, []string{r.label, readable.Grouped(r.Info.Parameters), readable.Short(r.Info.MultiplyAdds), fmt.Sprint(l.Step), fmt.Sprintf("%.1f", float64(l.Accuracy)),
			fmt.Sprintf("%.1f to %.1f", 100*low, 100*high), readable.Grouped(l.Images)})
	}
	return x
}
