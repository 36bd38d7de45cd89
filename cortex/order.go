package cortex

import "strings"

// checkOrder finds the order of updates at every step; a cycle without delay
// has none.
func checkOrder(g *Graph) error {
	g.order = make([][]int, g.Steps)
	g.drive = make([][][]int, g.Steps)
	for t := range g.Steps {
		g.drive[t] = make([][]int, len(g.Areas))
		next := make([][]int, len(g.Areas)) // connections without delay, by source
		waits := make([]int, len(g.Areas))
		for j := range g.Matrix.Connections {
			c := &g.Matrix.Connections[j]
			if !c.Window.Has(t) || c.Delay > t {
				continue
			}
			to, from := g.index[c.To], g.index[c.From]
			g.drive[t][to] = append(g.drive[t][to], j)
			if c.Delay == 0 {
				next[from] = append(next[from], j)
				waits[to]++
			}
		}
		done := make([]bool, len(g.Areas))
		for range g.Areas {
			for i := range g.Areas {
				if done[i] || waits[i] > 0 {
					continue
				}
				done[i] = true
				g.order[t] = append(g.order[t], i)
				for _, j := range next[i] {
					waits[g.index[g.Matrix.Connections[j].To]]--
				}
				break
			}
		}
		if len(g.order[t]) < len(g.Areas) {
			cycle := findCycle(g, done, next)
			names := make([]string, len(cycle))
			for k, j := range cycle {
				names[k] = g.Matrix.Connections[j].Name
			}
			last := g.Matrix.Connections[cycle[len(cycle)-1]].Name
			return wrong([]string{"connection", last, "delay"}, "cycle without delay at step %d: %s; want a delay of 1 or more on one of them", t, strings.Join(names, ", "))
		}
	}
	return nil
}

// findCycle returns the connections of a cycle among the areas not done.
func findCycle(g *Graph, done []bool, next [][]int) []int {
	var at int
	for i := range done {
		if !done[i] {
			at = i
			break
		}
	}
	// Every area left waits for another one left: walk backwards until one repeats.
	before := map[int]int{} // area → connection that leads into it
	for i := range next {
		for _, j := range next[i] {
			if !done[i] {
				before[g.index[g.Matrix.Connections[j].To]] = j
			}
		}
	}
	seen := map[int]int{}
	var path []int
	for {
		if k, ok := seen[at]; ok {
			path = path[k:]
			break
		}
		seen[at] = len(path)
		j := before[at]
		path = append(path, j)
		at = g.index[g.Matrix.Connections[j].From]
	}
	for i, j := 0, len(path)-1; i < j; i, j = i+1, j-1 {
		path[i], path[j] = path[j], path[i]
	}
	return path
}
