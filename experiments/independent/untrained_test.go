package independent

import "fmt"

// untrained returns a model that tests after training: norms take the
// statistics that training filled, and follow "untrained" elsewhere.
func untrained(n *network, seed uint64, image stack, after *model) *model {
	m := newModel(n, seed, false, image)
	m.trained, m.known, m.estimates = map[string]bool{}, map[string]bool{}, map[string]place{}
	for key := range after.places {
		m.trained[key] = true
	}
	for name := range after.variables {
		m.known[name] = true
	}
	return m
}

// nearest returns the last step up to t that is there, else the first one
// after it, -1 if none is.
func (m *model) nearest(t int, there func(int) bool) int {
	for s := t; s >= 0; s-- {
		if there(s) {
			return s
		}
	}
	for s := t; s < m.n.steps; s++ {
		if there(s) {
			return s
		}
	}
	return -1
}

// borrowed returns the name of the statistics of a place that training never
// reached, "" where they are estimated.
func (m *model) borrowed(n norm, statistics, name string, t int) string {
	if n.statistics != "per_step" && m.known[name+"/mean"] {
		return name // of all steps together
	}
	switch n.untrained {
	case "last":
		if s := m.nearest(t, func(s int) bool { return m.trained[fmt.Sprintf("%s@%d", statistics, s)] }); s >= 0 {
			return fmt.Sprintf("%s@%d", statistics, s)
		}
		m.missing = append(m.missing, name)
	case "error":
		m.missing = append(m.missing, name)
	}
	return ""
}

// estimate returns the statistics of a place that are estimated, or estimates
// them.
func (m *model) estimate(n norm, key string, x stack) (mean, variance []float64) {
	if p, ok := m.estimates[key]; ok {
		return p.mean, p.variance
	}
	mean, variance = moments(x)
	count := float64(x.n * x.h * x.w)
	if n.divisor == "unbiased" {
		for c := range variance {
			variance[c] *= count / (count - 1)
		}
	}
	m.estimates[key] = place{norm: n, mean: mean, variance: variance}
	return mean, variance
}
