package spec

import (
	"slices"
	"strings"

	"ventral/areas"
	"ventral/experiments/decode"
)

// reserved are the names under which the other parts of a cortex keep their
// variables.
var reserved = []string{"input", "readout", "optimiser", "statistics", "recompute", "image", "label"}

// readAreas reads the names of the areas in their ordes.
func readAreas(s *decode.Source, v any) (list []areas.Area, err error) {
	path := []string{"areas"}
	if v == nil {
		return nil, s.Fault(nil, "the key \"areas\" is missing, want the names of the areas from the lowest to the highest, such as areas = [\"V1\", \"IT\"]")
	}
	names, err := s.Texts(path, v)
	if err != nil {
		return nil, err
	}
	if len(names) == 0 {
		return nil, s.Fault(path, "found no areas, want their names from the lowest to the highest, such as [\"V1\", \"IT\"]")
	}
	for i, name := range names {
		at := decode.Element(path, i)
		if !decode.FileName(name) || strings.ContainsAny(name, "@") {
			return nil, s.Fault(at, "found %q, want a name that a file can have: at most 100 bytes, without spaces and the signs / \\ : * ? \" < > | @", name)
		}
		if slices.Contains(reserved, strings.ToLower(name)) {
			return nil, s.Fault(at, "found %q, which names a part of every cortex; want another name", name)
		}
		for _, other := range names[:i] {
			if other == name {
				return nil, s.Fault(at, "found %q twice, want each area once", name)
			}
			if strings.EqualFold(other, name) {
				return nil, s.Fault(at, "found %q beside %q, want names that differ in more than case: files are called by them", name, other)
			}
		}
		list = append(list, areas.Area{Name: name})
	}
	return list, nil
}

// someAreas reads names of areas that are among the known ones.
func someAreas(s *decode.Source, at []string, v any, known []string) ([]string, error) {
	list, err := s.Texts(at, v)
	if err != nil {
		return nil, err
	}
	for i, name := range list {
		if !slices.Contains(known, name) {
			if _, ok := v.([]any); ok {
				at = decode.Element(at, i)
			}
			return nil, s.Fault(at, "%s", noArea(name, known))
		}
	}
	return list, nil
}

// areaNames are the names of some areas.
func areaNames(list []areas.Area) []string {
	names := make([]string, len(list))
	for i, a := range list {
		names[i] = a.Name
	}
	return names
}

// shapeOf returns height, width and channels of the area that is called name.
func shapeOf(list []areas.Area, name string) [3]int {
	return list[slices.Index(areaNames(list), name)].Shape
}
