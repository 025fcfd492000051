namespace Foundation.Tasks;

/// <summary>Between states and what the API answers.</summary>
internal static class TaskResources
{
    public static TaskResource Of(AgentTask task, RawJson result = default, IReadOnlyList<TaskWarning>? warnings = null) => new()
    {
        Id = task.Id.ToText("task"),
        Type = task.Type,
        Queue = task.Queue,
        Status = task.Status,
        Since = task.Since,
        Reason = task.Reason,
        Ended = task.Ended,
        Attempt = task.Attempt,
        Target = task.Target,
        Priority = task.Priority,
        CreatedAt = task.CreatedAt,
        RunAt = task.RunAt,
        Instance = task.Current?.Instance ?? task.History.LastOrDefault()?.Instance,
        StartedAt = task.Current?.StartedAt ?? task.History.LastOrDefault()?.StartedAt,
        EndedAt = task.EndedAt,
        Labels = task.Labels,
        Result = result,
        Problem = task.Problem,
        Progress = task.Current?.Progress,
        Usage = TaskUsages.Add(task.Usage, task.Current?.Usage),
        Cancel = task.Cancel,
        Warnings = warnings is { Count: > 0 } ? warnings : null,
    };

    /// <summary>All attempts known, oldest first, the running one last.</summary>
    public static IReadOnlyList<TaskAttemptResource> History(AgentTask task)
    {
        var ended = task.History.Select(a => new TaskAttemptResource
        {
            Attempt = a.Attempt,
            Instance = a.Instance,
            StartedAt = a.StartedAt,
            EndedAt = a.EndedAt,
            Outcome = Kebab.Name(a.Outcome),
            Problem = a.Problem,
            Usage = a.Usage,
        });
        return task.Current is not { } current
            ? [.. ended]
            : [.. ended, new TaskAttemptResource { Attempt = task.Attempt, Instance = current.Instance, StartedAt = current.StartedAt, Usage = current.Usage }];
    }
}
