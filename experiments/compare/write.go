package compare

import (
	"fmt"
	"io"
	"path/filepath"

	"ventral/cortex/analysis"
	"ventral/experiments"
	"ventral/experiments/rundir"
	"ventral/plots"
	"ventral/plots/canvas"
)

// Write writes what the comparison showed into its folder: comparison.json,
// tables as CSV, frames.json, figures, and index.html.
func (r *Report) Write(dir rundir.Folder) error {
	for i, g := range r.groups {
		for k, run := range g.Runs {
			r.Variants[i].Folders[k] = relative(dir, run.Folder)
		}
	}
	if err := dir.WriteJSON(reportFile, r); err != nil {
		return err
	}
	for name, rows := range r.tables() {
		if err := experiments.WriteCSV(dir, name, rows); err != nil {
			return err
		}
	}
	frames, err := r.frames()
	if err != nil {
		return err
	}
	if err := dir.Write("frames.json", func(w io.Writer) error { return analysis.WriteFrames(w, frames) }); err != nil {
		return err
	}
	figures, err := r.figures(frames)
	if err != nil {
		return err
	}
	for i := range figures {
		f := figures[i].Light
		for _, format := range canvas.Formats {
			name := fmt.Sprintf("figures/%s.%s", f.Name, format)
			if err := dir.Write(name, func(w io.Writer) error { return canvas.Save(w, format, f, 0, 0) }); err != nil {
				return err
			}
			figures[i].Files = append(figures[i].Files, plots.Link{Text: format, Path: name})
		}
	}
	page, err := r.page(dir, figures)
	if err != nil {
		return err
	}
	return dir.Write("index.html", func(w io.Writer) error { return plots.WritePage(w, page) })
}

// tables are the CSV files by name, each with its heading first.
func (r *Report) tables() map[string][][]any {
	runs := [][]any{{"variant", "seed", "slice", "images", "correct", "accuracy_percent", "loss_nat", "parameters", "multiply_adds", "longest_path", "updates", "folder"}}
	for i, g := range r.groups {
		c := r.Variants[i].Cost
		for k, run := range g.Runs {
			for _, s := range run.Test.Slices {
				runs = append(runs, []any{g.Name, run.Seed, s.Slice, s.Images, s.Correct, s.Accuracy, s.Loss, c.Parameters, c.MultiplyAdds, c.Longest, c.Updates, r.Variants[i].Folders[k]})
			}
		}
	}
	pairs := [][]any{{"first", "second", "second_minus_first", "low_95", "high_95", "simultaneous_low_95", "simultaneous_high_95", "t", "df", "p", "p_holm", "runs_first", "runs_second", "verdict"}}
	for _, p := range r.Pairs {
		pairs = append(pairs, []any{p.First, p.Second, p.Difference, p.Low, p.High, p.AllLow, p.AllHigh, p.T, p.DF, p.P, p.Adjusted, p.Runs[0], p.Runs[1], p.Verdict})
	}
	curves := [][]any{{"first", "second", "slice", "second_minus_first_points", "low_95", "high_95", "p_max_statistic"}}
	for _, c := range r.Curves {
		for i, t := range c.Slices {
			curves = append(curves, []any{c.First, c.Second, t, c.Difference[i], c.Low[i], c.High[i], c.P[i]})
		}
	}
	networks := [][]any{{"first", "second", "first_slice", "second_slice", "seed", "images", "first_alone", "second_alone", "second_minus_first_points", "bootstrap_low_95", "bootstrap_high_95", "p_mcnemar_exact", "p_mcnemar_mid", "loss_second_minus_first_nat", "p_loss_sign_flip"}}
	for _, n := range r.Networks {
		networks = append(networks, []any{n.First, n.Second, n.FirstSlice, n.SecondSlice, n.Seed, n.Images, n.FirstAlone, n.SecondAlone, n.Difference, n.Low, n.High, n.Exact, n.Mid, n.Loss, n.LossP})
	}
	return map[string][][]any{"runs.csv": runs, "pairs.csv": pairs, "slices.csv": curves, "networks.csv": networks}
}

// relative is a run's folder as seen from the comparison's, with slashes; as it is
// where there is no way between them.
func relative(dir, run rundir.Folder) string {
	from, err := filepath.Abs(string(dir))
	if err != nil {
		return string(run)
	}
	to, err := filepath.Abs(string(run))
	if err != nil {
		return string(run)
	}
	path, err := filepath.Rel(from, to)
	if err != nil {
		return to
	}
	return filepath.ToSlash(path)
}

// link is a run's page as seen from the comparison's folder, "" where it lies
// elsewhere or was not drawn.
func link(dir, run rundir.Folder) string {
	if !run.Has("index.html") {
		return ""
	}
	path := relative(dir, run) + "/index.html"
	if !filepath.IsLocal(filepath.FromSlash(path)) {
		return ""
	}
	return path
}
