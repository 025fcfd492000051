using CsCheck;
using Foundation.Kernel;
using Xunit;

namespace Foundation.Tests.Kernel;

public sealed class DurationsTests
{
    [Theory]
    [InlineData("250ms", 0.25)]
    [InlineData("1.5s", 1.5)]
    [InlineData("30s", 30)]
    [InlineData("10m", 600)]
    [InlineData("1.5h", 5400)]
    [InlineData("7d", 604800)]
    [InlineData("0s", 0)]
    [InlineData("3650d", 315360000)]
    [InlineData("PT30S", 30)]
    [InlineData("PT1H30M", 5400)]
    [InlineData("P1DT12H", 129600)]
    [InlineData("P2W", 1209600)]
    [InlineData("PT0.5S", 0.5)]
    public void TryParse_OfADuration_GivesIt(string text, double seconds)
    {
        Assert.True(Durations.TryParse(text, out var value));
        Assert.Equal(TimeSpan.FromSeconds(seconds), value);
    }

    [Theory]
    [InlineData("")]
    [InlineData("5")]
    [InlineData("-5s")]
    [InlineData("+5s")]
    [InlineData("5 s")]
    [InlineData(" 5s")]
    [InlineData(".5s")]
    [InlineData("5.s")]
    [InlineData("5S")]
    [InlineData("5sec")]
    [InlineData("1e3s")]
    [InlineData("1,5s")]
    [InlineData("3651d")]
    [InlineData("99999999999999999999d")]
    [InlineData("P1Y")]
    [InlineData("P1M")]
    [InlineData("P")]
    [InlineData("PT")]
    [InlineData("P1DT")]
    [InlineData("PT1M1H")]
    [InlineData("PT1.5H30M")]
    [InlineData("PT1H1H")]
    [InlineData("P-1D")]
    [InlineData("P1H")]
    [InlineData("٣s")]
    public void TryParse_OfAnythingElse_IsFalse(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(1.5, "1.5s")]
    [InlineData(0.1, "100ms")]
    [InlineData(0.0005, "0.5ms")]
    [InlineData(60, "1m")]
    [InlineData(90, "90s")]
    [InlineData(600, "10m")]
    [InlineData(5400, "90m")]
    [InlineData(86400, "1d")]
    [InlineData(604800, "7d")]
    [InlineData(3661, "3661s")]
    public void Format_IsTheShortestExactText(double seconds, string text) =>
        Assert.Equal(text, Durations.Format(TimeSpan.FromSeconds(seconds)));

    [Fact]
    public void Format_ThenParse_GivesTheSameDuration() =>
        Gen.Long[0, Durations.Max.Ticks].Sample(ticks =>
            Durations.TryParse(Durations.Format(new TimeSpan(ticks)), out var value) && value.Ticks == ticks);

    [Fact]
    public void TryParse_OfAnyText_NeverThrows() => Gen.String.Sample(text =>
    {
        if (Durations.TryParse(text, out var value)) Assert.InRange(value, TimeSpan.Zero, Durations.Max);
    });
}
