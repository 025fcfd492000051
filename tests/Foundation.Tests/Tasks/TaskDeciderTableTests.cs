using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Retry;
using Foundation.Tasks;
using Xunit;

namespace Foundation.Tests.Tasks;

/// <summary>Every (status × command): what it comes to. A new status or command without a row fails here.</summary>
public sealed class TaskDeciderTableTests
{
    private const string S = "scheduled", Q = "queued", R = "running", A = "running (accepted)", X = "running (cancelling)", D = "dead-lettered", OK = "succeeded", C = "cancelled";

    private static readonly Dictionary<string, Func<AgentTask>> Tasks = new()
    {
        [S] = TaskSamples.Scheduled,
        [Q] = TaskSamples.Queued,
        [R] = TaskSamples.Running,
        [A] = TaskSamples.Accepted,
        [X] = TaskSamples.Cancelling,
        [OK] = TaskSamples.Succeeded,
        [D] = TaskSamples.DeadLettered,
        [C] = TaskSamples.Cancelled,
    };

    private static readonly Dictionary<string, TaskCommand> Commands = new()
    {
        ["Start"] = TaskSamples.Start(),
        ["Accept"] = new TaskCommand.Accept(1),
        ["Complete"] = new TaskCommand.Complete(1, 99, true, null),
        ["Fail"] = TaskSamples.Fail(1, 99),
        ["Release"] = new TaskCommand.Release(1, 99, null, null),
        ["Return"] = new TaskCommand.Return(1, "busy"),
        ["Lose"] = new TaskCommand.Lose(1, "gone"),
        ["TimeOut"] = new TaskCommand.TimeOut(1, "late"),
        ["Report"] = new TaskCommand.Report(1, null, null),
        ["Look"] = new TaskCommand.Look(),
        ["Cancel"] = new TaskCommand.Cancel("no"),
        ["ConfirmCancel"] = new TaskCommand.ConfirmCancel(1),
        ["Replay"] = new TaskCommand.Replay(false, null, null, null, null),
    };

    // One line per command: what it comes to for S Q R A X OK D C.
    private static readonly Dictionary<string, string[]> Expected = new()
    {
        ["Start"] = ["!NotQueued", "running", "!NotQueued", "!NotQueued", "!NotQueued", "!NotQueued", "!NotQueued", "!NotQueued"],
        ["Accept"] = ["!AttemptSuperseded", "!AttemptSuperseded", "running", "running", "running", "!AttemptSuperseded", "!AttemptSuperseded", "!AttemptSuperseded"],
        ["Complete"] = ["!AttemptSuperseded", "!AttemptSuperseded", "succeeded", "succeeded", "succeeded", "!SettledDifferently", "!SettledDifferently", "!AttemptSuperseded"],
        ["Fail"] = ["!AttemptSuperseded", "!AttemptSuperseded", "scheduled", "scheduled", "cancelled", "!SettledDifferently", "!SettledDifferently", "!AttemptSuperseded"],
        ["Release"] = ["!AttemptSuperseded", "!AttemptSuperseded", "queued", "queued", "cancelled", "!SettledDifferently", "!SettledDifferently", "!AttemptSuperseded"],
        ["Return"] = ["!AttemptSuperseded", "!AttemptSuperseded", "queued", "queued", "cancelled", "!AttemptSuperseded", "!AttemptSuperseded", "!AttemptSuperseded"],
        ["Lose"] = ["!AttemptSuperseded", "!AttemptSuperseded", "queued", "queued", "cancelled", "!AttemptSuperseded", "!AttemptSuperseded", "!AttemptSuperseded"],
        ["TimeOut"] = ["!AttemptSuperseded", "!AttemptSuperseded", "scheduled", "scheduled", "cancelled", "!AttemptSuperseded", "!AttemptSuperseded", "!AttemptSuperseded"],
        ["Report"] = ["!AttemptSuperseded", "!AttemptSuperseded", "running", "running", "running", "!AttemptSuperseded", "!AttemptSuperseded", "!AttemptSuperseded"],
        ["Look"] = ["queued", "!NothingDue", "!NothingDue", "!NothingDue", "!NothingDue", "!NothingDue", "!NothingDue", "!NothingDue"],
        ["Cancel"] = ["cancelled", "cancelled", "running", "running", "=running", "!AlreadyEnded", "!AlreadyEnded", "=cancelled"],
        ["ConfirmCancel"] = ["!AttemptSuperseded", "!AttemptSuperseded", "!NotCancelling", "!NotCancelling", "cancelled", "!AttemptSuperseded", "!AttemptSuperseded", "!AttemptSuperseded"],
        ["Replay"] = ["!NotDeadLettered", "!NotDeadLettered", "!NotDeadLettered", "!NotDeadLettered", "!NotDeadLettered", "!NotDeadLettered", "queued", "!NotDeadLettered"],
    };

    public static TheoryData<string, string, string> Rows()
    {
        var rows = new TheoryData<string, string, string>();
        foreach (var (command, outcomes) in Expected)
        {
            foreach (var (task, outcome) in Tasks.Keys.Zip(outcomes))
            {
                rows.Add(task, command, outcome);
            }
        }

        return rows;
    }

    [Theory]
    [MemberData(nameof(Rows))]
    public void Decide_ForEveryStatusAndCommand_ComesToTheRow(string task, string command, string outcome)
    {
        var before = Tasks[task]();

        var decision = TaskDecider.Decide(before, Commands[command], TaskSamples.Rules(), TaskSamples.Now);

        Assert.Equal(outcome, decision switch
        {
            TaskDecision.Accepted accepted => Kebab.Name(accepted.State.Status),
            TaskDecision.Unchanged unchanged => "=" + Kebab.Name(unchanged.Reply.Status),
            TaskDecision.Refused refused => "!" + refused.Refusal,
            _ => "?",
        });
        if (decision is TaskDecision.Accepted { State: var state })
        {
            var stored = TaskRows.Read(new Row(TaskRows.Key(state.Id), default, TaskRows.State(state), default, null));
            Assert.Equal(TaskRows.State(state).ToArray(), TaskRows.State(stored).ToArray());
            Assert.True(state.Number == before.Number + 1 || state.Number > before.Number);
            Assert.True(state.Attempt >= before.Attempt);
            Assert.NotEqual("", TaskDecider.Due(state, TimeSpan.Zero).Lane);
        }
    }

    [Fact]
    public void Table_HasARowForEveryStatusAndCommand()
    {
        Assert.Equal(Enum.GetValues<AgentTaskStatus>().ToHashSet(), Tasks.Values.Select(t => t().Status).ToHashSet());
        var commands = typeof(TaskCommand).GetNestedTypes().Where(t => t.IsSubclassOf(typeof(TaskCommand))).Select(t => t.Name).ToHashSet();
        Assert.Equal(commands, Commands.Values.Select(c => c.GetType().Name).ToHashSet());
        Assert.All(Commands.Keys, c => Assert.Equal(Tasks.Count, Expected[c].Length));
    }

    [Fact]
    public void Refusals_EachHaveTheirOwnError()
    {
        var errors = Enum.GetValues<TaskRefusal>().Select(TaskErrors.Of).ToList();
        Assert.Equal(errors.Count, errors.Distinct().Count());
        Assert.All(errors, e => Assert.Contains(e, TaskErrors.All));
    }
}
