package command

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/cortex/analysis"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// analyseCommand is the verb analyse.
func analyseCommand(p *terminal.Printer) *cobra.Command {
	var set, conditions []string
	var out string
	var noFigures bool
	cmd := p.AsJSON(&cobra.Command{
		Use:   "analyse RUN… [NAME|KIND|NAME=KIND …]",
		Short: "Analyse what runs recorded",
		Long: `analyse reads the recordings and the answers of a run and writes every analysis
to analyses/NAME in the run's folder: its numbers as frames.json, frames.npz and CSV
tables, and its settings and sources as analysis.json. Then it draws the run again.
It needs neither images nor training, and writes nothing else.

Without names it makes the analyses of the experiment. A NAME is that of a table
[analysis.NAME] of the experiment; a KIND is one of cortex list analyses; NAME=KIND
makes another one of a kind, under a name of its own. An analysis of that name that
was made before, with other settings, is replaced.

--condition analyses conditions of the run together, those that cortex record RUN
--condition wrote: each by itself, or, of kinds that compare, with each other. "as
trained" is the run itself, "all" all that are there. Several runs are analysed
together into the folder of --out; NAMES then are kinds, or analyses of the first run.

  cortex analyse runs/debris rdm
  cortex analyse runs/debris it=rdm --set distance=euclidean --set 'areas=["IT"]'
  cortex analyse runs/debris accuracy --condition all
  cortex analyse runs/a runs/b state_change --out both`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completion.Analyses,
		RunE: func(_ *cobra.Command, args []string) error {
			dir := rundir.Folder(args[0])
			runs := 1
			for runs < len(args) && rundir.Folder(args[runs]).IsRun() {
				runs++
			}
			requests, err := requested(dir, args[runs:], set)
			if err != nil {
				return exit.Wrong(err)
			}
			if len(conditions) > 0 {
				for i := range requests {
					requests[i].Of = conditions
				}
			}
			if runs > 1 || out != "" {
				return analyseRuns(p, args[:runs], requests, out, noFigures)
			}
			if err := report.Analyse(dir, requests); err != nil {
				return err
			}
			drawn := ""
			if !noFigures {
				if drawn, err = drawnAfter(dir); err != nil {
					return err
				}
			}
			return p.Report(analysed(dir, requests), func(w io.Writer) {
				for _, q := range requests {
					fmt.Fprintf(w, "%s: %s\n", q.Name, filepath.Join(string(dir), "analyses", q.Name))
				}
				fmt.Fprint(w, drawn)
			})
		},
	})
	cmd.Flags().StringArrayVar(&set, "set", nil, "a setting of the analyses that are named, `key=value`")
	cmd.Flags().StringArrayVar(&conditions, "condition", nil, "conditions of the run to analyse together, by `name`; \"all\" are all that are there")
	cmd.Flags().StringVar(&out, "out", "", "`folder` for analyses of several runs")
	cmd.Flags().BoolVar(&noFigures, "no-figures", false, "draw nothing; cortex plot RUN does it later")
	return cmd
}

// analyseRuns analyses several runs together, into a folder.
func analyseRuns(p *terminal.Printer, args []string, requests []analysis.Request, out string, noFigures bool) error {
	switch {
	case out == "":
		return exit.Wrongf("--out is missing; want the folder that analyses of several runs are written to")
	case rundir.Folder(out).IsRun():
		return exit.Wrongf("--out: %s is the folder of a run; want another one", out)
	}
	for _, q := range requests {
		if len(q.Of) > 0 {
			return exit.Wrongf("analysis %s is of conditions of one run; found %d runs", q.Name, len(args))
		}
	}
	runs := report.Runs{Axis: "run"}
	for i, name := range shortest(args) {
		if slices.Contains(runs.Names, name) {
			return exit.Wrongf("found the run %s twice", args[i])
		}
		runs.Folders, runs.Names = append(runs.Folders, rundir.Folder(args[i])), append(runs.Names, name)
	}
	to := rundir.Folder(out)
	if err := report.AnalyseRuns(to, runs, requests); err != nil {
		return err
	}
	drawn := ""
	if !noFigures {
		if err := report.DrawTogether(to, report.Together{By: "run", Folders: runs.Folders, Names: runs.Names}); err != nil {
			return err
		}
		drawn = fmt.Sprintf("page: %s\n", filepath.Join(out, rundir.PageFile))
	}
	return p.Report(analysed(to, requests), func(w io.Writer) {
		for _, q := range requests {
			fmt.Fprintf(w, "%s: %s\n", q.Name, filepath.Join(out, "analyses", q.Name))
		}
		fmt.Fprint(w, drawn)
	})
}

// shortest are names of runs: their folders without what all have before them.
func shortest(folders []string) []string {
	var list [][]string
	for _, f := range folders {
		list = append(list, strings.Split(filepath.ToSlash(filepath.Clean(f)), "/"))
	}
	same := func() bool {
		return !slices.ContainsFunc(list, func(x []string) bool { return len(x) < 2 || x[0] != list[0][0] })
	}
	for same() {
		for i := range list {
			list[i] = list[i][1:]
		}
	}
	var names []string
	for _, x := range list {
		names = append(names, strings.Join(x, "-"))
	}
	return names
}

// requested reads the analyses that names ask for of the run in a folder, with
// their settings changed; without names all of its experiment.
func requested(dir rundir.Folder, names, set []string) ([]analysis.Request, error) {
	e, info, err := run.Open(dir)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		if len(set) > 0 {
			return nil, errors.New("--set changes analyses that are named; name one, such as rdm")
		}
		return slices.DeleteFunc(e.Analyses, func(q analysis.Request) bool { return !possible(dir, info, q) }), nil
	}
	var known []string
	for _, q := range e.Analyses {
		known = append(known, q.Name)
	}
	o := spec.Overrides{Auto: info.Precision, Folder: info.Folder, Images: run.Described(info), Labels: run.Trained(info)}
	for i, name := range names {
		if name, kind, ok := strings.Cut(name, "="); ok { // another one of a kind
			if _, ok := analysis.Find(kind); !ok {
				return nil, fmt.Errorf("found %q, which is no kind of analysis%s", kind, spec.Meant(kind, kindsOfAnalysis()))
			}
			names[i] = name
			o.Set = append(o.Set, fmt.Sprintf("analysis.%s.kind=%q", name, kind))
		} else if !slices.Contains(known, name) {
			if _, ok := analysis.Find(name); !ok {
				return nil, fmt.Errorf("found %q, which is no analysis of this run and no kind of analysis%s", name, spec.Meant(name, append(kindsOfAnalysis(), known...)))
			}
			o.Set = append(o.Set, fmt.Sprintf("analysis.%s.kind=%q", name, name))
		}
		for _, s := range set {
			o.Set = append(o.Set, "analysis."+names[i]+"."+s)
		}
	}
	text, err := dir.ReadText(rundir.ExperimentFile)
	if err != nil {
		return nil, err
	}
	if e, err = spec.Read(dir.Path(rundir.ExperimentFile), text, o); err != nil {
		return nil, err
	}
	return slices.DeleteFunc(e.Analyses, func(q analysis.Request) bool { return !slices.Contains(names, q.Name) }), nil
}

func kindsOfAnalysis() (names []string) {
	for _, k := range analysis.Kinds() {
		names = append(names, k.Name)
	}
	return names
}

// drawnAfter draws the run after its analyses, and says where the page is. A run
// that another process works on is drawn later.
func drawnAfter(dir rundir.Folder) (string, error) {
	err := report.Draw(dir)
	var busy *rundir.Busy
	if errors.As(err, &busy) {
		return fmt.Sprintf("not drawn, since %v; cortex plot %s draws it later\n", strings.TrimSuffix(err.Error(), "; wait for it to end, or end it"), dir), nil
	}
	return fmt.Sprintf("page: %s\n", filepath.Join(string(dir), rundir.PageFile)), err
}

// made is an analysis in a report.
type made struct {
	Name   string `json:"name"`
	Kind   string `json:"kind"`
	Folder string `json:"folder"`
}

func analysed(dir rundir.Folder, requests []analysis.Request) (list []made) {
	for _, q := range requests {
		list = append(list, made{q.Name, q.Kind, filepath.Join(string(dir), "analyses", q.Name)})
	}
	return list
}

// possible reports whether a condition has what an analysis reads: of one that was
// tested alone there is no activity, nor what a probe measures, and of images without labels there are no answers.
func possible(dir rundir.Folder, info *rundir.Info, q analysis.Request) bool {
	return info.Condition == nil || !slices.ContainsFunc(q.Settings.Needs(), func(n analysis.Need) bool {
		if n.Of == analysis.Answers {
			return !dir.Has(rundir.LogitsFile)
		}
		if n.Of == analysis.Probe {
			return !dir.Has(rundir.Probe(n.Signal))
		}
		return !dir.Has("recordings")
	})
}

// analyse makes the analyses of a run's experiment that are not there yet, if the
// run is tested.
func analyse(dir rundir.Folder) error {
	if !dir.Has(rundir.TestFile) {
		return nil
	}
	e, info, err := run.Open(dir)
	if err != nil {
		return err
	}
	var missing []analysis.Request
	for _, q := range append(e.Analyses, report.Controls(dir)...) {
		if !possible(dir, info, q) {
			continue
		}
		if ok, err := report.Analysed(dir, q); err != nil {
			return err
		} else if !ok {
			missing = append(missing, q)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return report.Analyse(dir, missing)
}
