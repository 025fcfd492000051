using CsCheck;
using Foundation.Kernel;
using Foundation.Retry;
using Xunit;

namespace Foundation.Tests.Retry;

public sealed class RetryDeciderTests
{
    private static readonly RetryPolicy Policy = new(DelayStream.Parse("exponential(1s, 2) | take(3)").Value, RetryOn.Default);

    // Every class × what the failed side says of a retry.
    [Theory]
    [InlineData(FailureClass.Network, null, true)]
    [InlineData(FailureClass.Network, true, true)]
    [InlineData(FailureClass.Network, false, false)]
    [InlineData(FailureClass.Timeout, null, true)]
    [InlineData(FailureClass.Timeout, true, true)]
    [InlineData(FailureClass.Timeout, false, false)]
    [InlineData(FailureClass.Throttled, null, true)]
    [InlineData(FailureClass.Throttled, true, true)]
    [InlineData(FailureClass.Throttled, false, false)]
    [InlineData(FailureClass.Server, null, true)]
    [InlineData(FailureClass.Server, true, true)]
    [InlineData(FailureClass.Server, false, false)]
    [InlineData(FailureClass.Client, null, false)]
    [InlineData(FailureClass.Client, true, true)]
    [InlineData(FailureClass.Client, false, false)]
    [InlineData(FailureClass.Application, null, true)]
    [InlineData(FailureClass.Application, true, true)]
    [InlineData(FailureClass.Application, false, false)]
    public void Decide_ByClassAndWord(FailureClass failureClass, bool? retryable, bool retries) =>
        Assert.Equal(retries, Decide(new Failure { Class = failureClass, Retryable = retryable }) is RetryDecision.Retry);

    [Fact]
    public void TheTable_HasARowForEveryClass() =>
        Assert.Equal(Enum.GetValues<FailureClass>().Length * 3, typeof(RetryDeciderTests).GetMethod(nameof(Decide_ByClassAndWord))!
            .GetCustomAttributes(typeof(InlineDataAttribute), false).Length);

    [Theory]
    [InlineData(0, "1s")]
    [InlineData(1, "2s")]
    [InlineData(2, "4s")]
    public void Decide_WithRetriesLeft_WaitsAsThePolicySays(int soFar, string after) => Assert.Equal(
        new RetryDecision.Retry(Duration(after), $"retry {soFar + 1} after network"),
        Decide(new Failure { Class = FailureClass.Network }, soFar));

    [Fact]
    public void Decide_WithNoneLeft_SaysWhatEndedThem() =>
        Assert.Equal(
            new RetryDecision.GiveUp("no retry is left after 3: take(3)"), Decide(new Failure { Class = FailureClass.Network }, 3));

    [Fact]
    public void Decide_OfWhatIsNotRetried_SaysSo() =>
        Assert.Equal(new RetryDecision.GiveUp("client (404) is not retried"), Decide(Failure.OfStatus(404)!));

    [Theory]
    [InlineData("500ms", "1s")]
    [InlineData("10s", "10s")]
    [InlineData("3d", "1d")]
    public void Decide_WithRetryAfter_WaitsAtLeastThat_AtMostADay(string asked, string after)
    {
        var failure = new Failure { Class = FailureClass.Throttled, RetryAfter = Duration(asked) };
        Assert.Equal(Duration(after), Assert.IsType<RetryDecision.Retry>(Decide(failure)).After);
    }

    [Fact]
    public void Decide_WithRetryAfterBeyondTheExpiry_GivesUp()
    {
        var policy = new RetryPolicy(DelayStream.Parse("fixed(1s) | expire(1m)").Value, RetryOn.Default);
        var failure = new Failure { Class = FailureClass.Throttled, RetryAfter = TimeSpan.FromSeconds(40) };
        Assert.IsType<RetryDecision.Retry>(RetryDecider.Decide(policy, failure, 0, TimeSpan.FromSeconds(20), TimeSpan.Zero, 1));
        Assert.Equal(
            new RetryDecision.GiveUp("Retry-After 40s ends behind expire(1m)"),
            RetryDecider.Decide(policy, failure, 0, TimeSpan.FromSeconds(21), TimeSpan.Zero, 1));
    }

    [Fact]
    public void Decide_WithAClockSetBack_StillRetries()
    {
        var failure = new Failure { Class = FailureClass.Server };
        Assert.IsType<RetryDecision.Retry>(RetryDecider.Decide(Policy, failure, 0, TimeSpan.FromHours(-1), TimeSpan.Zero, 1));
    }

    [Theory]
    [InlineData("network", null, null, true)]
    [InlineData("client", 409, null, true)]
    [InlineData("client", 404, null, false)]
    [InlineData("application", null, "tasks.stalled", true)]
    [InlineData("application", null, "tasks", false)]
    [InlineData("application", null, "other.code", false)]
    [InlineData("application", null, "mine.exact", true)]
    [InlineData("application", null, "mine.exact.not", false)]
    public void RetryOn_IncludesByClassStatusAndCode(string failureClass, int? status, string? code, bool expected)
    {
        Assert.True(Kebab.TryParse<FailureClass>(failureClass, out var value));
        var on = RetryOn.Parse(["network", "409", "tasks.*", "mine.exact"]).Value;
        Assert.Equal(expected, on.Includes(new Failure { Class = value, StatusCode = status, Code = code }));
    }

    [Theory]
    [InlineData(200, null)]
    [InlineData(204, null)]
    [InlineData(302, FailureClass.Client)]
    [InlineData(400, FailureClass.Client)]
    [InlineData(404, FailureClass.Client)]
    [InlineData(408, FailureClass.Timeout)]
    [InlineData(425, FailureClass.Throttled)]
    [InlineData(429, FailureClass.Throttled)]
    [InlineData(500, FailureClass.Server)]
    [InlineData(503, FailureClass.Server)]
    [InlineData(504, FailureClass.Timeout)]
    [InlineData(100, FailureClass.Server)]
    [InlineData(999, FailureClass.Server)]
    public void OfStatus_IsThatOfTheApi(int status, FailureClass? expected) => Assert.Equal(expected, FailureClasses.OfStatus(status));

    [Fact]
    public void Decide_NeverWaitsLessThanAskedNorLongerThanADayMore() =>
        Gen.Select(DelayStreamTests.Streams, Gen.Int[0, 30], Gen.Long[0, TimeSpan.TicksPerDay * 2], Gen.UInt).Sample(
            (stream, soFar, ticks, seed) =>
        {
            var failure = new Failure { Class = FailureClass.Throttled, RetryAfter = new TimeSpan(ticks) };
            var policy = new RetryPolicy(stream, RetryOn.Default);
            var decision = RetryDecider.Decide(policy, failure, soFar, TimeSpan.Zero, TimeSpan.Zero, seed);
            if (decision is not RetryDecision.Retry retry) return;
            Assert.True(retry.After >= new TimeSpan(Math.Min(ticks, TimeSpan.TicksPerDay)));
            var own = stream.DelayBefore(soFar + 1, seed, TimeSpan.Zero, TimeSpan.Zero)!.Value;
            Assert.True(retry.After <= (own > TimeSpan.FromDays(1) ? own : TimeSpan.FromDays(1)));
        });

    private static RetryDecision Decide(Failure failure, int soFar = 0) =>
        RetryDecider.Decide(Policy, failure, soFar, TimeSpan.FromSeconds(soFar), TimeSpan.FromSeconds(1), 1);

    private static TimeSpan Duration(string text) => Durations.TryParse(text, out var value) ? value : throw new FormatException(text);
}
