using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Retry;
using Foundation.Tasks;
using Xunit;

namespace Foundation.Tests.Tasks;

/// <summary>Tasks in each status, and the rules they are decided by.</summary>
internal static class TaskSamples
{
    public static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    public static TaskRules Rules(int deadLetterAfter = 5, string delays = "fixed(10s) | take(2)", TimeSpan skew = default) => new(
        RetryPolicy.Default with { Delays = DelayStream.Parse(delays).Value }, 7, deadLetterAfter, TimeSpan.FromDays(7), TimeSpan.FromDays(30), skew);

    public static AgentTask Queued() => new()
    {
        Id = new ResourceId(42),
        Tenant = "default",
        CreatedBy = "local",
        Type = "test",
        Queue = "default",
        Target = new TaskTarget { Capability = "test" },
        Priority = TaskPriority.Normal,
        CreatedAt = Now.AddMinutes(-1),
        Status = AgentTaskStatus.Queued,
        Since = Now.AddMinutes(-1),
        Number = 1,
        QueuedAt = Now.AddMinutes(-1),
        Timeout = TimeSpan.FromMinutes(10),
        Heartbeat = TimeSpan.FromSeconds(60),
    };

    public static AgentTask Scheduled() => Queued() with { Status = AgentTaskStatus.Scheduled, RunAt = Now.AddSeconds(-1) };

    public static AgentTask Running() => Apply(Queued(), Start());

    public static AgentTask Accepted() => Apply(Running(), new TaskCommand.Accept(1));

    public static AgentTask Cancelling() => Apply(Running(), new TaskCommand.Cancel("enough"));

    public static AgentTask Succeeded() => Apply(Running(), new TaskCommand.Complete(1, 11, true, null));

    public static AgentTask DeadLettered() => Apply(Running(), Fail(1, 12, FailureClass.Client));

    public static AgentTask Cancelled() => Apply(Queued(), new TaskCommand.Cancel("enough"));

    public static TaskCommand.Start Start() => new("svc/a", 1, "worker", TimeSpan.FromSeconds(70));

    public static TaskCommand.Fail Fail(int attempt, ulong hash, FailureClass kind = FailureClass.Application) =>
        new(attempt, hash, new Failure { Class = kind }, new TaskProblem { Detail = "broken", Class = Kebab.Name(kind) }, null);

    public static AgentTask Apply(AgentTask task, TaskCommand command, DateTimeOffset? now = null, TaskRules? rules = null) =>
        Assert.IsType<TaskDecision.Accepted>(TaskDecider.Decide(task, command, rules ?? Rules(), now ?? Now)).State;
}
