using System.Globalization;
using System.Text;
using Foundation.Protocols;
using Xunit;

namespace Foundation.Conformance.Entities;

/// <summary>What every <see cref="IEntities"/> must do, with a decider that adds numbers.</summary>
public abstract class EntitiesConformance : IAsyncLifetime
{
    private IEntities? _entities;

    protected static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>How many signal at once.</summary>
    protected virtual int Sources => 8;

    /// <summary>How long a signal may take to be applied.</summary>
    protected virtual TimeSpan Patience => TimeSpan.FromSeconds(20);

    private IEntities Entities => _entities!;

    /// <summary>Entities that know <see cref="Adder"/>.</summary>
    protected abstract ValueTask<IEntities> CreateEntitiesAsync();

    public async ValueTask InitializeAsync() => _entities = await CreateEntitiesAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Read_BeforeAnySignal_IsNull() => Assert.Null(await Entities.ReadAsync(Id("none"), Ct));

    [Fact]
    public async Task Signals_InOrder_AreApplied()
    {
        await SignalAsync("a", "s", 1, "5");
        await SignalAsync("a", "s", 2, "7");
        await BecomesAsync("a", "12");
    }

    [Fact]
    public async Task Signals_DoubledOrReversed_AreIgnored()
    {
        await SignalAsync("a", "s", 2, "5");
        await BecomesAsync("a", "5");
        await SignalAsync("a", "s", 2, "5");
        await SignalAsync("a", "s", 1, "100");
        await SignalAsync("a", "s", 3, "1");
        await BecomesAsync("a", "6");
    }

    [Fact]
    public async Task Signals_OfOtherSourcesAndEntities_AreApart()
    {
        await SignalAsync("a", "s", 9, "1");
        await SignalAsync("a", "t", 1, "10");
        await SignalAsync("b", "s", 1, "100");
        await BecomesAsync("a", "11");
        await BecomesAsync("b", "100");
    }

    [Fact]
    public async Task Signal_WhenTheDeciderThrows_LeavesTheStateAndConsumesTheNumber()
    {
        await SignalAsync("a", "s", 1, "1");
        await SignalAsync("a", "s", 2, "broken");
        await SignalAsync("a", "s", 2, "50");
        await SignalAsync("a", "s", 3, "2");
        await BecomesAsync("a", "3");
    }

    [Fact]
    public async Task Signals_OfManySourcesAtOnce_SumUp()
    {
        const int each = 5;
        await Task.WhenAll(Enumerable.Range(0, Sources).Select(async source =>
        {
            await Task.Yield();
            for (var number = 1; number <= each; number++)
            {
                await SignalAsync("sum", $"source-{source}", number, "1");
            }
        }));
        await BecomesAsync("sum", $"{Sources * each}");
    }

    private static EntityId Id(string key) => new(Adder.Name, key);

    private ValueTask SignalAsync(string key, string source, long number, string body)
    {
        var json = body.All(char.IsDigit) ? body : $"\"{body}\"";
        return Entities.SignalAsync(Id(key), new Signal(source, number, Encoding.UTF8.GetBytes(json)), Ct);
    }

    /// <summary>A signal is accepted before it is applied, so the state is read until it is as expected.</summary>
    private async Task BecomesAsync(string key, string expected)
    {
        var started = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var state = await Entities.ReadAsync(Id(key), Ct) is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;
            if (state == expected)
            {
                return;
            }

            Assert.True(TimeProvider.System.GetElapsedTime(started) < Patience, $"Entity {key} is '{state}' and never became '{expected}'");
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Ct);
        }
    }
}

/// <summary>A sum. A body that is no number throws.</summary>
public sealed class Adder : IEntityDecider
{
    public const string Name = "adder";

    public string Kind => Name;

    public ReadOnlyMemory<byte> Apply(ReadOnlyMemory<byte> state, Signal signal, DateTimeOffset now)
    {
        var sum = state.IsEmpty ? 0 : Number(state);
        return Encoding.UTF8.GetBytes((sum + Number(signal.Body)).ToString(CultureInfo.InvariantCulture));
    }

    private static long Number(ReadOnlyMemory<byte> text) => long.Parse(Encoding.UTF8.GetString(text.Span), CultureInfo.InvariantCulture);
}
