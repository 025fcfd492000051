using Foundation.Tasks;
using static Foundation.Workflows.RunDecision;

namespace Foundation.Workflows;

/// <summary>Decides what a command does to a run. Pure: no I/O, no clock, no randomness.</summary>
internal static class RunDecider
{
    private static readonly Unchanged Nothing = new();

    public static RunDecision Decide(WorkflowRun run, RunCommand command, RunRules rules, DateTimeOffset now) => (run, command) switch
    {
        // A task may end after its run did (a dead letter that was replayed by hand): the run's end stands.
        ({ Ended: true }, RunCommand.TaskEnded) => Nothing,
        (_, RunCommand.TaskEnded c) when run.Find(c.Step) is { Live: true } step && step.Task == c.Task => Accept(run.StepEnded(step, c, now), rules, now),
        // Told twice, or of a step that has ended otherwise.
        (_, RunCommand.TaskEnded) => Nothing,

        // Cancelling what is cancelled is what the caller wanted.
        ({ Status: WorkflowRunStatus.Cancelled }, RunCommand.Cancel) => Nothing,
        ({ Ended: true }, RunCommand.Cancel) => new Refused(RunRefusal.Ended),
        // Asked twice: the first request stands.
        ({ Cancel: not null }, RunCommand.Cancel) => Nothing,
        // Also a run that is failing: whether the failure or the wish came first, it ends cancelled.
        (_, RunCommand.Cancel c) => Accept(run.CancelRequested(c.Reason, now), rules, now),

        ({ Ended: true }, RunCommand.Pause or RunCommand.Resume) => new Refused(RunRefusal.Ended),
        ({ Stopping: true }, RunCommand.Pause or RunCommand.Resume) => new Refused(RunRefusal.Stopping),
        // Overtaken by a newer one.
        (_, RunCommand.Pause c) when IsOld(run, c.Order) => Nothing,
        (_, RunCommand.Resume c) when IsOld(run, c.Order) => Nothing,
        (_, RunCommand.Pause c) => Accept(run.Paused(c, now), rules, now),
        (_, RunCommand.Resume c) => Accept(run with { Pause = null, SteeredBy = c.Order }, rules, now),

        ({ Ended: false, Stopping: false, Deadline: { } deadline }, RunCommand.Look) when deadline <= now => Accept(run.DeadlineOver(), rules, now),
        // Early, late or doubled wake-ups are harmless.
        (_, RunCommand.Look) => Nothing,

        ({ Ended: true }, _) => new Refused(RunRefusal.Ended),

        ({ Stopping: true }, RunCommand.Stop c) when run.Find(c.Step) is { Live: true, StopAsked: false } => Accept(run.StopAsked(c.Step), rules, now),
        ({ Stopping: true }, RunCommand.Stop) => new Refused(RunRefusal.WrongStep),
        (_, RunCommand.Stop) => new Refused(RunRefusal.NotStopping),

        ({ Stopping: true }, _) => new Refused(RunRefusal.Stopping),

        (_, RunCommand.Finish) when !run.Steps.All(s => s.Passed) => new Refused(RunRefusal.StepsLeft),
        (_, RunCommand.Finish { Problem: { } problem }) => Accept(run with { Problem = problem }, rules, now),
        (_, RunCommand.Finish c) => new Accepted(run.End(WorkflowRunStatus.Succeeded, rules.Retention, now) with { HasOutput = c.HasOutput }),

        ({ Pause: not null }, RunCommand.Start or RunCommand.Skip or RunCommand.Refuse) => new Refused(RunRefusal.Paused),
        (_, RunCommand.Start c) when IsPending(run, c.Step) => Accept(run.StepStarted(c.Step, c.Task, now), rules, now),
        (_, RunCommand.Skip c) when IsPending(run, c.Step) => Accept(run.StepSkipped(c.Step, now), rules, now),
        (_, RunCommand.Refuse c) when IsPending(run, c.Step) => Accept(run.StepRefused(c.Step, c.Problem, now), rules, now),
        (_, RunCommand.Start or RunCommand.Skip or RunCommand.Refuse) => new Refused(RunRefusal.WrongStep),

        _ => throw new ArgumentOutOfRangeException(nameof(command), command, "No arm decides this command"),
    };

    /// <summary>Where a run waits and when it next wants attention by itself. What its inbox holds is due by its own rows.</summary>
    public static Due Due(WorkflowRun run) => run switch
    {
        { Ended: true } => new Due(RunLanes.Ended, Ms(run.RetainUntil!.Value), Promptness.Sweep),
        { Unfinished: true } => new Due(RunLanes.Waiting, Ms(run.Since), Promptness.Prompt),
        { Stopping: false, Deadline: { } deadline } => new Due(RunLanes.Waiting, Ms(deadline), Promptness.Prompt),
        _ => new Due(RunLanes.Waiting, RunLanes.Never, Promptness.Listed),
    };

    /// <summary>Whether a step ended in a way that fails the run: its task is a dead letter, or somebody else cancelled it.</summary>
    public static bool Fails(WorkflowRun run, AgentTaskStatus status) => !run.Stopping && status != AgentTaskStatus.Succeeded;

    private static Accepted Accept(WorkflowRun run, RunRules rules, DateTimeOffset now) => new(run.Settle(rules, now));

    private static bool IsPending(WorkflowRun run, string step) => run.Find(step) is { Status: RunStepStatus.Pending };

    private static bool IsOld(WorkflowRun run, string order) => string.CompareOrdinal(order, run.SteeredBy) <= 0;

    private static long Ms(DateTimeOffset at) => Math.Max(0, at.ToUnixTimeMilliseconds());
}
