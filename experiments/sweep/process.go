package sweep

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"ventral/experiments/rundir"
)

// job is a task that is to be carried out.
type job struct {
	Todo
	begun time.Time
	said  int64 // bytes of the task's log before its process began
	tries int   // how often it was found busy
}

// event is what a worker process says.
type event struct {
	*job
	message
	ended bool
	err   error // why the process ended, nil where it ended well
}

// process carries the task out in a process. That process goes on while its
// standard input is open, so that it leaves a checkpoint and ends when this one
// closes it, or dies.
func (j *job) process(ctx context.Context, o Options, threads int, events chan<- event) {
	err := j.attend(ctx, o, threads, events)
	events <- event{job: j, ended: true, err: err}
}

func (j *job) attend(ctx context.Context, o Options, threads int, events chan<- event) error {
	args := []string{"sweep", "run", string(j.dir), "--task", j.Hash, "--worker", "--threads", strconv.Itoa(threads)}
	if o.Memory > 0 {
		args = append(args, "--memory-mib", strconv.FormatInt(max(o.Memory>>20, 1), 10))
	}
	c := exec.Command(o.Program, append(args, o.Arguments...)...)
	log, err := os.OpenFile(filepath.Join(string(j.own()), logFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o666)
	if err != nil {
		return err
	}
	defer log.Close()
	if info, err := log.Stat(); err == nil {
		j.said = info.Size()
	}
	c.Stderr = log
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	out, err := c.StdoutPipe()
	if err != nil {
		return err
	}
	if err := c.Start(); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { in.Close() })()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		var m message
		if json.Unmarshal(lines.Bytes(), &m) == nil {
			events <- event{job: j, message: m}
		}
	}
	io.Copy(io.Discard, out)
	return c.Wait()
}

// verdict is how a task stands whose process has ended. A process that was
// killed leaves no word of its own; then this one notes what is known.
func (e event) verdict() (State, error) {
	s, err := e.Task.State()
	if err != nil || e.err == nil || s.State == rundir.Failed || s.State == rundir.Finished || s.State == rundir.Running && !s.Unsure {
		return s, err // running: in a process of another sweep
	}
	var exit *exec.ExitError
	if errors.As(e.err, &exit) && exit.ExitCode() == interrupted {
		return s, nil
	}
	why := fmt.Sprintf("its process ended: %v", e.err)
	if strings.Contains(e.err.Error(), "killed") {
		why += "; the system kills a process that takes too much memory"
	}
	if line := e.lastWords(); line != "" {
		why += "; it said: " + line
	}
	s, err = e.failed(s, why)
	if busy := (*rundir.Busy)(nil); errors.As(err, &busy) {
		return e.Task.State() // a process of another sweep has taken it
	}
	return s, err
}

// interrupted is the exit status of a process that was asked to end.
const interrupted = 130

// lastWords is the last line that the job's process said, "" where it said
// nothing: the log begins with those of earlier ones.
func (j *job) lastWords() string {
	text, err := j.own().ReadText(logFile)
	if err != nil || int64(len(text)) < j.said {
		return ""
	}
	text = strings.TrimSpace(text[j.said:])
	return text[strings.LastIndexByte(text, '\n')+1:]
}
