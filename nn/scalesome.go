package nn

import (
	"fmt"
	"strconv"
	"strings"
)

// ScaleSome multiplies some channels of x [N H W C] by Gain and leaves the others as
// they are. Channels are their numbers from 0, rising, with commas.
type ScaleSome struct {
	Gain     float64
	Channels string
}

func (ScaleSome) Name() string { return "scale_some" }

func (o ScaleSome) Results(s []Shape) ([]Shape, error) {
	if _, err := channelShapes(s, 0); err != nil {
		return nil, err
	}
	last := -1
	for _, text := range strings.Split(o.Channels, ",") {
		c, err := strconv.Atoi(text)
		if err != nil || c <= last || c >= s[0][3] {
			return nil, fmt.Errorf("found channels %q, want numbers that rise from 0 to at most %d, with commas", o.Channels, s[0][3]-1)
		}
		last = c
	}
	return s, nil
}

func (ScaleSome) Batch(a []bool) Locality { return perImage(a) }

// gains returns the factor of each of n channels.
func (o ScaleSome) gains(n int) []float64 {
	g := make([]float64, n)
	for c := range g {
		g[c] = 1
	}
	for _, text := range strings.Split(o.Channels, ",") {
		c, _ := strconv.Atoi(text)
		g[c] = o.Gain
	}
	return g
}

func (o ScaleSome) Eval(args, results []Array) {
	n := args[0].Shape[3]
	g := o.gains(n)
	for i, v := range args[0].Data {
		results[0].Data[i] = v * g[i%n]
	}
}

func (o ScaleSome) Grad(b *Builder, in Instr, d []Value) []Value {
	return []Value{b.One(o, d[0])}
}

// Describe says what pages and tests need.
func (ScaleSome) Describe() Description {
	x := []Shape{{3, 4, 5, 7}}
	return Description{
		Page: `x [N H W C] → y, like x. *Per image.*
Attributes: ` + "`gain`" + `; ` + "`channels`" + `, numbers of channels from 0, rising, with commas, such as "0,3".
y[n,i,j,c] is gain·x[n,i,j,c] where c is one of them, and x[n,i,j,c] elsewhere.`,
		NumPy: `lambda x, gain, channels: x * np.where(np.isin(np.arange(x.shape[3]), [int(c) for c in channels.split(",")]), gain, 1.0)`,
		Examples: []Example{
			{Name: "some channels", Op: ScaleSome{0.3, "0,2,6"}, Args: x, Diff: []int{0}},
			{Name: "one channel is silent", Op: ScaleSome{0, "4"}, Args: x, Diff: []int{0}},
			{Name: "many images", Op: ScaleSome{-2, "1,2"}, Args: []Shape{{37, 3, 3, 3}}, Diff: []int{0}},
		},
	}
}
