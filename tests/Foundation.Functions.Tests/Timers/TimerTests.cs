using Foundation.Functions.Tests.Fakes;
using Foundation.Functions.Timers;
using Foundation.Protocols;
using Microsoft.Azure.Functions.Worker;
using Xunit;

namespace Foundation.Functions.Tests.Timers;

public sealed class TimerTests
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task EachTimer_RunsItsGroup()
    {
        await using var shell = await Shell.StartAsync();
        var timers = shell.Functions<TimerFunctions>();

        await timers.CheckHealthAsync(new TimerInfo(), shell.Durable, Ct);
        await timers.EscalateAlertsAsync(new TimerInfo(), shell.Durable, Ct);
        await timers.MaintainAsync(new TimerInfo(), shell.Durable, Ct);

        Assert.Equal([JobGroup.HealthChecks, JobGroup.AlertEscalation, JobGroup.Maintenance], shell.Room.Ticks);
    }

    [Fact]
    public async Task Maintenance_SendsAgainWhatNobodyWasToldOf()
    {
        await using var shell = await Shell.StartAsync();
        await InsertAsync(shell, "probe/lost");

        await shell.Functions<TimerFunctions>().MaintainAsync(new TimerInfo(), shell.Durable, Ct);

        Assert.Equal("probe/lost", Assert.Single(shell.Bus.Sent["wakeups"]).Subject);
    }

    [Fact]
    public async Task LateOrTwiceAtOnce_RunsAllTheSame()
    {
        await using var shell = await Shell.StartAsync();
        await InsertAsync(shell, "probe/lost");
        var (entered, go) = (new TaskCompletionSource(), new TaskCompletionSource());
        shell.Room.OnTick = async _ =>
        {
            entered.TrySetResult();
            await go.Task;
        };

        var late = shell.Functions<TimerFunctions>().MaintainAsync(new TimerInfo { IsPastDue = true }, shell.Durable, Ct);
        await entered.Task;
        var twice = shell.Functions<TimerFunctions>().MaintainAsync(new TimerInfo(), shell.Durable, Ct);
        go.SetResult();
        await Task.WhenAll(late, twice);

        Assert.Equal([JobGroup.Maintenance, JobGroup.Maintenance], shell.Room.Ticks);
        Assert.InRange(shell.Bus.Sent["wakeups"].Count, 1, 2);
    }

    [Fact]
    public async Task StoreAway_FailsTheRun_SoThatThePlatformTellsIt()
    {
        await using var shell = await Shell.StartAsync();
        shell.Store.Down = true;

        await Assert.ThrowsAsync<StoreUnavailableException>(() => shell.Functions<TimerFunctions>().MaintainAsync(new TimerInfo(), shell.Durable, Ct));
    }

    private static async Task InsertAsync(Shell shell, string lane) => await shell.Store.CommitAsync(
        new Commit(
            new CommitId(1),
            new Shard(ProbeRoom.Space, 1),
            [new Write.Insert(new RowKey(ProbeRoom.Rows, "lost"), "{}"u8.ToArray(), default, new Due(lane, 0, Promptness.Prompt))]),
        Ct);
}
