using Foundation.Protocols;
using Foundation.Registry;
using Foundation.Registry.Health;
using Foundation.Registry.Picking;
using Foundation.Tests.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Xunit;
using static Foundation.Tests.Registry.RegistryHost;

namespace Foundation.Tests.Registry;

/// <summary>From an outcome in one process to an ejection in all, and back.</summary>
public class HealthReporterTests
{
    [Fact]
    public async Task Refusals_EjectAtOnceHere_AndTheFleetHears()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync(A1, """{ "capabilities": ["x"], "lease": "none" }""");
        List<InstanceEvent> events = [];
        using var subscription = host.Directory.Subscribe(e =>
        {
            lock (events)
            {
                events.Add(e);
            }
        });
        var reporter = host.Host.Get<IInstanceHealthReporter>();
        for (var i = 0; i < 3; i++)
        {
            Assert.True(Instance(host).EligibleAt(host.Time.GetUtcNow()));
            reporter.Report(Instance(host), InstanceOutcome.Refused);
        }

        Assert.False(Instance(host).EligibleAt(host.Time.GetUtcNow()));
        Assert.Equal(InstanceEventKind.Unavailable, Assert.Single(events).Kind);
        await host.UntilAsync(() => Instance(host).Health is not null, "the entity told the view");

        var read = (await host.Client.ReadAsync(A1)).Json;
        Assert.Equal("registry.ejected", read.GetProperty("reason").GetString());
        Assert.Equal("ejected", read.GetProperty("health").GetProperty("status").GetString());
        var pick = await host.Client.PostAsync("/api/instances/pick", """{ "capability": "x" }""");
        Assert.Contains("1 registry.ejected", pick.Text, StringComparison.Ordinal);
        var explain = (await host.Client.ReadAsync(A1 + "/explain")).Json;
        Assert.Equal("registry.ejected", explain.GetProperty("reasons")[0].GetProperty("code").GetString());
        Assert.True(explain.TryGetProperty("nextChangeAt", out _));

        // It comes back by time alone, with a growing share, and those who give it work are told.
        await host.AdvanceAsync(TimeSpan.FromSeconds(11), () => events.Any(e => e.Kind == InstanceEventKind.Available), "available again");
        var now = host.Time.GetUtcNow();
        Assert.True(Instance(host).EligibleAt(now));
        Assert.InRange(Instance(host).WeightAt(now), 0.1, 0.5);
        Assert.Equal(1, Instance(host).WeightAt(now.AddSeconds(31)));
        Assert.Equal("recovering", (await host.Client.ReadAsync(A1)).Json.GetProperty("health").GetProperty("status").GetString());
    }

    [Fact]
    public async Task Takeover_ClearsWhatThePredecessorDid()
    {
        await using var host = await RegistryHost.StartAsync();
        await host.RegisterAsync();
        var old = Instance(host);
        var reporter = host.Host.Get<IInstanceHealthReporter>();
        for (var i = 0; i < 3; i++)
        {
            reporter.Report(old, InstanceOutcome.Refused);
        }

        await host.UntilAsync(() => Instance(host).Health is not null, "ejected");
        await host.Client.SendAsync(HttpMethod.Put, A1 + "?takeover=true", Push);
        Assert.True(Instance(host).EligibleAt(host.Time.GetUtcNow()));
        Assert.Null(Instance(host).Health);

        // Outcomes of the old generation that come late say nothing of the new one.
        for (var i = 0; i < 5; i++)
        {
            reporter.Report(old, InstanceOutcome.Refused);
        }

        Assert.True(Instance(host).EligibleAt(host.Time.GetUtcNow()));
    }

    [Fact]
    public async Task Signals_AreAtMostOnePerServiceAndSecond_AndSuccessesAreQuiet()
    {
        var counted = new CountingEntities();
        await using var host = await StartAsync(counted);
        await host.RegisterAsync();
        var reporter = host.Host.Get<InstanceHealthReporter>();
        for (var second = 0; second < 10; second++)
        {
            for (var i = 0; i < 100; i++)
            {
                reporter.Report(Instance(host), InstanceOutcome.Failure);
            }

            await reporter.FlushAsync(TestContext.Current.CancellationToken);
            await reporter.FlushAsync(TestContext.Current.CancellationToken);
            host.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.InRange(counted.Signals.Count, 5, 11);
        Assert.Equal(counted.Signals.Select(s => s.Number), Enumerable.Range(1, counted.Signals.Count).Select(n => (long)n));

        var before = counted.Signals.Count;
        reporter.Report(Instance(host), InstanceOutcome.Success);
        host.Time.Advance(TimeSpan.FromSeconds(2));
        await reporter.FlushAsync(TestContext.Current.CancellationToken);
        var after = counted.Signals.Count;
        Assert.True(after > before, "The end of a run of failures is told soon");
        for (var second = 0; second < 20; second++)
        {
            reporter.Report(Instance(host), InstanceOutcome.Success);
            host.Time.Advance(TimeSpan.FromSeconds(1));
            await reporter.FlushAsync(TestContext.Current.CancellationToken);
        }

        Assert.InRange(counted.Signals.Count - after, 0, 1);
    }

    [Fact]
    public async Task Signals_ThatFail_AreToldAgain()
    {
        var entities = new CountingEntities { Failing = true };
        await using var host = await StartAsync(entities);
        await host.RegisterAsync();
        var reporter = host.Host.Get<InstanceHealthReporter>();
        reporter.Report(Instance(host), InstanceOutcome.Failure);
        await reporter.FlushAsync(TestContext.Current.CancellationToken);
        entities.Failing = false;
        host.Time.Advance(TimeSpan.FromSeconds(6));
        await host.UntilAsync(() => entities.Signals.Count > 0, "told again");
        Assert.Contains(host.Host.Logs.Entries, e => e.Id.Id == 2002);
    }

    [Fact]
    public void Rotation_GivesTheRecoveringLessThanItsShare()
    {
        var now = DateTimeOffset.UnixEpoch.AddYears(50);
        var candidates = Enumerable.Range(0, 4).Select(i => PickingTests.Member($"i{i}")).ToArray();
        candidates[0] = candidates[0] with { Health = new InstanceHealth(now.AddSeconds(-3), now.AddSeconds(27), 1) };
        var rotation = new Rotation();
        var counts = Enumerable.Range(0, 4_000).Select(_ => rotation.Next(candidates, now)!.Name).CountBy(n => n).ToDictionary();
        Assert.InRange(counts["i0"], 50, 200);
    }

    private static Instance Instance(RegistryHost host) => host.Directory.Find("agents", "a1")!;

    private static Task<RegistryHost> StartAsync(IEntities entities) =>
        RegistryHost.StartAsync(services: s => s.AddSingleton(entities));

    private sealed class CountingEntities : IEntities
    {
        public List<Signal> Signals { get; } = [];

        public bool Failing { get; set; }

        public ValueTask SignalAsync(EntityId id, Signal signal, CancellationToken ct)
        {
            if (Failing)
            {
                throw new StoreUnavailableException("The test says so");
            }

            lock (Signals)
            {
                Signals.Add(signal);
            }

            return ValueTask.CompletedTask;
        }

        public ValueTask<ReadOnlyMemory<byte>?> ReadAsync(EntityId id, CancellationToken ct) => ValueTask.FromResult<ReadOnlyMemory<byte>?>(null);
    }
}
