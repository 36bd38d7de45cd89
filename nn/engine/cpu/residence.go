package cpu

import (
	"fmt"
	"sync"

	"ventral/nn"
)

// Residence is a set of variables in float32. Runs, Load and Save of one
// residence exclude each other.
type Residence struct {
	mu      sync.Mutex
	values  map[string]nn.Tensor
	changed map[string]uint64 // the last change of each, by its number among all
}

// change notes that a variable changes.
func (r *Residence) change(name string) { r.changed[name] = changes.Add(1) }

// Load implements nn.Residence.
func (r *Residence) Load(v *nn.Variables) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, name := range v.Names() {
		t, _ := v.Get(name)
		if len(t.Data) != t.Shape.Len() {
			return fmt.Errorf("cpu: variable %q: found %d elements, want %d of shape %v", name, len(t.Data), t.Shape.Len(), t.Shape)
		}
		r.change(name)
		if old, ok := r.values[name]; ok && old.Shape == t.Shape {
			copy(old.Data, t.Data)
			continue
		}
		data := aligned(t.Shape.Len())
		copy(data, t.Data)
		r.values[name] = nn.Tensor{Shape: t.Shape, Data: data}
	}
	return nil
}

// Save implements nn.Residence.
func (r *Residence) Save(v *nn.Variables) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	for name, a := range r.values {
		t := nn.NewTensor(a.Shape)
		copy(t.Data, a.Data)
		v.Set(name, t)
	}
	return nil
}

// Close implements nn.Residence.
func (r *Residence) Close() error { return nil }
