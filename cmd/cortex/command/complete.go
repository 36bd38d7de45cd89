package command

import (
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"ventral/experiments/compare"
	"ventral/experiments/peer"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

// A completion returns what a word that begins as text may go on to.
type completion func(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective)

// complete adds to every verb what its arguments and flags may be; the shell asks
// for it by cortex __complete.
func complete(root *cobra.Command) {
	arguments := map[string]completion{
		"run": first(experimentsOrRuns), "check": first(experimentsOrRuns), "show": showArguments,
		"bench": experimentsOrRuns, "compare": experimentsOrRuns, "diff": experimentsOrRuns,
		"verify": first(runFolders), "record": first(runFolders), "plot": first(runFolders),
		"rm": runFolders, "ls": folders,
		"new": first(wordsOf(builtinNames)), "list": first(wordsOf(topicNames)), "prove": first(wordsOf(func() []string { return []string{"resnet-rnn"} })),
		"version": none,
		"plan":    first(sweepFiles), "status": first(sweepFiles), "collect": first(sweepFiles), "submit": first(sweepFiles),
	}
	flags := map[string]completion{
		"set": setKeys, "variant": variants, "filter": columnsWith("="), "sort": columnsWith(""),
		"split":   wordsOf(func() []string { return []string{"train", "validation", "test"} }),
		"signals": wordsOf(func() []string { return []string{"state", "response", "preactivation"} }),
		"engine":  wordsOf(func() []string { return []string{"cpu"} }),
		"pass":    wordsOf(func() []string { return []string{"merge", "subpixel", "all"} }),
		"match":   wordsOf(func() []string { return []string{"parameters", "multiply_adds"} }),
		"by":      wordsOf(func() []string { return []string{"channels", "kernel", "depth"} }),
		"to":      variants, "tune": setKeys,
		"primary": wordsOf(func() []string { return []string{"accuracy@last", "error@last", "loss@last"} }),
		"pattern": wordsOf(patternNames), "modes": wordsOf(func() []string { return peer.Modes }),
		"out": folders,
	}
	var visit func(c *cobra.Command)
	visit = func(c *cobra.Command) {
		if f := arguments[c.Name()]; f != nil && c.ValidArgsFunction == nil {
			c.ValidArgsFunction = cobra.CompletionFunc(f)
		}
		if c.Name() == "run" && c.Parent() != root {
			c.ValidArgsFunction = cobra.CompletionFunc(first(sweepFiles))
		}
		for name, f := range flags {
			if c.LocalFlags().Lookup(name) != nil {
				c.RegisterFlagCompletionFunc(name, cobra.CompletionFunc(f))
			}
		}
		for _, sub := range c.Commands() {
			visit(sub)
		}
	}
	visit(root)
}

const noFiles = cobra.ShellCompDirectiveNoFileComp

func none(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) { return nil, noFiles }

// first completes the first argument only.
func first(f completion) completion {
	return func(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			return nil, noFiles
		}
		return f(cmd, args, text)
	}
}

// wordsOf completes words.
func wordsOf(words func() []string) completion {
	return func(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
		before := text[:strings.LastIndexByte(text, ',')+1] // of a list
		var list []string
		for _, w := range words() {
			if strings.HasPrefix(before+w, text) {
				list = append(list, before+w)
			}
		}
		return list, noFiles
	}
}

func builtinNames() (names []string) {
	for _, b := range spec.Builtins() {
		names = append(names, b.Name)
	}
	return names
}

func topicNames() (names []string) {
	r, err := spec.Reference("")
	if err != nil {
		return nil
	}
	for _, t := range r.Topics {
		names = append(names, t.Name)
	}
	return names
}

func patternNames() (names []string) {
	for _, x := range compare.Patterns {
		names = append(names, x.Name)
	}
	return names
}

// paths completes names of files and folders. What a user can mean is kept; other
// folders lead on, with a slash.
func paths(text string, keep func(path string, folder bool) bool) (list []string, d cobra.ShellCompDirective) {
	d = noFiles
	dir, base := filepath.Split(text)
	at := dir
	if at == "" {
		at = "."
	}
	entries, err := os.ReadDir(at)
	if err != nil {
		return nil, d
	}
	for _, e := range entries {
		name := e.Name()
		if !strings.HasPrefix(name, base) || strings.HasPrefix(name, ".") && base == "" {
			continue
		}
		i, err := os.Stat(filepath.Join(at, name))
		switch {
		case err != nil:
		case keep(dir+name, i.IsDir()):
			list = append(list, dir+name)
		case i.IsDir():
			list = append(list, dir+name+string(filepath.Separator))
			d |= cobra.ShellCompDirectiveNoSpace
		}
	}
	return list, d
}

func isRun(path string, folder bool) bool { return folder && rundir.Folder(path).IsRun() }

// experimentsOrRuns completes built-in experiments, files and folders of runs.
func experimentsOrRuns(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
	list, d := paths(text, func(path string, folder bool) bool {
		return isRun(path, folder) || !folder && strings.HasSuffix(path, ".toml")
	})
	for _, b := range builtinNames() {
		if strings.HasPrefix(b, text) {
			list = append(list, b)
		}
	}
	return list, d
}

// runFolders completes folders of runs, comparisons and sweeps.
func runFolders(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
	return paths(text, func(path string, folder bool) bool {
		dir := rundir.Folder(path)
		return isRun(path, folder) || folder && (dir.Has("ledger.json") || dir.Has("plan.json") || compare.IsComparison(dir))
	})
}

// sweepFiles completes sweep files and folders of sweeps.
func sweepFiles(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
	return paths(text, func(path string, folder bool) bool {
		return folder && rundir.Folder(path).Has("ledger.json") || !folder && strings.HasSuffix(path, ".toml")
	})
}

func folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// showArguments completes an experiment or a run, then what to show of it.
func showArguments(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
	switch len(args) {
	case 0:
		return experimentsOrRuns(cmd, args, text)
	case 1:
		return wordsOf(func() []string { return showings })(cmd, args, text)
	}
	return nil, noFiles
}

// named reads the experiment of the first argument, nil where there is none.
func named(args []string) *spec.Experiment {
	if len(args) == 0 {
		return nil
	}
	e, _, err := (&choice{}).load(args[0])
	if err != nil {
		return nil
	}
	return e
}

// setKeys completes KEY= and then the words that the key can be; of an experiment
// that is named before, its own keys with their values.
func setKeys(_ *cobra.Command, args []string, text string) (list []string, d cobra.ShellCompDirective) {
	keys := spec.Settable(named(args))
	if key, _, ok := strings.Cut(text, "="); ok {
		for _, k := range keys {
			if k.Name != key {
				continue
			}
			for _, w := range k.Words() {
				list = append(list, key+"="+w)
			}
		}
		return slices.DeleteFunc(list, func(s string) bool { return !strings.HasPrefix(s, text) }), noFiles
	}
	for _, k := range keys {
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

// columnsWith completes the columns of a list of runs, and keys of experiments.
func columnsWith(end string) completion {
	return func(_ *cobra.Command, _ []string, text string) (list []string, d cobra.ShellCompDirective) {
		names := slices.Clone(rundir.Columns)
		for _, k := range spec.Settable(nil) {
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
