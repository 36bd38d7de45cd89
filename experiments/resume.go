package experiments

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime"
	"strings"

	"ventral/experiments/decode"
	"ventral/experiments/rundir"
	"ventral/experiments/spec"
	"ventral/experiments/stimuli"
)

// Resume goes on with the run in a folder, from its last checkpoint.
func Resume(ctx context.Context, dir rundir.Folder, o Options) error {
	o = o.filled()
	_, info, err := Open(dir)
	if err != nil {
		return err
	}
	runs := []*run{{Options: o, dir: dir}}
	for _, name := range info.Controls {
		if _, _, err := Open(dir.Control(name)); err != nil {
			return err
		}
		runs = append(runs, &run{Options: o, dir: dir.Control(name)})
	}
	release, err := hold(runs)
	if err != nil {
		return err
	}
	defer release()
	for i, r := range runs {
		if runs[i], err = reopen(r.dir, o); err != nil {
			return err
		}
	}
	return all(ctx, runs)
}

// reopen reads a run from its folder; the file that it was made from is not
// read again.
func reopen(dir rundir.Folder, o Options) (*run, error) {
	e, info, err := Open(dir)
	if err != nil {
		return nil, err
	}
	r := &run{Options: o, e: e, dir: dir, info: info, damaged: map[string]bool{}}
	r.Folder = info.Folder
	if info.State == Finished {
		return r, nil
	}
	list, damaged, err := readCheckpoints(dir, info, 1)
	if err != nil {
		return nil, err
	}
	for _, d := range damaged {
		r.damaged[d.name] = true
		o.Report.Note("%v; going on from the checkpoint before it", d.err)
	}
	if len(list) > 0 {
		r.v, r.at = list[0].v, list[0].at
	}
	if r.epochs, err = readMetrics(dir); err != nil {
		return nil, err
	}
	return r, r.goesOn()
}

// goesOn reports what keeps a run from going on here to the same bits, notes
// that it goes on, and takes over how it keeps checkpoints.
func (r *run) goesOn() error {
	was, version, program := r.info.last()
	now := r.kernel()
	if was != now && !r.AllowOtherKernel {
		force := ""
		if was.Arch == now.Arch {
			force = fmt.Sprintf("force the kernel by CORTEX_KERNEL=%s, or ", was.Kernel)
		}
		return fmt.Errorf("%s: was trained with kernel %s on %s, this is %s on %s; going on would not give the same bits: %sgo on all the same by --allow-other-kernel, which run.json notes", r.dir, was.Kernel, was.Arch, now.Kernel, now.Arch, force)
	}
	if err := r.e.Stimuli.Settings.Ready(r.e.Env(r.Folder, r.Cache)); err != nil {
		return fmt.Errorf("%s: the images that the run was begun with are not there: %w", r.dir, err)
	}
	x := Resumed{Time: r.Now(), Step: r.at.Step, Command: r.Command, Kernel: now, Threads: r.Threads}
	if p := programDigest(); p != program {
		x.Version, x.Program = Version(), p
		r.Report.Note("%s: the program is another than that of the steps before (%s, now %s); bits are the same only where it computes the same", r.dir, version, x.Version)
	}
	r.info.Resumed = append(r.info.Resumed, x)
	r.info.keeps(r.Options)
	return nil
}

// kernel is the one that this process computes with.
func (r *run) kernel() Kernel { return Kernel{r.Options.Kernel, runtime.GOARCH} }

// Open reads the experiment and the provenance of a run's folder.
func Open(dir rundir.Folder) (*spec.Experiment, *Info, error) { return open(dir, false) }

// Look is Open for what needs neither images nor a graph: the stimuli may be of a
// kind that this program does not have.
func Look(dir rundir.Folder) (*spec.Experiment, *Info, error) { return open(dir, true) }

// open reads a run's folder; look says whether the stimuli may be unknown.
func open(dir rundir.Folder, look bool) (*spec.Experiment, *Info, error) {
	info := &Info{}
	if err := dir.ReadJSON(rundir.InfoFile, info); err != nil {
		if err := NoFolder(dir); err != nil {
			return nil, nil, err
		}
		if !dir.Has(rundir.InfoFile) {
			return nil, nil, fmt.Errorf("%s: is not the folder of a run, it has no %s", dir, rundir.InfoFile)
		}
		return nil, nil, fmt.Errorf("%w; the other files are as they were: %s makes the run again, the folder is removed by hand", err, Again(dir))
	}
	if info.Format != spec.Format {
		return nil, nil, fmt.Errorf("%s: found format %d, want %d", dir.Path(rundir.InfoFile), info.Format, spec.Format)
	}
	text, err := dir.ReadText(rundir.ExperimentFile)
	if errors.Is(err, fs.ErrNotExist) && dir.Has(rundir.SourceFile) {
		return nil, nil, &rundir.Damaged{Path: dir.Path(rundir.ExperimentFile), Err: errors.New("is missing; " + rerun(dir, rundir.SourceFile) + " makes a run of the file as it was given, without what --set, --seed and --variant changed")}
	}
	if err != nil {
		return nil, nil, err
	}
	if digest(text) != info.Experiment {
		if was := begunWith(dir, info); was != "" {
			if d := decode.DifferencesOf(was, text); len(d) > 0 {
				return nil, nil, &Edited{dir.Path(rundir.ExperimentFile), d}
			}
		}
		return nil, nil, fmt.Errorf("%s: was changed after the run began; start a new run from it instead", dir.Path(rundir.ExperimentFile))
	}
	o := spec.Overrides{Auto: info.Precision}
	if look {
		o.Elsewhere = stimuliOf(info, text)
	}
	e, err := spec.Read(dir.Path(rundir.ExperimentFile), text, o)
	if err != nil {
		return nil, nil, OfRun(err)
	}
	e.Variant = info.Variant
	return e, info, nil
}

// stimuliOf is what a run tells of stimuli of an unknown kind.
func stimuliOf(info *Info, resolved string) *stimuli.Elsewhere {
	x := &stimuli.Elsewhere{Targets: 1}
	if decode.Keyed(resolved).Value["readout.decide"] == `"top_n"` {
		x.Targets = 2 // or more
	}
	for name, n := range info.Images {
		if s, ok := spec.Splits[name]; ok {
			x.Images[s] = n
		}
	}
	return x
}

// OfRun adds to a fault of a run's experiment what works without its stimuli,
// where they are of a kind that this program does not have.
func OfRun(err error) error {
	var f *decode.Fault
	if errors.As(err, &f) && f.Key == "stimuli.kind" && strings.HasPrefix(f.Message, "found") {
		f.Message += "; the run is of a program that has this data set: here cortex show RUN and cortex plot RUN alone do without it"
	}
	return err
}

// openAlone reads a run as read does, Open or Look, and locks its folder.
func openAlone(dir rundir.Folder, read func(rundir.Folder) (*spec.Experiment, *Info, error)) (*spec.Experiment, *Info, *rundir.Lock, error) {
	if _, _, err := read(dir); err != nil {
		return nil, nil, nil, err
	}
	l, err := dir.Lock()
	if err != nil {
		return nil, nil, nil, err
	}
	e, info, err := read(dir)
	if err != nil {
		l.Release()
	}
	return e, info, l, err
}
