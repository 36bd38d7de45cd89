package command

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/cmd/cortex/view"
	"ventral/cortex"
	"ventral/experiments/report"
	"ventral/experiments/run"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn/engine/cpu"
)

// showings are what show can show.
var showings = []string{"graph", "matrix", "program", "weights", "memory", "resolved"}

// showCommand is the verb show.
func showCommand(p *terminal.Printer) *cobra.Command {
	var c flags.Choice
	var inference bool
	var engine, pass string
	cmd := p.AsJSON(&cobra.Command{
		Use:   "show RUN | show EXPERIMENT|RUN " + strings.Join(showings, "|"),
		Short: "Show how a run stands, or the graph, matrix, program, weights, memory or all keys of an experiment",
		Long: `show RUN tells how a run stands: state, provenance, checkpoints and results. With
a second word it looks inside an experiment:

  graph    areas and connections, as the experiment file means them
  matrix   the connections between every two areas, window by window
  program  the straight-line program of a training batch (docs/program.md)
  weights  every variable with its sharing set, its uses and its count
  memory   what the engine holds while it runs the program
  resolved the experiment with every default written out`,
		Args: func(cmd *cobra.Command, args []string) error {
			if len(args) == 1 {
				if !rundir.Folder(args[0]).Has("run.json") {
					return notRun(args[0], showings)
				}
				return nil
			}
			return cobra.ExactArgs(2)(cmd, args)
		},
		ValidArgsFunction: completeShow,
		RunE: func(cmd *cobra.Command, args []string) error {
			what := ""
			if len(args) == 2 {
				if what = args[1]; !slices.Contains(showings, what) {
					return exit.Wrongf("found %q, want one of %s%s", what, strings.Join(showings, ", "), spec.Near(what, showings))
				}
			}
			if engine != "" && engine != "cpu" {
				return exit.Wrongf("--engine: found %q, want cpu", engine)
			}
			if err := showFlags(cmd, what, engine, pass); err != nil {
				return err
			}
			if len(args) == 1 {
				return showRun(p, rundir.Folder(args[0]))
			}
			if _, known := view.Passes[pass]; pass != "" && !known {
				return exit.Wrongf("--pass: found %q, want merge, subpixel or all", pass)
			}
			e, _, err := c.Load(args[0])
			if err != nil {
				return err
			}
			g, err := e.Graph()
			if err != nil {
				return err
			}
			v, text, err := viewOf(what, e, g, programView{inference, engine, pass, c.Engine()})
			if err != nil {
				return err
			}
			return p.Report(v, text)
		},
	})
	c.AddTo(cmd)
	c.AddEngineTo(cmd)
	cmd.Flags().BoolVar(&inference, "inference", false, "program, memory: those of inference instead of a training batch")
	cmd.Flags().StringVar(&pass, "pass", "", "program: the instructions that a pass saves: merge, subpixel, or all")
	cmd.Flags().StringVar(&engine, "engine", "", "program: as the engine (cpu) will run it")
	completion.Flag(cmd, "engine", completion.Words("cpu"))
	completion.Flag(cmd, "pass", completion.Words("merge", "subpixel", "all"))
	return cmd
}

// programView is how a program is shown.
type programView struct {
	inference    bool   // instead of a training batch
	engine, pass string // as the flags
	options      cpu.Options
}

// viewOf returns one of showings.
func viewOf(what string, e *spec.Experiment, g *cortex.Graph, x programView) (v any, text func(io.Writer), err error) {
	switch what {
	case "graph":
		return view.Graph(e, g)
	case "matrix":
		return view.Matrix(g)
	case "weights":
		return view.Weights(g)
	case "resolved":
		return struct {
			Format int    `json:"format"`
			TOML   string `json:"toml"`
		}{rundir.Format, e.TOML()}, func(w io.Writer) { fmt.Fprint(w, e.TOML()) }, nil
	}
	if !x.inference {
		if err := run.Room(e, g, cpu.New(x.options)); err != nil {
			return nil, nil, err
		}
	}
	if x.pass != "" {
		return view.Pass(e, g, x.inference, x.pass)
	}
	program, err := view.NewProgram(e, g, x.inference)
	switch {
	case err != nil:
		return nil, nil, err
	case what == "memory":
		return view.Memory(program, x.options)
	case x.engine == "cpu":
		return view.Plan(program, x.options)
	}
	return view.Program(program)
}

// showFlags refuses flags that mean nothing for what is shown; "" is how a run
// stands.
func showFlags(cmd *cobra.Command, what, engine, pass string) error {
	program, plan := what == "program", what == "memory" || what == "program" && engine != "" && pass == ""
	for _, x := range []struct {
		flag  string
		holds bool
		where string
	}{
		{"set", what != "", "an experiment, with a word for what to show of it"},
		{"seed", what != "", "an experiment, with a word for what to show of it"},
		{"variant", what != "", "an experiment, with a word for what to show of it"},
		{"inference", program || what == "memory", "program and memory"},
		{"pass", program, "program"},
		{"engine", program && pass == "", "program, without --pass"},
		{"threads", plan, "memory, and for program with --engine cpu"},
		{"memory-mib", plan, "memory, and for program with --engine cpu"},
	} {
		if cmd.Flags().Changed(x.flag) && !x.holds {
			return exit.Wrongf("--%s is for %s", x.flag, x.where)
		}
	}
	return nil
}

// showRun tells how a run stands.
func showRun(p *terminal.Printer, dir rundir.Folder) error {
	s, err := rundir.ReadStatus(dir, true)
	if err != nil {
		return exit.Wrong(err)
	}
	return p.Report(s, func(w io.Writer) { fmt.Fprint(w, report.StatusText(s)) })
}

// completeShow completes an experiment or a run, then what to show of it.
func completeShow(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return completion.Experiments(cmd, args, text)
	case 1:
		return completion.Words(showings...)(cmd, args, text)
	}
	return completion.None(cmd, args, text)
}

// notRun says what a name is that was taken for a run, and which verb tells more
// of it. What is an experiment can be shown by one of the words.
func notRun(name string, words []string) error {
	dir := rundir.Folder(name)
	i, err := os.Stat(name)
	_, hint, builtin := spec.FindBuiltin(name)
	switch {
	case err != nil && !builtin:
		if strings.HasSuffix(name, ".toml") {
			return exit.Wrongf("%s: there is no such file", name)
		}
		return exit.Wrongf("%s: there is no such run, cortex ls lists them; no built-in experiment is called so%s", name, hint)
	case err != nil || !i.IsDir():
		return exit.Wrongf("%s: is an experiment; say what to show of it: cortex show %s %s", name, name, strings.Join(words, "|"))
	case dir.Has("comparison.json"):
		return exit.Wrongf("%s: is a comparison, not a run; its page is %s/index.html, and cortex ls %s lists its runs", name, name, name)
	case dir.Has("plan.json"):
		return exit.Wrongf("%s: is a comparison that has not ended; cortex ls %s lists its runs, and the cortex compare that began it goes on", name, name)
	case dir.Has("ledger.json"):
		return exit.Wrongf("%s: is a sweep, not a run; cortex sweep status %s tells how it stands", name, name)
	}
	return exit.Wrongf("%s: is not the folder of a run, it has no run.json; cortex ls %s lists the runs below it", name, name)
}
