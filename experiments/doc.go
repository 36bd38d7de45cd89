// Package experiments carries out what an experiment file says: a run trains,
// records and draws it into a folder.
//
//	e, err := spec.Read("my.toml", text, spec.Overrides{})
//	_, err = experiments.Run(ctx, e, nil, "out", experiments.Options{Engine: engine})
package experiments
