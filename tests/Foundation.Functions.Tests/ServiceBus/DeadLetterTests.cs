using Azure.Messaging.ServiceBus;
using Foundation.Functions.ServiceBus;
using Foundation.Functions.Tests.Fakes;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Functions.Tests.ServiceBus;

public sealed class DeadLetterTests
{
    private const string Broker = "MaxDeliveryCountExceeded";

    [Fact]
    public async Task OfATask_IsKnownByItsRow_AndCompleted()
    {
        await using var shell = await Shell.StartAsync();
        var actions = new FakeActions();

        await RunAsync(shell, Messages.Of(Messages.WakeUp(), reason: "task-dead-lettered", source: "tasks-normal"), actions);

        Assert.Equal(["complete"], actions.Settled);
        Assert.Empty(shell.Room.Woken);
        Assert.Empty(shell.Logs.GetSnapshot());
    }

    [Fact]
    public async Task OfTheBroker_IsToldAndItsLaneLookedAtOnceMore()
    {
        await using var shell = await Shell.StartAsync();
        var actions = new FakeActions();

        await RunAsync(shell, Messages.Of(Messages.WakeUp(), reason: Broker, source: "tasks-normal"), actions);

        Assert.Equal(["complete"], actions.Settled);
        Assert.Equal(Messages.Key("one"), Assert.Single(shell.Room.Woken).Key);
        var told = Assert.Single(shell.Logs.GetSnapshot(), log => log.Id.Id == 7103).Message;
        Assert.Contains(Broker, told, StringComparison.Ordinal);
        Assert.Contains(Messages.Lane, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfTheBroker_ThatFailsAgain_IsCompletedAndLeftToTheSweeper()
    {
        await using var shell = await Shell.StartAsync();
        shell.Room.OnWake = (_, _) => throw new InvalidOperationException("still broken");
        var actions = new FakeActions();

        await RunAsync(shell, Messages.Of(Messages.WakeUp(), reason: Broker), actions);

        Assert.Equal(["complete"], actions.Settled);
        Assert.Single(shell.Logs.GetSnapshot(), log => log.Id.Id == 7104);
    }

    [Fact]
    public async Task OfNoWakeUp_IsToldAndCompleted()
    {
        await using var shell = await Shell.StartAsync();
        var actions = new FakeActions();

        await RunAsync(shell, Messages.Of(BinaryData.FromString("rubbish"), reason: "not-a-wake-up", source: "wakeups"), actions);

        Assert.Equal(["complete"], actions.Settled);
        Assert.Single(shell.Logs.GetSnapshot(), log => log.Id.Id == 7103);
    }

    [Fact]
    public async Task WhileTheStoreIsAway_ComesAgain()
    {
        await using var shell = await Shell.StartAsync();
        shell.Room.OnWake = (_, _) => throw new StoreUnavailableException("Away");
        var actions = new FakeActions();

        await RunAsync(shell, Messages.Of(Messages.WakeUp(), reason: Broker), actions);

        Assert.Empty(actions.Settled);
    }

    private static Task RunAsync(Shell shell, ServiceBusReceivedMessage message, FakeActions actions) =>
        shell.Functions<DeadLetterFunctions>().RunAsync(message, actions, shell.Durable, TestContext.Current.CancellationToken);
}
