// Package command holds the verbs of the program, one a file.
package command

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ventral/experiments"
	"ventral/experiments/decode"
	"ventral/experiments/readable"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// Exit statuses.
const (
	statusOK          = 0
	statusFailed      = 1   // a run or a check that failed
	statusWrong       = 2   // wrong input: a fault in a file, an unknown word, a wrong flag, a folder that is no run, a damaged file
	statusInterrupted = 130 // Ctrl-C; the run can go on
)

// program is what verbs share.
type program struct {
	out, err io.Writer
	args     []string
	json     bool
	quiet    bool // print errors, and the last line of what is said
}

// wrong is an error of the user's input that is not a fault in a file.
type wrong struct{ error }

// Unwrap returns the cause.
func (w wrong) Unwrap() error { return w.error }

func wrongf(format string, args ...any) error { return wrong{fmt.Errorf(format, args...)} }

// errReported is an error that the user has been told of already.
var errReported = errors.New("reported")

// Main runs the program with arguments and returns its exit status.
func Main(args []string, out, errs io.Writer) (status int) {
	printed := &sink{to: out}
	out, errs = printed, &sink{to: errs}
	p := &program{out: out, err: errs, args: append([]string{"cortex"}, args...)}
	defer func() {
		if x := recover(); x != nil {
			fmt.Fprintf(errs, "cortex: internal error: %v\nThis is a mistake in cortex, not in your experiment; please report it with the command and these lines:\n%s", x, debug.Stack())
			status = statusFailed
		}
	}()
	root := p.root()
	root.SetArgs(args)
	root.SetOut(out)
	root.SetErr(errs)
	err := root.ExecuteContext(context.Background())
	if cause := printed.err; cause != nil && (err == nil || errors.Is(err, cause) || errors.Is(err, errReported)) {
		var p *fs.PathError
		if errors.As(cause, &p) {
			cause = p.Err
		}
		err = fmt.Errorf("standard output: %w; not everything was printed", cause)
	}
	if status = statusOf(err); err != nil {
		p.tell(err, status)
	}
	return status
}

// endings are the signals that ask the program to end: Ctrl-C, a scheduler's or
// the system's, and that of a terminal that is gone, unless nohup keeps it away.
func endings() []os.Signal {
	list := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) {
		list = append(list, syscall.SIGHUP)
	}
	return list
}

// interruptible returns a context that Ctrl-C and a request to end cancel, for
// verbs that then leave things in order. A second one ends the program at once.
func interruptible(parent context.Context) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(parent, endings()...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// statusOf is the exit status that an error leads to.
func statusOf(err error) int {
	var f *decode.Fault
	var d *rundir.Damaged
	var w wrong
	switch {
	case err == nil:
		return statusOK
	case errors.Is(err, context.Canceled):
		return statusInterrupted
	case errors.As(err, &f), errors.As(err, &d), errors.As(err, &w):
		return statusWrong
	}
	return statusFailed
}

func (p *program) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "cortex",
		Short: "Recurrent models of the ventral stream: run, plot, compare",
		Long: `cortex trains a model of the ventral stream that is written as a TOML file:
visual areas, the connections between them, and what they learn. It records what
every area does at every time slice and draws it.

  cortex list experiments        experiments that travel with the program
  cortex run debris              carry one out
  cortex new debris > my.toml    begin your own
  cortex check my.toml           what is known before training
  cortex compare my.toml         train its variants with several seeds, and say what differs`,
		SilenceErrors: true, SilenceUsage: true,
		Version: experiments.Version(),
	}
	root.SetFlagErrorFunc(wrongFlag)
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return checkSeed(c) }
	root.PersistentFlags().BoolVar(&p.quiet, "quiet", false, "print only errors, and the last line of the result, such as the path of the page")
	root.SetHelpCommand(p.help(root))
	root.AddCommand(p.run(), p.verify(), p.ls(), p.rm(), p.check(), p.show(), p.record(), p.plot(), p.list(), p.new(), p.prove(), p.bench(), p.sweep(), p.compare(), p.diff(), p.version())
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SuggestionsMinimumDistance = 2
	for _, c := range root.Commands() {
		c.Args = wrongArgs(c.Args)
	}
	p.complete(root)
	root.Args = func(_ *cobra.Command, args []string) error {
		if len(args) > 0 {
			return unknownVerb(root, args[0])
		}
		return nil
	}
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	return root
}

func unknownVerb(root *cobra.Command, verb string) error {
	hint := ""
	if s := root.SuggestionsFor(verb); len(s) > 0 {
		hint = fmt.Sprintf("; did you mean %q?", s[0])
	}
	return wrongf("there is no verb %q%s (%s --help lists them)", verb, hint, root.CommandPath())
}

// wrongFlag says of a flag what was found and what would do.
func wrongFlag(c *cobra.Command, err error) error {
	var v *pflag.InvalidValueError
	if errors.As(err, &v) && v.GetFlag().Value.Type() == "duration" {
		return wrongf("--%s: found %q, want a time with a unit, such as 10m or 90s", v.GetFlag().Name, v.GetValue())
	}
	var r *pflag.ValueRequiredError
	if errors.As(err, &r) {
		_, usage := pflag.UnquoteUsage(r.GetFlag())
		return wrongf("--%s: found no value, want %s", r.GetFlag().Name, usage)
	}
	return wrongf("%v%s", err, nearFlag(c, err))
}

// checkSeed reports a --seed that is no seed by the name of the flag; it is
// text, since without the flag the experiment's counts.
func checkSeed(c *cobra.Command) error {
	f := c.Flags().Lookup("seed")
	if f == nil || !f.Changed {
		return nil
	}
	if _, err := strconv.ParseUint(f.Value.String(), 10, 63); err != nil {
		return wrongf("--seed: found %q, want a whole number of at least 0", f.Value)
	}
	return nil
}

// nearFlag is a hint to the flag that an unknown one may be meant for.
func nearFlag(c *cobra.Command, err error) string {
	name, ok := strings.CutPrefix(err.Error(), "unknown flag: ")
	if !ok {
		return ""
	}
	if set := c.Flags().Lookup("set"); set != nil {
		switch key := spec.KeyOf(strings.TrimPrefix(name, "--")); key {
		case "":
		case "control", "areas", "pattern", "without", "readout.net":
			return fmt.Sprintf("; keys of the experiment are changed by --set, and this one is a list: --set '%s=[%s]'", key, listOf[key])
		default:
			return fmt.Sprintf("; keys of the experiment are changed by --set: --set %s=VALUE", key)
		}
	}
	var known []string
	c.Flags().VisitAll(func(f *pflag.Flag) { known = append(known, "--"+f.Name) })
	return strings.ReplaceAll(spec.Near(name, known), `"`, "")
}

// listOf are examples of keys that take lists.
var listOf = map[string]string{"control": `"VARIANT"`, "areas": `"V1","IT"`, "pattern": `"feedforward","lateral"`, "without": `"role:lateral"`, "readout.net": `"average","dense"`}

// wrongArgs makes errors of a command's arguments ones of the user's input.
func wrongArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check == nil {
			return nil
		}
		err := check(c, args)
		if errors.As(err, new(wrong)) {
			return err
		}
		if err != nil {
			text, want, found := err.Error(), 0, 0 // cobra's words are of another tone
			if n, _ := fmt.Sscanf(text, "accepts %d arg(s), received %d", &want, &found); n == 2 {
				text = fmt.Sprintf("found %s, want %d", readable.Counted(found, "argument"), want)
			} else if n, _ := fmt.Sscanf(text, "requires at least %d arg(s), only received %d", &want, &found); n == 2 {
				text = fmt.Sprintf("found %s, want at least %d", readable.Counted(found, "argument"), want)
			}
			return wrongf("%s; usage: %s", text, c.UseLine())
		}
		return nil
	}
}

// asJSON adds --json to a verb that reports.
func (p *program) asJSON(c *cobra.Command) *cobra.Command {
	c.Flags().BoolVar(&p.json, "json", false, "print JSON")
	return c
}

// report prints v as JSON with --json, and otherwise as text does.
func (p *program) report(v any, text func(w io.Writer)) error {
	if !p.json {
		p.say(text)
		return nil
	}
	e := json.NewEncoder(p.out)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(v)
}
