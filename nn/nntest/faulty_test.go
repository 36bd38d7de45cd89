package nntest

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"ventral/nn"
	"ventral/nn/engine/ref"
)

// faults are engines that are wrong in one way, and what of the suite must say so.
var faults = map[string]string{
	"name":     "TestFaulty/name",
	"values":   "TestFaulty/cases/conv2d/3×3",
	"delivers": "TestFaulty/ports",
	"ports":    "TestFaulty/ports",
	"forgets":  "TestFaulty/training",
	"order":    "TestFaulty/together",
	"stores":   "TestFaulty/loss_not_finite",
	"silent":   "TestFaulty/update_not_finite",
	"shares":   "TestFaulty/residence",
	"replaces": "TestFaulty/residence",
}

// faulty is the oracle with one of the faults.
type faulty struct {
	ref.Engine
	fault string
}

func (e faulty) Name() string {
	if e.fault == "name" {
		return "other"
	}
	return "faulty"
}

func (e faulty) Compile(p *nn.Program) (nn.Executable, error) {
	exe, err := e.Engine.Compile(p)
	return faultyExecutable{exe, e.fault, p}, err
}

func (e faulty) Hold(v *nn.Variables) (nn.Residence, error) {
	home, err := e.Engine.Hold(v)
	return faultyResidence{home, e.fault, v}, err
}

type faultyExecutable struct {
	nn.Executable
	fault string
	p     *nn.Program
}

func (e faultyExecutable) Run(r nn.Residence, in, out []nn.Tensor) error {
	home := r.(faultyResidence).Residence
	before := nn.NewVariables(0)
	if err := home.Save(before); err != nil {
		return err
	}
	err := e.Executable.Run(home, in, out)
	switch e.fault {
	case "values":
		for _, o := range out {
			for i := range o.Data {
				o.Data[i] *= 1.0001
			}
		}
	case "delivers":
		for i := range out {
			if out[i].Data == nil {
				out[i] = nn.NewTensor(out[i].Shape)
			}
		}
	case "ports":
		if e.p.CheckPorts(in, out) != nil {
			return nil
		}
	case "forgets":
		return errorsOf(err, home.Load(before))
	case "order":
		// x ← y, then y ← 2·x of the new x.
		if x, ok := before.Get("x"); ok && len(e.p.Outputs) == 0 {
			y, _ := before.Get("y")
			for i, v := range y.Data {
				x.Data[i], y.Data[i] = v, 2*v
			}
			return errorsOf(err, home.Load(before))
		}
	case "stores":
		if err != nil {
			for _, name := range before.Names() {
				t, _ := before.Get(name)
				clear(t.Data)
			}
			return errorsOf(err, home.Load(before))
		}
	case "silent":
		return nil
	}
	return err
}

// errorsOf returns the first error.
func errorsOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

type faultyResidence struct {
	nn.Residence
	fault string
	held  *nn.Variables
}

func (r faultyResidence) Load(v *nn.Variables) error {
	if r.fault == "replaces" {
		for _, name := range v.Names() {
			if _, ok := r.held.Get(name); !ok {
				return nil // what is new is left out
			}
		}
	}
	return r.Residence.Load(v)
}

func (r faultyResidence) Save(v *nn.Variables) error {
	if r.fault == "shares" {
		if err := r.Residence.Load(r.held); err != nil { // sees what the caller does to its copy
			return err
		}
	}
	return r.Residence.Save(v)
}

// TestFaulty runs the suite on the engine that TestSuiteSees asks for.
func TestFaulty(t *testing.T) {
	fault := os.Getenv("NNTEST_FAULT")
	if fault == "" {
		t.Skip("run by TestSuiteSees")
	}
	Engine(t, "faulty", func() nn.Engine { return faulty{fault: fault} })
}

// TestSuiteSees runs the suite on engines that are wrong in one way each: it
// fails, and where it should.
func TestSuiteSees(t *testing.T) {
	if testing.Short() {
		t.Skip("runs this test binary once for every fault")
	}
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	suite := func(fault, only string) (string, error) {
		c := exec.Command(self, "-test.run=^TestFaulty$"+only)
		c.Env = append(os.Environ(), "NNTEST_FAULT="+fault)
		out, err := c.CombinedOutput()
		return string(out), err
	}
	if out, err := suite("none", ""); err != nil {
		t.Fatalf("an engine without fault: %v\n%s", err, out)
	}
	for fault, where := range faults {
		only := "/^" + strings.Split(where, "/")[1] + "$"
		if out, err := suite(fault, only); err == nil || !strings.Contains(out, "--- FAIL: "+where+" ") {
			t.Errorf("fault %q: got %v, want a failure of %s\n%s", fault, err, where, out)
		}
	}
}
