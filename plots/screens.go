package plots

import (
	"slices"

	"ventral/cortex/recording"
	"ventral/plots/screen"
)

// screens returns the strips of the variants drawn, each once: one where all show the
// same, if not for as long.
func (d Data) screens(all []series) (list []screen.Strip) {
	add := func(name string, an *recording.Anatomy) {
		shown := screen.Of(an)
		k := slices.IndexFunc(list, func(s screen.Strip) bool { return screen.Same(s.List, shown) })
		if k < 0 {
			k, list = len(list), append(list, screen.Strip{List: shown})
		}
		if n := len(shown) - 1; n >= 0 && shown[n].To > list[k].List[n].To {
			list[k].List = shown
		}
		if !slices.Contains(list[k].Names, name) {
			list[k].Names = append(list[k].Names, name)
		}
	}
	for _, s := range all {
		add(s.variant, d.anatomy(s.variant))
	}
	if len(all) == 0 {
		add("", d.Anatomy)
	}
	return list
}
