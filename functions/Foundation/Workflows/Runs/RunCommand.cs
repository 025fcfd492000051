using System.Text.Json.Serialization;
using Foundation.Tasks;

namespace Foundation.Workflows;

/// <summary>
/// Everything that can happen to a run. The first four are facts: they come by the inbox, in any order and more than once, and are
/// stored under these names. The others are what an advance does next.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "fact")]
[JsonDerivedType(typeof(TaskEnded), "task-ended")]
[JsonDerivedType(typeof(Cancel), "cancel")]
[JsonDerivedType(typeof(Pause), "pause")]
[JsonDerivedType(typeof(Resume), "resume")]
internal abstract record RunCommand
{
    private RunCommand()
    {
    }

    /// <summary>A step's task is over.</summary>
    public sealed record TaskEnded(string Step, string Task, AgentTaskStatus Status, int Attempt, TaskProblem? Problem, TaskUsage? Usage) : RunCommand;

    /// <summary>Somebody does not want the run any more.</summary>
    public sealed record Cancel(string? Reason) : RunCommand;

    /// <summary>No new steps for now. <paramref name="Order"/> grows: of several pauses and resumes the greatest counts.</summary>
    public sealed record Pause(string Order, string? Reason) : RunCommand;

    /// <summary>Goes on.</summary>
    public sealed record Resume(string Order) : RunCommand;

    /// <summary>Look at the clock.</summary>
    public sealed record Look : RunCommand;

    /// <summary>A step's task is asked for in the same commit.</summary>
    public sealed record Start(string Step, string Task) : RunCommand;

    /// <summary>A step's condition does not hold.</summary>
    public sealed record Skip(string Step) : RunCommand;

    /// <summary>A step cannot become a task.</summary>
    public sealed record Refuse(string Step, RunProblem Problem) : RunCommand;

    /// <summary>A step's task is asked to stop in the same commit.</summary>
    public sealed record Stop(string Step) : RunCommand;

    /// <summary>All steps have passed, and this is what came of the output.</summary>
    public sealed record Finish(bool HasOutput, RunProblem? Problem) : RunCommand;
}

/// <summary>Why a command does nothing. Each has its own row in <see cref="WorkflowErrors"/>.</summary>
internal enum RunRefusal
{
    /// <summary>The run has ended.</summary>
    Ended,

    /// <summary>The run is failing or being cancelled.</summary>
    Stopping,

    /// <summary>The step is not where the command wants it.</summary>
    WrongStep,

    /// <summary>The run is paused.</summary>
    Paused,

    /// <summary>Not all steps have passed.</summary>
    StepsLeft,

    /// <summary>The run is neither failing nor being cancelled.</summary>
    NotStopping,
}

/// <summary>What a command does.</summary>
internal abstract record RunDecision
{
    private RunDecision()
    {
    }

    /// <summary>The run changes.</summary>
    public sealed record Accepted(WorkflowRun State) : RunDecision;

    /// <summary>Nothing changes: it was said before, or comes too late to matter.</summary>
    public sealed record Unchanged : RunDecision;

    /// <summary>Nothing changes, and who asked hears why.</summary>
    public sealed record Refused(RunRefusal Refusal) : RunDecision;
}

/// <summary>What a decision depends on besides the run.</summary>
/// <param name="Retention">How long runs that succeeded or were cancelled are kept.</param>
/// <param name="FailedRetention">How long failed runs are kept.</param>
internal sealed record RunRules(TimeSpan Retention, TimeSpan FailedRetention);
