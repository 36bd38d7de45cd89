package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ventral/experiments"
)

func (p *program) run() *cobra.Command {
	var c choice
	var out string
	var resume bool
	cmd := p.asJSON(&cobra.Command{
		Use:   "run EXPERIMENT|RUN",
		Short: "Train, test, record and draw an experiment",
		Long: `run carries an experiment out: EXPERIMENT is a TOML file or the name of a built-in
one. Everything goes into a folder of its own, runs/NAME unless --out says
otherwise: the resolved experiment, checkpoints, metrics, logits, recordings,
figures and index.html.

Ctrl-C leaves a run that --resume continues: cortex run RUN --resume`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx, stop := interruptible(cmd.Context())
			defer stop()
			return p.carryOut(ctx, args[0], out, resume, &c)
		},
	})
	c.flags(cmd)
	c.engineFlags(cmd)
	cmd.Flags().StringVar(&out, "out", "", "the run's `folder` (default runs/NAME)")
	cmd.Flags().BoolVar(&resume, "resume", false, "go on with the run in the folder")
	return cmd
}

func (p *program) carryOut(ctx context.Context, name, out string, resume bool, c *choice) (err error) {
	dir := experiments.Folder(out)
	progress := newProgress(p.err)
	defer progress.end()
	defer func() {
		if errors.Is(err, context.Canceled) {
			progress.end()
			if !dir.IsRun() {
				fmt.Fprintln(p.err, "cortex: interrupted before the run began; nothing was written")
				return
			}
			fmt.Fprintf(p.err, "cortex: interrupted; go on with: cortex run %s --resume\n", dir)
		}
	}()
	if resume {
		if out == "" {
			dir = experiments.Folder(name)
		} else if err := p.same(name, dir, c); err != nil {
			return err
		}
		if out == "" && (len(c.set) > 0 || c.seed != "" || c.variant != "") {
			return wrongf("--resume goes on with the run as it was begun; --set, --seed and --variant need a new run")
		}
		if _, _, err := experiments.Open(dir); err != nil {
			return wrong{err}
		}
		o, err := p.options(c, "")
		if err != nil {
			return err
		}
		o.Report = progress
		if err := experiments.Resume(ctx, dir, o); err != nil {
			return err
		}
		progress.end()
		return p.summary(dir)
	}
	if experiments.Folder(name).IsRun() {
		return wrongf("%s: is a run; go on with it by --resume, or run its experiment.toml again with --out", name)
	}
	e, folder, err := c.load(name)
	if err != nil {
		return err
	}
	controls, err := c.controls(name, e)
	if err != nil {
		return err
	}
	o, err := p.options(c, folder)
	if err != nil {
		return err
	}
	o.Report = progress
	if out == "" {
		dir = experiments.Folder(experiments.Free(filepath.Join("runs", folderName(e.Name))))
	}
	if err := e.Ready(o); err != nil {
		return err
	}
	g, err := e.Graph()
	if err != nil {
		return err
	}
	progress.note(experiments.Onsets(g))
	if err := experiments.Run(ctx, e, controls, dir, o); err != nil {
		return err
	}
	progress.end()
	return p.summary(dir)
}

// same reports an experiment that is not the one of the run in dir, its controls
// included.
func (p *program) same(name string, dir experiments.Folder, c *choice) error {
	e, _, err := c.load(name)
	if err != nil {
		return err
	}
	controls, err := c.controls(name, e)
	if err != nil {
		return err
	}
	if err := experiments.Same(dir, e, controls); err != nil {
		return wrong{err}
	}
	return nil
}

// summary prints what a finished run showed.
func (p *program) summary(dir experiments.Folder) error {
	o, err := experiments.ReadOutcome(dir)
	if err != nil {
		return err
	}
	page := filepath.Join(string(dir), "index.html")
	if abs, err := filepath.Abs(page); err == nil {
		page = abs
	}
	return p.report(o, func(w io.Writer) { fmt.Fprintf(w, "%s\npage: %s\n", o, page) })
}

// folderName makes a name of one folder of what a run is called.
func folderName(name string) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\\:*?"<>| `, r) || r < ' ' {
			return '-'
		}
		return r
	}, name)
	if clean = strings.Trim(clean, ".-"); clean == "" {
		return "run"
	}
	return clean
}
