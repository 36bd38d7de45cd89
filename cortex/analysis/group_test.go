package analysis_test

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"ventral/cortex/analysis"
	"ventral/cortex/analysis/analysistest"
	"ventral/cortex/recording"
)

// Of several sources each analysis is made of each, and its frames say of which; the
// numbers are those of a source by itself.
func TestGroup(t *testing.T) {
	g := analysis.Group{Axis: "condition", Members: []analysis.Member{{Name: "intact", Source: analysistest.Synthetic(1, 0)}, {Name: "cut", Source: analysistest.Synthetic(2, 0)}}}
	requests := analysis.Defaults()
	both, err := analysis.RunGroup(g, requests)
	if err != nil {
		t.Fatal(err)
	}
	for m, member := range g.Members {
		alone, err := analysis.RunEach(analysistest.Synthetic(uint64(m+1), 0), requests)
		if err != nil {
			t.Fatal(err)
		}
		for i := range requests {
			var of []analysis.Frame
			for _, f := range both[i] {
				if f.Label("condition") == member.Name {
					of = append(of, f)
				}
			}
			if len(of) != len(alone[i]) {
				t.Fatalf("%s: %d frames of %s, want %d", requests[i].Name, len(of), member.Name, len(alone[i]))
			}
			for k, f := range of {
				for n, v := range f.Data {
					if math.Float64bits(v) != math.Float64bits(alone[i][k].Data[n]) {
						t.Fatalf("%s of %s: number %d is %v, alone %v", f.Name, member.Name, n, v, alone[i][k].Data[n])
					}
				}
			}
		}
	}
}

// distance is a joint kind: how far the mean responses of two sources are apart.
type distance struct{}

type distances struct {
	names []string
	sum   map[string]float64
	table *analysis.Table
	probe map[string]float64
}

func (*distance) Needs() []analysis.Need {
	return []analysis.Need{analysis.SignalOf(recording.Response), {Of: analysis.Probe, Signal: "one"}}
}
func (*distance) Start(analysis.Subject) analysis.Analysis { panic("a joint kind is started once") }
func (*distance) StartJoint(of []analysis.Subject) analysis.Analysis {
	d := &distances{sum: map[string]float64{}, probe: map[string]float64{}, table: of[0].Table}
	for _, s := range of {
		d.names = append(d.names, s.Name)
	}
	return d
}
func (d *distances) Add(b analysis.Batch) error {
	for _, v := range b.Data {
		if v == v {
			d.sum[b.From] += float64(v)
		}
	}
	return nil
}
func (d *distances) AddProbe(source string, frames []analysis.Frame) error {
	d.probe[source] = frames[0].Data[0]
	return nil
}
func (d *distances) Frames() ([]analysis.Frame, error) {
	return []analysis.Frame{{Name: "distance", Axes: []analysis.Axis{{Name: "pair", Labels: []string{strings.Join(d.names, " - ")}}},
		Data: []float64{d.sum[d.names[0]] - d.sum[d.names[1]] + d.probe[d.names[1]]}}}, nil
}

// A joint kind is started once, and sees the recordings, the probes and the table of
// every source.
func TestJoint(t *testing.T) {
	one := analysis.Frame{Name: "one", Axes: []analysis.Axis{{Name: "step", Values: []float64{0}}}, Data: []float64{1000}}
	a, b := analysistest.Synthetic(1, 0), analysistest.Synthetic(1, 0)
	a.PutProbe("one", one)
	g := analysis.Group{Axis: "condition", Members: []analysis.Member{{Name: "a", Source: a}, {Name: "b", Source: b}}}
	q := []analysis.Request{{Name: "distance", Kind: "distance", Settings: &distance{}}}
	_, err := analysis.RunGroup(g, q)
	if err == nil || !strings.Contains(err.Error(), `what the probe "one" measures is not on disk; cortex record RUN --probe one measures it`) {
		t.Fatalf("without the probe of b: %v", err)
	}
	b.PutProbe("one", one)
	frames, err := analysis.RunGroup(g, q)
	if err != nil {
		t.Fatal(err)
	}
	if f := frames[0][0]; len(frames[0]) != 1 || f.Data[0] != 1000 || f.Axes[0].At(0) != "a - b" {
		t.Errorf("got %+v", f)
	}
}

func TestTable(t *testing.T) {
	table, err := analysis.ReadTable(strings.NewReader("image_id,label,angle,name\n7,0,22.5,\"a, b\"\n9,1,45,c\n"))
	if err != nil {
		t.Fatal(err)
	}
	if v, err := table.Numbers("angle", []int{9, 7}); err != nil || v[0] != 45 || v[1] != 22.5 {
		t.Errorf("got %v %v", v, err)
	}
	if v, err := table.Column("name", []int{7, 8}); err != nil || v[0] != "a, b" || v[1] != "" {
		t.Errorf("got %q %v", v, err)
	}
	own, err := analysis.ReadTable(strings.NewReader("image_id,label,id,column.label,column.image_id\n7,0,a,cat,x7\n"))
	if err != nil || second(own.Column("column.label", nil)) == nil {
		t.Errorf("columns of the data set are called as it calls them: %v", err)
	}
	for column, want := range map[string]string{"label": "cat", "image_id": "x7", "id": "a"} {
		if v, err := own.Column(column, []int{7}); err != nil || v[0] != want {
			t.Errorf("%s: got %q %v, want %q", column, v, err, want)
		}
	}
	for _, err := range []error{second(table.Column("size", nil)), second(table.Numbers("name", []int{7})), second((*analysis.Table)(nil).Column("angle", nil)),
		second(analysis.ReadTable(strings.NewReader("id,label\n"))), second(analysis.ReadTable(strings.NewReader("image_id,label\nx,1\n"))), second(analysis.ReadTable(strings.NewReader("")))} {
		if err == nil {
			t.Error("no error")
		}
	}
}

func second[T any](_ T, err error) error { return err }

// Frames are arrays for numpy under their names, with their axes.
func TestWriteNPZ(t *testing.T) {
	step := analysis.Axis{Name: "step", Values: []float64{2, 3}}
	frames := []analysis.Frame{
		{Name: "state size", Axes: []analysis.Axis{{Name: "area", Labels: []string{"V1"}}, step}, Data: []float64{1, math.NaN()}},
		{Name: "state size", Axes: []analysis.Axis{{Name: "area", Labels: []string{"IT"}}, step}, Data: []float64{3, 4}},
		{Name: "similarity", Axes: []analysis.Axis{step, step}, Data: []float64{1, 2, 3, 4}},
	}
	var b bytes.Buffer
	if err := analysis.WriteNPZ(&b, frames); err != nil {
		t.Fatal(err)
	}
	z, err := recording.OpenNPZ(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	want := "format state_size.V1 state_size.V1@area state_size.V1@step state_size.IT state_size.IT@area state_size.IT@step similarity similarity@step"
	if got := strings.Join(z.Names(), " "); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
	if v, err := z.Float64s("similarity"); err != nil || v[3] != 4 {
		t.Errorf("got %v %v", v, err)
	}
	if v, err := z.Texts("state_size.IT@area"); err != nil || v[0] != "IT" {
		t.Errorf("got %q %v", v, err)
	}
}
