using System.Collections.Concurrent;
using System.Threading.Channels;
using Azure.Storage.Queues;
using Foundation.Azure;
using Foundation.Azure.StorageQueues;
using Foundation.Protocols;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Foundation.Conformance.Azure;

public sealed class StorageQueueTests : IAsyncLifetime
{
    private static readonly Space Work = new("work");
    private static readonly Table Items = new("items", Work, KeyForm.Text);
    private static readonly Shard Home = new(Work, 3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Channel<WakeUp> _woken = Channel.CreateUnbounded<WakeUp>();
    private readonly ConcurrentDictionary<string, int> _failures = new();
    private readonly WakeUpBell _bell = new();
    private StorageQueueCarrier? _carrier;
    private StorageQueuePump? _pump;
    private QueueServiceClient? _service;
    private string _prefix = "";

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _service = AzureStorageClients.Connect(await AzuriteServer.ConnectionAsync()).FindQueues!;
        _prefix = AzuriteServer.NewPrefix() + "-";
        _carrier = new StorageQueueCarrier(_service, _prefix, _bell, TimeProvider.System);
        _pump = new StorageQueuePump(
            _carrier, new WakeUpCodec(new TableCatalog(Items)), WakeAsync, _bell, new StorageQueuePumpOptions { TriesMax = 2 },
            TimeProvider.System,
            NullLogger<StorageQueuePump>.Instance);
        await _pump.StartAsync(Ct);
    }

    public async ValueTask DisposeAsync()
    {
        if (_pump is not null)
        {
            await _pump.StopAsync(CancellationToken.None);
            _pump.Dispose();
        }
    }

    [Fact]
    public async Task WakeUps_ReachTheirRooms_FromEachQueue()
    {
        string[] lanes = ["tasks/queued/a/b/1/t", "tasks/queued/a/b/2/t", "tasks/queued/a/b/3/t", "tasks/scheduled"];
        await SendAsync([.. lanes.Select(l => At(l, 0))]);

        Assert.Equal(lanes.Order(StringComparer.Ordinal), (await NextAsync(4)).Select(w => w.Lane).Order(StringComparer.Ordinal));
        foreach (var queue in WakeUpQueues.All)
        {
            await EmptyAsync(queue);
        }
    }

    [Fact]
    public async Task WakeUp_ForLater_ComesThen()
    {
        var now = TimeProvider.System.GetUtcNow();
        await SendAsync(At("later", now.AddSeconds(2).ToUnixTimeMilliseconds()), At("now", 0));

        Assert.Equal(["now", "later"], (await NextAsync(2)).Select(w => w.Lane));
        Assert.True(TimeProvider.System.GetUtcNow() - now > TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task WakeUp_ForMuchLater_IsHiddenForDays()
    {
        await SendAsync(At("much later", TimeProvider.System.GetUtcNow().AddDays(30).ToUnixTimeMilliseconds()), At("now", 0));

        Assert.Equal("now", (await NextAsync(1))[0].Lane);
        var hidden = await _service!.GetQueueClient(_prefix + WakeUpQueues.WakeUps).PeekMessagesAsync(10, Ct);
        Assert.Empty(hidden.Value);
    }

    [Theory]
    [InlineData(-5.0, 0.0)]
    [InlineData(0.0, 0.0)]
    [InlineData(0.4, 1.0)]
    [InlineData(61.0, 61.0)]
    [InlineData(700_000.0, 604_800.0)]
    public void Delay_IsInWholeSecondsAndBounded(double ahead, double expected)
    {
        var now = DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_000);
        Assert.Equal(TimeSpan.FromSeconds(expected), StorageQueueCarrier.Delay(now.AddSeconds(ahead).ToUnixTimeMilliseconds(), now));
    }

    [Fact]
    public async Task WakeUp_ThatFails_ComesAgainAndIsDroppedInTheEnd()
    {
        _failures["fails once"] = 1;
        _failures["fails always"] = int.MaxValue;
        await SendAsync(At("fails once", 0), At("fails always", 0));

        var woken = await NextAsync(4);
        Assert.Equal(2, woken.Count(w => w.Lane == "fails once"));
        Assert.Equal(2, woken.Count(w => w.Lane == "fails always"));
        await EmptyAsync(WakeUpQueues.WakeUps);
    }

    [Fact]
    public async Task Message_ThatIsNoWakeUp_IsDropped()
    {
        await SendAsync(At("first", 0));
        await NextAsync(1);
        await _service!.GetQueueClient(_prefix + WakeUpQueues.WakeUps).SendMessageAsync("<poison & \"quotes\">", Ct);
        await EmptyAsync(WakeUpQueues.WakeUps);
        await SendAsync(At("second", 0));
        Assert.Equal("second", (await NextAsync(1))[0].Lane);
    }

    [Fact]
    public async Task WakeUp_WithARow_SurvivesTheQueue()
    {
        var key = new RowKey(Items, "a<b>&\"c\"");
        var due = new Due("l", 0, Promptness.Prompt);
        var row = new Row(key, new RowVersion(0, "W/\"datetime'x'\""), "{\"text\":\"<&>\"}"u8.ToArray(), default, due);
        await SendAsync(At("l", 0) with { Key = key, Row = row });

        var read = (await NextAsync(1))[0].Row!;
        Assert.Equal((key, row.Version), (read.Key, read.Version));
        Assert.True(read.State.Span.SequenceEqual(row.State.Span));
    }

    private static WakeUp At(string lane, long at) => new(Home, lane, at, Promptness.Prompt);

    private ValueTask SendAsync(params WakeUp[] wakeUps) => _carrier!.SendAsync(wakeUps, Ct);

    private async ValueTask WakeAsync(WakeUp wakeUp, CancellationToken ct)
    {
        await _woken.Writer.WriteAsync(wakeUp, ct);
        if (_failures.TryGetValue(wakeUp.Lane, out var left) && left > 0)
        {
            _failures[wakeUp.Lane] = left - 1;
            throw new InvalidOperationException("The room fails");
        }
    }

    private async Task<List<WakeUp>> NextAsync(int count)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        var woken = new List<WakeUp>();
        while (woken.Count < count)
        {
            woken.Add(await _woken.Reader.ReadAsync(patience.Token));
        }

        return woken;
    }

    private async Task EmptyAsync(string queue)
    {
        var client = _service!.GetQueueClient(_prefix + queue);
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        patience.CancelAfter(Patience);
        while ((await client.GetPropertiesAsync(patience.Token)).Value.ApproximateMessagesCount > 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, patience.Token);
        }
    }
}
