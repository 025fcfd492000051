using System.Collections.Immutable;
using Foundation.Tasks;

namespace Foundation.Workflows;

/// <summary>The consequences of accepted commands.</summary>
internal static class RunTransitions
{
    public static WorkflowRun StepStarted(this WorkflowRun run, string step, string task, DateTimeOffset now) =>
        run.With(step, s => s with { Status = RunStepStatus.Running, Task = task, From = Ms(now) });

    public static WorkflowRun StepSkipped(this WorkflowRun run, string step, DateTimeOffset now) =>
        run.With(step, s => s with { Status = RunStepStatus.Skipped, Until = Ms(now) });

    public static WorkflowRun StepRefused(this WorkflowRun run, string step, RunProblem problem, DateTimeOffset now) =>
        run.With(step, s => s with { Status = RunStepStatus.Failed, Until = Ms(now), Problem = Kept(run, problem) }) with { Problem = problem };

    public static WorkflowRun StepEnded(this WorkflowRun run, RunStep step, RunCommand.TaskEnded c, DateTimeOffset now)
    {
        var status = c.Status switch
        {
            AgentTaskStatus.Succeeded => RunStepStatus.Succeeded,
            AgentTaskStatus.Cancelled => RunStepStatus.Cancelled,
            _ => RunStepStatus.Failed,
        };
        var problem = status == RunStepStatus.Succeeded ? null : ProblemOf(step, c);
        var ended = run.With(step.Name, s => s with
        {
            Status = status,
            Attempt = c.Attempt,
            Until = Ms(now),
            Problem = status == RunStepStatus.Failed ? Kept(run, problem!) : null,
        });
        return ended with
        {
            Usage = TaskUsages.Add(run.Usage, Clipped(c.Usage)),
            Problem = RunDecider.Fails(run, c.Status) ? problem : run.Problem,
        };
    }

    public static WorkflowRun CancelRequested(this WorkflowRun run, string? reason, DateTimeOffset now) =>
        run with { Cancel = new RunCancellation(reason, now), Pause = null };

    // The newest pause gives the reason, so that two of them come to the same in either order.
    public static WorkflowRun Paused(this WorkflowRun run, RunCommand.Pause c, DateTimeOffset now) =>
        run with { Pause = new RunPause(c.Reason, run.Pause?.Since ?? now), SteeredBy = c.Order };

    public static WorkflowRun DeadlineOver(this WorkflowRun run) => run with
    {
        Problem = new RunProblem
        {
            Code = WorkflowErrors.DeadlineExceeded.Code,
            Detail = $"The run took longer than its deadline, {Durations.Format(run.Deadline!.Value - run.CreatedAt)}.",
        },
    };

    public static WorkflowRun StopAsked(this WorkflowRun run, string step) => run.With(step, s => s with { StopAsked = true });

    /// <summary>What a change of steps or wishes means for the run as a whole.</summary>
    public static WorkflowRun Settle(this WorkflowRun run, RunRules rules, DateTimeOffset now)
    {
        var live = run.Steps.Any(s => s.Live);
        if (run.Stopping && !live)
        {
            // Cancel wins over failure whichever came first, so that the order of two facts makes no difference.
            return run.Cancel is not null
                ? run.End(WorkflowRunStatus.Cancelled, rules.Retention, now)
                : run.End(WorkflowRunStatus.Failed, rules.FailedRetention, now);
        }

        var settled = run.Stopping ? run with { Pause = null } : run;
        return settled.To(settled.Pause is not null ? WorkflowRunStatus.Paused : live ? WorkflowRunStatus.Running : WorkflowRunStatus.Waiting, now);
    }

    /// <summary>Nothing changes any more. Steps that never started end as cancelled.</summary>
    public static WorkflowRun End(this WorkflowRun run, WorkflowRunStatus status, TimeSpan retention, DateTimeOffset now) => run.To(status, now) with
    {
        Steps = [.. run.Steps.Select(s => s.Status == RunStepStatus.Pending ? s with { Status = RunStepStatus.Cancelled } : s)],
        Pause = null,
        Unfinished = false,
        EndedAt = now,
        RetainUntil = now + retention,
    };

    /// <summary>A new run.</summary>
    public static ImmutableArray<RunStep> Fresh(WorkflowDefinition definition) =>
        [.. definition.Steps.Select(s => new RunStep { Name = s.Name, Status = RunStepStatus.Pending })];

    public static string? Cut(string? text, int max = WorkflowLimits.DetailMax) => text is null ? null : Texts.Clip(text, max);

    private static WorkflowRun To(this WorkflowRun run, WorkflowRunStatus status, DateTimeOffset now) =>
        run.Status == status ? run : run with { Status = status, Since = now };

    private static WorkflowRun With(this WorkflowRun run, string step, Func<RunStep, RunStep> change) =>
        run with { Steps = [.. run.Steps.Select(s => s.Name == step ? change(s) : s)] };

    private static RunProblem ProblemOf(RunStep step, RunCommand.TaskEnded c) => new()
    {
        Code = Cut(c.Problem?.Code, WorkflowLimits.CodeMax)
            ?? (c.Status == AgentTaskStatus.Cancelled ? WorkflowErrors.StepCancelled : WorkflowErrors.StepFailed).Code,
        Detail = Cut(c.Problem?.Detail)
            ?? (c.Status == AgentTaskStatus.Cancelled ? "The step's task was cancelled." : "The step's task ended in the dead letters."),
        Step = step.Name,
        Task = step.TaskId,
    };

    // A state holds few problems whole; the others are read from their tasks.
    private static RunProblem? Kept(WorkflowRun run, RunProblem problem) =>
        run.Steps.Count(s => s.Problem is not null) < WorkflowLimits.StepProblemsMax
            ? problem with { Detail = Cut(problem.Detail, WorkflowLimits.StepDetailMax), Step = null, Task = null }
            : null;

    // Agents write these texts; a sum must not grow with them.
    private static TaskUsage? Clipped(TaskUsage? usage) => usage is null ? null : usage with
    {
        Model = Cut(usage.Model, WorkflowLimits.CodeMax),
        Cost = usage.Cost is { } cost ? cost with { Currency = Cut(cost.Currency, 10)! } : null,
    };

    private static long Ms(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}
