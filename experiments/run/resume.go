package run

import (
	"context"
	"fmt"
	"runtime"

	"ventral/experiments/rundir"
	"ventral/experiments/stimuli"
)

// Resume goes on with the run in a folder, from its last checkpoint. Of a finished run
// nothing is left to do; its results are compared with their hashes.
func Resume(ctx context.Context, dir rundir.Folder, o Options) error {
	o = o.Filled()
	_, info, err := Open(dir)
	if err != nil {
		return err
	}
	runs := []*run{{network: network{Options: o, dir: dir}}}
	for _, name := range info.Controls {
		if _, _, err := Open(dir.Control(name)); err != nil {
			return err
		}
		runs = append(runs, &run{network: network{Options: o, dir: dir.Control(name)}})
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
	return carryOutAll(ctx, runs)
}

// reopen reads a run from its folder; the file that it was made from is not
// read again. Of a finished run, results that are damaged are an error.
func reopen(dir rundir.Folder, o Options) (*run, error) {
	e, info, err := Open(dir)
	if err != nil {
		return nil, err
	}
	text, err := dir.ReadText(rundir.ExperimentFile)
	if err != nil {
		return nil, err
	}
	r := &run{network: network{Options: o, e: e, text: text, dir: dir}, info: info, damaged: map[string]bool{}}
	r.Folder = info.Folder
	if info.State == rundir.Finished {
		return r, rundir.Whole(dir, info)
	}
	list, damaged, err := rundir.ReadCheckpoints(dir, info, 1)
	if err != nil {
		return nil, err
	}
	for _, d := range damaged {
		r.damaged[d.Name] = true
		o.Report.Note("%v; going on from the checkpoint before it", d.Err)
	}
	if len(list) > 0 {
		r.v, r.at = list[0].V, list[0].At
	}
	if r.epochs, err = rundir.ReadMetrics(dir); err != nil {
		return nil, err
	}
	return r, goesOn(r)
}

// goesOn reports what keeps a run from going on here to the same bits, notes
// that it goes on, and takes over how it keeps checkpoints.
func goesOn(r *run) error {
	was, version, program := r.info.Last()
	now := kernel(r)
	if was != now && !r.AllowOtherKernel {
		force := ""
		if was.Arch == now.Arch {
			force = fmt.Sprintf("force the kernel by CORTEX_KERNEL=%s, or ", was.Kernel)
		}
		return fmt.Errorf("%s: was trained with kernel %s on %s, this is %s on %s; going on would not give the same bits: %sgo on all the same by --allow-other-kernel, which run.json notes", r.dir, was.Kernel, was.Arch, now.Kernel, now.Arch, force)
	}
	if err := stimuli.Ready(r.e.Stimuli.Settings, r.e.Env(r.Folder, r.Cache)); err != nil {
		return fmt.Errorf("%s: the images that the run was begun with are not there: %w", r.dir, err)
	}
	x := rundir.Resumed{Time: r.Now(), Batches: r.at.Batches, Command: r.Command, Kernel: now, Threads: r.Threads}
	if p := programDigest(); p != program {
		x.Version, x.Program = Version(), p
		r.Report.Note("%s: the program is another than that of the batches before (%s, now %s); bits are the same only where it computes the same", r.dir, version, x.Version)
	}
	r.info.Resumed = append(r.info.Resumed, x)
	keeps(r.info, r.Options)
	return nil
}

// kernel is the one that this process computes with.
func kernel(r *run) rundir.Kernel {
	return rundir.Kernel{Kernel: r.Options.Kernel, Arch: runtime.GOARCH}
}
