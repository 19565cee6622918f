package service

import "net/url"

// WorkflowURL is the page of a workflow in the Temporal UI. It is for operators: it leads past the walls between accounts.
func WorkflowURL(ui, namespace, workflow string) string {
	return ui + "/namespaces/" + url.PathEscape(namespace) + "/workflows/" + url.PathEscape(workflow)
}
