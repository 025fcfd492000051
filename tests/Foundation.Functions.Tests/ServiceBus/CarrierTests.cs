using Azure.Messaging.ServiceBus;
using Foundation.Azure;
using Foundation.Functions.Tests.Fakes;
using Foundation.Kernel;
using Foundation.Protocols;
using Microsoft.DurableTask.Client;
using Xunit;

namespace Foundation.Functions.Tests.ServiceBus;

public sealed class CarrierTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("tasks/queued/default/c:a/1/default", "tasks-high")]
    [InlineData("tasks/queued/default/c:a/2/default", "tasks-normal")]
    [InlineData("tasks/queued/default/c:a/3/default", "tasks-low")]
    [InlineData("tasks/scheduled", "wakeups")]
    [InlineData("probe/a", "wakeups")]
    public async Task Lane_HasItsQueue(string lane, string queue)
    {
        await using var shell = await Shell.StartAsync();

        await SendAsync(shell, Messages.WakeUp(lane));

        var message = Assert.Single(Assert.Single(shell.Bus.Sent, s => s.Key == queue).Value);
        Assert.Single(shell.Bus.Sent);
        Assert.Equal((lane, "application/json"), (message.Subject, message.ContentType));
        Assert.Equal(default, message.ScheduledEnqueueTime);
        Assert.True(shell.Get<WakeUpCodec>().TryDecode(message.Body.ToMemory().Span, out var decoded));
        Assert.Equal(Messages.WakeUp(lane), decoded);
    }

    [Fact]
    public async Task WakeUp_Ahead_IsScheduled()
    {
        await using var shell = await Shell.StartAsync();

        await SendAsync(shell, Messages.WakeUp("tasks/scheduled", at: Shell.Start.AddMinutes(5)));

        Assert.Equal(Shell.Start.AddMinutes(5), Assert.Single(shell.Bus.Sent["wakeups"]).ScheduledEnqueueTime);
    }

    [Fact]
    public async Task Many_GoInBatchesPerQueue_AndOneAlone()
    {
        await using var shell = await Shell.StartAsync();
        shell.Bus.BatchMax = 3;

        await SendAsync(shell, [.. Enumerable.Range(0, 7).Select(i => Messages.WakeUp(key: $"k{i}")), Messages.WakeUp("probe/a")]);

        Assert.Equal([3, 3, 1, 1], shell.Bus.Calls);
        Assert.Equal((7, 1), (shell.Bus.Sent["tasks-normal"].Count, shell.Bus.Sent["wakeups"].Count));
    }

    [Fact]
    public async Task Queue_OutOfReach_IsTold_AndTheOthersAreServed()
    {
        await using var shell = await Shell.StartAsync();
        shell.Bus.Failures["tasks-normal"] = new ServiceBusException("Throttled", ServiceBusFailureReason.ServiceBusy);

        await Assert.ThrowsAsync<StoreUnavailableException>(() => SendAsync(shell, Messages.WakeUp(), Messages.WakeUp("probe/a")));

        Assert.Equal(["wakeups"], shell.Bus.Sent.Keys);
    }

    [Fact]
    public async Task Run_WithoutOrchestration_IsStarted_EndedOnesToo()
    {
        await using var shell = await Shell.StartAsync();

        await SendAsync(shell, Run("run_0000000000000000000000000A"));
        Assert.Equal(["start run run_0000000000000000000000000A"], shell.Durable.Calls);
        Assert.Empty(shell.Bus.Sent);

        shell.Durable.Instances["run_0000000000000000000000000B"] = OrchestrationRuntimeStatus.Completed;
        await SendAsync(shell, Run("run_0000000000000000000000000B"));
        Assert.Contains("start run run_0000000000000000000000000B", shell.Durable.Calls);
    }

    [Fact]
    public async Task Run_UnderWay_IsRungOnce_PendingOnesNotAtAll()
    {
        await using var shell = await Shell.StartAsync();
        shell.Durable.Instances["run_0000000000000000000000000A"] = OrchestrationRuntimeStatus.Running;
        shell.Durable.Instances["run_0000000000000000000000000B"] = OrchestrationRuntimeStatus.Pending;
        shell.Durable.Instances["run_0000000000000000000000000C"] = OrchestrationRuntimeStatus.Suspended;

        await SendAsync(shell, Run("run_0000000000000000000000000A"), Run("run_0000000000000000000000000A"), Run("run_0000000000000000000000000B"), Run("run_0000000000000000000000000C"));

        Assert.Equal(["raise ring run_0000000000000000000000000A", "raise ring run_0000000000000000000000000C"], shell.Durable.Calls);
    }

    [Fact]
    public async Task Run_StartedByAnotherMeanwhile_IsRung()
    {
        await using var shell = await Shell.StartAsync();
        shell.Durable.BeforeStart = id => shell.Durable.Instances[id] = OrchestrationRuntimeStatus.Running;

        await SendAsync(shell, Run("run_0000000000000000000000000A"));

        Assert.Equal(["raise ring run_0000000000000000000000000A"], shell.Durable.Calls);
    }

    [Fact]
    public async Task Run_ByIdKey_IsCalledLikeTheApiCallsIt_AndByLane_GoesToTheQueue()
    {
        await using var shell = await Shell.StartAsync();
        var id = new ResourceId(42);

        await SendAsync(
            shell,
            new WakeUp(new Shard(ProbeRoom.Space, 0), "runs/waiting", 0, Promptness.Prompt, new RowKey(ProbeRoom.Ids, id)),
            new WakeUp(new Shard(ProbeRoom.Space, 0), "runs/waiting", 0, Promptness.Prompt));

        Assert.Equal([$"start run {id.ToText("run")}"], shell.Durable.Calls);
        Assert.Single(shell.Bus.Sent["wakeups"]);
    }

    [Fact]
    public async Task Run_OutOfReach_IsStoreUnavailable()
    {
        await using var shell = await Shell.StartAsync();
        shell.Durable.Failure = new InvalidOperationException("The host is gone");

        await Assert.ThrowsAsync<StoreUnavailableException>(() => SendAsync(shell, Run("run_0000000000000000000000000A")));
    }

    private static WakeUp Run(string id) => Messages.WakeUp("runs/waiting", id["run_".Length..] + "/fact");

    private static Task SendAsync(Shell shell, params WakeUp[] wakeUps) => shell.Get<ICarrier>().SendAsync(wakeUps, Ct).AsTask();
}
