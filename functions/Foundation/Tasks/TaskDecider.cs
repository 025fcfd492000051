using static Foundation.Tasks.TaskDecision;

namespace Foundation.Tasks;

/// <summary>Decides what a command does to a task. Pure: no I/O, no clock, no randomness.</summary>
internal static class TaskDecider
{
    /// <summary>How long an agent has to stop a cancelled attempt.</summary>
    public static readonly TimeSpan CancelPatience = TimeSpan.FromSeconds(60);

    public static TaskDecision Decide(AgentTask task, TaskCommand command, TaskRules rules, DateTimeOffset now) => (task.Status, command) switch
    {
        (AgentTaskStatus.Queued, TaskCommand.Start c) => Accept(task.Started(c, now)),
        // Another worker was faster, or the task was cancelled while its wake-up was under way.
        (_, TaskCommand.Start) => new Refused(TaskRefusal.NotQueued),

        (AgentTaskStatus.Running, TaskCommand.Accept c) when IsCurrent(task, c.Attempt) => Accept(task.AcceptedByAgent(now)),
        // The agent's callback settled the attempt before its 202 was stored: the outcome stands.
        (_, TaskCommand.Accept) => new Refused(TaskRefusal.AttemptSuperseded),

        (AgentTaskStatus.Running, TaskCommand.Complete c) when IsCurrent(task, c.Attempt) => Accept(task.Succeeded(c, rules, now)),
        (_, TaskCommand.Complete c) => Late(task, c.Attempt, c.Hash),

        // An agent that fails because it was asked to stop has stopped.
        (AgentTaskStatus.Running, TaskCommand.Fail c) when IsCurrent(task, c.Attempt) && task.Cancel is not null =>
            Accept(task.CancelledRunning(rules, now, c.Hash, c.Usage)),
        (AgentTaskStatus.Running, TaskCommand.Fail c) when IsCurrent(task, c.Attempt) => Accept(task.Failed(c, rules, now)),
        (_, TaskCommand.Fail c) => Late(task, c.Attempt, c.Hash),

        (AgentTaskStatus.Running, TaskCommand.Release c) when IsCurrent(task, c.Attempt) && task.Cancel is not null =>
            Accept(task.CancelledRunning(rules, now, c.Hash, null)),
        (AgentTaskStatus.Running, TaskCommand.Release c) when IsCurrent(task, c.Attempt) =>
            Accept(task.Returned(c.Reason ?? "released by the agent", c.After, c.Hash, now)),
        (_, TaskCommand.Release c) => Late(task, c.Attempt, c.Hash),

        (AgentTaskStatus.Running, TaskCommand.Return c) when IsCurrent(task, c.Attempt) && task.Cancel is not null =>
            Accept(task.CancelledRunning(rules, now, null, null)),
        (AgentTaskStatus.Running, TaskCommand.Return c) when IsCurrent(task, c.Attempt) => Accept(task.Returned(c.Reason, null, null, now)),
        (_, TaskCommand.Return) => new Refused(TaskRefusal.AttemptSuperseded),

        (AgentTaskStatus.Running, TaskCommand.Lose c) when IsCurrent(task, c.Attempt) => Accept(LoseOrCancel(task, c.Reason, rules, now)),
        // A connection may break after the agent settled by callback, or after the lease had ended.
        (_, TaskCommand.Lose) => new Refused(TaskRefusal.AttemptSuperseded),

        (AgentTaskStatus.Running, TaskCommand.TimeOut c) when IsCurrent(task, c.Attempt) => Accept(TimeOutOrCancel(task, c.Reason, rules, now)),
        (_, TaskCommand.TimeOut) => new Refused(TaskRefusal.AttemptSuperseded),

        (AgentTaskStatus.Running, TaskCommand.Report c) when IsCurrent(task, c.Attempt) => Accept(task.Reported(c, now)),
        (_, TaskCommand.Report) => new Refused(TaskRefusal.AttemptSuperseded),

        (AgentTaskStatus.Running, TaskCommand.ConfirmCancel c) when IsCurrent(task, c.Attempt) && task.Cancel is not null =>
            Accept(task.CancelledRunning(rules, now, null, null)),
        (AgentTaskStatus.Running, TaskCommand.ConfirmCancel c) when IsCurrent(task, c.Attempt) => new Refused(TaskRefusal.NotCancelling),
        (_, TaskCommand.ConfirmCancel) => new Refused(TaskRefusal.AttemptSuperseded),

        (_, TaskCommand.Look) => LookAtClocks(task, rules, now),

        (AgentTaskStatus.Scheduled or AgentTaskStatus.Queued, TaskCommand.Cancel c) => Accept(task.CancelledWaiting(c.Reason, rules, now)),
        // Asked twice: the first request stands, with its clock.
        (AgentTaskStatus.Running, TaskCommand.Cancel) when task.Cancel is not null => new Unchanged(new TaskReply(task.Status, Repeated: true)),
        (AgentTaskStatus.Running, TaskCommand.Cancel c) => Accept(task.CancelRequested(c.Reason, now)),
        // Cancelling what is cancelled is what the caller wanted.
        (AgentTaskStatus.Cancelled, TaskCommand.Cancel) => new Unchanged(new TaskReply(task.Status, Repeated: true)),
        (_, TaskCommand.Cancel) => new Refused(TaskRefusal.AlreadyEnded),

        (AgentTaskStatus.DeadLettered, TaskCommand.Replay c) => Accept(task.Replayed(c, now)),
        (_, TaskCommand.Replay) => new Refused(TaskRefusal.NotDeadLettered),

        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "No arm decides this command"),
    };

    /// <summary>Where a task waits and when it next wants attention: the earliest of its clocks.</summary>
    public static Due Due(AgentTask task, TimeSpan skew) => task.Status switch
    {
        AgentTaskStatus.Scheduled => new Due(TaskLanes.Scheduled, NotBefore(task.RunAt!.Value), Promptness.Prompt),
        AgentTaskStatus.Queued => new Due(TaskLanes.Queued(task), Ms(task.QueuedAt), Promptness.Prompt),
        AgentTaskStatus.Running => new Due(TaskLanes.Running(task.Current!.Instance), NotBefore(RunningUntil(task) + skew), Promptness.Sweep),
        _ => new Due(TaskLanes.EndedIn(task.Status), NotBefore(task.RetainUntil!.Value), Promptness.Sweep),
    };

    /// <summary>When a running attempt next wants a look: lease, time-out or the patience with a cancelled agent.</summary>
    public static DateTimeOffset RunningUntil(AgentTask task)
    {
        var current = task.Current!;
        var until = current.LeaseUntil < current.TimeoutAt ? current.LeaseUntil : current.TimeoutAt;
        return task.Cancel is { } cancel && cancel.RequestedAt + CancelPatience < until ? cancel.RequestedAt + CancelPatience : until;
    }

    private static TaskDecision LookAtClocks(AgentTask task, TaskRules rules, DateTimeOffset now)
    {
        switch (task.Status)
        {
            case AgentTaskStatus.Scheduled when task.RunAt <= now:
                return Accept(task.Promoted(now));
            case AgentTaskStatus.Running when task.Cancel is { } cancel && cancel.RequestedAt + CancelPatience + rules.Skew <= now:
                return Accept(task.CancelledRunning(rules, now, null, null));
            case AgentTaskStatus.Running when task.Current!.TimeoutAt + rules.Skew <= now:
                return Accept(TimeOutOrCancel(task, "the attempt took longer than its timeout", rules, now));
            case AgentTaskStatus.Running when task.Current!.LeaseUntil + rules.Skew <= now:
                return Accept(LoseOrCancel(task, "nothing was heard of the attempt", rules, now));
            default:
                // Early, late or doubled wake-ups are harmless.
                return new Refused(TaskRefusal.NothingDue);
        }
    }

    private static AgentTask LoseOrCancel(AgentTask task, string reason, TaskRules rules, DateTimeOffset now) =>
        task.Cancel is null ? task.LostAttempt(reason, rules, now) : task.CancelledRunning(rules, now, null, null);

    private static AgentTask TimeOutOrCancel(AgentTask task, string reason, TaskRules rules, DateTimeOffset now) =>
        task.Cancel is null ? task.TimedOut(reason, rules, now) : task.CancelledRunning(rules, now, null, null);

    private static bool IsCurrent(AgentTask task, int attempt) => task.Current is not null && task.Attempt == attempt;

    // A repeated answer whose first try was stored gets the same reply and changes nothing. The answer of a lost worker may
    // arrive after its successor has started or ended: never a second outcome.
    private static TaskDecision Late(AgentTask task, int attempt, ulong hash)
    {
        var settled = task.History.LastOrDefault(h => h.Attempt == attempt);
        return settled?.AnswerHash is not { } known ? new Refused(TaskRefusal.AttemptSuperseded)
            : known == hash ? new Unchanged(new TaskReply(settled.StatusAfter, Repeated: true))
            : new Refused(TaskRefusal.SettledDifferently);
    }

    private static Accepted Accept(AgentTask task) => new(task, new TaskReply(task.Status));

    // Rounded up: a look in the very millisecond must find the time over, or nobody would look again.
    private static long NotBefore(DateTimeOffset at) => Ms(at.AddTicks(TimeSpan.TicksPerMillisecond - 1));

    private static long Ms(DateTimeOffset at) => Math.Max(0, at.ToUnixTimeMilliseconds());
}
