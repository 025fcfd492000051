using Foundation.Tasks;

namespace Foundation.Workflows;

/// <summary>Says why a run is as it is and what happens next. Pure.</summary>
internal static class RunExplainer
{
    public const string StepsRunning = "workflows.step-running";
    public const string Starting = "workflows.starting";

    public static RunExplanation Explain(WorkflowRun run, WorkflowDefinition definition, IReadOnlyDictionary<string, TaskExplanation> tasks) => new()
    {
        Status = run.Status,
        Reasons = run.Ended ? [] : [.. Reasons(run, tasks)],
        NextChangeAt = Next(run, tasks),
        Steps = [.. run.Steps.Where(s => !s.Ended).Select(s => Step(s, run, definition, tasks.GetValueOrDefault(s.Name)))],
        Timeline =
        [
            .. run.Steps.Where(s => s.From != 0).OrderBy(s => s.From)
                .Select(s => new RunStepSpan(s.Name, RunResources.At(s.From), s.Until == 0 ? null : RunResources.At(s.Until))),
        ],
    };

    private static IEnumerable<TaskReason> Reasons(WorkflowRun run, IReadOnlyDictionary<string, TaskExplanation> tasks)
    {
        if (run is { Cancel: { } cancel })
        {
            yield return new TaskReason(WorkflowErrors.RunStopping.Code, "It was cancelled and ends as soon as its tasks have stopped.", cancel.RequestedAt, run.IdText);
        }
        else if (run is { Problem: { } problem })
        {
            yield return new TaskReason(
                WorkflowErrors.RunStopping.Code, $"It fails ({problem.Code}: {problem.Detail}) as soon as its tasks have stopped.", run.Since, problem.Step ?? run.IdText);
        }

        if (run.Pause is { } pause)
        {
            yield return new TaskReason(
                WorkflowErrors.RunPaused.Code, "No new steps start until it is resumed" + (pause.Reason is null ? "." : $": {pause.Reason}."), pause.Since, run.IdText,
                Fix: new TaskFix("POST", $"/api/runs/{run.IdText}/resume"));
        }

        if (run.Status == WorkflowRunStatus.Waiting)
        {
            yield return new TaskReason(Starting, "Its next steps are about to start.", run.Since, run.IdText);
        }

        foreach (var step in run.Steps.Where(s => s.Live))
        {
            var why = tasks.GetValueOrDefault(step.Name)?.Reasons;
            var detail = $"Step {step.Name} waits for its task" + (why is { Count: > 0 } ? $": {why[0].Detail}" : ".");
            yield return new TaskReason(
                StepsRunning, detail, RunResources.At(step.From), step.Name, why is { Count: > 0 } ? why[0].Until : null,
                new TaskFix("GET", $"/api/tasks/{step.TaskId}/explain"));
        }
    }

    private static DateTimeOffset? Next(WorkflowRun run, IReadOnlyDictionary<string, TaskExplanation> tasks) => run.Ended ? null : tasks.Values
        .Select(t => t.NextChangeAt)
        .Append(run.Stopping ? null : run.Deadline)
        .Where(at => at is not null)
        .Min();

    private static RunStepExplanation Step(RunStep step, WorkflowRun run, WorkflowDefinition definition, TaskExplanation? task) => new()
    {
        Name = step.Name,
        Status = step.Status,
        WaitsFor = step.Live ? null : [.. definition.Get(step.Name).Needs.Where(n => !run.Get(n).Passed)],
        Task = step.TaskId,
        Reasons = task?.Reasons,
    };
}
