namespace Foundation.Workflows;

/// <summary>What a run can do next. Pure.</summary>
internal static class RunPlan
{
    /// <summary>The steps that may start now: pending, and all that they need has passed. In the order of the definition.</summary>
    public static IEnumerable<WorkflowStep> Ready(WorkflowDefinition definition, WorkflowRun run)
    {
        if (run.Ended || run.Stopping || run.Pause is not null)
        {
            return [];
        }

        var passed = run.Steps.Where(s => s.Passed).Select(s => s.Name).ToHashSet(StringComparer.Ordinal);
        return definition.Steps.Where(s => run.Get(s.Name).Status == RunStepStatus.Pending && s.Needs.All(passed.Contains));
    }

    /// <summary>The tasks that must still be asked to stop.</summary>
    public static IEnumerable<RunStep> ToStop(WorkflowRun run) => run.Stopping ? run.Steps.Where(s => s is { Live: true, StopAsked: false }) : [];

    /// <summary>Whether only the output is left.</summary>
    public static bool IsComplete(WorkflowRun run) => run is { Ended: false, Stopping: false } && run.Steps.All(s => s.Passed);

    /// <summary>The length of the longest chain of steps before each.</summary>
    public static IReadOnlyDictionary<string, int> Levels(WorkflowDefinition definition)
    {
        var levels = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (var step in definition.Steps)
        {
            Level(step);
        }

        return levels;

        // New documents have no circles, so this ends.
        int Level(WorkflowStep step) => levels.TryGetValue(step.Name, out var known)
            ? known
            : levels[step.Name] = step.Needs.Select(n => Level(definition.Get(n)) + 1).DefaultIfEmpty(0).Max();
    }
}
