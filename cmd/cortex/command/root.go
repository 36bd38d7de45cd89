// Package command holds the verbs of the program, one a file.
package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"ventral/cmd/cortex/completion"
	"ventral/cmd/cortex/exit"
	"ventral/cmd/cortex/terminal"
	"ventral/experiments/readable"
	"ventral/experiments/run"
	"ventral/experiments/spec"
)

// Main runs the program with arguments and returns its exit status.
func Main(args []string, out, errs io.Writer) (status int) {
	printed := terminal.NewSink(out)
	p := &terminal.Printer{Out: printed, Err: terminal.NewSink(errs), Args: append([]string{"cortex"}, args...)}
	defer func() {
		if x := recover(); x != nil {
			fmt.Fprintf(p.Err, "cortex: internal error: %v\nThis is a mistake in cortex, not in your experiment; please report it with the command and these lines:\n%s", x, debug.Stack())
			status = exit.Failed
		}
	}()
	root := newRoot(p)
	root.SetArgs(args)
	root.SetOut(p.Out)
	root.SetErr(p.Err)
	err := root.ExecuteContext(context.Background())
	if cause := printed.Err(); cause != nil && (err == nil || errors.Is(err, cause) || errors.Is(err, exit.ErrReported)) {
		var path *fs.PathError
		if errors.As(cause, &path) {
			cause = path.Err
		}
		err = fmt.Errorf("standard output: %w; not everything was printed", cause)
	}
	if err != nil {
		exit.Tell(p.Err, err, p.JSON || slices.Contains(args, "--json"))
	}
	return exit.Of(err)
}

// newRoot is the program with its verbs.
func newRoot(p *terminal.Printer) *cobra.Command {
	root := &cobra.Command{
		Use:   "cortex",
		Short: "Recurrent models of the ventral stream: run, plot, compare",
		Long: `cortex trains a model of the ventral stream that is written as a TOML file:
visual areas, the connections between them, and what they learn. It records what
every area does at every time step and draws it.

  cortex list experiments        experiments that travel with the program
  cortex run debris              carry one out
  cortex new debris > my.toml    begin your own
  cortex check my.toml           what is known before training
  cortex compare my.toml         train its variants with several seeds, and say what differs`,
		SilenceErrors: true, SilenceUsage: true,
		Version: run.Version(),
	}
	root.SetFlagErrorFunc(wrongFlag)
	root.PersistentPreRunE = func(c *cobra.Command, _ []string) error { return checkSeed(c) }
	root.PersistentFlags().BoolVar(&p.Quiet, "quiet", false, "print only errors, and the last line of the result, such as the path of the page")
	root.SetHelpCommand(helpCommand(root))
	root.AddCommand(runCommand(p), verifyCommand(p), lsCommand(p), rmCommand(p), checkCommand(p), showCommand(p), testCommand(p), recordCommand(p), analyseCommand(p), plotCommand(p), listCommand(p), newCommand(p), proveCommand(p), benchCommand(p), sweepCommand(p), compareCommand(p), diffCommand(p), dataCommand(p), versionCommand(p))
	root.CompletionOptions.HiddenDefaultCmd = true
	root.SuggestionsMinimumDistance = 2
	for _, c := range root.Commands() {
		c.Args = wrongArgs(c.Args)
	}
	completion.SharedFlags(root)
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
	return exit.Wrongf("there is no verb %q%s (%s --help lists them)", verb, hint, root.CommandPath())
}

// wrongFlag says of a flag what was found and what would do.
func wrongFlag(c *cobra.Command, err error) error {
	var v *pflag.InvalidValueError
	if errors.As(err, &v) && v.GetFlag().Value.Type() == "duration" {
		return exit.Wrongf("--%s: found %q, want a time with a unit, such as 10m or 90s", v.GetFlag().Name, v.GetValue())
	}
	var r *pflag.ValueRequiredError
	if errors.As(err, &r) {
		_, usage := pflag.UnquoteUsage(r.GetFlag())
		return exit.Wrongf("--%s: found no value, want %s", r.GetFlag().Name, usage)
	}
	return exit.Wrongf("%v%s", err, nearFlag(c, err))
}

// checkSeed reports a --seed that is no seed by the name of the flag; it is
// text, since without the flag the experiment's counts.
func checkSeed(c *cobra.Command) error {
	f := c.Flags().Lookup("seed")
	if f == nil || !f.Changed {
		return nil
	}
	if _, err := strconv.ParseUint(f.Value.String(), 10, 63); err != nil {
		return exit.Wrongf("--seed: found %q, want a whole number of at least 0", f.Value)
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
		if exit.IsWrong(err) {
			return err
		}
		if err != nil {
			text, want, found := err.Error(), 0, 0 // cobra's words are of another tone
			if n, _ := fmt.Sscanf(text, "accepts %d arg(s), received %d", &want, &found); n == 2 {
				text = fmt.Sprintf("found %s, want %d", readable.Counted(found, "argument"), want)
			} else if n, _ := fmt.Sscanf(text, "requires at least %d arg(s), only received %d", &want, &found); n == 2 {
				text = fmt.Sprintf("found %s, want at least %d", readable.Counted(found, "argument"), want)
			}
			return exit.Wrongf("%s; usage: %s", text, c.UseLine())
		}
		return nil
	}
}
