package command

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"ventral/experiments"
)

func (p *program) rm() *cobra.Command {
	var yes, checkpoints bool
	cmd := p.asJSON(&cobra.Command{
		Use:   "rm RUN…",
		Short: "Remove runs, or the checkpoints of finished ones",
		Long: `rm removes folders of runs with their controls, and nothing else. It says what it
will delete and how big that is, and asks on a terminal; elsewhere it wants --yes.
A run that a process works on is refused, and so is everything if one of the
arguments is. Symbolic links are removed, not what they point to.`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var list []*experiments.Removal
			for _, a := range args {
				if _, err := os.Lstat(a); errors.Is(err, fs.ErrNotExist) {
					return wrongf("%s: there is no such folder", a)
				}
				r, err := experiments.NewRemoval(experiments.Folder(a), checkpoints)
				if err != nil {
					return wrong{err}
				}
				if !slices.ContainsFunc(list, r.Same) {
					list = append(list, r)
				}
			}
			w := p.out
			if p.json {
				w = p.err
			}
			for _, r := range list {
				fmt.Fprintln(w, removal(r))
			}
			if !yes && !p.asked(w) {
				return errReported
			}
			for _, r := range list {
				if err := r.Remove(); err != nil {
					return err
				}
			}
			return p.report(struct {
				Format  int                    `json:"format"`
				Removed []*experiments.Removal `json:"removed"`
			}{1, list}, func(w io.Writer) { fmt.Fprintln(w, "removed") })
		},
	})
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&checkpoints, "checkpoints", false, "only the checkpoints of runs that are finished; their trained weights stay")
	return cmd
}

// removal says what will be deleted.
func removal(r *experiments.Removal) string {
	what := "all"
	if r.Checkpoints {
		what = "checkpoints"
	}
	s := fmt.Sprintf("%s (%s): %s, %d files, %s", r.Folder, r.State, what, r.Files, inBytes(r.Bytes))
	if n := len(r.Foreign); n > 0 {
		s += fmt.Sprintf("\n  %d of them cortex did not write: %s", n, strings.Join(r.Foreign[:min(n, 5)], ", "))
		if n > 5 {
			s += ", …"
		}
	}
	return s
}

// asked asks on a terminal whether to go on; elsewhere it says what would do.
func (p *program) asked(w io.Writer) bool {
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		fmt.Fprintln(p.err, "cortex: nothing was removed; --yes removes it")
		return false
	}
	fmt.Fprint(w, "Remove? [y/N] ")
	answer, _ := bufio.NewReader(os.Stdin).ReadString('\n')
	if a := strings.ToLower(strings.TrimSpace(answer)); a == "y" || a == "yes" {
		return true
	}
	fmt.Fprintln(p.err, "cortex: nothing was removed")
	return false
}

// inBytes writes a size in the unit that suits it.
func inBytes(n int64) string {
	for _, u := range []struct {
		by   int64
		text string
	}{{1 << 30, "GiB"}, {1 << 20, "MiB"}, {1 << 10, "KiB"}} {
		if n >= u.by {
			return fmt.Sprintf("%.1f %s", float64(n)/float64(u.by), u.text)
		}
	}
	return fmt.Sprintf("%d bytes", n)
}
