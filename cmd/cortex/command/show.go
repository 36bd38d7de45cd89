package command

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/flags"
	"ventral/cmd/cortex/terminal"
	"ventral/cortex"
	"ventral/cortex/recording"
	"ventral/experiments"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/nn"
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
  program  the straight-line program of a training step (docs/program.md)
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
			e, _, err := c.Load(args[0])
			if err != nil {
				return err
			}
			g, err := e.Graph()
			if err != nil {
				return err
			}
			switch what {
			case "graph":
				return showGraph(p, e, g)
			case "matrix":
				return showMatrix(p, e, g)
			case "weights":
				return showWeights(p, g)
			case "resolved":
				return p.Report(struct {
					Format int    `json:"format"`
					TOML   string `json:"toml"`
				}{1, e.TOML()}, func(w io.Writer) { fmt.Fprint(w, e.TOML()) })
			}
			if !inference && (what == "program" || what == "memory") {
				if err := experiments.Room(e, g, cpu.New(c.Engine())); err != nil {
					return err
				}
			}
			if pass != "" {
				return showPass(p, e, g, inference, pass)
			}
			x, err := programOf(e, g, inference)
			if err != nil {
				return err
			}
			if what == "memory" {
				return showMemory(p, x, &c)
			}
			return showProgram(p, x, engine, &c)
		},
	})
	c.AddTo(cmd)
	c.AddEngineTo(cmd)
	cmd.Flags().BoolVar(&inference, "inference", false, "program, memory: of answering images instead of a training step")
	cmd.Flags().StringVar(&pass, "pass", "", "program: what a pass saves: merge, subpixel, or all")
	cmd.Flags().StringVar(&engine, "engine", "", "program: as the engine (cpu) will run it")
	completion.Flag(cmd, "engine", completion.Words("cpu"))
	completion.Flag(cmd, "pass", completion.Words("merge", "subpixel", "all"))
	return cmd
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
	s, err := rundir.ReadStanding(dir)
	if err != nil {
		return exit.Wrong(err)
	}
	return p.Report(s, func(w io.Writer) { fmt.Fprint(w, experiments.StandingText(s)) })
}

func programOf(e *spec.Experiment, g *cortex.Graph, inference bool) (*nn.Program, error) {
	if inference {
		p, _, err := cortex.Inference(g, e.Train.Batch, g.TestSlices(), nil, nil)
		return p, err
	}
	return cortex.Training(g, e.Rule(), e.Train.Batch, e.Statistics == "all")
}

func showProgram(p *terminal.Printer, x *nn.Program, engine string, c *flags.Choice) error {
	if engine == "cpu" {
		plan, err := cpu.NewPlan(x, c.Engine())
		if err != nil {
			return err
		}
		return p.Report(plan, func(w io.Writer) { plan.WriteTo(w) })
	}
	return p.Report(x, func(w io.Writer) { x.WriteTo(w) })
}

func showMemory(p *terminal.Printer, x *nn.Program, c *flags.Choice) error {
	plan, err := cpu.NewPlan(x, c.Engine())
	if err != nil {
		return err
	}
	return p.Report(struct {
		Format    int   `json:"format"`
		Bytes     int64 `json:"bytes"`
		Arena     int64 `json:"arena_bytes"`
		Scratch   int64 `json:"scratch_bytes"`
		Variables int64 `json:"variable_bytes"`
	}{1, plan.Bytes(), plan.ArenaBytes, plan.ScratchBytes, plan.VariableBytes}, func(w io.Writer) { plan.WriteMemory(w) })
}

func showGraph(p *terminal.Printer, e *spec.Experiment, g *cortex.Graph) error {
	a, err := cortex.Anatomy(g, e.Name)
	if err != nil {
		return err
	}
	a.Format = recording.Format
	return p.Report(a, func(out io.Writer) {
		fmt.Fprintf(out, "%s: %s; %s enters %s at slices %s; %s is read\n\n", a.Name, readable.Counted(a.Steps, "slice"), a.Input, strings.Join(a.InputTo, ", "), slicesOf(a.InputSlices), a.Readout)
		for i := len(a.Areas) - 1; i >= 0; i-- {
			x := a.Areas[i]
			fmt.Fprintf(out, "%s  %d×%d×%d, %s, onset %s\n", x.Name, x.Shape[0], x.Shape[1], x.Shape[2], x.Kind, onset(x.Onset))
			for _, c := range a.Connections {
				if c.To != x.Name {
					continue
				}
				dead := ""
				if c.Dead {
					dead = ", cannot reach the loss"
				}
				fmt.Fprintf(out, "    ← %-8s %-12s %s, delay %d, slices %s, %s%d parameters (%s)%s\n", c.From, c.Role, c.Kind, c.Delay, c.Window(), overTime(g, c.Name), c.Parameters, c.Set, dead)
			}
		}
	})
}

// overTime says how the weights of a connection are tied over time, before what
// follows in a list; "" of one without weights.
func overTime(g *cortex.Graph, name string) string {
	c := g.Matrix.Find(name)
	if c == nil || c.Transform.Kind() == "identity" {
		return ""
	}
	return string(g.Matrix.Sharing.Over(c)) + " over time, "
}

// slicesOf writes slices in order, those that follow one another as 0..5.
func slicesOf(list []int) string {
	var parts []string
	for i := 0; i < len(list); {
		j := i + 1
		for j < len(list) && list[j] == list[j-1]+1 {
			j++
		}
		if part := strconv.Itoa(list[i]); j-i == 1 {
			parts = append(parts, part)
		} else {
			parts = append(parts, fmt.Sprintf("%s..%d", part, list[j-1]))
		}
		i = j
	}
	return strings.Join(parts, ", ")
}

func onset(t int) string {
	if t < 0 {
		return "never"
	}
	return fmt.Sprint("at slice ", t)
}

// window is the matrix in a range of slices.
type window struct {
	From  int        `json:"from_slice"`
	To    int        `json:"to_slice"`
	Areas []string   `json:"areas"`
	Cells [][]string `json:"cells"` // [from][to]
}

func showMatrix(p *terminal.Printer, e *spec.Experiment, g *cortex.Graph) error {
	var windows []window
	for _, w := range g.Matrix.Windows(g.Steps) {
		from, to, _ := w.Cut(g.Steps)
		x := window{From: from, To: to}
		for _, a := range g.Areas {
			x.Areas = append(x.Areas, a.Name)
		}
		for _, a := range g.Areas {
			row := []string{}
			for _, b := range g.Areas {
				var parts []string
				for _, c := range g.Matrix.At(b.Name, a.Name, from) {
					parts = append(parts, fmt.Sprintf("%s d%d", c.Transform, c.Delay))
				}
				row = append(row, strings.Join(parts, " + "))
			}
			x.Cells = append(x.Cells, row)
		}
		windows = append(windows, x)
	}
	return p.Report(struct {
		Format  int      `json:"format"`
		Windows []window `json:"windows"`
	}{1, windows}, func(out io.Writer) {
		for i, x := range windows {
			if i > 0 {
				fmt.Fprintln(out)
			}
			fmt.Fprintf(out, "slices %d..%d (d: delay)\n", x.From, x.To)
			w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
			fmt.Fprintf(w, "from ↓ to →\t%s\t\n", strings.Join(x.Areas, "\t"))
			for k, row := range x.Cells {
				for j := range row {
					if row[j] == "" {
						row[j] = "·"
					}
				}
				fmt.Fprintf(w, "%s\t%s\t\n", x.Areas[k], strings.Join(row, "\t"))
			}
			w.Flush()
		}
	})
}

func showWeights(p *terminal.Printer, g *cortex.Graph) error {
	list, err := cortex.Weights(g)
	if err != nil {
		return err
	}
	type weight struct {
		Name      string   `json:"name"`
		Set       string   `json:"set"`
		Shape     []int    `json:"shape"`
		Count     int      `json:"count"`
		Trainable bool     `json:"trainable"`
		Init      string   `json:"init"`
		Uses      []string `json:"uses"`
	}
	rows := []weight{}
	for _, w := range list {
		rows = append(rows, weight{w.Name, w.Set, w.Shape[:w.Shape.Rank()], w.Count, w.Trainable, w.Init, w.Uses})
	}
	return p.Report(struct {
		Format     int      `json:"format"`
		Parameters int      `json:"parameters"`
		Variables  []weight `json:"variables"`
	}{1, cortex.Parameters(list), rows}, func(out io.Writer) {
		w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
		fmt.Fprint(w, "variable\tshape\tcount\tbegins\tused by\n")
		for _, x := range list {
			if !x.Trainable {
				continue
			}
			fmt.Fprintf(w, "%s\t%v\t%d\t%s\t%s\n", x.Name, x.Shape, x.Count, x.Init, uses(x.Uses))
		}
		fmt.Fprintf(w, "parameters in use\t\t%d\n", cortex.Parameters(list))
		n := 0
		for _, x := range list {
			if !x.Trainable {
				n += x.Count
			}
		}
		fmt.Fprintf(w, "running statistics\t\t%d\n", n)
		w.Flush()
	})
}

// uses lists the uses of a variable, the first few by name.
func uses(list []string) string {
	const most = 4
	if len(list) == 0 {
		return "–"
	}
	if len(list) <= most {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s, … (%d uses)", strings.Join(list[:most], ", "), len(list))
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
