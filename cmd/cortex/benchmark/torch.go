package benchmark

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"ventral/experiments/peer"
	"ventral/experiments/spec"
)

// errNoTorch is the error of a Python without PyTorch.
var errNoTorch = errors.New("no PyTorch")

// torch is the peer, waiting for rounds.
type torch struct {
	cmd     *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Scanner
	version string
}

// startTorch starts the peer and waits until it has warmed up.
func startTorch(ctx context.Context, dir string, e *spec.Experiment, mode string, threads int, what Options) (*torch, error) {
	python := what.Python
	if python == "" {
		python = os.Getenv("CORTEX_PYTHON")
	}
	if python == "" {
		python = "python3"
	}
	if out, err := exec.CommandContext(ctx, python, "-c", "import torch").CombinedOutput(); err != nil {
		return nil, fmt.Errorf("%w in %s (%v); --python or CORTEX_PYTHON names another Python%s", errNoTorch, python, err, last(out))
	}
	if len(e.Showing.Protocol)+len(e.Streams) > 0 || e.Judging.Labels != "trial" || e.Stimuli.Described.Frames > 1 {
		return nil, errors.New("the PyTorch script shows one image at input.steps, and knows no protocol, no further input and no labels by step")
	}
	script, file := filepath.Join(dir, "torch_peer.py"), filepath.Join(dir, "experiment.toml")
	if err := os.WriteFile(script, []byte(peer.Script), 0o666); err != nil {
		return nil, err
	}
	if err := os.WriteFile(file, []byte(e.TOML()), 0o666); err != nil {
		return nil, err
	}
	args := []string{script, file, fmt.Sprint(threads), "--mode", mode, "--batches", fmt.Sprint(what.Batches), "--rounds"}
	if what.Inference {
		args = append(args, "--infer")
	}
	t := &torch{cmd: exec.CommandContext(ctx, python, args...)}
	var errs strings.Builder
	t.cmd.Stderr = &errs
	var err error
	if t.in, err = t.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := t.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	if err := t.cmd.Start(); err != nil {
		return nil, err
	}
	t.out = bufio.NewScanner(out)
	if !t.out.Scan() {
		t.in.Close()
		err := t.cmd.Wait()
		return nil, fmt.Errorf("%v%s", err, last([]byte(errs.String())))
	}
	t.version = strings.TrimPrefix(t.out.Text(), "ready ")
	return t, nil
}

// last is the last line of a program's complaint.
func last(out []byte) string {
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if s := lines[len(lines)-1]; s != "" {
		return ": " + s
	}
	return ""
}

// round asks for one round of batches.
func (t *torch) round() (seconds, mib float64, err error) {
	if _, err := io.WriteString(t.in, "\n"); err != nil {
		return 0, 0, err
	}
	if !t.out.Scan() {
		return 0, 0, fmt.Errorf("ended early: %v", t.out.Err())
	}
	_, err = fmt.Sscan(t.out.Text(), &seconds, &mib)
	return seconds, mib, err
}

// stop ends the peer.
func (t *torch) stop() {
	t.in.Close()
	t.cmd.Wait()
}
