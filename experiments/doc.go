// Package experiments reads experiment files and carries them out: a file
// becomes an [Experiment], which a run trains, records and draws into a folder.
//
//	e, err := experiments.Read("my.toml", text, experiments.Overrides{})
//	g, err := e.Graph()
//
// Everything a file may say is a field of the struct that does the work, with
// its key, range and help as tags; [Experiment.TOML] writes every default out.
// A mistake in a file is a [*Fault], which knows its line and column.
package experiments
