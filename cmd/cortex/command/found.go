package command

import (
	"os"
	"strings"

	"ventral/cmd/cortex/exit"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
)

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

// begun returns the folder of the run that an experiment began where no folder
// was named.
func begun(name string, base rundir.Folder) (rundir.Folder, error) {
	if !base.IsRun() {
		return "", exit.Wrongf("%s: no run of it lies in %s; cortex ls lists runs, and cortex run RUN --resume goes on with one", name, base)
	}
	if second := base + "-2"; second.IsRun() {
		return "", exit.Wrongf("%s: there is more than one run of this name, %s and %s among them; say which goes on: cortex run %s --resume", name, base, second, base)
	}
	return base, nil
}
