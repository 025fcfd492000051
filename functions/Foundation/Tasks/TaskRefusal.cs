namespace Foundation.Tasks;

/// <summary>Why a command does nothing. Each has its own row in <see cref="TaskErrors"/>.</summary>
internal enum TaskRefusal
{
    /// <summary>The token is of an attempt that is over; a successor may have started or ended.</summary>
    AttemptSuperseded,

    /// <summary>The attempt was settled by another answer.</summary>
    SettledDifferently,

    /// <summary>Only a queued task can start.</summary>
    NotQueued,

    /// <summary>An ended task cannot be cancelled.</summary>
    AlreadyEnded,

    /// <summary>Only a dead letter can be replayed.</summary>
    NotDeadLettered,

    /// <summary>Nothing is due.</summary>
    NothingDue,

    /// <summary>Nobody asked to cancel it.</summary>
    NotCancelling,
}

/// <summary>What a decision answers: the status to tell, and whether this is a repetition.</summary>
internal readonly record struct TaskReply(AgentTaskStatus Status, bool Repeated = false);

/// <summary>What a command does.</summary>
internal abstract record TaskDecision
{
    private TaskDecision()
    {
    }

    /// <summary>The task changes.</summary>
    public sealed record Accepted(AgentTask State, TaskReply Reply) : TaskDecision;

    /// <summary>Nothing changes; the answer is given all the same.</summary>
    public sealed record Unchanged(TaskReply Reply) : TaskDecision;

    /// <summary>Nothing changes, and the caller hears why.</summary>
    public sealed record Refused(TaskRefusal Refusal) : TaskDecision;
}
