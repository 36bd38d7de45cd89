package completion

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"ventral/cortex/analysis"
	"ventral/experiments/compare"
	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
)

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

// Experiments completes built-in experiments, files and folders of runs.
func Experiments(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
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

// Images completes experiments and kinds of data sets.
func Images(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
	list, d := Experiments(cmd, args, text)
	for _, k := range stimuli.Kinds() {
		if strings.HasPrefix(k, text) {
			list = append(list, k)
		}
	}
	return list, d
}

// Runs completes folders of runs, comparisons and sweeps.
func Runs(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
	return paths(text, func(path string, folder bool) bool {
		dir := rundir.Folder(path)
		return isRun(path, folder) || folder && (dir.Has("ledger.json") || dir.Has("plan.json") || compare.IsComparison(dir))
	})
}

// Sweeps completes sweep files and folders of sweeps.
func Sweeps(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
	return paths(text, func(path string, folder bool) bool {
		return folder && rundir.Folder(path).Has("ledger.json") || !folder && strings.HasSuffix(path, ".toml")
	})
}

// Folders completes folders.
func Folders(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return nil, cobra.ShellCompDirectiveFilterDirs
}

// Analyses completes a run, then kinds of analysis.
func Analyses(cmd *cobra.Command, args []string, text string) ([]string, cobra.ShellCompDirective) {
	if len(args) == 0 {
		return Runs(cmd, args, text)
	}
	var names []string
	for _, k := range analysis.Kinds() {
		names = append(names, k.Name)
	}
	return Words(names...)(cmd, args, text)
}

// Tables completes files of tables.
func Tables(_ *cobra.Command, _ []string, text string) ([]string, cobra.ShellCompDirective) {
	return paths(text, func(path string, folder bool) bool { return !folder && strings.HasSuffix(path, ".toml") })
}
