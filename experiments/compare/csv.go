package compare

// csvTables are the CSV files by name, each with its heading first.
func csvTables(r *Report) map[string][][]any {
	runs := [][]any{{"variant", "seed", "step", "images", "correct", "accuracy_percent", "loss_nat", "parameters", "multiply_adds", "longest_path", "updates", "folder"}}
	for i, g := range r.groups {
		c := r.Variants[i].Cost
		for k, run := range g.Runs {
			for _, s := range run.Test.Steps {
				runs = append(runs, []any{g.Name, run.Seed, s.Step, s.Images, s.Correct, s.Accuracy, s.Loss, c.Parameters, c.MultiplyAdds, c.Longest, c.Updates, r.Variants[i].Folders[k]})
			}
		}
	}
	pairs := [][]any{{"first", "second", "second_minus_first", "low_95", "high_95", "simultaneous_low_95", "simultaneous_high_95", "t", "df", "p", "p_holm", "runs_first", "runs_second", "verdict"}}
	for _, p := range r.Pairs {
		pairs = append(pairs, []any{p.First, p.Second, p.Difference, p.Low, p.High, p.AllLow, p.AllHigh, p.T, p.DF, p.P, p.Adjusted, p.Runs[0], p.Runs[1], p.Verdict})
	}
	curves := [][]any{{"first", "second", "step", "second_minus_first_points", "low_95", "high_95", "p_max_statistic"}}
	for _, c := range r.Curves {
		for i, t := range c.Steps {
			curves = append(curves, []any{c.First, c.Second, t, c.Difference[i], c.Low[i], c.High[i], c.P[i]})
		}
	}
	networks := [][]any{{"first", "second", "first_step", "second_step", "seed", "images", "first_alone", "second_alone", "second_minus_first_points", "bootstrap_low_95", "bootstrap_high_95", "p_mcnemar_exact", "p_mcnemar_mid", "loss_second_minus_first_nat", "p_loss_sign_flip"}}
	for _, n := range r.Networks {
		networks = append(networks, []any{n.First, n.Second, n.FirstStep, n.SecondStep, n.Seed, n.Images, n.FirstAlone, n.SecondAlone, n.Difference, n.Low, n.High, n.Exact, n.Mid, n.Loss, n.LossP})
	}
	analyses := [][]any{{"analysis", "frame", "unit", "position", "first", "second", "first_mean", "second_mean", "second_minus_first", "low_95", "high_95", "p_max_statistic"}}
	for _, a := range r.Analyses {
		for i, at := range a.Positions {
			analyses = append(analyses, []any{a.Analysis, a.Frame, a.Unit, at, a.First, a.Second, a.FirstMean[i], a.SecondMean[i], a.Difference[i], a.Low[i], a.High[i], a.P[i]})
		}
	}
	return map[string][][]any{"analyses.csv": analyses, "runs.csv": runs, "pairs.csv": pairs, "steps.csv": curves, "networks.csv": networks}
}
