package report

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"ventral/cortex/analysis"
	"ventral/experiments/contrast"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/plots"
	"ventral/plots/canvas"
	"ventral/plots/page"
)

// drawConditions draws a table of conditions, and writes the page of their run again
// where it has one.
func drawConditions(dir rundir.Folder, t *ConditionTable) error {
	f, err := conditionsFigure(dir, t)
	if err != nil {
		return err
	}
	for _, format := range canvas.Formats {
		if f == nil { // an older figure is of other conditions
			if err := os.Remove(dir.Path(conditionsFile + format)); err != nil && !os.IsNotExist(err) {
				return err
			}
			continue
		}
		err := dir.Write(conditionsFile+format, func(w io.Writer) error { return canvas.Save(w, format, f.Light, 0, 0) })
		if err != nil {
			return err
		}
	}
	if !dir.Has(rundir.PageFile) {
		return nil
	}
	r, err := Read(dir)
	if err != nil {
		return err
	}
	controls, err := beside(r)
	if err != nil {
		return err
	}
	list, err := figures(r, controls)
	if err != nil {
		return err
	}
	for i := range list {
		for _, format := range canvas.Formats {
			if name := figureFile(list[i].Light.Name, format); dir.Has(name) {
				list[i].Files = append(list[i].Files, page.Link{Text: strings.ToUpper(format), Path: name})
			}
		}
	}
	return writePage(r, controls, list)
}

// conditionsFigure makes the figure of a table, nil where no condition has an accuracy.
func conditionsFigure(dir rundir.Folder, t *ConditionTable) (*page.Figure, error) {
	var list []plots.Condition
	for _, row := range t.Rows {
		from := dir
		if row.Name != AsTrained {
			from = dir.Condition(row.Name)
		}
		an, err := readAnatomy(from)
		if err != nil {
			return nil, err
		}
		if an == nil {
			continue // the condition was removed since
		}
		of, _ := contrast.NameOf(row.Name)
		c := plots.Condition{Name: row.Name, Of: of, Anatomy: an}
		for _, v := range row.Values {
			c.Values = append(c.Values, [2]string{v.Of, v.Value})
		}
		f := analysis.Frame{Name: "accuracy", Unit: "%", Axes: []analysis.Axis{{Name: "step"}, {Name: "statistic", Labels: []string{"mean", "low", "high", "n", "chance"}}}}
		for _, s := range row.Steps {
			f.Axes[0].Values = append(f.Axes[0].Values, float64(s.Step))
			f.Data = append(f.Data, float64(s.Accuracy), float64(s.Low), float64(s.High), float64(s.Images), float64(t.Chance))
		}
		c.Accuracy = f
		list = append(list, c)
	}
	if len(list) == 0 {
		return nil, nil
	}
	light, err := plots.Conditions(list, canvas.Light())
	if err != nil {
		return nil, err
	}
	dark, err := plots.Conditions(list, canvas.Dark())
	if err != nil {
		return nil, err
	}
	return &page.Figure{Light: light, Dark: dark}, nil
}

// shownConditions reads the table of conditions of a run, with its figure; nil where
// there is none.
func shownConditions(r *Run) (*ConditionTable, *page.Figure, error) {
	if r.Info.Condition != nil || !r.Dir.Has(conditionsFile+"json") {
		return nil, nil, nil
	}
	t := &ConditionTable{}
	if err := r.Dir.ReadJSON(conditionsFile+"json", t); err != nil {
		return nil, nil, err
	}
	f, err := conditionsFigure(r.Dir, t)
	if err != nil || f == nil {
		return t, nil, err
	}
	for _, format := range canvas.Formats {
		if r.Dir.Has(conditionsFile + format) {
			f.Files = append(f.Files, page.Link{Text: strings.ToUpper(format), Path: conditionsFile + format})
		}
	}
	return t, f, nil
}

// conditionTables are the tables of the page: accuracies and contrasts at the last
// steps.
func conditionTables(t *ConditionTable) (list []page.Table) {
	if len(t.Rows) > 0 {
		x := page.Table{Title: "Conditions", Columns: []string{"condition", "last step", "accuracy (%)", "95 % interval", "images"},
			Note: fmt.Sprintf("One network; Wilson intervals over images; chance %.3g %%. All steps are in %scsv.", float64(t.Chance), conditionsFile)}
		for _, r := range t.Rows {
			s := r.Steps[len(r.Steps)-1]
			x.Rows = append(x.Rows, []string{r.Name, fmt.Sprint(s.Step), fmt.Sprintf("%.1f", float64(s.Accuracy)),
				fmt.Sprintf("%.1f to %.1f", float64(s.Low), float64(s.High)), readable.Grouped(s.Images)})
		}
		list = append(list, x)
	}
	if len(t.Contrasts) > 0 {
		x := page.Table{Title: "Contrasts of conditions", Columns: []string{"contrast", "of", "step", "difference (points)", "95 % interval", "images"},
			Note: canvas.Upper(contrastNote) + "."}
		for _, c := range t.Contrasts {
			s := c.Steps[len(c.Steps)-1]
			interval := "–"
			if !math.IsNaN(float64(s.Low)) {
				interval = fmt.Sprintf("%.1f to %.1f", float64(s.Low), float64(s.High))
			}
			x.Rows = append(x.Rows, []string{c.Name, c.Of, fmt.Sprint(s.Step), fmt.Sprintf("%.1f", float64(s.Difference)), canvas.Minus(interval), readable.Grouped(s.Images)})
		}
		list = append(list, x)
	}
	return list
}
