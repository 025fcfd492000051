using CsCheck;
using Foundation.Kernel;
using Foundation.Retry;
using Xunit;

namespace Foundation.Tests.Retry;

public sealed class DelayStreamTests
{
    private static readonly Gen<TimeSpan> Delays = Gen.Long[0, TimeSpan.TicksPerHour].Select(ticks => new TimeSpan(ticks));

    public static readonly Gen<DelayStream> Streams = Gen.Select(
        Gen.OneOf(
            Delays.Select(DelayStream.Fixed),
            Gen.Select(Delays, Delays).Select((initial, step) => DelayStream.Linear(initial, step)),
            Gen.Select(Delays, Gen.Int[1, 5]).Select((initial, factor) => DelayStream.Exponential(initial, factor * 0.75 + 0.25)),
            Delays.Select(DelayStream.Fibonacci),
            Gen.Select(Delays, Delays).Select((least, more) => DelayStream.Decorrelated(least, least + more)),
            Gen.Select(Delays, Delays).Select((start, step) => DelayStream.RandomWalk(start, step))),
        Gen.OneOf<Func<DelayStream, DelayStream>>(
            Delays.Select(most => (Func<DelayStream, DelayStream>)(stream => stream.Cap(most))),
            Gen.Int[1, 10].Select(tenth => (Func<DelayStream, DelayStream>)(stream => stream.Jitter(tenth / 10.0))),
            Gen.Const((Func<DelayStream, DelayStream>)(stream => stream.FullJitter())),
            Gen.Const((Func<DelayStream, DelayStream>)(stream => stream.EqualJitter())),
            Gen.Int[0, 20].Select(count => (Func<DelayStream, DelayStream>)(stream => stream.Take(count))),
            Delays.Select(after => (Func<DelayStream, DelayStream>)(stream => stream.Expire(after)))).Array[0, 4],
        (source, stages) => stages.Aggregate(source, (stream, stage) => stage(stream)));

    [Theory]
    [InlineData("fixed(1s)", "1s 1s 1s 1s")]
    [InlineData("linear(1s, 2s)", "1s 3s 5s 7s")]
    [InlineData("linear(1s)", "1s 2s 3s 4s")]
    [InlineData("exponential(1s, 2)", "1s 2s 4s 8s")]
    [InlineData("exponential(100ms, 1.5)", "100ms 150ms 225ms 337.5ms")]
    [InlineData("exponential(0s, 2)", "0s 0s 0s 0s")]
    [InlineData("fibonacci(1s)", "1s 1s 2s 3s")]
    [InlineData("exponential(1s, 2) | cap(3s)", "1s 2s 3s 3s")]
    [InlineData("fixed(1s) | take(2)", "1s 1s")]
    [InlineData("fixed(1s) | take(0)", "")]
    [InlineData("fixed(1s) | expire(2.5s)", "1s 1s")]
    [InlineData("exponential(1s, 2) | take(3) | cap(1s)", "1s 1s 1s")]
    public void Preview_WithoutRandomness_IsExact(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', DelayStream.Parse(text).Value.Preview(4, 1).Select(Durations.Format)));

    [Fact]
    public void Default_IsThatOfTheApi()
    {
        Assert.Equal("exponential(1s, 2) | cap(5m) | jitter(0.2) | take(10)", DelayStream.Default.ToString());
        var delays = DelayStream.Default.Preview(20, 7);
        Assert.Equal(10, delays.Count);
        for (var i = 0; i < 10; i++)
        {
            var middle = Math.Min(Math.Pow(2, i), 300);
            Assert.InRange(delays[i].TotalSeconds, middle * 0.8, middle * 1.2);
        }
    }

    [Fact]
    public void DelayBefore_IsPure() =>
        Gen.Select(Streams, Gen.Int[1, 30], Gen.UInt, Delays, Delays).Sample((stream, retry, seed, elapsed, previous) =>
            stream.DelayBefore(retry, seed, elapsed, previous) == stream.DelayBefore(retry, seed, elapsed, previous));

    [Fact]
    public void DelayBefore_OfAnyRetry_IsWithinTheBounds() => Gen.Select(Streams, Gen.Int[1, DelayStream.RetriesMax + 1], Gen.UInt, Delays)
        .Sample((stream, retry, seed, previous) =>
            stream.DelayBefore(retry, seed, TimeSpan.Zero, previous) is not { } delay
            || (delay >= TimeSpan.Zero && delay <= Durations.Max));

    [Fact]
    public void DelayBefore_BeyondTheBound_Ends()
    {
        var stream = DelayStream.Fixed(TimeSpan.FromSeconds(1));
        Assert.NotNull(stream.DelayBefore(DelayStream.RetriesMax, 1, TimeSpan.Zero, TimeSpan.Zero));
        Assert.Null(stream.DelayBefore(DelayStream.RetriesMax + 1, 1, TimeSpan.Zero, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => stream.DelayBefore(0, 1, TimeSpan.Zero, TimeSpan.Zero));
    }

    [Fact]
    public void ToString_ThenParse_GivesAnEqualStream() => Streams.Sample(stream =>
    {
        var parsed = DelayStream.Parse(stream.ToString());
        Assert.True(parsed.Ok, parsed.Problem?.Detail);
        Assert.Equal(stream, parsed.Value);
        Assert.Equal(stream.Preview(12, 5), parsed.Value.Preview(12, 5));
    });

    [Theory]
    [InlineData("fixed(10s) | jitter(0.2)", 8, 12)]
    [InlineData("fixed(10s) | full", 0, 10)]
    [InlineData("fixed(10s) | equal", 5, 10)]
    [InlineData("decorrelated(1s, 20s)", 1, 20)]
    public void Randomness_FillsItsRange_AndOnlyThat(string text, double least, double most)
    {
        var stream = DelayStream.Parse(text).Value;
        var previous = TimeSpan.FromSeconds(12);
        var delays = Enumerable.Range(0, 4000)
            .Select(i => stream.DelayBefore(1 + (i % 7), (uint)i * 31, TimeSpan.Zero, previous)!.Value.TotalSeconds).ToArray();
        Assert.All(delays, delay => Assert.InRange(delay, least, most));
        var width = (most - least) * 0.02;
        Assert.True(delays.Min() < least + width && delays.Max() > most - width, $"{delays.Min()} to {delays.Max()}");
    }

    [Fact]
    public void Jitters_OfTwoStages_AreIndependent()
    {
        var stream = DelayStream.Parse("fixed(10s) | full | full").Value;
        var delays = Enumerable.Range(0, 4000).Select(i => stream.DelayBefore(1, (uint)i, TimeSpan.Zero, TimeSpan.Zero)!.Value);
        var mean = delays.Average(delay => delay.TotalSeconds);
        Assert.InRange(mean, 2.3, 2.7);
    }

    [Fact]
    public void RandomWalk_MovesByAtMostItsStep()
    {
        var delays = DelayStream.Parse("randomWalk(1s, 200ms)").Value.Preview(500, 3);
        Assert.Equal(TimeSpan.FromSeconds(1), delays[0]);
        var steps = delays.Skip(1).Zip(delays, (after, before) => (after - before).Duration());
        Assert.All(steps, step => Assert.InRange(step, TimeSpan.Zero, TimeSpan.FromMilliseconds(200)));
        Assert.True(delays.Distinct().Count() > 400);
    }

    [Fact]
    public void Preview_OfAnEndlessStream_IsBounded() =>
        Assert.Equal(DelayStream.RetriesMax, DelayStream.Fixed(TimeSpan.Zero).Preview(int.MaxValue, 1).Count);
}
