using Foundation.Retry;

namespace Foundation.Tasks;

/// <summary>Everything that can happen to a task. Attempts are named by number; tokens are checked before.</summary>
internal abstract record TaskCommand
{
    private TaskCommand()
    {
    }

    /// <summary>A slot takes the task.</summary>
    public sealed record Start(string Instance, long Generation, string Worker, TimeSpan Lease) : TaskCommand;

    /// <summary>The agent answered 202.</summary>
    public sealed record Accept(int Attempt) : TaskCommand;

    /// <summary>The agent's result.</summary>
    public sealed record Complete(int Attempt, ulong Hash, bool HasResult, TaskUsage? Usage) : TaskCommand;

    /// <summary>The agent's failure, or what its answer means.</summary>
    public sealed record Fail(int Attempt, ulong Hash, Failure Failure, TaskProblem Problem, TaskUsage? Usage) : TaskCommand;

    /// <summary>The agent gives the task back, uncounted.</summary>
    public sealed record Release(int Attempt, ulong Hash, TimeSpan? After, string? Reason) : TaskCommand;

    /// <summary>The agent was busy or could not be reached: the task was never begun.</summary>
    public sealed record Return(int Attempt, string Reason) : TaskCommand;

    /// <summary>The connection broke after sending, or the instance is gone: nobody knows the outcome.</summary>
    public sealed record Lose(int Attempt, string Reason) : TaskCommand;

    /// <summary>The attempt took too long.</summary>
    public sealed record TimeOut(int Attempt, string Reason) : TaskCommand;

    /// <summary>A sign of life.</summary>
    public sealed record Report(int Attempt, TaskProgress? Progress, TaskUsage? Usage) : TaskCommand;

    /// <summary>Its time has come: look at the clocks.</summary>
    public sealed record Look : TaskCommand;

    /// <summary>Somebody does not want it any more.</summary>
    public sealed record Cancel(string? Reason) : TaskCommand;

    /// <summary>The agent has stopped a cancelled attempt.</summary>
    public sealed record ConfirmCancel(int Attempt) : TaskCommand;

    /// <summary>A dead letter is given another chance, edited.</summary>
    public sealed record Replay(
        bool EditsData, TaskTarget? Target, TaskPriority? Priority, TimeSpan? Timeout, RetryChoice? Retry) : TaskCommand;
}
