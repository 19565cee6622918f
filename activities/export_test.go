package activities

// SweptDays chooses the days that one sweep of the store looks at.
var SweptDays = sweptDays
