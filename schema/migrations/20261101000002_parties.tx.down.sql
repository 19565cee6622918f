DROP TABLE assignments, jobs, tracker_sessions, trackers, entities, contractors, requirement_versions, requirements;
