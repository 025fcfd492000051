using System.Diagnostics;
using Foundation.Registry;
using Foundation.Registry.Picking;
using Xunit;

namespace Foundation.Tests.Registry;

/// <summary>Pickers are fair, quick, and allocate nothing.</summary>
public class PickingTests
{
    private static readonly DateTimeOffset Now = InstanceDeciderTests.Now;

    [Fact]
    public void RoundRobin_GivesEachItsShareByWeight()
    {
        var candidates = new[] { Member("a", weight: 4), Member("b", weight: 2), Member("c"), Member("d", InstanceStatus.Draining) };
        var (ticket, counts) = (0UL, new int[4]);
        for (var i = 0; i < 7_000; i++)
        {
            counts[RoundRobinPicker.Pick(candidates, ref ticket, 4, Now)]++;
        }

        Assert.InRange(counts[0], 3_900, 4_100);
        Assert.InRange(counts[1], 1_900, 2_100);
        Assert.InRange(counts[2], 900, 1_100);
        Assert.Equal(0, counts[3]);
    }

    [Fact]
    public void RoundRobin_OfEquals_IsStrictlyInTurn()
    {
        var candidates = Enumerable.Range(0, 5).Select(i => Member($"i{i}")).ToArray();
        var ticket = 0UL;
        Assert.Equal([0, 1, 2, 3, 4, 0, 1], Enumerable.Range(0, 7).Select(_ => RoundRobinPicker.Pick(candidates, ref ticket, 1, Now)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    [InlineData(100)]
    public void Pickers_WhenNoneIsEligible_PickNone(int count)
    {
        var candidates = Enumerable.Range(0, count).Select(i => Member($"i{i}", InstanceStatus.Down)).ToArray();
        var ticket = 0UL;
        Assert.Equal(-1, RoundRobinPicker.Pick(candidates, ref ticket, 1, Now));
        Assert.Equal(-1, LeastOutstandingPicker.Pick(candidates, 1, Now));
        Assert.True(ticket <= (ulong)Math.Max(1, count));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1_000)]
    public void Pickers_WhenOneIsEligible_FindIt(int count)
    {
        var candidates = Enumerable.Range(0, count).Select(i => Member($"i{i}", i == 2 ? InstanceStatus.Up : InstanceStatus.Down, weight: i == 2 ? 0.01 : 1)).ToArray();
        for (var i = 0UL; i < 20; i++)
        {
            var ticket = i * 7;
            Assert.Equal(2, RoundRobinPicker.Pick(candidates, ref ticket, 1, Now));
            Assert.Equal(2, LeastOutstandingPicker.Pick(candidates, i, Now));
        }
    }

    [Fact]
    public void LeastOutstanding_ComparesByWeight_AndIsFairToEquals()
    {
        var candidates = new[] { Member("a", weight: 4), Member("b"), Member("c") };
        Busy(candidates[0], 6);
        Busy(candidates[1], 1);
        Busy(candidates[2], 2);
        Assert.Equal(0, LeastOutstandingPicker.Pick(candidates, 5, Now));
        Busy(candidates[0], 1);
        Assert.Equal(0, LeastOutstandingPicker.Pick([candidates[0], candidates[2]], 5, Now));
        var equals = Enumerable.Range(0, 4).Select(i => Member($"i{i}")).ToArray();
        var counts = Enumerable.Range(0, 4_000).Select(i => LeastOutstandingPicker.Pick(equals, (ulong)i, Now)).CountBy(i => i).ToDictionary();
        Assert.All(counts.Values, c => Assert.InRange(c, 850, 1_150));
    }

    [Fact]
    public void LeastOutstanding_OfMany_KeepsTheLoadLevel()
    {
        var candidates = Enumerable.Range(0, 1_000).Select(i => Member($"i{i}")).ToArray();
        for (var i = 0; i < 10_000; i++)
        {
            candidates[LeastOutstandingPicker.Pick(candidates, (ulong)i, Now)].Activity.Enter();
        }

        // Chance alone would give some of them more than twenty.
        Assert.InRange(candidates.Max(c => c.Activity.Open), 10, 13);
    }

    [Fact]
    public void Pick_Among10000_AllocatesNothing_AndTakesNoTimeToSpeakOf()
    {
        var candidates = Enumerable.Range(0, 10_000).Select(i => Member($"i{i}", weight: 1 + (i % 3))).ToArray();
        var rotation = new Rotation();
        _ = rotation.Next(candidates, Now);
        _ = LeastOutstandingPicker.Pick(candidates, 1, Now);
        const int picks = 20_000;
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var started = Stopwatch.GetTimestamp();
        for (var i = 0; i < picks; i++)
        {
            _ = rotation.Next(candidates, Now);
            _ = LeastOutstandingPicker.Pick(candidates, (ulong)i, Now);
        }

        var each = Stopwatch.GetElapsedTime(started) / picks;
        Assert.Equal(allocated, GC.GetAllocatedBytesForCurrentThread());

        // A linear look at 10,000 would be 20 µs and more; this machine may be busy and the build is not optimised.
        Assert.True(each < TimeSpan.FromMicroseconds(15), $"{each.TotalNanoseconds} ns for two picks");
    }

    internal static Instance Member(string name, InstanceStatus status = InstanceStatus.Up, double weight = 1) =>
        new() { Service = "s", Name = name, FullName = "s/" + name, Status = status, Weight = weight };

    private static void Busy(Instance instance, int more)
    {
        for (var i = 0; i < more; i++)
        {
            instance.Activity.Enter();
        }
    }
}
