package chaos

// workflows: none runs, none failed, and each certificate, job and delivery had one that completed.
func (c *checker) workflows() {
	done := map[string]bool{}
	for _, w := range c.Workflows {
		switch w.Status {
		case completed:
			done[w.ID] = true
		case running:
			c.wrong("stuck", w.ID, "%s is still running", w.Type)
		case "ContinuedAsNew":
		default:
			c.wrong("workflow", w.ID, "%s is %s", w.Type, w.Status)
		}
	}
	for _, row := range c.Certificates {
		if !done["certificate/"+row.Account+"/"+row.ID] {
			c.wrong("workflow", row.ID, "no review of it completed")
		}
	}
	for _, j := range c.Jobs {
		if !done[j.ID] {
			c.wrong("workflow", j.ID, "no workflow of it completed")
		}
	}
	c.count(len(c.Workflows), "workflows")
}

// processes: everything was healthy again, ended in time, and nothing crashed by itself.
func (c *checker) processes() {
	for _, what := range c.Ill {
		c.wrong("ill", what, "%s after the last fault", settleTime)
	}
	if c.Late != "" {
		c.wrong("late", "the drain", "%s", c.Late)
	}
	for _, what := range c.Crashes {
		c.wrong("crash", what, "no fault accounts for it")
	}
}
