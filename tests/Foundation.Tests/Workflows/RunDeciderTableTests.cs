using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Tasks;
using Foundation.Workflows;
using Xunit;

namespace Foundation.Tests.Workflows;

/// <summary>Every (status × command): what it comes to. A new status or command without a row fails here.</summary>
public sealed class RunDeciderTableTests
{
    private static readonly Dictionary<string, Func<WorkflowRun>> Runs = new()
    {
        ["waiting"] = RunSamples.Waiting,
        ["running"] = RunSamples.Running,
        ["running, late"] = RunSamples.Late,
        ["paused"] = RunSamples.Paused,
        ["cancelling"] = RunSamples.Cancelling,
        ["failing"] = RunSamples.Failing,
        ["complete"] = RunSamples.Complete,
        ["succeeded"] = RunSamples.Succeeded,
        ["failed"] = RunSamples.Failed,
        ["cancelled"] = RunSamples.Cancelled,
    };

    private static readonly Dictionary<string, RunCommand> Commands = new()
    {
        ["TaskEnded"] = RunSamples.Ended("a", RunSamples.TaskA),
        ["TaskEnded, dead"] = RunSamples.Ended("a", RunSamples.TaskA, AgentTaskStatus.DeadLettered),
        ["TaskEnded, cancelled"] = RunSamples.Ended("a", RunSamples.TaskA, AgentTaskStatus.Cancelled),
        ["TaskEnded, other task"] = RunSamples.Ended("a", RunSamples.TaskB),
        ["Cancel"] = new RunCommand.Cancel("no"),
        ["Pause, new"] = new RunCommand.Pause("6", null),
        ["Pause, old"] = new RunCommand.Pause("4", null),
        ["Resume, new"] = new RunCommand.Resume("6"),
        ["Resume, old"] = new RunCommand.Resume("4"),
        ["Look"] = new RunCommand.Look(),
        ["Start"] = new RunCommand.Start("a", RunSamples.TaskA),
        ["Start, c"] = new RunCommand.Start("c", RunSamples.TaskA),
        ["Skip"] = new RunCommand.Skip("c"),
        ["Refuse"] = new RunCommand.Refuse("c", new RunProblem { Code = "x" }),
        ["Stop"] = new RunCommand.Stop("a"),
        ["Finish"] = new RunCommand.Finish(false, null),
        ["Finish, failed"] = new RunCommand.Finish(false, new RunProblem { Code = "x" }),
    };

    // For: waiting, running, late, paused, cancelling, failing, complete, succeeded, failed, cancelled. '=' unchanged, '!' refused.
    private static readonly Dictionary<string, string[]> Expected = new()
    {
        ["TaskEnded"] = ["=", "running", "running", "paused", "running", "failed", "=", "=", "=", "="],
        ["TaskEnded, dead"] = ["=", "running", "running", "running", "running", "failed", "=", "=", "=", "="],
        ["TaskEnded, cancelled"] = ["=", "running", "running", "running", "running", "failed", "=", "=", "=", "="],
        ["TaskEnded, other task"] = ["=", "=", "=", "=", "=", "=", "=", "=", "=", "="],
        ["Cancel"] = ["cancelled", "running", "running", "running", "=", "running", "cancelled", "!Ended", "!Ended", "="],
        ["Pause, new"] = ["paused", "paused", "paused", "paused", "!Stopping", "!Stopping", "paused", "!Ended", "!Ended", "!Ended"],
        ["Pause, old"] = ["paused", "paused", "paused", "=", "!Stopping", "!Stopping", "paused", "!Ended", "!Ended", "!Ended"],
        ["Resume, new"] = ["waiting", "running", "running", "running", "!Stopping", "!Stopping", "waiting", "!Ended", "!Ended", "!Ended"],
        ["Resume, old"] = ["waiting", "running", "running", "=", "!Stopping", "!Stopping", "waiting", "!Ended", "!Ended", "!Ended"],
        ["Look"] = ["=", "=", "running", "=", "=", "=", "=", "=", "=", "="],
        ["Start"] = ["running", "!WrongStep", "!WrongStep", "!Paused", "!Stopping", "!Stopping", "!WrongStep", "!Ended", "!Ended", "!Ended"],
        ["Start, c"] = ["running", "running", "running", "!Paused", "!Stopping", "!Stopping", "!WrongStep", "!Ended", "!Ended", "!Ended"],
        ["Skip"] = ["waiting", "running", "running", "!Paused", "!Stopping", "!Stopping", "!WrongStep", "!Ended", "!Ended", "!Ended"],
        ["Refuse"] = ["failed", "running", "running", "!Paused", "!Stopping", "!Stopping", "!WrongStep", "!Ended", "!Ended", "!Ended"],
        ["Stop"] = ["!NotStopping", "!NotStopping", "!NotStopping", "!NotStopping", "running", "running", "!NotStopping", "!Ended", "!Ended", "!Ended"],
        ["Finish"] = ["!StepsLeft", "!StepsLeft", "!StepsLeft", "!StepsLeft", "!Stopping", "!Stopping", "succeeded", "!Ended", "!Ended", "!Ended"],
        ["Finish, failed"] = ["!StepsLeft", "!StepsLeft", "!StepsLeft", "!StepsLeft", "!Stopping", "!Stopping", "failed", "!Ended", "!Ended", "!Ended"],
    };

    public static TheoryData<string, string, string> Rows()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var (command, outcomes) in Expected)
        {
            foreach (var (run, outcome) in Runs.Keys.Zip(outcomes))
            {
                rows.Add(run, command, outcome);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Decide_ForEveryStatusAndCommand_ComesToTheRow(string run, string command, string outcome)
    {
        var decision = RunDecider.Decide(Runs[run](), Commands[command], RunSamples.Rules, RunSamples.Now);

        Assert.Equal(outcome, decision switch
        {
            RunDecision.Accepted accepted => Kebab.Name(accepted.State.Status),
            RunDecision.Unchanged => "=",
            RunDecision.Refused refused => "!" + refused.Refusal,
            _ => "?",
        });
        if (decision is RunDecision.Accepted { State: var state })
        {
            var stored = RunRows.Read(new Row(RunRows.Key(state.Id), default, RunRows.State(state), default, null));
            Assert.Equal(RunRows.State(state).ToArray(), RunRows.State(stored).ToArray());
            Assert.StartsWith(state.Ended ? RunLanes.Ended : RunLanes.Waiting, RunDecider.Due(state).Lane, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Table_HasARowForEveryStatusAndCommand()
    {
        Assert.Equal(Enum.GetValues<WorkflowRunStatus>().ToHashSet(), Runs.Values.Select(r => r().Status).ToHashSet());
        var commands = typeof(RunCommand).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(RunCommand))).Select(t => t.Name).ToHashSet();
        Assert.Equal(commands, Commands.Values.Select(c => c.GetType().Name).ToHashSet());
        Assert.Equal(Commands.Keys, Expected.Keys);
        Assert.All(Expected.Values, outcomes => Assert.Equal(Runs.Count, outcomes.Length));
    }

    [Fact]
    public void Refusals_EachHaveTheirOwnError()
    {
        var errors = Enum.GetValues<RunRefusal>().Select(WorkflowErrors.Of).ToList();
        Assert.Equal(errors.Count, errors.Distinct().Count());
        Assert.All(errors, e => Assert.Contains(e, WorkflowErrors.All));
    }

    [Fact]
    public void Due_OfALiveRun_IsItsClockOrNone()
    {
        Assert.Equal(new Due(RunLanes.Waiting, RunLanes.Never, Promptness.Listed), RunDecider.Due(RunSamples.Running()));
        Assert.Equal(new Due(RunLanes.Waiting, RunSamples.Now.ToUnixTimeMilliseconds(), Promptness.Prompt), RunDecider.Due(RunSamples.Late()));
        Assert.Equal(Promptness.Prompt, RunDecider.Due(RunSamples.Running() with { Unfinished = true }).Promptness);
        Assert.Equal(Promptness.Sweep, RunDecider.Due(RunSamples.Failed()).Promptness);
        // A run that stops is past its deadline's power: looking again would find nothing.
        Assert.Equal(Promptness.Listed, RunDecider.Due(RunSamples.Cancelling() with { Deadline = RunSamples.Now }).Promptness);
    }
}
