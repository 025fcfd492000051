using System.Text.Json;
using CsCheck;
using Foundation.Protocols;
using Foundation.Registry;
using Foundation.Registry.Health;
using Foundation.Workers;
using Xunit;

namespace Foundation.Tests.Registry;

/// <summary>What the fleet holds against an instance, and for how long.</summary>
public class ServiceHealthTests
{
    private static readonly DateTimeOffset Now = InstanceDeciderTests.Now;
    private static readonly RegistryOptions Options = new();
    private static readonly ServiceHealthDecider Decider = new(Options);

    [Fact]
    public void Refusals_OfSeveralProcesses_AddUpToAnEjection()
    {
        var state = Apply(ServiceHealth.Empty, "p1", Refused(2), Now);
        Assert.Null(state.Instances["a"].Ejection);
        state = Apply(state, "p2", Refused(1), Now);
        Assert.Equal(new Ejection(Now, Now.AddSeconds(10), Now.AddSeconds(40), 1, InstanceOutcome.Refused), state.Instances["a"].Ejection);
    }

    [Fact]
    public void Success_OfAnyProcess_EndsTheRunsOfAll()
    {
        var state = Apply(ServiceHealth.Empty, "p1", Refused(2), Now);
        state = Apply(state, "p2", new ReportedHealth { Generation = 1, Successes = 1 }, Now);
        state = Apply(state, "p3", Refused(2), Now);
        Assert.Null(state.Instances["a"].Ejection);
    }

    [Fact]
    public void Ejection_WhileItLasts_IsNotExtendedByWhatWasUnderWay()
    {
        var state = Apply(ServiceHealth.Empty, "p1", Refused(3), Now);
        state = Apply(state, "p1", Refused(9), Now.AddSeconds(5));
        Assert.Equal(Now.AddSeconds(10), state.Instances["a"].Ejection!.Until);
    }

    [Fact]
    public void Ejections_InARow_GrowUpToTheLongest_AndAreForgivenInTime()
    {
        var (state, now, lengths) = (ServiceHealth.Empty, Now, new List<double>());
        for (var i = 1; i <= 40; i++)
        {
            state = Apply(state, "p1", Refused(2 + i), now);
            var ejection = state.Instances["a"].Ejection!;
            lengths.Add((ejection.Until - now).TotalSeconds);
            now = ejection.Until;
        }

        Assert.Equal([10, 20, 30], lengths.Take(3));
        Assert.Equal(300, lengths[^1]);

        // One is forgiven for each quiet base time after the recovery.
        var last = state.Instances["a"].Ejection!;
        state = Apply(state, "p1", Refused(99), last.RecoveredAt.AddSeconds(10 * 38));
        Assert.Equal(3, state.Instances["a"].Ejection!.Count);
        state = Apply(state, "p1", Refused(100), state.Instances["a"].Ejection!.RecoveredAt.AddHours(1));
        Assert.Equal(1, state.Instances["a"].Ejection!.Count);
    }

    [Fact]
    public void Failures_NeverEjectMoreThanTheirShare_RefusalsMay()
    {
        var failing = new ReportedHealth { Generation = 1, Failures = 5, FailedRun = 5 };
        var state = Apply(ServiceHealth.Empty, "p1", new HealthReport { Up = 4, Instances = All(failing) }, Now);
        Assert.Equal(2, state.Instances.Values.Count(m => m.Ejection is not null));
        state = Apply(ServiceHealth.Empty, "p1", new HealthReport { Up = 4, Instances = All(Refused(3)) }, Now);
        Assert.Equal(4, state.Instances.Values.Count(m => m.Ejection is not null));
        state = Apply(ServiceHealth.Empty, "p1", new HealthReport { Up = 1, Instances = new() { ["a"] = failing } }, Now);
        Assert.Null(state.Instances["a"].Ejection);

        static Dictionary<string, ReportedHealth> All(ReportedHealth told) => "abcd".ToDictionary(c => c.ToString(), _ => told);
    }

    [Fact]
    public void Generation_ThatIsNew_BeginsWithACleanRecord_AndTheOldOneIsIgnored()
    {
        var state = Apply(ServiceHealth.Empty, "p1", Refused(3), Now);
        state = Apply(state, "p1", new ReportedHealth { Generation = 2, Successes = 1 }, Now);
        Assert.Null(state.Instances["a"].Ejection);
        Assert.Equal((1, 0), (state.Instances["a"].Successes, state.Instances["a"].Refusals));
        Assert.Equal(["p1"], Apply(state, "p2", Refused(9), Now).Instances["a"].Sources.Keys);
    }

    [Fact]
    public void State_OfAHugeFleet_FitsItsRow()
    {
        var (envelope, now) = (ReadOnlyMemory<byte>.Empty, Now);
        for (var source = 0; source < 40; source++)
        {
            var report = new HealthReport
            {
                Up = 1000,
                Instances = Enumerable.Range(0, 100).ToDictionary(
                    i => $"instance-{source % 4}-{i:D4}", i => new ReportedHealth { Generation = 17, Successes = 1_000_000, Failures = 20_000, Refusals = 5, RefusedRun = 5, FailedRun = 5 }),
            };
            envelope = EntityShell.Apply(Decider, envelope, new Signal($"p0123456789abcd{source:D2}", 1, Bytes(report)), now, out var failure);
            Assert.Null(failure);
            now += TimeSpan.FromSeconds(1);
        }

        Assert.InRange(envelope.Length, 1, CommitLimits.StateBytesMax);
        Assert.Equal(ServiceHealthDecider.InstancesMax, ServiceHealthDecider.Read(EntityShell.StateOf(envelope)).Instances.Count);
    }

    [Fact]
    public void Signals_DoubledOrReversed_ChangeNothing() =>
        Gen.Select(Outcomes, Gen.Int[0, 2].Array[30], Gen.Int[0, 29].Array[30]).Sample((outcomes, doubles, reaches) =>
        {
            // What each process tells is what it has seen so far: totals and runs.
            var signals = Signals(outcomes);
            var clean = ReadOnlyMemory<byte>.Empty;
            var noisy = ReadOnlyMemory<byte>.Empty;
            for (var i = 0; i < signals.Count; i++)
            {
                var now = Now.AddSeconds(i);
                clean = EntityShell.Apply(Decider, clean, signals[i], now, out _);
                noisy = EntityShell.Apply(Decider, noisy, signals[i], now, out _);

                // Then an earlier one, or the same one again, as often as chance wants.
                for (var again = 0; again < doubles[i]; again++)
                {
                    noisy = EntityShell.Apply(Decider, noisy, signals[Math.Min(i, reaches[i])], now, out _);
                }
            }

            return Text(clean) == Text(noisy);
        });

    [Fact]
    public void Signals_ThatAreLost_AreMadeGoodByTheNext() =>
        Gen.Select(Outcomes, Gen.Bool.Array[30]).Sample((outcomes, lost) =>
        {
            var signals = Signals(outcomes);
            var (all, some) = (ReadOnlyMemory<byte>.Empty, ReadOnlyMemory<byte>.Empty);
            for (var i = 0; i < signals.Count; i++)
            {
                all = EntityShell.Apply(Decider, all, signals[i], Now, out _);
                var last = signals.Skip(i + 1).All(s => s.Source != signals[i].Source);
                some = last || !lost[i] ? EntityShell.Apply(Decider, some, signals[i], Now, out _) : some;
            }

            var (a, b) = (Member(all), Member(some));
            return (a.Successes, a.Failures, a.Refusals) == (b.Successes, b.Failures, b.Refusals);
        });

    private static Gen<(int Source, InstanceOutcome Outcome)[]> Outcomes => Gen.Select(Gen.Int[0, 2], Gen.Enum<InstanceOutcome>()).Array[30];

    private static List<Signal> Signals((int Source, InstanceOutcome Outcome)[] outcomes)
    {
        var tallies = Enumerable.Range(0, 3).Select(_ => new InstanceTally()).ToArray();
        var numbers = new long[3];
        return [.. outcomes.Select(o =>
        {
            tallies[o.Source].Add(o.Outcome);
            var report = new HealthReport { Up = 4, Instances = new() { ["a"] = tallies[o.Source].Tell(1) } };
            return new Signal($"p{o.Source}", ++numbers[o.Source], Bytes(report));
        })];
    }

    private static MemberHealth Member(ReadOnlyMemory<byte> envelope) => ServiceHealthDecider.Read(EntityShell.StateOf(envelope)).Instances["a"];

    private static string Text(ReadOnlyMemory<byte> envelope) => System.Text.Encoding.UTF8.GetString(EntityShell.StateOf(envelope).Span);

    private static byte[] Bytes(HealthReport report) => JsonSerializer.SerializeToUtf8Bytes(report, RegistryJson.Default.HealthReport);

    private static ReportedHealth Refused(int run) => new() { Generation = 1, Refusals = run, RefusedRun = run, FailedRun = run };

    private static ServiceHealth Apply(ServiceHealth state, string source, ReportedHealth told, DateTimeOffset now) =>
        Apply(state, source, new HealthReport { Up = 4, Instances = new() { ["a"] = told } }, now);

    private static ServiceHealth Apply(ServiceHealth state, string source, HealthReport report, DateTimeOffset now) =>
        Decider.Apply(state, source, report, now);
}
