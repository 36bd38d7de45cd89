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
	var set []string
	var noFigures bool
	cmd := p.AsJSON(&cobra.Command{
		Use:   "analyse RUN [NAME|KIND|NAME=KIND …]",
		Short: "Analyse what a run recorded",
		Long: `analyse reads the recordings and the answers of a run and writes every analysis
to analyses/NAME in the run's folder: its numbers as frames.json and as CSV tables,
and its settings and sources as analysis.json. Then it draws the run again.
It needs neither images nor training, and writes nothing else.

Without names it makes the analyses of the experiment. A NAME is that of a table
[analysis.NAME] of the experiment; a KIND is one of cortex list analyses; NAME=KIND
makes another one of a kind, under a name of its own. An analysis of that name that
was made before, with other settings, is replaced.

  cortex analyse runs/debris rdm
  cortex analyse runs/debris it=rdm --set distance=euclidean --set 'areas=["IT"]'`,
		Args:              cobra.MinimumNArgs(1),
		ValidArgsFunction: completion.Analyses,
		RunE: func(_ *cobra.Command, args []string) error {
			dir := rundir.Folder(args[0])
			requests, err := requested(dir, args[1:], set)
			if err != nil {
				return exit.Wrong(err)
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
	cmd.Flags().BoolVar(&noFigures, "no-figures", false, "draw nothing; cortex plot RUN does it later")
	return cmd
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
// tested alone there is no activity, and of images without labels there are no answers.
func possible(dir rundir.Folder, info *rundir.Info, q analysis.Request) bool {
	return info.Condition == nil || !slices.ContainsFunc(q.Settings.Needs(), func(n analysis.Need) bool {
		if n.Of == analysis.Answers {
			return !dir.Has(rundir.LogitsFile)
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
	for _, q := range e.Analyses {
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
