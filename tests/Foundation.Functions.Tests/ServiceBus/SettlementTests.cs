using Azure.Messaging.ServiceBus;
using Foundation.Azure;
using Foundation.Functions.Orchestrations;
using Foundation.Functions.ServiceBus;
using Foundation.Functions.Tests.Fakes;
using Foundation.Protocols;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Foundation.Functions.Tests.ServiceBus;

public sealed class SettlementTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tasks-high")]
    [InlineData("tasks-normal")]
    [InlineData("tasks-low")]
    [InlineData("wakeups")]
    public async Task WakeUp_Handled_CompletesItsMessage(string queue)
    {
        await using var shell = await Shell.StartAsync();
        var actions = new FakeActions();

        await RunAsync(shell, queue, Messages.Of(Messages.WakeUp()), actions);

        Assert.Equal(["complete"], actions.Settled);
        Assert.Equal(Messages.WakeUp(), Assert.Single(shell.Room.Woken));
    }

    [Fact]
    public async Task WakeUp_WithTheRow_BringsIt()
    {
        await using var shell = await Shell.StartAsync();
        var row = new Row(Messages.Key("one"), new RowVersion(7), "{}"u8.ToArray(), "data"u8.ToArray(), new Due(Messages.Lane, 1, Promptness.Prompt));

        await RunAsync(shell, "tasks-normal", Messages.Of(Messages.WakeUp() with { Row = row }), new FakeActions());

        var woken = Assert.Single(shell.Room.Woken).Row!;
        Assert.Equal((row.Key, row.Version, row.Due), (woken.Key, woken.Version, woken.Due));
        Assert.True(woken.Body.Span.SequenceEqual(row.Body.Span));
    }

    [Fact]
    public async Task WakeUp_WithoutSlotOrOwner_CompletesItsMessage()
    {
        await using var shell = await Shell.StartAsync();
        var actions = new FakeActions();

        // The row stays queued: a room that finds no slot returns like one that did the work. A lane that no room owns is nobody's.
        await RunAsync(shell, "tasks-normal", Messages.Of(Messages.WakeUp()), actions);
        await RunAsync(shell, "wakeups", Messages.Of(Messages.WakeUp("gone/lane", null)), actions);

        Assert.Equal(["complete", "complete"], actions.Settled);
    }

    [Fact]
    public async Task Message_WhoseTaskEndsDeadLettered_IsDeadLetteredToo()
    {
        await using var shell = await Shell.StartAsync();
        var inserted = await InsertAsync(shell, "one", Messages.Lane);
        shell.Room.OnWake = (_, ct) => MoveAsync(shell, inserted, DeadLetterWatch.Lane, ct);
        var actions = new FakeActions();

        await RunAsync(shell, "tasks-normal", Messages.Of(Messages.WakeUp()), actions);

        Assert.Equal(["dead-letter task-dead-lettered"], actions.Settled);
    }

    [Fact]
    public async Task Message_WhoseTaskEndsOtherwise_OrOfAnotherTask_IsCompleted()
    {
        await using var shell = await Shell.StartAsync();
        var (one, two) = (await InsertAsync(shell, "one", Messages.Lane), await InsertAsync(shell, "two", Messages.Lane));
        shell.Room.OnWake = async (_, ct) =>
        {
            await MoveAsync(shell, one, "tasks/ended/succeeded", ct);
            await MoveAsync(shell, two, DeadLetterWatch.Lane, ct);
        };
        var actions = new FakeActions();

        await RunAsync(shell, "tasks-normal", Messages.Of(Messages.WakeUp()), actions);

        Assert.Equal(["complete"], actions.Settled);
    }

    [Fact]
    public async Task Message_WhoseDeadLetteringLostItsRace_IsCompleted()
    {
        await using var shell = await Shell.StartAsync();
        var inserted = await InsertAsync(shell, "one", Messages.Lane);
        shell.Room.OnWake = async (_, ct) =>
        {
            await MoveAsync(shell, inserted, "tasks/ended/cancelled", ct);
            await MoveAsync(shell, inserted, DeadLetterWatch.Lane, ct);
        };
        var actions = new FakeActions();

        await RunAsync(shell, "tasks-normal", Messages.Of(Messages.WakeUp()), actions);

        Assert.Equal(["complete"], actions.Settled);
    }

    [Fact]
    public async Task Settlement_WhoseLockIsLost_IsSwallowed()
    {
        await using var shell = await Shell.StartAsync();
        var actions = new FakeActions { Failure = new ServiceBusException("Lock lost", ServiceBusFailureReason.MessageLockLost) };

        await RunAsync(shell, "tasks-normal", Messages.Of(Messages.WakeUp()), actions);

        Assert.Single(shell.Room.Woken);
        Assert.Contains(shell.Logs.GetSnapshot(), log => log.Id.Id == 7102 && log.Level == LogLevel.Warning);
    }

    [Theory]
    [InlineData("")]
    [InlineData("hello")]
    [InlineData("{}")]
    [InlineData("""{"space":"nowhere","lane":"probe/a"}""")]
    [InlineData("""{"space":"probe","lane":"probe/a","shard":-1}""")]
    public async Task PoisonBody_IsDeadLetteredWithItsReason(string body)
    {
        await using var shell = await Shell.StartAsync();
        var actions = new FakeActions();

        await RunAsync(shell, "tasks-high", Messages.Of(BinaryData.FromString(body)), actions);

        Assert.Equal(["dead-letter not-a-wake-up"], actions.Settled);
        Assert.Empty(shell.Room.Woken);
    }

    [Fact]
    public async Task StoreAway_LeavesTheMessageToItsLock()
    {
        await using var shell = await Shell.StartAsync();
        var actions = new FakeActions();

        // At the first use, and later inside a room.
        shell.Store.Down = true;
        await RunAsync(shell, "tasks-normal", Messages.Of(Messages.WakeUp()), actions);
        Assert.Empty(shell.Room.Woken);
        shell.Store.Down = false;
        shell.Room.OnWake = (_, _) => throw new StoreUnavailableException("Away again");
        await RunAsync(shell, "tasks-normal", Messages.Of(Messages.WakeUp(), delivery: 2), actions);
        Assert.Empty(actions.Settled);

        shell.Room.OnWake = (_, _) => ValueTask.CompletedTask;
        await RunAsync(shell, "tasks-normal", Messages.Of(Messages.WakeUp(), delivery: 3), actions);
        Assert.Equal(["complete"], actions.Settled);
    }

    [Fact]
    public async Task Bug_FailsTheInvocation_SoThatTheBrokerCounts()
    {
        await using var shell = await Shell.StartAsync();
        var actions = new FakeActions();
        shell.Room.OnWake = (_, _) => throw new InvalidOperationException("a bug");

        await Assert.ThrowsAsync<InvalidOperationException>(() => RunAsync(shell, "wakeups", Messages.Of(Messages.WakeUp("probe/a")), actions));

        Assert.Empty(actions.Settled);
    }

    [Fact]
    public async Task WakeUp_ALittleEarly_Waits_MuchTooEarly_DoesNot()
    {
        await using var shell = await Shell.StartAsync();
        var actions = new FakeActions();

        var early = RunAsync(shell, "wakeups", Messages.Of(Messages.WakeUp("probe/a", at: Shell.Start.AddSeconds(5))), actions);
        Assert.False(early.IsCompleted);
        shell.Time.Advance(TimeSpan.FromSeconds(4));
        Assert.Empty(shell.Room.Woken);
        shell.Time.Advance(TimeSpan.FromSeconds(1));
        await early;
        Assert.Single(shell.Room.Woken);

        await RunAsync(shell, "wakeups", Messages.Of(Messages.WakeUp("probe/a", at: Shell.Start.AddHours(1))), actions);
        Assert.Equal(["complete", "complete"], actions.Settled);
    }

    [Fact]
    public async Task Invocation_LeavesItsDurableClient()
    {
        await using var shell = await Shell.StartAsync(held: false);
        Assert.Throws<StoreUnavailableException>(() => shell.Get<DurableClients>().Client);

        await RunAsync(shell, "wakeups", Messages.Of(Messages.WakeUp("probe/a")), new FakeActions());

        Assert.Same(shell.Durable, shell.Get<DurableClients>().Client);
    }

    private static Task RunAsync(Shell shell, string queue, ServiceBusReceivedMessage message, FakeActions actions) => queue switch
    {
        WakeUpQueues.TasksHigh => shell.Functions<TaskFunctions>().RunHighAsync(message, actions, shell.Durable, Ct),
        WakeUpQueues.TasksNormal => shell.Functions<TaskFunctions>().RunNormalAsync(message, actions, shell.Durable, Ct),
        WakeUpQueues.TasksLow => shell.Functions<TaskFunctions>().RunLowAsync(message, actions, shell.Durable, Ct),
        _ => shell.Functions<WakeUpFunctions>().RunAsync(message, actions, shell.Durable, Ct),
    };

    private static async Task<RowReference> InsertAsync(Shell shell, string name, string lane)
    {
        var due = new Due(lane, 0, Promptness.Prompt);
        var insert = new Write.Insert(Messages.Key(name), "{}"u8.ToArray(), default, due);
        var committed = Assert.IsType<CommitResult.Committed>(
            await shell.Get<IStore>().CommitAsync(new Commit(new CommitId((UInt128)(uint)name.GetHashCode(StringComparison.Ordinal)), new Shard(ProbeRoom.Space, 0), [insert]), Ct));
        return new RowReference(insert.Key, committed.Versions[0], due);
    }

    private static async ValueTask MoveAsync(Shell shell, RowReference row, string lane, CancellationToken ct) => await shell.Get<IStore>().CommitAsync(
        new Commit(default, new Shard(ProbeRoom.Space, 0), [new Write.Replace(row, "{}"u8.ToArray(), new Due(lane, 1, Promptness.Sweep))]), ct);
}
