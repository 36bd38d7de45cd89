package compare

import (
	"fmt"
	"reflect"
	"strings"
	"time"

	"ventral/experiments/readable"
	"ventral/experiments/spec"
)

// request is what a user asks for, by which a folder knows it again.
type request struct {
	Variants []requested     `json:"variants"`
	Settings spec.Comparison `json:"settings"`
	Budget   time.Duration   `json:"budget_ns"`
}

// requested is a variant before anything is changed to make it comparable.
type requested struct {
	Name   string `json:"name"`
	Text   string `json:"experiment"`
	Folder string `json:"folder"`
}

func newRequest(list []*Variant, c spec.Comparison, budget time.Duration) request {
	r := request{Settings: c, Budget: budget}
	for _, v := range list {
		r.Variants = append(r.Variants, requested{v.Name, v.Text, v.Folder})
	}
	return r
}

// adds is how many seeds r has more than old; what keeps r from going on where
// old was carried out is an error that says what differs. The plan of old left
// something out, or not.
func (r request) adds(old request, leftOut bool) (int, error) {
	was, is := old.Settings, r.Settings
	n := is.Seeds - was.Seeds
	was.Seeds, is.Seeds = 0, 0
	was.Variants, is.Variants = nil, nil // those that there are count
	if x, y := old.names(), r.names(); x != y {
		return 0, fmt.Errorf("its variants are %s, these are %s", x, y)
	}
	for i, v := range r.Variants {
		o := old.Variants[i]
		if v.Text == o.Text && v.Folder == o.Folder {
			continue
		}
		if v.Folder != o.Folder {
			return 0, fmt.Errorf("paths of %s start from %s there, from %s here", v.Name, o.Folder, v.Folder)
		}
		return 0, fmt.Errorf("%s", edited(v.Name, v.Folder, o.Text, v.Text))
	}
	for _, x := range []struct {
		key     string
		was, is any
	}{{"primary", was.Primary, is.Primary}, {"match", was.Match, is.Match}, {"tune", was.Tune, is.Tune}} {
		if !reflect.DeepEqual(x.was, x.is) && fmt.Sprint(x.was) != fmt.Sprint(x.is) {
			return 0, fmt.Errorf("%s is %s here, was %s", x.key, described(x.is), described(x.was))
		}
	}
	if len(is.Tune) > 0 && was.TuneSeeds != is.TuneSeeds {
		return 0, fmt.Errorf("tune_seeds is %d here, was %d", is.TuneSeeds, was.TuneSeeds)
	}
	switch {
	case n < 0:
		return 0, fmt.Errorf("it has %d seeds, these are %d, and runs that are there are not left out", old.Settings.Seeds, r.Settings.Seeds)
	case r.Budget == old.Budget && (n == 0 || r.Budget == 0), r.Budget == 0 && !leftOut:
		return n, nil
	case r.Budget == old.Budget:
		return 0, fmt.Errorf("seeds are %d here, were %d, of a plan that was fitted to %s", r.Settings.Seeds, old.Settings.Seeds, old.Budget)
	}
	return 0, fmt.Errorf("budget is %s here, was %s", limit(r.Budget), limit(old.Budget))
}

func (r request) names() string {
	var names []string
	for _, v := range r.Variants {
		names = append(names, v.Name)
	}
	return strings.Join(names, ", ")
}

// edited says in which keys two resolved texts of a variant differ.
func edited(name, folder, was, is string) string {
	a, errA := spec.Read(name, was, spec.Overrides{Folder: folder})
	b, errB := spec.Read(name, is, spec.Overrides{Folder: folder})
	if errA != nil || errB != nil {
		return "another version of the program planned it"
	}
	var parts []string
	for _, d := range spec.Differences(a, b) {
		parts = append(parts, d.String())
	}
	if more := len(parts) - 3; more > 0 {
		parts = append(parts[:3], fmt.Sprintf("and %s more", readable.Counted(more, "key")))
	}
	return "of " + name + ", " + strings.Join(parts, "; ")
}

// described writes a setting; one that was not asked for is none.
func described(x any) string {
	switch x := x.(type) {
	case spec.Match:
		if x.Quantity == "" {
			return "none"
		}
		to := x.To
		if to == "" {
			to = "the first"
		}
		return fmt.Sprintf("%s of %s by %s", x.Quantity, to, x.By)
	case []spec.Candidate:
		var parts []string
		for _, c := range x {
			parts = append(parts, c.Key+"="+strings.Join(c.Values, ","))
		}
		if len(parts) == 0 {
			return "none"
		}
		return strings.Join(parts, " ")
	}
	return fmt.Sprint(x)
}

func limit(budget time.Duration) string {
	if budget == 0 {
		return "none"
	}
	return budget.String()
}
