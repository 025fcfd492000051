namespace Foundation.Workflows;

/// <summary>Between states and what the API answers.</summary>
internal static class RunResources
{
    public static RunResource Of(WorkflowRun run, IReadOnlyDictionary<string, RawJson>? results = null) => new()
    {
        Id = run.IdText,
        Workflow = run.Workflow,
        Key = run.Key,
        Status = run.Status,
        Since = run.Since,
        Reason = Reason(run),
        Ended = run.Ended,
        CreatedAt = run.CreatedAt,
        DeadlineAt = run.Deadline,
        EndedAt = run.EndedAt,
        Labels = run.Labels,
        Steps = [.. run.Steps.Select(s => Of(s, results?.GetValueOrDefault(s.Name) ?? default))],
        Problem = run.Problem,
        Cancel = run.Cancel,
        Usage = run.Usage,
    };

    public static WorkflowResource Of(WorkflowDefinition definition)
    {
        var levels = RunPlan.Levels(definition);
        return new WorkflowResource
        {
            Name = definition.Name,
            Status = "active",
            Deadline = definition.Deadline,
            Steps =
            [
                .. definition.Steps.Select(s => new WorkflowStepResource { Name = s.Name, Needs = s.Needs, When = s.When?.Text, Level = levels[s.Name] }),
            ],
        };
    }

    public static DateTimeOffset At(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static RunStepResource Of(RunStep step, RawJson result) => new()
    {
        Name = step.Name,
        Status = step.Status,
        Task = step.TaskId,
        Attempt = step.Attempt,
        StartedAt = step.From == 0 ? null : At(step.From),
        EndedAt = step.Until == 0 ? null : At(step.Until),
        Result = result,
        Problem = step.Problem,
    };

    private static string? Reason(WorkflowRun run) => run switch
    {
        { Pause: { } pause } => pause.Reason ?? "paused",
        { Cancel: { } cancel } => cancel.Reason ?? "cancelled",
        { Problem: { } problem } => problem.Detail,
        _ => null,
    };
}
