package cortex

import "ventral/nn"

// Affected returns the norm places that logits and taps depend on, whose statistics are
// those of batches, and whose input lesions of g change; where steps share statistics,
// all places of them. Intact cortices have none.
func Affected(g *Graph, logits []int, taps []Tap) ([]nn.NormPlace, error) {
	b := nn.NewBuilder()
	b.Plain = g.Plain
	// By the moments of the batch, so that the program has what each place normalises.
	u := g.Unroll(b, Options{Batch: 2, Logits: logits, Taps: taps, Source: func(_, _ string, step int, _ nn.Norm) nn.Sources {
		return nn.Sources{Statistics: step, Affine: step, Own: true}
	}})
	p, err := b.Program()
	if err != nil {
		return nil, err
	}
	changed := make([]bool, len(p.Shapes))
	for _, v := range u.Changed {
		changed[v] = true
	}
	for _, in := range p.Instrs {
		any := false
		for _, a := range in.Args {
			any = any || changed[a]
		}
		for _, r := range in.Results {
			changed[r] = changed[r] || any
		}
	}
	shared := map[string]bool{}
	for _, q := range u.Stats.Places {
		shared[q.Statistics] = shared[q.Statistics] || changed[q.Mean]
	}
	var list []nn.NormPlace
	for _, q := range u.Stats.Places {
		if shared[q.Statistics] {
			list = append(list, q)
		}
	}
	return list, nil
}

// EstimateAgain has Reestimate estimate the statistics that lesions of g affect, of norms
// that logits and taps depend on, though training filled them. It returns how many places
// are new.
func (n *Norms) EstimateAgain(g *Graph, logits []int, taps []Tap) (count int, err error) {
	places, err := Affected(g, logits, taps)
	if n.again == nil {
		n.again = map[string]bool{}
	}
	for _, q := range places {
		if at := key(q.Place, q.Step); !n.again[at] && !n.estimated[at] {
			n.again[at] = true
			count++
		}
	}
	return count, err
}
