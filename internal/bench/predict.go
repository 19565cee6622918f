package bench

// limit is how many certificates a second so many cores could take at most, when one needs that much CPU time as a workflow of no-op
// activities and that much to be read. What the API, the database and the steps add is
// what the real rate may fall short by.
func limit(cores, noopSeconds, readSeconds float64) float64 {
	if noopSeconds+readSeconds <= 0 {
		return 0
	}
	return cores / (noopSeconds + readSeconds)
}

// share is a part of a whole in percent; 0 of nothing.
func share(part, whole float64) float64 {
	if whole <= 0 {
		return 0
	}
	return 100 * part / whole
}
