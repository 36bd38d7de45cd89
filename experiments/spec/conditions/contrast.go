package conditions

import (
	"strings"

	"ventral/experiments/contrast"
)

// checkContrast reports a contrast that is none, or that no conditions of the tables and
// of the protocols which it names make.
func checkContrast(c contrast.Contrast, tables []Table, e Known) error {
	leaves, err := c.Leaves()
	if err != nil {
		return err
	}
	names := []string{contrast.AsTrained}
	for _, t := range tables {
		for _, x := range t.List {
			names = append(names, x.Name)
			if len(x.Lesions) > 0 { // which may be tested with norms that are kept and estimated again
				names = append(names, Labelled(x.Name, "norms=keep"), Labelled(x.Name, "norms=reestimate"))
			}
		}
	}
	for _, leaf := range leaves {
		of, _ := contrast.NameOf(leaf)
		if found, err := e.Protocol(of); err == nil {
			for _, p := range found {
				names = append(names, p.Name)
			}
		}
	}
	_, err = contrast.Conditions{Names: names}.Rows(c)
	return err
}

// Labelled is the name of a condition with a further value: "cut[soa=1,norms=keep]".
func Labelled(name, value string) string {
	if rest, ok := strings.CutSuffix(name, "]"); ok {
		return rest + "," + value + "]"
	}
	return name + "[" + value + "]"
}
