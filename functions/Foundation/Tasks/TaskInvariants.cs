namespace Foundation.Tasks;

/// <summary>What is true of every stored task. A broken one is a bug, thrown with id and state and never repaired in silence.</summary>
internal static class TaskInvariants
{
    public static void Check(AgentTask task)
    {
        var broken = task switch
        {
            { Status: AgentTaskStatus.Running, Current: null } => "a running task has an attempt",
            { Status: not AgentTaskStatus.Running, Current: not null } => "only a running task has an attempt",
            { Status: AgentTaskStatus.Scheduled, RunAt: null } => "a scheduled task has a time",
            { Ended: true, EndedAt: null } or { Ended: true, RetainUntil: null } => "an ended task has an end and a retention",
            { Ended: false, EndedAt: not null } => "only an ended task has an end",
            { Attempt: 0, Current: not null } => "a running attempt has a number",
            { HasResult: true, Status: not AgentTaskStatus.Succeeded } => "only a succeeded task has a result",
            _ => null,
        };
        if (broken is not null)
        {
            throw new InvalidOperationException($"Task {task.Id.ToText("task")} ({task.Status}, attempt {task.Attempt}) breaks an invariant: {broken}");
        }
    }
}
