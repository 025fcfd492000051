namespace Foundation.Tasks.Explain;

/// <summary>A task's stretches of time, derived from its attempts. Pure. Attempts older than the history are one gap.</summary>
internal static class TaskTimeline
{
    public static IReadOnlyList<TaskPhaseSpan> Of(AgentTask task)
    {
        var spans = new List<TaskPhaseSpan>();
        var waitsFrom = task.CreatedAt;
        var waitsUntilDue = task.History.IsEmpty ? FirstDue(task) : null;
        var waiting = TaskPhase.Scheduled;
        foreach (var attempt in task.History)
        {
            AddWait(spans, waiting, waitsFrom, waitsUntilDue, attempt.StartedAt);
            spans.Add(new TaskPhaseSpan(TaskPhase.Running, attempt.StartedAt, attempt.EndedAt, attempt.Attempt));
            (waiting, waitsFrom, waitsUntilDue) = (TaskPhase.Backoff, attempt.EndedAt, attempt.NextAt);
        }

        switch (task.Status)
        {
            case AgentTaskStatus.Running:
                AddWait(spans, waiting, waitsFrom, waitsUntilDue, task.Current!.StartedAt);
                spans.Add(new TaskPhaseSpan(TaskPhase.Running, task.Current.StartedAt, null, task.Attempt));
                break;
            case AgentTaskStatus.Scheduled:
                spans.Add(new TaskPhaseSpan(waiting, waitsFrom, null));
                break;
            case AgentTaskStatus.Queued:
                AddWait(spans, waiting, waitsFrom, waitsUntilDue, null);
                break;
            case AgentTaskStatus.Cancelled when task.History.LastOrDefault()?.EndedAt != task.EndedAt:
                AddWait(spans, waiting, waitsFrom, waitsUntilDue, task.EndedAt);
                break;
        }

        return spans;
    }

    // A task that was delayed at first became due when it was queued; before any attempt that is its place in line.
    private static DateTimeOffset? FirstDue(AgentTask task) =>
        task.Status == AgentTaskStatus.Scheduled ? task.RunAt : task.QueuedAt > task.CreatedAt ? task.QueuedAt : null;

    private static void AddWait(List<TaskPhaseSpan> spans, TaskPhase waiting, DateTimeOffset from, DateTimeOffset? due, DateTimeOffset? until)
    {
        if (due is { } at && at > from && (until is null || at <= until))
        {
            spans.Add(new TaskPhaseSpan(waiting, from, at));
            from = at;
        }

        spans.Add(new TaskPhaseSpan(TaskPhase.Queued, from, until));
    }
}
