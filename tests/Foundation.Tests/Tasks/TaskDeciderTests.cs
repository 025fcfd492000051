using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Retry;
using Foundation.Tasks;
using Xunit;
using static Foundation.Tests.Tasks.TaskSamples;

namespace Foundation.Tests.Tasks;

public sealed class TaskDeciderTests
{
    [Fact]
    public void Complete_TheSameAnswerAgain_GetsTheSameReplyAndChangesNothing()
    {
        var decision = TaskDecider.Decide(Succeeded(), new TaskCommand.Complete(1, 11, true, null), Rules(), Now.AddHours(1));

        var unchanged = Assert.IsType<TaskDecision.Unchanged>(decision);
        Assert.Equal(new TaskReply(AgentTaskStatus.Succeeded, Repeated: true), unchanged.Reply);
    }

    [Fact]
    public void Fail_TheSameAnswerAgainAfterTheRetryStarted_GetsTheFirstReply()
    {
        var failed = Apply(Running(), Fail(1, 5));
        var again = Apply(Apply(failed, new TaskCommand.Look(), Now.AddSeconds(10)), Start(), Now.AddSeconds(11));

        var decision = TaskDecider.Decide(again, Fail(1, 5), Rules(), Now.AddSeconds(12));

        Assert.Equal(AgentTaskStatus.Scheduled, Assert.IsType<TaskDecision.Unchanged>(decision).Reply.Status);
        Assert.Equal(2, again.Attempt);
    }

    [Fact]
    public void Complete_OfALostAttempt_IsSuperseded()
    {
        var taken = Apply(Apply(Running(), new TaskCommand.Lose(1, "gone")), Start());

        var decision = TaskDecider.Decide(taken, new TaskCommand.Complete(1, 1, false, null), Rules(), Now);

        Assert.Equal(TaskRefusal.AttemptSuperseded, Assert.IsType<TaskDecision.Refused>(decision).Refusal);
    }

    [Fact]
    public void Fail_UntilThePolicyEnds_IsDeadLetteredAfterTakePlusOneAttempts()
    {
        var task = Queued();
        var now = Now;
        for (var attempt = 1; attempt <= 3; attempt++)
        {
            task = Apply(task, Start(), now);
            task = Apply(task, Fail(attempt, (ulong)attempt), now);
            if (attempt < 3)
            {
                Assert.Equal(AgentTaskStatus.Scheduled, task.Status);
                Assert.Equal(now.AddSeconds(10), task.RunAt);
                now = now.AddSeconds(10);
                task = Apply(task, new TaskCommand.Look(), now);
            }
        }

        Assert.Equal(AgentTaskStatus.DeadLettered, task.Status);
        Assert.Equal(3, task.Attempt);
        Assert.Equal(Now.AddSeconds(20).AddDays(30), task.RetainUntil);
        Assert.Equal([AttemptOutcome.Failed, AttemptOutcome.Failed, AttemptOutcome.Failed], task.History.Select(h => h.Outcome));
    }

    [Fact]
    public void Lose_FiveTimesInARow_IsDeadLettered()
    {
        var task = Queued();
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            Assert.Equal(AgentTaskStatus.Queued, task.Status);
            task = Apply(Apply(task, Start()), new TaskCommand.Lose(attempt, "the host died"));
        }

        Assert.Equal(AgentTaskStatus.DeadLettered, task.Status);
        Assert.Equal(0, task.Failures);
    }

    [Fact]
    public void Return_CountsNothingAndKeepsThePlaceInLine()
    {
        var before = Queued();
        var task = Apply(Apply(before, Start()), new TaskCommand.Return(1, "busy"));

        Assert.Equal((0, 0, 1), (task.Failures, task.Lost, task.Attempt));
        Assert.Equal(TaskDecider.Due(before, default), TaskDecider.Due(task, default));
        Assert.Equal(AttemptOutcome.Returned, task.History[^1].Outcome);
    }

    [Fact]
    public void Look_AfterTheLease_LosesTheAttemptOnlyWhenTheSkewIsOverToo()
    {
        var running = Running();
        var rules = Rules(skew: TimeSpan.FromSeconds(10));
        var lease = running.Current!.LeaseUntil;

        Assert.IsType<TaskDecision.Refused>(TaskDecider.Decide(running, new TaskCommand.Look(), rules, lease.AddSeconds(9)));
        var lost = Apply(running, new TaskCommand.Look(), lease.AddSeconds(10), rules);
        Assert.Equal(AttemptOutcome.Lost, lost.History[^1].Outcome);
    }

    [Fact]
    public void Look_AfterTheTimeout_IsAFailureOfClassTimeout()
    {
        var accepted = Apply(Accepted(), new TaskCommand.Report(1, null, null), Now.AddMinutes(9).AddSeconds(50));

        var late = Apply(accepted, new TaskCommand.Look(), Now.AddMinutes(10));

        Assert.Equal(AgentTaskStatus.Scheduled, late.Status);
        Assert.Equal("timeout", late.Problem!.Class);
        Assert.Equal(1, late.Failures);
    }

    [Fact]
    public void Cancel_OfARunningTask_WaitsForTheAgentAndEndsAfterItsPatience()
    {
        var cancelling = Cancelling();
        Assert.Equal(AgentTaskStatus.Running, cancelling.Status);
        Assert.Equal(Now.AddSeconds(60), TaskDecider.RunningUntil(cancelling));

        Assert.Equal(AgentTaskStatus.Succeeded, Apply(cancelling, new TaskCommand.Complete(1, 1, false, null)).Status);
        Assert.Equal(AgentTaskStatus.Cancelled, Apply(cancelling, new TaskCommand.Look(), Now.AddSeconds(60)).Status);
    }

    [Fact]
    public void Replay_KeepsTheAttemptNumbersAndForgetsTheFailures()
    {
        var replayed = Apply(DeadLettered(), new TaskCommand.Replay(true, null, TaskPriority.High, null, null), Now.AddDays(1));
        var started = Apply(replayed, Start(), Now.AddDays(1));

        Assert.Equal((2, 0, 1), (started.Attempt, started.Failures, started.DataEdition));
        Assert.Equal(TaskPriority.High, started.Priority);
        Assert.Null(started.EndedAt);
    }

    [Fact]
    public void Release_WithAfter_WaitsThatLong()
    {
        var task = Apply(Accepted(), new TaskCommand.Release(1, 3, TimeSpan.FromMinutes(5), "not now"));

        Assert.Equal(AgentTaskStatus.Scheduled, task.Status);
        Assert.Equal(Now.AddMinutes(5), task.RunAt);
        Assert.Equal(0, task.Failures);
    }

    [Fact]
    public void State_OfTwentyLongFailures_FitsARow()
    {
        var task = Queued() with { Labels = Enumerable.Range(0, 16).ToDictionary(i => new string('k', 110) + i, _ => new string('v', 128)) };
        for (var i = 1; i <= 30; i++)
        {
            var fail = new TaskCommand.Fail(i, 1, new Failure { Class = FailureClass.Application },
                new TaskProblem { Detail = TaskTransitions.Cut(new string('語', 5_000)), Code = new string('語', 100) }, new TaskUsage { Model = "m", InputTokens = i });
            task = Apply(Apply(task, Start()), fail, rules: Rules(delays: "fixed(0s)")) is var next && next.Status == AgentTaskStatus.Scheduled
                ? Apply(next, new TaskCommand.Look(), Now.AddSeconds(1))
                : next;
        }

        Assert.Equal(20, task.History.Length);
        Assert.True(TaskRows.State(task).Length < CommitLimits.StateBytesMax, $"{TaskRows.State(task).Length} bytes");
        Assert.Equal(Enumerable.Range(1, 30).Sum(), task.Usage!.InputTokens);
    }
}
