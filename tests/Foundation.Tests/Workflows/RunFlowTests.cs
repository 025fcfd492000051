using Foundation.Kernel;
using Foundation.Protocols;
using Foundation.Protocols.Memory;
using Foundation.Tasks;
using Foundation.Tests.Configuration;
using Foundation.Workflows;
using Microsoft.Extensions.Time.Testing;
using Xunit;

namespace Foundation.Tests.Workflows;

/// <summary>Runs on the reference store, with one and with sixteen shards, a clock of the test's, and tasks that end when told to.</summary>
public abstract class RunFlowTests(int shards) : IAsyncLifetime, IDisposable
{
    private readonly MemoryStore _store = new(shards);
    private readonly FakeTimeProvider _time = new(RunSamples.Now);
    private readonly ConfigFolder _documents = new(
        ("workflows/line.yaml", """
            steps:
              first: { task: { type: one, data: "${input}" } }
              second: { needs: [first], task: { type: two, data: { got: "${steps.first.result.x}", run: "${run.key}" } } }
            output: "{ second: steps.second.result, run: run.id }"
            """),
        ("workflows/diamond.yaml", """
            steps:
              top: { task: { type: t } }
              left: { needs: [top], when: steps.top.result.left, task: { type: l } }
              right: { needs: [top], task: { type: r } }
              end: { needs: [left, right], task: { type: e, data: { left: "${steps.left.status}", value: "${steps.left.result}" } } }
            """),
        ("workflows/wide.yaml", "steps:\n" + string.Join('\n', Enumerable.Range(0, 60).Select(i => $"  s{i}: {{ task: {{ type: t }} }}"))),
        ("workflows/soon.yaml", "steps: { a: { task: { type: t } } }\ndeadline: 10m"),
        ("workflows/bad.yaml", """
            steps:
              a: { task: { type: t } }
              b: { needs: [a], task: { type: t, priority: "${steps.a.result}" } }
              c: { needs: [a], task: { type: t, queue: "${steps.a.result}" } }
            """),
        ("workflows/output.yaml", "steps: { a: { task: { type: t } } }\noutput: abs(steps.a.result)"));

    private RunWorld _world = null!;

    private FakeTasks Tasks => _world.Tasks;

    public async ValueTask InitializeAsync() => _world = await RunWorld.StartAsync(_store, _time, _documents);

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    public void Dispose()
    {
        _documents.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task Line_TheSecondStep_GetsTheFirstsResult()
    {
        var id = await _world.StartRunAsync("line", """{"n":1.50}""", key: "order-7");
        Assert.Equal(WorkflowRunStatus.Waiting, (await _world.RunAsync(id)).Status);
        await _world.PumpAsync();
        Assert.Equal("""{"n":1.50}""", Assert.Single((await Tasks.AllAsync())["first"]).Task.Data.ToString());
        Assert.Empty((await Tasks.AllAsync())["second"]);

        await Tasks.EndAsync("first", """{"x":{"y":1.0}}""");
        await _world.PumpAsync();
        Assert.Equal("""{"got":{"y":1.0},"run":"order-7"}""", Assert.Single((await Tasks.AllAsync())["second"]).Task.Data.ToString());
        var running = await _world.RunAsync(id);
        Assert.Equal([RunStepStatus.Succeeded, RunStepStatus.Running], running.Steps.Select(s => s.Status));
        Assert.Equal(WorkflowRunStatus.Running, running.Status);

        await Tasks.EndAsync("second", "42");
        await _world.PumpAsync();
        var run = await _world.RunAsync(id);
        Assert.Equal(WorkflowRunStatus.Succeeded, run.Status);
        Assert.Equal(14, run.Usage!.InputTokens);
        Assert.Equal($$"""{"second":42,"run":"{{run.IdText}}"}""", await _world.OutputAsync(id));
        await AssertCleanAsync();
        Assert.Equal(
            ["run-started", "step-started first", "step-succeeded first", "step-started second", "step-succeeded second", "run-succeeded"],
            await HistoryAsync(id));
    }

    [Fact]
    public async Task Diamond_ASkippedStep_LetsThoseThatNeedItGoOn()
    {
        var id = await _world.StartRunAsync("diamond");
        await _world.PumpAsync();
        await Tasks.EndAsync("top", """{"left":false}""");
        await _world.PumpAsync();
        Assert.Empty((await Tasks.AllAsync())["left"]);
        Assert.Equal(RunStepStatus.Skipped, (await _world.RunAsync(id)).Get("left").Status);
        Assert.Empty((await Tasks.AllAsync())["end"]);

        await Tasks.EndAsync("right");
        await _world.PumpAsync();
        Assert.Equal("""{"left":"skipped","value":null}""", Assert.Single((await Tasks.AllAsync())["end"]).Task.Data.ToString());
        await Tasks.EndAsync("end");
        await _world.PumpAsync();
        Assert.Equal(WorkflowRunStatus.Succeeded, (await _world.RunAsync(id)).Status);
    }

    [Fact]
    public async Task Diamond_BothBranches_RunAtTheSameTime()
    {
        await _world.StartRunAsync("diamond");
        await _world.PumpAsync();
        await Tasks.EndAsync("top", """{"left":[1]}""");
        await _world.PumpAsync();

        var tasks = await Tasks.AllAsync();
        Assert.Single(tasks["left"]);
        Assert.Single(tasks["right"]);
        await Tasks.EndAsync("right");
        await _world.PumpAsync();
        Assert.Empty((await Tasks.AllAsync())["end"]);
    }

    [Fact]
    public async Task Wide_MoreStepsThanOneCommitHolds_AllStart()
    {
        var id = await _world.StartRunAsync("wide");
        await _world.PumpAsync();

        Assert.Equal(60, (await Tasks.AllAsync()).Count);
        var run = await _world.RunAsync(id);
        Assert.False(run.Unfinished);
        Assert.Equal(4, run.Number);

        // All ends at once, and none of them touches the run's row.
        foreach (var step in run.Steps)
        {
            await Tasks.EndAsync(step.Name);
        }

        Assert.Equal(run.Number, (await _world.RunAsync(id)).Number);
        await _world.PumpAsync();
        Assert.Equal(WorkflowRunStatus.Succeeded, (await _world.RunAsync(id)).Status);
        await AssertCleanAsync();
    }

    [Fact]
    public async Task DeadLetter_FailsTheRun_AndCancelsTheOthers()
    {
        var id = await _world.StartRunAsync("wide");
        await _world.PumpAsync();
        await Tasks.EndAsync("s7", status: AgentTaskStatus.DeadLettered);
        await _world.PumpAsync();

        var run = await _world.RunAsync(id);
        Assert.Equal((WorkflowRunStatus.Running, "agent.broken"), (run.Status, run.Problem!.Code));
        var tasks = (await Tasks.AllAsync()).SelectMany(t => t).ToList();
        Assert.Equal(59, tasks.Count(t => t.Task.CancelAsked));
        foreach (var step in run.Steps.Where(s => s.Name != "s7"))
        {
            // One was faster than its cancellation.
            await Tasks.EndAsync(step.Name, status: step.Name == "s9" ? AgentTaskStatus.Succeeded : AgentTaskStatus.Cancelled);
        }

        await _world.PumpAsync();
        run = await _world.RunAsync(id);
        Assert.Equal(WorkflowRunStatus.Failed, run.Status);
        Assert.Equal((RunStepStatus.Succeeded, RunStepStatus.Failed, RunStepStatus.Cancelled), (run.Get("s9").Status, run.Get("s7").Status, run.Get("s0").Status));
        await AssertCleanAsync();
    }

    [Fact]
    public async Task Replay_OfADeadLetter_DoesNotReviveAFailedRun()
    {
        var id = await _world.StartRunAsync("line");
        await _world.PumpAsync();
        await Tasks.EndAsync("first", status: AgentTaskStatus.DeadLettered);
        await _world.PumpAsync();
        Assert.Equal(WorkflowRunStatus.Failed, (await _world.RunAsync(id)).Status);

        await Tasks.EndAsync("first", "1");
        await _world.PumpAsync();

        Assert.Equal(WorkflowRunStatus.Failed, (await _world.RunAsync(id)).Status);
        Assert.Empty((await Tasks.AllAsync())["second"]);
        await AssertCleanAsync();
    }

    [Fact]
    public async Task Cancel_WaitsForTheTasksThatRun()
    {
        var id = await _world.StartRunAsync("line", key: "k");
        await _world.PumpAsync();
        var asked = await _world.Runs.CancelAsync(Caller.System, id, "changed my mind", CancellationToken.None);
        Assert.Equal((WorkflowRunStatus.Running, true), (asked.Value.Run.Status, asked.Value.Run.Stopping));
        Assert.True(Assert.Single((await Tasks.AllAsync())["first"]).Task.CancelAsked);
        Assert.True((await _world.Runs.CancelAsync(Caller.System, id, null, CancellationToken.None)).Ok);

        await Tasks.EndAsync("first", status: AgentTaskStatus.Cancelled);
        await _world.PumpAsync();

        Assert.Equal(WorkflowRunStatus.Cancelled, (await _world.RunAsync(id)).Status);
        Assert.Empty((await Tasks.AllAsync())["second"]);
        Assert.Equal(WorkflowErrors.RunEnded, (await _world.Runs.PauseAsync(Caller.System, id, null, CancellationToken.None)).Problem!.Error);
        Assert.NotEqual(id, await _world.StartRunAsync("line", key: "k"));
        await AssertCleanAsync(liveRuns: 1);
    }

    [Fact]
    public async Task Cancel_BeforeAnythingStarted_EndsAtOnce()
    {
        var id = await _world.StartRunAsync("line");
        var cancelled = await _world.Runs.CancelAsync(Caller.System, id, null, CancellationToken.None);
        await _world.PumpAsync();

        Assert.Equal(WorkflowRunStatus.Cancelled, cancelled.Value.Run.Status);
        Assert.Empty(await Tasks.AllAsync());
    }

    [Fact]
    public async Task Pause_HoldsTheNextStep_UntilResumed()
    {
        var id = await _world.StartRunAsync("line");
        await _world.PumpAsync();
        Assert.Equal(WorkflowRunStatus.Paused, (await _world.Runs.PauseAsync(Caller.System, id, "vendor", CancellationToken.None)).Value.Run.Status);
        await Tasks.EndAsync("first", "1");
        await _world.PumpAsync();
        Assert.Empty((await Tasks.AllAsync())["second"]);
        Assert.Equal((WorkflowRunStatus.Paused, RunStepStatus.Succeeded), ((await _world.RunAsync(id)).Status, (await _world.RunAsync(id)).Get("first").Status));

        Assert.Equal(WorkflowRunStatus.Running, (await _world.Runs.ResumeAsync(Caller.System, id, CancellationToken.None)).Value.Run.Status);
        Assert.Single((await Tasks.AllAsync())["second"]);
        Assert.Equal(["run-started", "step-started first", "run-paused", "step-succeeded first", "run-resumed", "step-started second"], await HistoryAsync(id));
    }

    [Fact]
    public async Task Key_OfALiveRun_AnswersThatRun_PerTenant()
    {
        var first = await _world.TryStartRunAsync("line", key: "a/ü 1");
        var second = await _world.TryStartRunAsync("line", key: "a/ü 1");
        var other = await _world.TryStartRunAsync("line", key: "a/ü 1", tenant: "acme");

        Assert.Equal((false, true, false), (first.Value.Existing, second.Value.Existing, other.Value.Existing));
        Assert.Equal(first.Value.Stored.Run.Id, second.Value.Stored.Run.Id);
        Assert.NotEqual(first.Value.Stored.Run.Id, other.Value.Stored.Run.Id);
        Assert.Null(await _world.Runs.FindAsync(RunWorld.CallerOf("acme"), first.Value.Stored.Run.Id, CancellationToken.None));
    }

    [Fact]
    public async Task Deadline_FailsTheRun_AndCancelsItsTasks()
    {
        var id = await _world.StartRunAsync("soon");
        await _world.PumpAsync();
        _time.Advance(TimeSpan.FromMinutes(10) - TimeSpan.FromMilliseconds(1));
        await _world.PumpAsync();
        Assert.Null((await _world.RunAsync(id)).Problem);

        _time.Advance(TimeSpan.FromMilliseconds(1));
        await _world.PumpAsync();
        Assert.Equal(WorkflowErrors.DeadlineExceeded.Code, (await _world.RunAsync(id)).Problem!.Code);
        Assert.True(Assert.Single((await Tasks.AllAsync())["a"]).Task.CancelAsked);
        await Tasks.EndAsync("a", status: AgentTaskStatus.Cancelled);
        await _world.PumpAsync();
        Assert.Equal(WorkflowRunStatus.Failed, (await _world.RunAsync(id)).Status);
    }

    [Fact]
    public async Task Advance_TellsTheNextAlarm()
    {
        var advancer = _world.Get<IRunAdvancer>();
        var id = (await _world.StartRunAsync("soon")).ToText("run");
        Assert.Equal(RunSamples.Now + TimeSpan.FromMinutes(10), await advancer.AdvanceAsync(id, CancellationToken.None));
        var line = (await _world.StartRunAsync("line")).ToText("run");
        Assert.Equal(9999, (await advancer.AdvanceAsync(line, CancellationToken.None))?.Year);
        await Tasks.EndAsync("a");
        Assert.Null(await advancer.AdvanceAsync(id, CancellationToken.None));
        Assert.Null(await advancer.AdvanceAsync("run_00000000000000000000000000", CancellationToken.None));
        Assert.Null(await advancer.AdvanceAsync("nonsense", CancellationToken.None));
    }

    [Theory]
    [InlineData("\"urgent\"", "b", "/priority")]
    [InlineData("\"missing\"", "b", "/priority")]
    [InlineData("\"high\"", null, null)]
    public async Task Step_ThatIsNoTask_FailsTheRunWithItsFaults(string result, string? failing, string? place)
    {
        var id = await _world.StartRunAsync("bad");
        await _world.PumpAsync();
        await Tasks.EndAsync("a", result);
        await _world.PumpAsync();

        var run = await _world.RunAsync(id);
        if (failing is null)
        {
            Assert.Null(run.Problem);
            return;
        }

        Assert.Equal((WorkflowRunStatus.Failed, WorkflowErrors.StepInvalid.Code, failing), (run.Status, run.Problem!.Code, run.Problem.Step));
        Assert.Contains(place!, run.Problem.Detail, StringComparison.Ordinal);
        Assert.Empty((await Tasks.AllAsync())["b"]);
    }

    [Fact]
    public async Task Output_ThatFails_FailsTheRun()
    {
        var id = await _world.StartRunAsync("output");
        await _world.PumpAsync();
        await Tasks.EndAsync("a", "\"text\"");
        await _world.PumpAsync();

        var run = await _world.RunAsync(id);
        Assert.Equal((WorkflowRunStatus.Failed, WorkflowErrors.OutputFailed.Code), (run.Status, run.Problem!.Code));
    }

    [Fact]
    public async Task Result_ThatWasDeleted_FailsTheStepInsteadOfWorkingOnNothing()
    {
        var id = await _world.StartRunAsync("line");
        await _world.PumpAsync();
        await _world.Runs.PauseAsync(Caller.System, id, null, CancellationToken.None);
        await Tasks.EndAsync("first", "1");
        await _world.PumpAsync();
        await Tasks.DeleteAsync("first");
        await _world.Runs.ResumeAsync(Caller.System, id, CancellationToken.None);

        var run = await _world.RunAsync(id);
        Assert.Equal((WorkflowRunStatus.Failed, WorkflowErrors.ResultGone.Code), (run.Status, run.Problem!.Code));
    }

    [Fact]
    public async Task Definition_ThatChanges_DoesNotTouchRunsInFlight()
    {
        var id = await _world.StartRunAsync("line");
        await _world.PumpAsync();
        _documents.Write("workflows/line.yaml", "steps: { other: { task: { type: x } } }");
        await using var next = await RunWorld.StartAsync(_store, _time, _documents);
        await next.Tasks.EndAsync("first", """{"x":1}""");
        await next.PumpAsync();
        Assert.Equal("""{"got":1,"run":null}""", Assert.Single((await next.Tasks.AllAsync())["second"]).Task.Data.ToString());
        Assert.Equal(["other"], (await next.RunAsync(await next.StartRunAsync("line"))).Steps.Select(s => s.Name));
        Assert.NotEqual(default, id);
    }

    [Fact]
    public async Task LostWakeUps_AreFoundByTheSweep()
    {
        var id = await _world.StartRunAsync("line");
        _world.LoseWakeUps();
        await _world.SweepAsync();
        Assert.Single((await Tasks.AllAsync())["first"]);
        await Tasks.EndAsync("first", "1");
        _world.LoseWakeUps();
        await _world.SweepAsync();
        Assert.Single((await Tasks.AllAsync())["second"]);
        await Tasks.EndAsync("second", "1");
        _world.LoseWakeUps();
        await _world.SweepAsync();
        Assert.Equal(WorkflowRunStatus.Succeeded, (await _world.RunAsync(id)).Status);
    }

    [Fact]
    public async Task Retention_DeletesTheRunWithAllThatBelongsToIt()
    {
        var id = await _world.StartRunAsync("output", key: "k");
        await _world.PumpAsync();
        await Tasks.EndAsync("a", "-5");
        await _world.PumpAsync();
        Assert.Equal("5", await _world.OutputAsync(id));
        _time.Advance(TimeSpan.FromDays(7) - TimeSpan.FromMinutes(5));
        await _world.SweepAsync();
        await _world.RunAsync(id);
        _time.Advance(TimeSpan.FromMinutes(5));
        await _world.SweepAsync();

        Assert.Null(await _world.Runs.FindAsync(Caller.System, id, CancellationToken.None));
        await AssertCleanAsync(rowsLeft: 0);
    }

    [Fact]
    public async Task Start_OfAnUnknownWorkflow_Says()
    {
        var outcome = await _world.TryStartRunAsync("lines");
        Assert.Equal(WorkflowErrors.NotFound, outcome.Problem!.Error);
        Assert.Contains("Did you mean 'line'?", outcome.Problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunIdOf_AWakeUp_NamesTheRun()
    {
        var id = await _world.StartRunAsync("line");
        var shard = _world.Runs.ShardOf(id);
        Assert.Equal(id.ToText("run"), RunWakeUps.RunIdOf(new WakeUp(shard, RunLanes.Waiting, 0, Promptness.Prompt, RunRows.Key(id))));
        Assert.Equal(id.ToText("run"), RunWakeUps.RunIdOf(new WakeUp(shard, RunLanes.Waiting, 0, Promptness.Prompt, RunRows.InboxKey(id, "task/x/1"))));
        Assert.Null(RunWakeUps.RunIdOf(new WakeUp(shard, RunLanes.Waiting, 0, Promptness.Prompt)));
    }

    private async Task<string[]> HistoryAsync(ResourceId id)
    {
        var stored = (await _world.Runs.FindAsync(Caller.System, id, CancellationToken.None))!.Value;
        var all = await _world.Get<RunReads>().HistoryAsync(stored, 100, null, CancellationToken.None);
        var paged = new List<RunEvent>();
        string? cursor = null;
        do
        {
            var page = await _world.Get<RunReads>().HistoryAsync(stored, 1, cursor, CancellationToken.None);
            paged.AddRange(page.Items);
            cursor = page.Next;
        }
        while (cursor is not null);
        Assert.Equal(all.Items, paged);
        return [.. all.Items.Select(e => e.Step is null ? e.What : $"{e.What} {e.Step}")];
    }

    // Nothing is left that anybody would look at again.
    private async Task AssertCleanAsync(int liveRuns = 0, int? rowsLeft = null)
    {
        var (inbox, keys, waiting, rows) = (0, 0, 0, 0);
        for (var number = 0; number < shards; number++)
        {
            var shard = new Shard(RunTables.Space, number);
            inbox += (await _store.ListAsync(shard, new KeyRange(RunTables.Inbox), new Listing(), default)).Items.Count;
            keys += (await _store.ListAsync(shard, new KeyRange(RunTables.Keys), new Listing(), default)).Items.Count;
            waiting += (await _store.ListDueAsync(shard, new LaneRange(RunLanes.Waiting), new Listing(), default)).Items.Count;
            rows += (await _store.ListAsync(shard, new KeyRange(RunTables.Runs), new Listing(), default)).Items.Count
                + (await _store.ListAsync(shard, new KeyRange(RunTables.History), new Listing(), default)).Items.Count
                + (await _store.ListAsync(shard, new KeyRange(RunTables.Outputs), new Listing(), default)).Items.Count;
        }

        Assert.Equal((0, liveRuns, liveRuns), (inbox, keys, waiting));
        Assert.True(rowsLeft is null || rows == rowsLeft, $"{rows} rows are left");
    }
}

public sealed class RunFlowOneShardTests() : RunFlowTests(1);

public sealed class RunFlowSixteenShardsTests() : RunFlowTests(16);
