using System.Collections.Immutable;
using Foundation.Retry;

namespace Foundation.Tasks;

/// <summary>The consequences of accepted commands: each makes the next state whole.</summary>
internal static class TaskTransitions
{
    private const int HistoryMax = 20;

    public static AgentTask Started(this AgentTask task, TaskCommand.Start c, DateTimeOffset now) => task.To(AgentTaskStatus.Running, now) with
    {
        Attempt = task.Attempt + 1,
        RunAt = null,
        Current = new RunningAttempt
        {
            Instance = c.Instance,
            Generation = c.Generation,
            Worker = c.Worker,
            StartedAt = now,
            LeaseUntil = now + c.Lease,
            TimeoutAt = now + task.Timeout,
        },
    };

    public static AgentTask AcceptedByAgent(this AgentTask task, DateTimeOffset now) => task.Next() with
    {
        Current = task.Current! with { Accepted = true, LeaseUntil = now + task.Heartbeat },
    };

    public static AgentTask Reported(this AgentTask task, TaskCommand.Report c, DateTimeOffset now) => task.Next() with
    {
        Current = task.Current! with
        {
            LeaseUntil = Later(task.Current.LeaseUntil, now + task.Heartbeat),
            Progress = c.Progress ?? task.Current.Progress,
            Usage = c.Usage ?? task.Current.Usage,
        },
    };

    public static AgentTask Succeeded(this AgentTask task, TaskCommand.Complete c, TaskRules rules, DateTimeOffset now) =>
        task.EndAttempt(AttemptOutcome.Succeeded, AgentTaskStatus.Succeeded, now, c.Hash, null, c.Usage)
            .End(AgentTaskStatus.Succeeded, rules.Retention, now) with
        {
            HasResult = c.HasResult,
            Problem = null,
            // A complete that comes before the cancellation took effect wins.
            Cancel = null,
        };

    public static AgentTask CancelledWaiting(this AgentTask task, string? reason, TaskRules rules, DateTimeOffset now) =>
        task.End(AgentTaskStatus.Cancelled, rules.Retention, now) with { Cancel = new TaskCancellation(reason, now), Reason = reason, RunAt = null };

    public static AgentTask CancelledRunning(this AgentTask task, TaskRules rules, DateTimeOffset now, ulong? hash, TaskUsage? usage) =>
        task.EndAttempt(AttemptOutcome.Cancelled, AgentTaskStatus.Cancelled, now, hash, null, usage)
            .End(AgentTaskStatus.Cancelled, rules.Retention, now) with { Reason = task.Cancel?.Reason };

    public static AgentTask CancelRequested(this AgentTask task, string? reason, DateTimeOffset now) =>
        task.Next() with { Cancel = new TaskCancellation(reason, now) };

    public static AgentTask Promoted(this AgentTask task, DateTimeOffset now) =>
        task.To(AgentTaskStatus.Queued, now) with { QueuedAt = now, RunAt = null, Reason = null };

    /// <summary>The number is spent; neither the policy nor <c>deadLetterAfter</c> counts it, and its place in line is kept.</summary>
    public static AgentTask Returned(this AgentTask task, string reason, TimeSpan? after, ulong? hash, DateTimeOffset now)
    {
        var problem = new TaskProblem { Code = "tasks.returned", Detail = Cut(reason) };
        return after is { } wait && wait > TimeSpan.Zero
            ? task.EndAttempt(AttemptOutcome.Returned, AgentTaskStatus.Scheduled, now, hash, problem, null, now + wait)
                .To(AgentTaskStatus.Scheduled, now) with { RunAt = now + wait, Reason = Cut(reason) }
            : task.EndAttempt(AttemptOutcome.Returned, AgentTaskStatus.Queued, now, hash, problem, null)
                .To(AgentTaskStatus.Queued, now) with { Reason = Cut(reason) };
    }

    public static AgentTask Failed(this AgentTask task, TaskCommand.Fail c, TaskRules rules, DateTimeOffset now) =>
        task.AfterFailure(AttemptOutcome.Failed, c.Failure, c.Problem, c.Hash, c.Usage, rules, now);

    public static AgentTask TimedOut(this AgentTask task, string reason, TaskRules rules, DateTimeOffset now)
    {
        var problem = new TaskProblem { Code = "tasks.attempt-timeout", Class = Kebab.Name(FailureClass.Timeout), Detail = Cut(reason) };
        return task.AfterFailure(AttemptOutcome.TimedOut, new Failure { Class = FailureClass.Timeout }, problem, null, null, rules, now);
    }

    /// <summary>Taken over at once by the next slot; a task that kills its hosts ends in the dead letters.</summary>
    public static AgentTask LostAttempt(this AgentTask task, string reason, TaskRules rules, DateTimeOffset now)
    {
        var problem = new TaskProblem { Code = "tasks.attempt-lost", Class = Kebab.Name(FailureClass.Network), Detail = Cut(reason) };
        var lost = task.Lost + 1;
        return lost >= rules.DeadLetterAfter
            ? task.EndAttempt(AttemptOutcome.Lost, AgentTaskStatus.DeadLettered, now, null, problem, null)
                .End(AgentTaskStatus.DeadLettered, rules.DeadLetterRetention, now) with
            {
                Lost = lost,
                Problem = problem,
                Reason = $"{lost} attempts in a row had no outcome",
            }
            : task.EndAttempt(AttemptOutcome.Lost, AgentTaskStatus.Queued, now, null, problem, null).To(AgentTaskStatus.Queued, now) with
            {
                Lost = lost,
                Problem = problem,
                Reason = Cut(reason),
            };
    }

    public static AgentTask Replayed(this AgentTask task, TaskCommand.Replay c, DateTimeOffset now) => task.To(AgentTaskStatus.Queued, now) with
    {
        QueuedAt = now,
        Failures = 0,
        Lost = 0,
        LastDelay = TimeSpan.Zero,
        FirstFailureAt = null,
        EndedAt = null,
        RetainUntil = null,
        Problem = null,
        Cancel = null,
        Reason = "replayed",
        DataEdition = c.EditsData ? task.DataEdition + 1 : task.DataEdition,
        Target = c.Target ?? task.Target,
        Priority = c.Priority ?? task.Priority,
        Timeout = c.Timeout ?? task.Timeout,
        Retry = c.Retry ?? task.Retry,
    };

    private static AgentTask AfterFailure(
        this AgentTask task, AttemptOutcome outcome, Failure failure, TaskProblem problem, ulong? hash, TaskUsage? usage, TaskRules rules, DateTimeOffset now)
    {
        var first = task.FirstFailureAt ?? now;
        var decision = RetryDecider.Decide(rules.Retry, failure, task.Failures, now - first, task.LastDelay, rules.Seed);
        if (decision is RetryDecision.GiveUp giveUp)
        {
            return task.EndAttempt(outcome, AgentTaskStatus.DeadLettered, now, hash, problem, usage)
                .End(AgentTaskStatus.DeadLettered, rules.DeadLetterRetention, now) with
            {
                Failures = task.Failures + 1,
                Lost = 0,
                Problem = problem,
                Reason = Cut(giveUp.Reason),
            };
        }

        var delay = ((RetryDecision.Retry)decision).After;
        var counted = task with { Failures = task.Failures + 1, Lost = 0, FirstFailureAt = first, LastDelay = delay, Problem = problem };
        return counted.EndAttempt(outcome, AgentTaskStatus.Scheduled, now, hash, problem, usage, now + delay).To(AgentTaskStatus.Scheduled, now) with
        {
            RunAt = now + delay,
            Reason = $"retry {counted.Failures} after {problem.Class ?? "a failure"}",
        };
    }

    private static AgentTask EndAttempt(
        this AgentTask task, AttemptOutcome outcome, AgentTaskStatus after, DateTimeOffset now, ulong? hash, TaskProblem? problem, TaskUsage? usage,
        DateTimeOffset? nextAt = null)
    {
        var current = task.Current!;
        var used = usage ?? current.Usage;
        var ended = new EndedAttempt
        {
            Attempt = task.Attempt,
            Instance = current.Instance,
            StartedAt = current.StartedAt,
            EndedAt = now,
            Outcome = outcome,
            Problem = problem,
            Usage = used,
            AnswerHash = hash,
            StatusAfter = after,
            NextAt = nextAt,
        };
        return task with { Current = null, History = Remember(task.History, ended), Usage = TaskUsages.Add(task.Usage, used) };
    }

    // The last two in full, older ones in short: the whole fits the row's bound whatever agents answer.
    private static ImmutableArray<EndedAttempt> Remember(ImmutableArray<EndedAttempt> history, EndedAttempt ended)
    {
        var kept = history.Length < HistoryMax ? history : history.RemoveAt(0);
        if (kept is [.., { Problem: { Detail.Length: > TaskLimits.OldDetailMax } problem } aging, _])
        {
            kept = kept.SetItem(kept.Length - 2, aging with { Problem = problem with { Detail = Cut(problem.Detail, TaskLimits.OldDetailMax) } });
        }

        return kept.Add(ended);
    }

    private static AgentTask End(this AgentTask task, AgentTaskStatus status, TimeSpan retention, DateTimeOffset now) => task.To(status, now) with
    {
        EndedAt = now,
        RetainUntil = now + retention,
        RunAt = null,
        Reason = null,
    };

    private static AgentTask To(this AgentTask task, AgentTaskStatus status, DateTimeOffset now) =>
        task.Next() with { Status = status, Since = now };

    private static AgentTask Next(this AgentTask task) => task with { Number = task.Number + 1 };

    private static DateTimeOffset Later(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;

    /// <summary>Texts of others are kept short and on one line: a state holds twenty of them.</summary>
    public static string Cut(string text, int lengthMax = TaskLimits.DetailMax)
    {
        var cut = text.Length <= lengthMax ? text : string.Concat(text.AsSpan(0, lengthMax - 1), "…");
        return cut.Any(char.IsControl) ? string.Concat(cut.Select(c => char.IsControl(c) ? ' ' : c)) : cut;
    }
}
