// Package run carries out what an experiment file says: it trains, tests and
// records into a folder. It checks and times experiments, too. It draws nothing:
// package report does, from the folder.
//
//	e, err := spec.Read("my.toml", text, spec.Overrides{})
//	err = run.Run(ctx, e, nil, "out", run.Options{Engine: engine})
package run
