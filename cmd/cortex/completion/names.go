package completion

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cmd/cortex/flags"
	"ventral/experiments/protocol"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/spec/reference"
)

// Builtins completes built-in experiments.
func Builtins(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
	return wordsOf(builtinNames)(cmd, args, text)
}

func builtinNames() (names []string) {
	for _, b := range spec.Builtins() {
		names = append(names, b.Name)
	}
	return names
}

// Topics completes groups of keys.
func Topics(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
	return wordsOf(topicNames)(cmd, args, text)
}

func topicNames() (names []string) {
	r, err := reference.Of("")
	if err != nil {
		return nil
	}
	for _, t := range r.Topics {
		names = append(names, t.Name)
	}
	return names
}

// named reads the experiment of the first argument, nil where there is none.
func named(args []string) *spec.Experiment {
	if len(args) == 0 {
		return nil
	}
	e, _, err := (&flags.Choice{}).Load(args[0])
	if err != nil {
		return nil
	}
	return e
}

// keys completes KEY= and then the words that the key can be; of an experiment
// that is named before, its own keys with their values.
func keys(_ *cobra.Command, args []string, text string) (list []string, d cobra.ShellCompDirective) {
	known := reference.Settable(named(args))
	if key, _, ok := strings.Cut(text, "="); ok {
		for _, k := range known {
			if k.Name != key {
				continue
			}
			for _, w := range k.Words() {
				list = append(list, key+"="+w)
			}
		}
		return slices.DeleteFunc(list, func(s string) bool { return !strings.HasPrefix(s, text) }), noFiles
	}
	for _, k := range known {
		if strings.HasPrefix(k.Name, text) {
			list = append(list, cobra.CompletionWithDesc(k.Name+"=", k.About))
		}
	}
	return list, noFiles | cobra.ShellCompDirectiveNoSpace
}

// variants completes those of the experiment that is named before.
func variants(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
	e := named(args)
	if e == nil {
		return nil, noFiles
	}
	return wordsOf(func() []string {
		if cmd.Name() == "compare" {
			return append([]string{e.Name}, e.Variants...)
		}
		return e.Variants
	})(cmd, args, text)
}

// Columns completes the columns of a list of runs and keys of experiments, each with
// an end, such as =. Without one a column may begin with -.
func Columns(end string) Completion {
	return func(_ *cobra.Command, _ []string, text string) (list []string, d cobra.ShellCompDirective) {
		names := slices.Clone(rundir.Columns)
		for _, k := range reference.Settable(nil) {
			names = append(names, k.Name)
		}
		sign := ""
		if end == "" && strings.HasPrefix(text, "-") {
			sign = "-"
		}
		for _, n := range names {
			if strings.HasPrefix(sign+n, text) && !slices.Contains(list, sign+n+end) {
				list = append(list, sign+n+end)
			}
		}
		if end != "" {
			return list, noFiles | cobra.ShellCompDirectiveNoSpace
		}
		return list, noFiles
	}
}

// Conditions completes the conditions of the run that is named before, "all", and
// protocols: those of its experiment and the built-in ones.
func Conditions(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
	var names []string
	if e := named(args); e != nil {
		for _, c := range e.Conditions {
			names = append(names, c.Name)
		}
		if len(names) > 0 {
			names = append(names, "all")
		}
		for _, p := range e.Protocols {
			names = append(names, p.Name)
		}
	}
	for _, p := range protocol.Builtins() {
		if !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	return Words(names...)(cmd, args, text)
}
